"""Two persons with a diary each, full of words that only its owner may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from uncramp.actions import exposures, home, passphrase, people, tokens
from uncramp.actions.doors import Doors, phone_doors
from uncramp.actions.tries import Tries
from uncramp.diary import schema
from uncramp.diary.choices import choose
from uncramp.diary.entries import put
from uncramp.model import Entry, EntryKind
from uncramp.web.app import create_app

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE, PHONE = Doors(), phone_doors(("pi.local",))
ANNAS, BENS = "otter lamp fence moss", "violin gravel spoon tide"


@dataclass(frozen=True)
class Diarist:
    """Somebody with a diary, and what is planted in it."""

    id: str
    name: str
    word: str
    """Stands in everything that they wrote."""
    entries: tuple[str, ...]
    token: str
    secret: str


@dataclass(frozen=True)
class Family:
    anna: Diarist
    ben: Diarist


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with nobody in it, where passphrases are hashed in a hurry."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passphrase, "_hasher", lambda: quick)
    for doors in (HERE, PHONE):
        app_behind(doors).state.tries = Tries()
        app_behind(doors).state.wrong_tokens = Tries()
    home.owner(NOW - timedelta(days=9))
    yield tmp_path
    home.close_diaries()


@cache
def app_behind(doors: Doors) -> FastAPI:
    """One for all tests, since its pages are made ready only once."""
    return create_app(doors=doors, clock=lambda: NOW)


def visitor(doors: Doors) -> TestClient:
    """A browser without a cookie."""
    url, address = ("http://127.0.0.1", "127.0.0.1") if doors == HERE else ("https://pi.local", "192.168.1.7")
    return TestClient(
        app_behind(doors),
        base_url=url,
        client=(address, 5000),
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def settle(annas: str = "", bens: str = "") -> Family:
    """Anna, who came first, and Ben, with these passphrases."""
    people.rename(home.owner(NOW), "Anna", NOW)
    anna, ben = home.owner(NOW), people.add("Ben", NOW)
    family = Family(_write(anna, "Anna", "zebrafinch", 1), _write(ben, "Ben", "quokkatail", 2))
    for person, words in ((anna, annas), (ben, bens)):
        if words:
            passphrase.set_passphrase(words, person)
    return family


def _write(person: str, name: str, word: str, number: int) -> Diarist:
    """One entry of every kind, choices, questions and tokens, all with the word in them."""
    diary = home.diary()
    made = [
        replace(
            entry, id=f"019a0000-0000-7000-8000-{number:04d}{nth:08d}", person=person, origin=f"{word} phone"
        )
        for nth, entry in enumerate(_entries(word))
    ]
    made.append(replace(made[0], id=made[0].id[:-1] + "9", replaces=made[0].id, recorded=NOW))
    for entry in made:
        put(diary, entry)
    exposures.add_own(diary, person, f"{word} tea", f"{word} cups")
    choose(diary, person, "planted", f"{word} chosen")
    secret = tokens.new(person, f"{word} watch", NOW)
    return Diarist(person, name, word, tuple(entry.id for entry in made), f"{word} watch", secret)


def _entries(word: str) -> tuple[Entry, ...]:
    start = NOW - timedelta(days=1, hours=9)
    bout = {"start": _text(start), "end": _text(start + timedelta(minutes=2)), "released": True}
    effort = {"sport": word, "minutes": 30}
    bodies: tuple[tuple[EntryKind, dict[str, Any]], ...] = (
        (EntryKind.EPISODE, {"muscle": word, "side": "left", "bouts": [bout], "note": f"{word} note"}),
        (EntryKind.DAY_NOTE, {"night": "2026-11-19", "word": "quiet", "note": f"{word} note"}),
        (
            EntryKind.EXPOSURE,
            {"exposure": "heat", "day": "2026-11-20", "value": True, "note": f"{word} note"},
        ),
        (EntryKind.EXPOSURE, {"exposure": "effort", "day": "2026-11-20", "value": True, "effort": effort}),
        (EntryKind.CIRCUMSTANCE, {"fact": word, "value": True, "from": "2026-11-01", "to": None}),
        (EntryKind.WALK, {"protocol": word}),
    )
    return tuple(
        Entry("", "", kind, start, start + timedelta(minutes=2), 60, body, "", start) for kind, body in bodies
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def all_of(person: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is that person's."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with home.diary().read() as connection:
        for name, table in schema.tables.tables.items():
            column = table.c.get("person") if name != "person" else table.c.id
            if column is not None:
                rows = connection.execute(table.select().where(column == person))
                found[name] = sorted(tuple(map(str, row)) for row in rows)
    return found


def sign_in(client: TestClient, name: str, words: str = "", **fields: str) -> int:
    """Sign in, or take one's turn; the status of the answer."""
    return client.post("/sign-in", data={"name": name, "passphrase": words, **fields}).status_code


def whose(client: TestClient) -> str:
    """Whose diary the browser has open, empty for nobody's."""
    reply = client.get("/whose.json")
    return str(reply.json()["person"]) if reply.status_code == 200 else ""
