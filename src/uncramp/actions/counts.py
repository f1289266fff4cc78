"""Plain counts of a stretch of nights, for one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from uncramp.actions.calendar import first_night, over_by, written
from uncramp.core.counts import Span, Tally, by_hour, by_place, by_side, monday, span, weeks, years
from uncramp.core.nights import ONE_DAY

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

LENGTHS: Mapping[str, int] = {"12": 12, "26": 26, "52": 52}
"""Weeks that can be looked at together; anything else is all there is, year by year."""
ALL = "all"
DEFAULT = "12"


@dataclass(frozen=True)
class Counts:
    """`all` nights together and cut into `spans`, and their cramps by hour, side and place.

    `earlier` and `later` are the last days of the stretches beside this one, `None` where there is nothing.
    """

    length: str
    all: Span
    spans: tuple[Span, ...]
    hours: Tally
    sides: Tally
    places: Tally
    earlier: date | None
    later: date | None


def counts(diary: Diary, person: str, length: str, until: str, now: datetime) -> Counts | None:
    """The stretch of `length` weeks that ends with the week of the day `until`, of last night if it is none.

    `None` where no night is over that anything was written of. Nights before the first one written of are
    not counted, nor is the one that is not over.
    """
    begin, over = first_night(diary, person), over_by(now)
    if begin is None or begin > over:
        return None
    length = length if length in (*LENGTHS, ALL) else DEFAULT
    sunday = monday(min(_day(until) or over, over)) + 6 * ONE_DAY
    last = max(begin, min(sunday, over))
    first = begin
    if length != ALL:
        first = max(begin, monday(last) - timedelta(weeks=LENGTHS[length] - 1))
    else:
        last = over
    found = written(diary, person, first, last)
    cut: Callable[..., tuple[Span, ...]] = years if length == ALL else weeks
    return Counts(
        length=length,
        all=span(found),
        spans=cut(found),
        hours=by_hour(found),
        sides=by_side(found),
        places=by_place(found),
        earlier=first - ONE_DAY if first > begin else None,
        later=_later(last, length, over),
    )


def _later(last: date, length: str, over: date) -> date | None:
    if last >= over:
        return None
    return min(over, last + timedelta(weeks=LENGTHS[length]))


def _day(named: str) -> date | None:
    try:
        return date.fromisoformat(named)
    except ValueError:
        return None
