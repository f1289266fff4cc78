"""A token adds to one diary: it reads nothing, takes nothing away, and puts nothing in place of anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.family import ANNAS, BENS, HERE, NOW, PHONE, Family, all_of, own_home, settle, sign_in, visitor
from tests.web.test_family import NEW, entry
from uncramp.actions import entries, home, people
from uncramp.diary.entries import newest

pytestmark = pytest.mark.usefixtures("own_home")
__all__ = ["own_home"]


@pytest.fixture(params=["here", "phone", "shut"])
def family_and_program(request: pytest.FixtureRequest) -> Iterator[tuple[Family, TestClient]]:
    """A program without a cookie: on this machine, at home, and where nobody's diary is open."""
    family = settle(*{"here": ("", ""), "phone": (ANNAS, BENS), "shut": (ANNAS, BENS)}[request.param])
    client = visitor(PHONE if request.param == "phone" else HERE)
    yield family, client
    assert not client.cookies


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_with_a_token_an_entry_is_added_to_the_diary_of_its_person(
    family_and_program: tuple[Family, TestClient],
) -> None:
    family, program = family_and_program
    annas = all_of(family.anna.id)
    headers = bearer(family.ben.secret)
    reply = program.put(f"/api/v1/entries/{NEW}", json=entry("by token"), headers=headers)
    assert reply.status_code == 201
    assert "set-cookie" not in reply.headers
    assert "by token" in str(all_of(family.ben.id))
    assert all_of(family.anna.id) == annas


def test_with_a_token_a_line_is_logged_and_the_same_id_again_does_no_harm(
    family_and_program: tuple[Family, TestClient],
) -> None:
    family, program = family_and_program
    annas = all_of(family.anna.id)
    line = {"what": "cramp", "side": "left", "id": NEW, "offset_minutes": 60}
    answers = [program.post("/api/v1/log", json=line, headers=bearer(family.ben.secret)) for _ in range(2)]
    assert [reply.status_code for reply in answers] == [201, 201]
    assert NEW in answers[0].json()["ids"]
    assert "shortcut quokkatail watch" in str(all_of(family.ben.id))
    assert all_of(family.anna.id) == annas


@pytest.mark.parametrize(
    "line",
    [{}, {"what": "nonsense"}, {"what": "quiet", "person": "Anna"}, {"what": "quiet", "offset_minutes": "x"},
     {"what": "quiet", "offset_minutes": 9999}, {"what": "exposure", "exposure": "heat"}],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_refused_with_the_mend(line: dict[str, object]) -> None:
    family = settle()
    reply = visitor(HERE).post("/api/v1/log", json=line, headers=bearer(family.anna.secret))
    assert reply.status_code == 422
    assert reply.json()["problems"]


FAR = "2099-01-01T00:00:00.000Z"


def put(family: Family, raw: dict[str, object], nth: int = 0) -> int:
    """Anna's token sends that entry; the status of the answer."""
    path = f"/api/v1/entries/{NEW[:-1]}{nth}"
    return visitor(HERE).put(path, json=raw, headers=bearer(family.anna.secret)).status_code


def test_a_token_writes_no_medicine_and_no_condition() -> None:
    family = settle()
    before = all_of(family.anna.id)["entry"]
    body = {"fact": "pregnant", "value": False, "from": "2026-06-02"}
    assert put(family, entry("x", kind="circumstance", body=body, recorded=FAR)) == 403
    assert put(family, entry("x", kind="walk", body={})) == 403
    assert all_of(family.anna.id)["entry"] == before


def test_what_a_token_adds_is_from_that_token_and_never_later_than_now_also_when_sent_again() -> None:
    family = settle()
    raw = entry("x", recorded=FAR, origin="page")
    assert [put(family, raw), put(family, raw), put(family, {**raw, "offset_minutes": 5})] == [201, 200, 409]
    (made,) = (one for one in newest(home.diary(), family.anna.id) if one.body.get("note") == "x")
    assert (made.origin, made.recorded) == ("shortcut zebrafinch watch", NOW)


def test_a_token_does_not_add_to_the_number_that_a_person_wrote_of_a_day() -> None:
    family = settle()
    body = {"exposure": "alcohol", "day": "2026-11-18", "value": 2, "unit": "drinks", "timed": False}
    by_hand, sent = (entry("x", kind="exposure", body=one) for one in (body, {**body, "value": 5}))
    assert entries.put(home.diary(), family.anna.id, f"{NEW[:-1]}9", by_hand)
    assert put(family, sent) == 409
    assert put(family, {**sent, "body": {**body, "day": "2026-11-17"}}) == 201


def test_a_note_that_is_sent_again_is_the_same_also_when_the_night_was_changed_since() -> None:
    family = settle()
    raw = entry("x", body={"night": "2026-11-18", "word": "cramp"})
    assert put(family, raw) == 201
    by_hand = entry("y", body={"night": "2026-11-18", "word": "quiet"})
    assert entries.put(home.diary(), family.anna.id, f"{NEW[:-1]}9", by_hand)
    assert put(family, raw) == 200


def test_a_token_does_not_overrule_the_word_of_a_night_from_elsewhere() -> None:
    family = settle()
    assert put(family, entry("x", body={"night": "2026-11-19", "word": "cramp"})) == 409
    assert put(family, entry("x", body={"night": "2026-11-18", "word": "cramp"})) == 201
    assert put(family, entry("x", body={"night": "2026-11-18", "word": "quiet"}), 1) == 201


def test_the_answers_to_a_token_are_the_same_whatever_stands_in_the_diary() -> None:
    family = settle()
    home_client, before = visitor(HERE), all_of(family.anna.id)["entry"]
    for word, night in (("quiet", "2026-11-14"), ("cramp", "2026-11-15")):
        said_here = {"what": word, "day": night}
        assert home_client.post("/api/v1/log", json=said_here).status_code == 201
    line = {"what": "exposure", "exposure": "alcohol", "value": 2, "day": "2026-11-14"}
    assert home_client.post("/api/v1/log", json=line).status_code == 201
    cramp = {"what": "cramp", "at": "03:10", "day": "2026-11-13"}
    assert home_client.post("/api/v1/log", json=cramp).status_code == 201
    there = all_of(family.anna.id)["entry"]
    assert len(there) == len(before) + 4
    said = [
        visitor(HERE).post("/api/v1/log", json=sent, headers=bearer(family.anna.secret))
        for sent in (
            {"what": "quiet", "day": "2026-11-14"},
            {"what": "quiet", "day": "2026-11-15"},
            {"what": "cramp", "day": "2026-11-14"},
            {"what": "cramp", "day": "2026-11-15"},
            {**line, "value": 0},
            line,
            cramp,
            {**cramp, "pain": 3},
        )
    ]
    assert {(reply.status_code, reply.text) for reply in said} == {(409, said[0].text)}
    assert all_of(family.anna.id)["entry"] == there


def test_a_token_changes_what_it_wrote_itself_and_may_say_it_twice() -> None:
    family = settle()
    lines = ({"what": "exposure", "exposure": "alcohol", "value": n, "day": "2026-11-14"} for n in (2, 2, 1))
    said = [
        visitor(HERE).post("/api/v1/log", json=line, headers=bearer(family.anna.secret)) for line in lines
    ]
    assert {(reply.status_code, reply.text) for reply in said} == {(201, '{"ids":[]}')}
    found = newest(home.diary(), family.anna.id)
    assert [one.body["value"] for one in found if one.body.get("exposure") == "alcohol"] == [1]


def test_a_token_is_told_of_no_exposure_of_the_persons_own() -> None:
    family = settle()
    line = {"what": "exposure", "exposure": "x", "value": 1}
    reply = visitor(HERE).post("/api/v1/log", json=line, headers=bearer(family.anna.secret))
    assert reply.status_code == 422
    assert "alcohol" in reply.text
    assert family.anna.word not in reply.text
    assert family.anna.word in visitor(HERE).post("/api/v1/log", json=line).text


def test_a_token_takes_nothing_away(family_and_program: tuple[Family, TestClient]) -> None:
    family, program = family_and_program
    before = all_of(family.ben.id)
    old = family.ben.entries[1]
    gone = entry("x", body={"deleted": True}, replaces=old)
    for raw in (gone, entry("another", replaces=old)):
        reply = program.put(f"/api/v1/entries/{NEW}", json=raw, headers=bearer(family.ben.secret))
        assert reply.status_code == 403
    assert {**all_of(family.ben.id), "token": 0} == {**before, "token": 0}


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "uncramp_" + "A" * 43, "' OR 1=1 --"])
def test_a_made_up_token_opens_nothing(family_and_program: tuple[Family, TestClient], token: str) -> None:
    family, program = family_and_program
    before = all_of(family.anna.id)
    reply = program.put(f"/api/v1/entries/{NEW}", json=entry("x"), headers=bearer(token or "-"))
    assert reply.status_code == 401
    assert all_of(family.anna.id) == before


def test_a_revoked_token_opens_nothing_any_more_and_the_last_use_is_shown() -> None:
    family = settle()
    client = visitor(HERE)
    assert "Not used yet" in client.get("/tokens").text
    line = {"what": "quiet"}
    assert client.post("/api/v1/log", json=line, headers=bearer(family.anna.secret)).status_code in (200, 201)
    assert "Last used" in client.get("/tokens").text
    assert client.post("/tokens/revoke", data={"name": family.anna.token}).status_code == 303
    assert client.post("/api/v1/log", json=line, headers=bearer(family.anna.secret)).status_code == 401


def test_a_token_is_shown_once_and_only_its_hash_is_kept() -> None:
    settle()
    client = visitor(HERE)
    made = client.post("/tokens", data={"name": "Kitchen button"})
    shown = next(word for word in made.text.replace("<", " ").replace(">", " ").split() if "uncramp_" in word)
    assert made.headers["cache-control"] == "no-store"
    assert shown not in client.get("/tokens").text
    assert shown not in str(all_of(people.find("", NOW)))
    assert client.post("/api/v1/log", json={"what": "quiet"}, headers=bearer(shown)).status_code in (200, 201)


@pytest.mark.parametrize("name", ["", "zebrafinch watch", "ZEBRAFINCH WATCH", "<b>", "x" * 41])
def test_a_token_needs_a_name_of_its_own(name: str) -> None:
    settle()
    reply = visitor(HERE).post("/tokens", data={"name": name})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text


def test_wrong_tokens_are_slowed_down_and_keep_nobody_from_signing_in() -> None:
    family = settle(ANNAS, BENS)
    program = visitor(PHONE)
    answers = [
        program.post("/api/v1/log", json={"what": "quiet"}, headers=bearer(f"uncramp_{n}")) for n in range(12)
    ]
    assert {reply.status_code for reply in answers} == {401, 429}
    assert int(answers[-1].headers["retry-after"]) > 0
    line = {"what": "quiet"}
    assert program.post("/api/v1/log", json=line, headers=bearer(family.anna.secret)).status_code in (
        200,
        201,
    )
    assert sign_in(visitor(PHONE), "Anna", ANNAS) == 303


def test_the_log_says_nothing_of_a_token(caplog: pytest.LogCaptureFixture) -> None:
    family = settle()
    program = visitor(HERE)
    for token in ("uncramp_a-wrong-one", family.anna.secret):
        program.post("/api/v1/log", json={"what": "quiet", "note": "numb"}, headers=bearer(token))
    for secret in ("wrong-one", family.anna.secret, "numb"):
        assert secret not in caplog.text


HOW_TO = Path(__file__).parents[2] / "docs/how-to/shortcuts-nfc-watch-home.md"


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r'`(\{"what".*?\})`', HOW_TO.read_text(encoding="utf-8"))))
)
def test_every_line_that_the_how_to_shows_is_taken(line: str) -> None:
    family = settle()
    headers = {**bearer(family.ben.secret), "Content-Type": "application/json"}
    reply = visitor(HERE).post("/api/v1/log", content=line, headers=headers)
    assert reply.status_code in (200, 201), reply.text
    assert reply.status_code == 201 or '"quiet"' in line or '"same"' in line
