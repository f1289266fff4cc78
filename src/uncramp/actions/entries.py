"""Entries into the diary and out of it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from uncramp.actions.check import Refused, read_facts
from uncramp.diary.faults import OtherBody
from uncramp.model import Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

# `uncramp.diary.entries` is imported where it is used: it brings SQLAlchemy, which takes as long to import
# as the whole web server, and a server that nobody keeps a diary on need not wait for it.

__all__ = [
    "STANDS",
    "OtherBody",
    "add",
    "as_json",
    "history",
    "kinds_named",
    "moment_named",
    "new_id",
    "newest",
    "one",
    "put",
    "read_body",
]

EXAMPLE = '{"kind": "episode", "start": "2026-11-22T03:10:05.120Z", ...}'


def read_body(text: str) -> dict[str, Any]:
    """The JSON object that was sent; raise `Refused` if it is none."""
    return read_facts(text, "the body", EXAMPLE)


def put(diary: Diary, person: str, entry_id: str, raw: object) -> bool:
    """Keep what `raw` describes; true if it is new, false if just that is there already.

    When it returns, the entry is on the disk. Raise `Refused` with the fields that cannot be used, and
    `OtherBody` where another entry has the id.
    """
    from uncramp.actions.entry_form import read_entry
    from uncramp.diary import entries as kept

    return kept.put(diary, read_entry(person, entry_id, raw)) is kept.Put.STORED


STANDS = (
    "Nothing was written: something else stands there already, and a token puts nothing in its place. "
    "Look into the diary."
)
ADDED = (EntryKind.EPISODE, EntryKind.DAY_NOTE, EntryKind.EXPOSURE)
"""What a token adds. Medicines and conditions decide what is advised: those a person writes down."""


def add(diary: Diary, person: str, entry_id: str, raw: object, origin: str, now: datetime) -> bool | None:
    """`put` for a token; `None` for what a token may not. It is never later than now, nor from elsewhere.

    Raise `OtherBody` also where something from elsewhere stands for that night or day: of two notes the later
    one holds, one yes outweighs a no, and numbers add up.
    """
    from uncramp.actions.entry_form import read_entry
    from uncramp.diary import entries as kept

    sent = read_entry(person, entry_id, raw)
    if sent.replaces or sent.kind not in ADDED:
        return None
    made = replace(sent, origin=origin, recorded=min(sent.recorded, now))
    there = kept.entry(diary, entry_id)
    if there:
        # Sent again by a clock that is ahead, or after ours was set back, it is the same.
        made = replace(made, recorded=there.recorded)
    elif place := _place(made):
        others = kept.newest(diary, person, (made.kind,), with_deleted=False)
        if any(_place(one) == place and one.origin != origin for one in others):
            raise OtherBody(STANDS)
    return kept.put(diary, made) is kept.Put.STORED


def _place(entry: Entry) -> tuple[str, ...]:
    """What there is one answer to: a night, or an exposure on a day. Empty for what has its own hour."""
    body = entry.body
    if entry.kind is EntryKind.DAY_NOTE:
        return (body["night"],)
    if entry.kind is EntryKind.EXPOSURE and not body.get("timed"):
        return body["exposure"], body["day"]
    return ()


def newest(
    diary: Diary,
    person: str,
    kinds: Collection[EntryKind] = tuple(EntryKind),
    most: int | None = None,
    start: datetime | None = None,
    with_deleted: bool = False,
) -> tuple[Entry, ...]:
    """The newest versions of what the person wrote, newest first, at most `most`, that begins from `start`.

    What was taken away is left out, unless one asks for it.
    """
    from uncramp.diary import entries as kept

    return kept.newest(diary, person, kinds, most=most, start=start, with_deleted=with_deleted)


def one(diary: Diary, person: str, entry_id: str) -> Entry:
    """That version; raise `Refused` where the person has none of that id."""
    from uncramp.diary import entries as kept

    found = kept.entry(diary, entry_id)
    if found is None or found.person != person:
        raise Refused("id: there is no entry with that id.")
    return found


def history(diary: Diary, person: str, entry_id: str) -> tuple[Entry, ...]:
    """All versions of an entry, the one recorded first first."""
    from uncramp.diary import entries as kept

    one(diary, person, entry_id)
    return kept.history(diary, entry_id)


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as it travels: its id, and what `PUT` takes."""
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "start": wire_time(entry.start),
        "end": entry.end and wire_time(entry.end),
        "offset_minutes": entry.offset_minutes,
        "origin": entry.origin,
        "recorded": wire_time(entry.recorded),
        "replaces": entry.replaces,
        "body": dict(entry.body),
    }


def wire_time(moment: datetime) -> str:
    """A time in UTC as the browser writes it, with microseconds only where there are some."""
    fine = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=fine).replace("+00:00", "Z")


def new_id(now: datetime) -> str:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, the rest by chance."""
    milliseconds = int(now.timestamp() * 1000)
    bits = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=bits))


def kinds_named(names: Iterable[str]) -> tuple[EntryKind, ...]:
    """The kinds of these names, all for none; raise `Refused` for one that is none."""
    names = tuple(names)
    try:
        return tuple(EntryKind(name) for name in names) or tuple(EntryKind)
    except ValueError:
        raise Refused(f"kind: expected one of {', '.join(EntryKind)}.") from None


def moment_named(text: str) -> datetime:
    """The moment that `text` names; raise `Refused` for one without its zone or that is none."""
    moment: datetime | None = None
    with suppress(ValueError):
        # In an address a plus sign stands for a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 2099:
        raise Refused("since: expected a time with its zone, such as 2026-11-22T03:10:05Z.")
    return moment
