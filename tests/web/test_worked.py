"""With what it let go, as a page, and the personal rules for the phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from tests.web.forms import HERE
from uncramp.actions import home
from uncramp.web.app import create_app

START = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The program with an empty diary behind it."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    yield TestClient(create_app(), base_url=HERE, raise_server_exceptions=False)
    home.close_diaries()


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def put(client: TestClient, number: int, *uses: tuple[str, float]) -> None:
    """A cramp in which each technique was used for so many seconds, and the last one let go."""
    start = at = START + timedelta(days=number)
    techniques = []
    for name, seconds in uses:
        techniques.append({"id": name, "start": iso(at), "end": iso(at + timedelta(seconds=seconds))})
        at += timedelta(seconds=seconds)
    bout = {
        "start": iso(start), "end": iso(at), "released": True, "technique": uses[-1][0],
        "techniques": techniques, "answers": [],
    }  # fmt: skip
    entry = {
        "kind": "episode", "start": iso(start), "end": iso(at), "offset_minutes": 60, "origin": "phone",
        "recorded": iso(at), "replaces": None,
        "body": {"muscle": "hamstring", "side": "left", "protocol": "bed", "bouts": [bout]},
    }  # fmt: skip
    entry_id = str(UUID(int=(0x01A20000_0000_7000_8000_000000000000 + number)))
    assert client.put(f"/api/v1/entries/{entry_id}", json=entry).status_code == 201


def test_an_empty_diary_says_that_it_is_too_early(client: TestClient) -> None:
    page = client.get("/worked")
    assert page.status_code == 200
    assert "Too early to say. 8 more cramps" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_clear_diary_names_the_fast_one_and_the_phone_begins_with_it(client: TestClient) -> None:
    for number in range(24):
        if number % 2:
            put(client, number, ("towel", 12.0 + number % 5))
        else:
            put(client, number, ("ease_straight", 150.0 + number), ("rub", 200.0))
    page = client.get("/worked").text
    assert "it let go soonest with this" in page
    assert "soonest so far" in page
    assert "tart with this one" not in page
    assert "Loop a towel round the foot" in page
    assert client.get("/pack.json").json()["order"] == ["towel"]


def test_what_a_person_is_kept_from_is_not_named_as_the_soonest(client: TestClient) -> None:
    for number in range(24):
        if number % 2:
            put(client, number, ("towel", 12.0 + number % 5))
        else:
            put(client, number, ("ease_straight", 150.0 + number), ("rub", 200.0))
    assert "soonest so far" in client.get("/worked").text
    fact = {"fact": "pregnant", "value": True, "from": None, "to": None}
    circumstance = {
        "kind": "circumstance", "start": iso(START), "end": None, "offset_minutes": 60, "origin": "phone",
        "recorded": iso(START), "replaces": None, "body": fact,
    }  # fmt: skip
    client.put(f"/api/v1/entries/{UUID(int=0x01A20000_0000_7000_9000_000000000000)}", json=circumstance)
    page = client.get("/worked").text
    assert "soonest so far" not in page
    assert "it let go soonest with this" not in page


@pytest.mark.parametrize("address", ["/pack.json", "/worked"])
def test_what_is_personal_is_kept_by_nothing_on_the_way(client: TestClient, address: str) -> None:
    assert client.get(address).headers["cache-control"] == "no-store"
