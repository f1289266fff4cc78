"""The nights of a month, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from uncramp.core.counts import Span, span
from uncramp.core.nights import ONE_DAY, Night, day_of, night_of_entry, nights
from uncramp.model import EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

OF_NIGHTS = frozenset({EntryKind.EPISODE, EntryKind.DAY_NOTE})
MARGIN = timedelta(days=2)
"""How far the night that an entry belongs to may lie from its start in UTC; more than clocks ever differ."""
WEEK = 7


@dataclass(frozen=True)
class Day:
    """A cell: "cramp", "quiet", "unknown", or "ahead" while the night is not over and nothing is written."""

    date: date
    state: str
    cramps: int = 0
    today: bool = False


@dataclass(frozen=True)
class Month:
    """`weeks` begin on Monday, with `None` for days of other months; `so_far` are its nights by now."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    so_far: Span | None
    anything: bool
    """Whether anything at all was ever written of a night."""

    @property
    def before(self) -> str:
        return _named(self.first - ONE_DAY)

    @property
    def after(self) -> str:
        return _named(_next(self.first))


def month(diary: Diary, person: str, named: str, now: datetime) -> Month:
    """The month `named` as in 2026-11, that of the local time `now` where it is none."""
    today = day_of(now.replace(tzinfo=None))
    first = _first_of(named) or today.replace(day=1)
    found = written(diary, person, first, _next(first) - ONE_DAY)
    days = tuple(_day(night, today) for night in found)
    over = [night for night, day in zip(found, days, strict=True) if day.state != "ahead"]
    empty = (None,) * first.weekday()
    cells: tuple[Day | None, ...] = (*empty, *days)
    cells += (None,) * (-len(cells) % WEEK)
    return Month(
        first=first,
        weeks=tuple(cells[n : n + WEEK] for n in range(0, len(cells), WEEK)),
        so_far=span(over) if over else None,
        anything=first_night(diary, person) is not None,
    )


def written(diary: Diary, person: str, first: date, last: date) -> tuple[Night, ...]:
    """Every night from `first` to `last` as the diary has it."""
    from uncramp.diary.search import Wanted, search

    wanted = Wanted(OF_NIGHTS, start=_midnight(first) - MARGIN, end=_midnight(last) + MARGIN + ONE_DAY)
    return nights(search(diary, person, wanted, brief=True)[0], first, last)


def first_night(diary: Diary, person: str) -> date | None:
    """The first night that anything was written of."""
    from uncramp.diary.search import begun

    found = begun(diary, person, OF_NIGHTS)
    return night_of_entry(found) if found else None


def over_by(now: datetime) -> date:
    """The last night that is over when the local clock shows `now`."""
    return day_of(now.replace(tzinfo=None)) - ONE_DAY


def _day(night: Night, today: date) -> Day:
    state = night.word or ("unknown" if night.date < today else "ahead")
    return Day(night.date, state, len(night.episodes), night.date == today)


def _first_of(named: str) -> date | None:
    try:
        found = date.fromisoformat(f"{named}-01")
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2099 else None


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _named(day: date) -> str:
    return f"{day:%Y-%m}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
