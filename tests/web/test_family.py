"""A family on one machine: each has a diary, and nobody opens that of another."""

from __future__ import annotations

import json
import statistics
import time
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.web.family import (
    ANNAS,
    BENS,
    HERE,
    NOW,
    PHONE,
    all_of,
    own_home,
    settle,
    sign_in,
    visitor,
    whose,
)
from tests.web.forms import Page
from uncramp.actions import erase, home, passphrase, people
from uncramp.actions.check import Refused
from uncramp.actions.tries import Tries
from uncramp.diary.people import passphrase_of
from uncramp.diary.settings import set_setting, setting_of
from uncramp.web.guard import COOKIE

pytestmark = pytest.mark.usefixtures("own_home")
__all__ = ["own_home"]


def entry(word: str, **changed: object) -> dict[str, object]:
    body = {"night": "2026-11-20", "word": "quiet", "note": word}
    return {
        "kind": "day_note", "start": "2026-11-20T22:00:00Z", "end": None, "offset_minutes": 0,
        "origin": "phone", "recorded": "2026-11-21T08:00:00Z", "replaces": None, "body": body, **changed,
    }  # fmt: skip


NEW = "019a0000-0000-7000-8000-0000000000aa"


# ---- names ---------------------------------------------------------------------------------------


def test_there_is_always_one_person_and_a_second_needs_the_first_to_have_a_name() -> None:
    assert [person.name for person in people.everybody(NOW)] == [""]
    with pytest.raises(Refused, match="people rename"):
        people.add("Ben", NOW)
    people.rename(home.owner(NOW), "Anna", NOW)
    people.add("Ben", NOW)
    assert [person.name for person in people.everybody(NOW)] == ["Anna", "Ben"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb\x00", "ANNA", " anna ", "\uff21nna"])
def test_a_name_is_one_that_can_be_said_and_that_nobody_has(name: str) -> None:
    settle()
    with pytest.raises(Refused, match="name:"):
        people.add(name, NOW)


def test_a_person_is_found_by_name_and_nobody_else_is() -> None:
    family = settle()
    assert people.find("", NOW) == family.anna.id
    assert people.find(" ben ", NOW) == family.ben.id
    with pytest.raises(Refused, match="There are: Anna, Ben"):
        people.find("Zoe", NOW)


def test_the_passphrase_that_was_there_before_anybody_becomes_the_first_persons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / "of old"))
    set_setting(home.diary(), "passphrase", passphrase._hasher().hash(ANNAS))
    first = home.owner(NOW)
    assert passphrase.is_right(ANNAS, first)
    assert setting_of(home.diary(), "passphrase") == ""


def test_two_renames_at_once_never_give_two_people_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    family = settle()
    as_it_was = people.everybody(NOW)
    # Ben asked just before Anna was renamed, and writes after it.
    people.rename(family.anna.id, "Carl", NOW)
    monkeypatch.setattr(people, "everybody", lambda _now: as_it_was)
    with pytest.raises(Refused, match=r"(?i)somebody here is called Carl"):
        people.rename(family.ben.id, "carl", NOW)
    with pytest.raises(Refused, match=r"(?i)somebody here is called Carl"):
        people.add("Carl", NOW)


# ---- behind locked doors ---------------------------------------------------------------------------


def test_each_signs_in_with_name_and_passphrase_and_sees_their_own() -> None:
    family = settle(ANNAS, BENS)
    for me, words in ((family.anna, ANNAS), (family.ben, BENS)):
        client = visitor(PHONE)
        assert sign_in(client, me.name, words) == 303
        assert whose(client) == me.id
        said = client.get("/api/v1/entries").text
        assert me.word in said
        assert {family.anna.word, family.ben.word} & set(said.replace('"', " ").split()) == {me.word}


def test_one_person_only_is_asked_for_no_name() -> None:
    passphrase.set_passphrase(ANNAS, home.owner(NOW))
    client = visitor(PHONE)
    assert 'name="name"' not in client.get("/sign-in").text
    assert sign_in(client, "whatever", ANNAS) == 303


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna", BENS),
        ("Ben", ANNAS),
        ("", ANNAS),
        ("", BENS),
        ("Zoe", ANNAS),
        ("Carl", ""),
        ("Carl", "x" * 9),
    ],
)
def test_a_name_and_a_passphrase_that_do_not_belong_together_open_nothing(name: str, words: str) -> None:
    settle(ANNAS, BENS)
    people.add("Carl", NOW)
    client = visitor(PHONE)
    assert sign_in(client, name, words) == 403
    assert whose(client) == ""


def test_the_answer_to_a_name_that_nobody_has_is_the_same_as_to_one_that_is_there() -> None:
    settle(ANNAS)
    said = []
    for name in ("Anna", "Ben", "Zoe1"):
        client = visitor(PHONE)
        client.app.state.tries = Tries()  # type: ignore[attr-defined]
        reply = client.post("/sign-in", data={"name": name, "passphrase": "a wrong passphrase"})
        said.append((reply.status_code, reply.text.replace(f'value="{name}"', ""), set(reply.headers)))
    assert said[0] == said[1] == said[2]


def test_a_name_that_nobody_has_takes_as_long_as_one_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1)
    monkeypatch.setattr(passphrase, "_hasher", lambda: slow)
    family = settle(ANNAS)

    def takes(person: str | None) -> float:
        times = []
        for _ in range(9):
            began = time.process_time()
            assert not passphrase.is_right("a wrong passphrase", person)
            times.append(time.process_time() - began)
        return statistics.median(times)

    right = takes(family.anna.id)
    for person in (None, family.ben.id):
        assert 0.5 < takes(person) / right < 2


def test_who_is_there_is_not_said_before_the_sign_in() -> None:
    settle(ANNAS, BENS)
    client = visitor(PHONE)
    for path in ("/sign-in", "/", "/people", "/tokens", "/whose.json"):
        assert "Anna" not in client.get(path).text
        assert "Ben" not in client.get(path).text


def test_a_new_passphrase_ends_the_sessions_of_that_person_alone_and_not_the_one_it_came_from() -> None:
    settle(ANNAS, BENS)
    anna, annas_other, ben = visitor(PHONE), visitor(PHONE), visitor(PHONE)
    assert sign_in(anna, "Anna", ANNAS) == sign_in(annas_other, "Anna", ANNAS) == 303
    assert sign_in(ben, "Ben", BENS) == 303
    new = {"old": ANNAS, "new": "a quite different one", "again": "a quite different one"}
    assert anna.post("/people/passphrase", data=new).status_code == 303
    assert whose(anna)
    assert whose(ben)
    assert not whose(annas_other)


def test_signing_in_as_somebody_else_ends_the_session_before() -> None:
    family = settle(ANNAS, BENS)
    client = visitor(PHONE)
    sign_in(client, "Anna", ANNAS)
    old = client.cookies[COOKIE]
    assert 'name="passphrase"' in client.get("/sign-in?switch=1").text
    sign_in(client, "Ben", BENS)
    assert whose(client) == family.ben.id
    thief = visitor(PHONE)
    thief.cookies.set(COOKIE, old, domain="pi.local", path="/")
    assert whose(thief) == ""


def test_one_persons_passphrase_is_tried_five_times_a_minute_and_the_others_still_get_in() -> None:
    tries = Tries()
    let = [n for n in range(30) if not tries.begin(f"10.0.0.{n}", NOW, "anna")]
    assert len(let) == 5
    assert not tries.begin("10.0.1.1", NOW, "ben")
    assert not tries.begin("10.0.1.2", NOW + timedelta(minutes=1), "anna")


def test_where_a_person_signed_in_before_nobody_elses_guessing_keeps_them_out() -> None:
    tries = Tries()
    assert not tries.begin("10.0.1.1", NOW, "anna")
    tries.succeeded("10.0.1.1", "anna")
    for n in range(30):
        tries.begin(f"10.0.0.{n}", NOW + timedelta(seconds=61), "anna")
    assert not tries.begin("10.0.1.1", NOW + timedelta(seconds=62), "anna")


# ---- on this machine -------------------------------------------------------------------------------


def test_without_passphrases_one_tap_opens_the_other_diary() -> None:
    family = settle()
    client = visitor(HERE)
    assert whose(client) == family.anna.id
    page = Page(client.get("/people").text)
    switch = next(form for form in page.forms if form.fields.get("name") == "Ben")
    reply = client.post(switch.action, data=switch.fields)
    assert reply.headers["location"] == "/people"
    cookie = reply.headers["set-cookie"].lower()
    assert all(part in cookie for part in (family.ben.id, "httponly", "samesite=strict"))
    assert whose(client) == family.ben.id
    assert "the diary of Ben" in client.get("/people").text


def test_a_diary_with_a_passphrase_opens_only_with_it_on_this_machine_too() -> None:
    family = settle("", BENS)
    client = visitor(HERE)
    assert sign_in(client, "Ben") == 403
    assert whose(client) == family.anna.id
    assert sign_in(client, "Ben", BENS) == 303
    assert whose(client) == family.ben.id
    assert client.post("/sign-out").status_code == 303
    assert whose(client) == family.anna.id


def test_the_first_persons_passphrase_shuts_their_diary_on_this_machine_too() -> None:
    family = settle(ANNAS)
    client = visitor(HERE)
    assert client.get("/people").headers["location"] == "/sign-in?next=/people"
    assert client.get("/api/v1/entries").status_code == 401
    assert client.put(f"/api/v1/entries/{NEW}", json=entry("x")).status_code == 401
    assert client.get("/now").status_code == client.get("/guide").status_code == 200
    assert sign_in(client, "Ben") == 303
    assert whose(client) == family.ben.id


def test_who_is_the_only_one_types_their_passphrase_on_this_machine_too() -> None:
    anna = home.owner(NOW)
    passphrase.set_passphrase(ANNAS, anna)
    client = visitor(HERE)
    assert whose(client) == ""
    assert client.get("/history").headers["location"] == "/sign-in?next=/history"
    # Relief is open; what was written while it was given waits on the phone until the sign-in.
    assert client.get("/now").status_code == 200
    assert client.put(f"/api/v1/entries/{NEW}", json=entry("walk")).status_code == 401
    form = client.get("/sign-in")
    assert 'name="name"' not in form.text
    assert sign_in(client, "", BENS) == 403
    assert sign_in(client, "", ANNAS) == 303
    assert whose(client) == anna
    assert client.put(f"/api/v1/entries/{NEW}", json=entry("walk")).status_code == 201
    assert 'href="/sign-in">Sign in or out' in client.get("/people").text
    assert client.post("/sign-out").status_code == 303
    assert whose(client) == ""


def test_a_diary_with_a_passphrase_stays_shut_after_the_others_were_erased() -> None:
    family = settle("", BENS)
    erase.erase(family.anna.id)
    client = visitor(HERE)
    assert whose(client) == ""
    assert sign_in(client, "", BENS) == 303
    assert whose(client) == family.ben.id


def test_a_chosen_person_who_then_sets_a_passphrase_is_asked_for_it() -> None:
    family = settle()
    client = visitor(HERE)
    sign_in(client, "Ben")
    assert client.post("/people/passphrase", data={"new": BENS, "again": BENS}).status_code == 303
    assert whose(client) == ""
    assert sign_in(client, "Ben", BENS) == 303
    assert whose(client) == family.ben.id


@pytest.mark.parametrize("made_up", ["", "x", "0" * 36, "' OR 1=1 --"])
def test_a_made_up_choice_leads_to_the_first_persons_diary_and_never_past_a_passphrase(made_up: str) -> None:
    family = settle("", BENS)
    for chosen in (made_up, family.ben.id):
        client = visitor(HERE)
        client.cookies.set("uncramp-person-80", chosen, domain="127.0.0.1", path="/")
        assert whose(client) in (family.anna.id, "")


def test_two_diaries_at_two_ports_have_cookies_of_their_own() -> None:
    settle("", BENS)
    client = visitor(HERE)
    reply = client.post("http://127.0.0.1:8321/sign-in", data={"name": "Ben", "passphrase": BENS})
    assert reply.headers["set-cookie"].startswith("uncramp-session-8321=")
    assert "secure" not in reply.headers["set-cookie"].lower()


# ---- the page of the people ------------------------------------------------------------------------


def test_a_second_person_is_added_together_with_the_first_ones_name() -> None:
    client = visitor(HERE)
    assert {"own", "name"} <= set(Page(client.get("/people").text).forms[0].fields)
    added = {"own": "Anna", "name": "Ben", "passphrase": BENS}
    assert client.post("/people/add", data=added).status_code == 303
    assert [(p.name, p.locked) for p in people.everybody(NOW)] == [("Anna", False), ("Ben", True)]


@pytest.mark.parametrize(
    "added",
    [
        {"own": "", "name": "Ben"},
        {"own": "Ben", "name": "ben"},
        {"own": "Anna", "name": "Ben", "passphrase": "x"},
    ],
)
def test_what_cannot_be_added_changes_nothing_and_stays_as_typed(added: dict[str, str]) -> None:
    reply = visitor(HERE).post("/people/add", data=added)
    assert reply.status_code == 422
    assert f'value="{added["name"]}"' in reply.text
    assert 'role="alert"' in reply.text
    assert [person.name for person in people.everybody(NOW)] == [""]


@pytest.mark.parametrize("who", ["Anna", "Ben"])
def test_nobody_is_named_anew_by_who_adds_a_person(who: str) -> None:
    settle()
    client = visitor(HERE)
    sign_in(client, who)
    reply = client.post("/people/add", data={"own": "Zzz", "name": "Dan"})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert [person.name for person in people.everybody(NOW)] == ["Anna", "Ben"]


def test_a_passphrase_is_changed_and_removed_only_with_the_old_one() -> None:
    family = settle(ANNAS)
    client = visitor(HERE)
    sign_in(client, "Anna", ANNAS)
    kept = passphrase_of(home.diary(), family.anna.id)
    for wrong in ({"new": BENS, "again": BENS}, {"old": BENS, "do": "remove"}, {"old": ANNAS, "new": BENS}):
        assert client.post("/people/passphrase", data=wrong).status_code == 422
    assert passphrase_of(home.diary(), family.anna.id) == kept
    assert client.post("/people/passphrase", data={"old": ANNAS, "do": "remove"}).status_code == 303
    assert passphrase_of(home.diary(), family.anna.id) == ""
    assert whose(client) == family.anna.id


def test_the_old_passphrase_cannot_be_guessed_without_end_on_the_page() -> None:
    settle(ANNAS)
    client = visitor(HERE)
    sign_in(client, "Anna", ANNAS)
    said = [client.post("/people/passphrase", data={"old": str(n), "new": BENS}).text for n in range(15)]
    assert sum("not the passphrase so far" in text for text in said) < 10
    assert "too many tries" in said[-1]


# ---- whose page it is ------------------------------------------------------------------------------


def test_closed_pages_say_whose_they_are_and_kept_ones_never_do() -> None:
    family = settle()
    client = visitor(HERE)
    for path in ("/people", "/tokens", "/history", "/worked"):
        reply = client.get(path)
        assert f'data-person="{family.anna.id}"' in reply.text, path
        assert reply.headers["cache-control"] == "no-store"
    for path in ("/", "/now", "/tonight", "/guide", "/kept", "/about", "/offline-check"):
        assert "data-person" not in client.get(path).text, path
        assert "Ben" not in client.get(path).text, path


def test_an_entry_in_the_name_of_somebody_else_is_not_taken() -> None:
    family = settle()
    client = visitor(HERE)
    before = all_of(family.anna.id)
    headers = {"X-Uncramp-Person": family.ben.id}
    reply = client.put(f"/api/v1/entries/{NEW}", json=entry("bens"), headers=headers)
    assert (reply.status_code, reply.json()["why"]) == (409, "person")
    assert all_of(family.anna.id) == before
    sign_in(client, "Ben")
    assert client.put(f"/api/v1/entries/{NEW}", json=entry("bens"), headers=headers).status_code == 201


def test_the_one_diary_of_before_is_whole_after_a_second_person_came(own_home: Path) -> None:
    client = visitor(HERE)
    assert client.put(f"/api/v1/entries/{NEW}", json=entry("of old")).status_code == 201
    client.post("/people/add", data={"own": "Anna", "name": "Ben"})
    assert "of old" in json.dumps(client.get("/api/v1/entries").json())
    assert (own_home / "diary.sqlite").exists()
    sign_in(client, "Ben")
    assert client.get("/api/v1/entries").json() == {"entries": []}
