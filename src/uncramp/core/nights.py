"""Which night and which day an entry belongs to, and what is known of each night. Pure.

Row *d* of the nights is the waking day *d* and the night that follows it. A date changes in the small hours
and not at midnight: what somebody does before going to bed belongs to the day that ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from uncramp.model import Entry, EntryKind

CHANGE = 4
"""The hour at which one day becomes the next, unless a person chose another."""
NOON = 12
ONE_DAY = timedelta(days=1)


class Word(StrEnum):
    """What is known of a night. A night that nobody wrote of has no word: it is unknown, and not quiet."""

    CRAMP = "cramp"
    QUIET = "quiet"


WORDS = {word.value: word for word in Word}


@dataclass(frozen=True)
class Night:
    """One night: its word, its cramps as they began, and the note that somebody wrote of it."""

    date: date
    word: Word | None
    episodes: tuple[Entry, ...] = ()
    note: Entry | None = None


def is_deleted(entry: Entry) -> bool:
    """Whether this version says that the person took the entry away."""
    return entry.body.get("deleted") is True


def local(moment: datetime, offset_minutes: int) -> datetime:
    """The time that the clock on the wall showed; without a zone."""
    return (moment + timedelta(minutes=offset_minutes)).replace(tzinfo=None)


def day_of(wall: datetime, change: int = CHANGE) -> date:
    """The date of something that happened when the clock showed `wall`."""
    return (wall - timedelta(hours=change)).date()


def night_of(wall: datetime, asleep: bool | None, change: int = CHANGE) -> date:
    """The night that a cramp at `wall` belongs to.

    One out of sleep belongs to the day before the waking, also at half past six. One in a sleep that began
    after noon (a nap, or an early night) and one while awake belong to their own day. Where nobody wrote
    whether it was in sleep, it is taken to be until three hours after the change of the date.
    """
    if asleep is None:
        asleep = wall.hour < change + 3
    if asleep and wall.hour < NOON:
        return wall.date() - ONE_DAY
    return day_of(wall, change)


def night_of_entry(entry: Entry, change: int = CHANGE) -> date | None:
    """The night that an episode or a note of a day belongs to, `None` for any other entry."""
    match entry.kind:
        case EntryKind.DAY_NOTE:
            return date_in(entry.body, "night")
        case EntryKind.EPISODE:
            return night_of(local(entry.start, entry.offset_minutes), entry.body.get("asleep"), change)
    return None


def day_of_entry(entry: Entry, change: int = CHANGE) -> date:
    """The day that an entry stands under: the one its body names, else the night or day of its start."""
    named = date_in(entry.body, "day") or night_of_entry(entry, change)
    return named or day_of(local(entry.start, entry.offset_minutes), change)


def nights(entries: Iterable[Entry], first: date, last: date, change: int = CHANGE) -> tuple[Night, ...]:
    """Every night from `first` to `last`, the unknown ones too, of the newest versions of entries.

    Any cramp makes a night one with cramps, whatever a note says. Of two notes the one recorded later holds.
    """
    cramps: dict[date, list[Entry]] = {}
    notes: dict[date, Entry] = {}
    for entry in entries:
        night = night_of_entry(entry, change)
        if night is None or is_deleted(entry):
            continue
        if entry.kind is EntryKind.EPISODE:
            cramps.setdefault(night, []).append(entry)
        elif night not in notes or _later(entry, notes[night]):
            notes[night] = entry
    days = range((last - first).days + 1)
    return tuple(_night(first + ONE_DAY * n, cramps, notes) for n in days)


def _night(day: date, cramps: Mapping[date, list[Entry]], notes: Mapping[date, Entry]) -> Night:
    note = notes.get(day)
    found = cramps.get(day)
    there = tuple(sorted(found, key=lambda entry: (entry.start, entry.id))) if found else ()
    word = Word.CRAMP if there else _word(note)
    return Night(day, word, there, note)


def _word(note: Entry | None) -> Word | None:
    if note is None:
        return None
    return WORDS.get(note.body.get("word", ""))


def _later(one: Entry, other: Entry) -> bool:
    return (one.recorded, one.id) > (other.recorded, other.id)


def date_in(body: Mapping[str, Any], name: str) -> date | None:
    """The date under that name, `None` where there is none that can be read."""
    try:
        return date.fromisoformat(body[name])
    except (KeyError, TypeError, ValueError):
        return None
