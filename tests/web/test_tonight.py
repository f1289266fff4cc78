"""The screen of every day from outside: what it gets, and who gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from tests.web.forms import HERE
from uncramp.actions import home
from uncramp.actions.exposures import add_own, choose_questions
from uncramp.web import words
from uncramp.web.app import create_app
from uncramp.web.guard import is_open

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SCRIPTS = Path(words.__file__).parent / "static"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The program with an empty diary behind it, early on a Sunday."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    yield TestClient(create_app(clock=lambda: NOW), base_url=HERE, raise_server_exceptions=False)
    home.close_diaries()


def uuid(number: int) -> str:
    return str(UUID(int=0x01A20000_0000_7000_8000_000000000000 + number))


def note(night: str, word: str = "quiet", **more: Any) -> dict[str, Any]:
    return {
        "kind": "day_note", "start": f"{night}T21:00:00.000Z", "end": None, "offset_minutes": 60,
        "origin": "phone", "recorded": "2026-11-22T06:00:00.000Z", "replaces": None,
        "body": {"night": night, "word": word}, **more,
    }  # fmt: skip


def put(client: TestClient, number: int, entry: dict[str, Any]) -> None:
    assert client.put(f"/api/v1/entries/{uuid(number)}", json=entry).status_code == 201


def today(client: TestClient, **given: str) -> Any:
    reply = client.get("/today.json", params=given)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_the_page_is_a_shell_that_anybody_may_keep(client: TestClient) -> None:
    put(client, 1, note("2026-11-21"))
    page = client.get("/tonight")
    assert page.status_code == 200
    assert "no-store" not in page.headers.get("cache-control", "")
    assert "2026-11-21" not in page.text
    assert is_open("/tonight")
    assert not is_open("/today.json")


def test_an_empty_diary_has_the_questions_of_everybody_and_has_not_begun(client: TestClient) -> None:
    found = today(client)
    assert [one["id"] for one in found["questions"]] == ["hard_exercise", "alcohol", "poor_sleep"]
    assert (found["change"], found["versions"], found["begun"]) == (4, [], False)
    assert {"magnesium", "drinks"} <= {one["id"] for one in found["exposures"]}


def test_a_number_comes_with_its_unit_its_range_and_its_portion(client: TestClient) -> None:
    alcohol = today(client)["questions"][1]
    assert (alcohol["unit"], alcohol["low"], alcohol["high"], alcohol["portion"]) == ("drinks", 0, 40, 1)
    assert "unit" not in today(client)["questions"][0]


def test_the_chosen_questions_are_asked_on_the_screen_and_on_the_phone_without_a_network(
    client: TestClient,
) -> None:
    today(client)
    person = home.owner(NOW)
    own = add_own(home.diary(), person, "Evening walk")
    choose_questions(home.diary(), person, [own.id, "magnesium"])
    assert [one["id"] for one in today(client)["questions"]] == [own.id, "magnesium"]
    packed = client.get("/pack.json").json()["evening"]
    assert [one["id"] for one in packed["questions"]] == [own.id, "magnesium"]
    assert "Evening walk" not in client.get("/pocket.json").text


def test_what_is_still_open_is_asked_all_day_also_after_an_answer_and_by_the_phone_s_own_day(
    client: TestClient,
) -> None:
    """Here it is the 22nd, and on a phone far to the east the 23rd."""
    today(client)
    choose_questions(home.diary(), home.owner(NOW), ["open"])
    asked = today(client)["questions"]
    for number, one in enumerate(asked):
        body = {"exposure": one["id"], "day": "2026-11-22", "value": True if "unit" not in one else 1}
        put(client, number, note("2026-11-22", kind="exposure", body={**body, "timed": False}))
        assert today(client)["questions"] == asked
        assert today(client, day="2026-11-22")["questions"] == asked
        assert client.get("/pack.json").json()["evening"]["questions"] == asked
    tomorrow = today(client, day="2026-11-23")["questions"]
    assert {one["id"] for one in tomorrow}.isdisjoint({one["id"] for one in asked})
    assert today(client, day="a day")["questions"] == asked


def test_somebody_who_wants_no_questions_gets_none(client: TestClient) -> None:
    today(client)
    choose_questions(home.diary(), home.owner(NOW), [])
    assert today(client)["questions"] == []
    assert client.get("/pack.json").json()["evening"]["questions"] == []


def test_what_is_sent_is_of_the_last_days_with_every_version_also_one_taken_away(client: TestClient) -> None:
    put(client, 1, note("2026-11-01"))
    put(client, 2, note("2026-11-21"))
    put(client, 3, note("2026-11-21", replaces=uuid(2), body={"deleted": True}))
    found = today(client)
    assert [entry["id"] for entry in found["versions"]] == [uuid(2), uuid(3)]
    assert found["begun"] is True
    assert today(client, since="2026-10-01T00:00:00Z")["versions"][0]["id"] == uuid(1)


def test_what_was_moved_out_of_the_last_days_is_sent_too_so_that_the_old_version_does_not_stand(
    client: TestClient,
) -> None:
    put(client, 1, note("2026-11-21"))
    put(client, 2, note("2026-11-02", replaces=uuid(1)))
    assert [entry["id"] for entry in today(client)["versions"]] == [uuid(1), uuid(2)]


def test_entries_are_listed_from_a_moment_on(client: TestClient) -> None:
    put(client, 1, note("2026-11-20"))
    put(client, 2, note("2026-11-21"))
    reply = client.get("/api/v1/entries", params={"since": "2026-11-21T22:00:00+01:00"})
    assert [entry["id"] for entry in reply.json()["entries"]] == [uuid(2)]


@pytest.mark.parametrize("since", ["yesterday", "2026-11-21", "2026-11-21T22:00:00", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("path", ["/api/v1/entries", "/today.json"])
def test_a_moment_that_is_none_is_refused_in_a_sentence(client: TestClient, path: str, since: str) -> None:
    reply = client.get(path, params={"since": since})
    assert reply.status_code == 404
    assert reply.json()["problems"][0].startswith("since: expected a time with its zone")


def test_no_other_site_and_no_window_gets_today(client: TestClient) -> None:
    assert client.get("/today.json", headers={"sec-fetch-dest": "document"}).status_code == 403
    assert client.get("/today.json").headers["cache-control"] == "no-store"


def test_the_home_page_holds_the_place_for_the_panel_hidden_and_below_the_first_door(
    client: TestClient,
) -> None:
    page = client.get("/").text
    assert page.index("door-now") < page.index('id="tonight"') < page.index('class="door" href="/check"')
    assert re.search(r'<section id="tonight"[^>]* hidden', page)


def test_the_script_says_only_what_is_in_the_catalogue_and_all_of_it() -> None:
    script = "".join(path.read_text() for path in sorted(SCRIPTS.glob("tonight*.js")))
    page = "".join(path.read_text() for path in (SCRIPTS.parent / "pages").glob("*.html"))
    there = {key.removeprefix("tonight.") for key in words.catalogue() if key.startswith("tonight.")}
    said = set(re.findall(r'[\["`( ]([a-z_]+)["\]`]', script)) | set(
        re.findall(r'\bt\("tonight\.([a-z_]+)"', page)
    )
    put_together = {f"wrote_{word}" for word in ("quiet", "cramp", "nothing")}
    put_together |= {f"night_{word}" for word in ("quiet", "cramp", "unknown")}
    assert there - said - put_together == set()
    assert set(re.findall(r'say\("([a-z_]+)"', script)) - there == set()
    assert put_together <= there
