"""The page of reminders, and the feed that needs no sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from tests.web.forms import HERE, Page
from uncramp.actions import reminders
from uncramp.actions.doors import proxy_doors
from uncramp.actions.home import close_diaries
from uncramp.actions.push import NotDelivered
from uncramp.web.app import create_app

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FORM = {"evening": "21:30", "day": ["0", "1", "2", "3", "4", "5", "6"], "zone": "Europe/Berlin"}
PROXY = "https://cramp.example.org"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application with an empty diary."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    with TestClient(create_app(clock=lambda: NOW), base_url=HERE, raise_server_exceptions=False) as client:
        yield client
    close_diaries()


def address_on(html: str) -> str:
    found = re.search(r">(http[^<]*\.ics)<", html)
    assert found
    return found[1]


def test_what_is_saved_stands_in_the_form(mine: TestClient) -> None:
    kept = mine.post("/reminders", data={**FORM, "pause": "now", "push": "https://ntfy.example.org/t"})
    assert "Saved." in kept.text
    form = next(form for form in Page(kept.text).forms if form.action == "/reminders")
    assert form.fields["evening"] == "21:30"
    assert form.fields["pause"] == "now"
    assert form.fields["push"] == "https://ntfy.example.org/t"
    assert "on the wall in Europe/Berlin" in kept.text


def test_a_fault_stands_beside_its_field_with_what_was_typed(mine: TestClient) -> None:
    reply = mine.post("/reminders", data={**FORM, "push": "http://example.org/<b>", "morning": "07:15"})
    assert reply.status_code == 422
    assert 'id="push-fault"' in reply.text
    assert 'aria-describedby="push-fault"' in reply.text
    assert 'value="07:15"' in reply.text
    assert "<b>" not in reply.text
    assert "Saved." not in reply.text


def test_the_address_is_shown_once_and_is_a_calendar(mine: TestClient) -> None:
    mine.post("/reminders", data=FORM)
    made = mine.post("/reminders/address")
    address = address_on(made.text)
    assert ".ics" not in mine.get("/reminders").text
    reply = mine.get(address)
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    assert len(Calendar.from_ical(reply.content).walk("VEVENT")) == 1
    assert mine.head(address).status_code == 200
    assert "It was last asked for on" in mine.get("/reminders").text


def test_a_new_address_and_its_end_end_the_old_one(mine: TestClient) -> None:
    old = address_on(mine.post("/reminders/address").text)
    new = address_on(mine.post("/reminders/address").text)
    assert mine.get(old).status_code == 404
    assert mine.get(new).status_code == 200
    assert "leads nowhere now" in mine.post("/reminders/address/end").text
    assert mine.get(new).status_code == 404


def test_wrong_addresses_are_slowed_down_and_the_right_one_is_not(mine: TestClient) -> None:
    right = address_on(mine.post("/reminders/address").text)
    tried = [mine.get(f"/reminders/{'x' * 43}.ics") for _ in range(12)]
    assert tried[0].status_code == 404
    assert tried[-1].status_code == 429
    assert int(tried[-1].headers["retry-after"]) > 0
    assert mine.get(right).status_code == 200


def test_behind_a_sign_in_only_the_feed_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    with TestClient(create_app(clock=lambda: NOW), base_url=HERE) as here:
        here.post("/reminders", data=FORM)
        path = address_on(here.post("/reminders/address").text).removeprefix(HERE)
    app = create_app(doors=proxy_doors(PROXY, ["127.0.0.1"]), clock=lambda: NOW)
    with TestClient(app, base_url=PROXY, client=("127.0.0.1", 1)) as outside:
        assert outside.get(path).status_code == 200
        assert outside.get("/reminders/x.ics").status_code == 404
        for closed in ("/reminders", "/reminders/", "/reminders/x", "/reminders/address"):
            assert outside.get(closed, follow_redirects=False).headers["location"].startswith("/sign-in")
        for closed in ("/reminders", "/reminders/address", "/reminders/address/end", "/reminders/try"):
            assert outside.post(closed, data=FORM).status_code == 401
        assert outside.post(path).status_code == 405
    close_diaries()


def test_it_rings_at_once_when_asked_to_and_says_how_it_went(
    mine: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rang: list[str] = []
    monkeypatch.setattr(reminders, "push", lambda address, _words: rang.append(address))
    assert mine.post("/reminders/try").status_code == 200
    assert rang == []
    mine.post("/reminders", data={**FORM, "push": "https://ntfy.example.org/t"})
    assert "It was sent." in mine.post("/reminders/try").text
    assert rang == ["https://ntfy.example.org/t"]

    def fails(_address: str, _words: str) -> None:
        raise NotDelivered("<i>it</i> cannot be reached.")

    monkeypatch.setattr(reminders, "push", fails)
    words = mine.post("/reminders/try").text
    assert "did not get there: &lt;i&gt;it" in words
    assert "It was sent." not in words


def test_another_site_can_neither_make_an_address_nor_ring(mine: TestClient) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in ("/reminders", "/reminders/address", "/reminders/try"):
        assert mine.post(path, data=FORM, headers=foreign).status_code == 403


def test_a_pause_that_is_over_is_no_pause(mine: TestClient) -> None:
    data = {**FORM, "pause": "dates", "pause_from": "2026-11-01", "pause_to": "2026-11-02"}
    mine.post("/reminders", data=data)
    reply = mine.get(address_on(mine.post("/reminders/address").text))
    (event,) = Calendar.from_ical(reply.content).walk("VEVENT")
    assert "EXDATE" not in event
    assert event.decoded("DTSTART").date() == (NOW + timedelta()).date()
