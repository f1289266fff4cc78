"""What was written of each day and of the night that follows it; what nobody wrote of stays unknown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from uncramp.actions.exposures import questions
from uncramp.actions.log import NEAR, value_of
from uncramp.core.nights import ONE_DAY, Night, day_of, day_of_entry, is_deleted, nights
from uncramp.model import Asked, Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary


@dataclass(frozen=True)
class Day:
    """A day, its night, and all that was written of both, in the order of the clock."""

    night: Night
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Today:
    """How the last night was, and what the evening asks with the answers so far: `None` is not written."""

    last_night: Night
    day: date
    answers: tuple[tuple[Asked, bool | float | None], ...]


def days(
    diary: Diary, person: str, first: date, last: date, kinds: Collection[EntryKind] = tuple(EntryKind)
) -> tuple[Day, ...]:
    """Every day from `first` to `last`, with those of its entries that are of these kinds."""
    there = _between(diary, person, first, last)
    found: dict[date, list[Entry]] = {}
    for entry in sorted(there, key=lambda entry: (entry.start, entry.id)):
        if entry.kind in kinds:
            found.setdefault(day_of_entry(entry), []).append(entry)
    rows = nights(there, first, last)
    return tuple(Day(night, tuple(found.get(night.date, ()))) for night in rows)


def today(diary: Diary, person: str, now: datetime) -> Today:
    """What a person can know and write now; `now` is by their own clock."""
    day = day_of(now.replace(tzinfo=None))
    there = _between(diary, person, day - ONE_DAY, day)
    (night,) = nights(there, day - ONE_DAY, day - ONE_DAY)
    of_today = [one for one in there if one.kind is EntryKind.EXPOSURE and day_of_entry(one) == day]

    def answer(asked: Asked) -> bool | float | None:
        said = [one for one in of_today if one.body.get("exposure") == asked.id]
        return value_of(said) if said else None

    return Today(night, day, tuple((asked, answer(asked)) for asked in questions(diary, person, day)))


def _between(diary: Diary, person: str, first: date, last: date) -> tuple[Entry, ...]:
    from uncramp.diary import entries as kept

    start = datetime.combine(first, time(12), UTC) - NEAR
    end = datetime.combine(last, time(12), UTC) + NEAR
    found = kept.newest(diary, person, start=start, end=end)
    return tuple(entry for entry in found if not is_deleted(entry))
