"""What the clock on the wall showed -> the instant in UTC, or a question where there is no one answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from uncramp.actions.check import Refused

FIRST, SECOND = "first", "second"
"""Which of two: a time that the clock shows twice, as it is put back."""
FARTHEST = 14 * 60
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


class Twice(Refused):
    """The clock showed this time twice that night; the person has to say which it was."""

    def __init__(self, time: str) -> None:
        super().__init__(f"which: the clock was put back and showed {time} twice. Say which one it was.")


def moment(
    wall: datetime, clock: tzinfo | None, which: str = "", field: str = "time"
) -> tuple[datetime, int]:
    """The instant at which `clock` showed `wall`, and its offset from UTC in minutes.

    `None` is the clock of this machine. Raise `Refused` for a time that was left out as the clock was put
    forward, with the name of the `field` it was typed in, and `Twice` for one that was there twice, unless
    `which` says which.
    """
    first, second = (_instant(wall, clock, fold) for fold in (0, 1))
    shown = first.astimezone(clock).replace(tzinfo=None)
    if shown != wall:
        early, late = sorted(_clock_time(one, clock) for one in (first, second))
        raise Refused(
            f"{field}: the clock was put forward then and never showed {wall:%H:%M}. Write {early} or {late}."
        )
    if first != second and which not in (FIRST, SECOND):
        raise Twice(f"{wall:%H:%M}")
    found = second if which == SECOND else first
    return found, offset_at(found, clock)


def second(first: datetime, clock: tzinfo | None) -> datetime | None:
    """The later instant at which `clock` showed the same as at `first`, `None` where there is none."""
    wall = first.astimezone(clock).replace(tzinfo=None, fold=0)
    early, late = (_instant(wall, clock, fold) for fold in (0, 1))
    return late if early == first < late else None


def offset_at(instant: datetime, clock: tzinfo | None) -> int:
    """How many minutes `clock` is ahead of UTC at that instant."""
    ahead = instant.astimezone(clock).utcoffset() or timedelta()
    return int(ahead.total_seconds() // 60)


def clock_of(zone: str, offset: str) -> tzinfo | None:
    """The clock that a browser goes by: its zone's, else one that far from UTC, else this machine's own.

    What the browser says of itself is no field of the form: where it makes no sense it is left out.
    """
    if zone in _zones().values():
        return ZoneInfo(zone)
    if re.fullmatch(r"-?\d{1,3}", offset) and abs(int(offset)) <= FARTHEST:
        return timezone(timedelta(minutes=int(offset)))
    return None


def clock_at(place: str) -> tzinfo:
    """The clock of a city, a zone or an offset such as "UTC+2" that somebody typed; raise `Refused`."""
    text = " ".join(place.split())
    if found := _OFFSET.fullmatch(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes <= FARTHEST:
            return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
    if name := _zones().get(text.casefold().replace("_", " ")):
        return ZoneInfo(name)
    raise Refused(
        "place: there is no such city in the list of time zones. Write a big city with the same time, "
        "such as Tokyo, or how far it is from UTC, such as UTC+9."
    )


@cache
def _zones() -> dict[str, str]:
    """Name and city, in small letters -> the name of the zone; empty where the machine has no list."""
    names = sorted(available_timezones(), key=lambda name: (-name.count("/"), name))
    cities = {name.rpartition("/")[2].casefold().replace("_", " "): name for name in names}
    return {**cities, **{name.casefold().replace("_", " "): name for name in names}}


def _instant(wall: datetime, clock: tzinfo | None, fold: int) -> datetime:
    """Without a zone a time is taken to be by this machine's clock."""
    return wall.replace(tzinfo=clock, fold=fold).astimezone(UTC)


def _clock_time(instant: datetime, clock: tzinfo | None) -> str:
    return f"{instant.astimezone(clock):%H:%M}"
