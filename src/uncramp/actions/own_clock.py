"""The clock on the wall of this machine, as a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from uncramp.core.nights import day_of


class OwnClock(tzinfo):
    """The zone of this machine, which knows when its clocks change: also for days long past."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return moment.replace(tzinfo=None).astimezone().utcoffset() if moment else None

    def dst(self, moment: datetime | None) -> timedelta | None:  # noqa: ARG002
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return moment.replace(tzinfo=None).astimezone().tzname() if moment else None

    def fromutc(self, moment: datetime) -> datetime:
        there = moment.replace(tzinfo=UTC).astimezone()
        wall = there.replace(tzinfo=self, fold=0)
        # Of the two hours when the clocks go back, the one that it is.
        return wall if wall.utcoffset() == there.utcoffset() else wall.replace(fold=1)


def date_here(now: datetime) -> date:
    """The date on the calendar of this machine, which changes at midnight."""
    return now.astimezone(OwnClock()).date()


def day_here(now: datetime) -> date:
    """The day it is on this machine, which changes at four."""
    return day_of(now.astimezone(OwnClock()).replace(tzinfo=None))
