"""Entries to test with.

Run as a process it writes some, and says of each when it is acknowledged, to be killed or cut off:
python tests/diary/entries.py DIARY FIRST WRITERS MOST [SYNCHRONOUS]
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

from uncramp.diary import connection
from uncramp.diary.connection import Diary, open_diary
from uncramp.diary.entries import put
from uncramp.diary.people import first_person
from uncramp.model import Entry, EntryKind

NIGHT = datetime(2026, 11, 22, 3, 10, 5, 120_000, UTC)
EPISODE: dict[str, Any] = {
    "muscle": "hamstring",
    "side": "left",
    "bouts": [{"start": "2026-11-22T03:10:05.120Z", "end": "2026-11-22T03:12:05.120Z", "released": True}],
}


STRIDE = 10**6
"""Between the first numbers of two writers."""


def uuid(number: int) -> str:
    """A UUID of version 7 that one can tell from others."""
    return str(UUID(int=0x019A_0000_0000_7000_8000_0000_0000_0000 + number))


def an_entry(person: str, number: int = 1, minutes: float = 0, **changed: Any) -> Entry:
    """The entry with that number, written so many minutes after the night's first."""
    entry = Entry(
        id=uuid(number),
        person=person,
        kind=EntryKind.EPISODE,
        start=NIGHT,
        end=NIGHT + timedelta(minutes=2),
        offset_minutes=60,
        body=EPISODE,
        origin="phone",
        recorded=NIGHT + timedelta(minutes=minutes),
    )
    return replace(entry, **changed)


def write(diary: Diary, person: str, first: int, most: int) -> None:
    """Put entries of very different sizes, every third a new version of the one before it."""
    for number in range(first, first + most):
        body = {**EPISODE, "note": "x" * (number * 7919 % 5000)}
        replaces = uuid(number - 1) if number % 3 == 0 and number > first else None
        put(diary, an_entry(person, number, minutes=number, body=body, replaces=replaces))
        # One call, so that it is said whole; no buffer, so that it is said now.
        os.write(1, f"{number}\n".encode())


def main(address: str, first: int, writers: int, most: int) -> None:
    diary = open_diary(address)
    person = first_person(diary, NIGHT)
    threads = [Thread(target=write, args=(diary, person, first + n * STRIDE, most)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    diary.close()


if __name__ == "__main__":
    for careless in sys.argv[5:]:
        # Only to show that the tests would see it.
        vars(connection)["PRAGMAS"] = (*connection.PRAGMAS, f"PRAGMA synchronous={careless}")
    main(sys.argv[1], *map(int, sys.argv[2:5]))
