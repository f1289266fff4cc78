"""When a person is to be reminded of the evening's questions. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from uncramp.core.nights import ONE_DAY

LATE = timedelta(hours=2)
"""A reminder that could not be sent for longer is of no use any more."""
EVERY_DAY = frozenset(range(7))


class Ring(StrEnum):
    """What rings: in the evening for the day, in the morning for the night that is over."""

    EVENING = "evening"
    MORNING = "morning"


@dataclass(frozen=True)
class Pause:
    """No reminders from a day to a day, both included, or until the person ends it."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Reminders:
    """What a person chose. Times are by the clock on their wall, wherever they are."""

    evening: time | None = None
    morning: time | None = None
    days: frozenset[int] = EVERY_DAY
    """Monday is 0."""
    quiet: tuple[time, time] | None = None
    """Hours in which nothing rings, also what was missed before; they may go over midnight."""
    pause: Pause | None = None

    def at(self, ring: Ring) -> time | None:
        return self.evening if ring is Ring.EVENING else self.morning

    def rings_on(self, day: date) -> bool:
        """Whether that date is one of the chosen days and not in the pause."""
        return day.weekday() in self.days and not (self.pause and self.pause.holds(day))


def due(
    chosen: Reminders, sent: Mapping[Ring, date], written: Collection[Ring], now: datetime
) -> dict[Ring, date]:
    """What is to ring now, and for which date; `now` is aware, by the person's own clock.

    `sent` has the last date for which each rang: a clock that is put back rings nothing twice. What was
    missed is made up for `LATE` long, unless it is written by now, in quiet hours or in a pause.
    """
    if in_hours(now.time(), chosen.quiet) or (chosen.pause and chosen.pause.holds(now.date())):
        return {}
    found: dict[Ring, date] = {}
    for ring in Ring:
        day = _latest(chosen, ring, now)
        if day and ring not in written and (ring not in sent or sent[ring] < day):
            found[ring] = day
    return found


def _latest(chosen: Reminders, ring: Ring, now: datetime) -> date | None:
    """The date whose time has come and is not over, `None` if there is none."""
    at = chosen.at(ring)
    if at is None:
        return None
    for day in (now.date(), now.date() - ONE_DAY):
        # In UTC: in the night in which the clocks change, an hour on the wall is none.
        rings = datetime.combine(day, at, now.tzinfo).astimezone(UTC)
        if chosen.rings_on(day) and timedelta() <= now.astimezone(UTC) - rings <= LATE:
            return day
    return None


def in_hours(at: time, hours: tuple[time, time] | None) -> bool:
    """Whether `at` lies from the first of the hours up to, and not at, the second."""
    if hours is None:
        return False
    first, last = hours
    return first <= at < last if first <= last else at >= first or at < last
