"""Reminders as a calendar that others subscribe to (RFC 5545). Nothing in it says whose it is, or of what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

LONGEST_LINE = 75
"""Octets, without the line's end (RFC 5545, section 3.1)."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LASTS = "PT5M"
ASK_AGAIN = "PT1H"
"""How often a calendar may ask for news; each goes its own way about it."""


@dataclass(frozen=True)
class Bell:
    """Something that rings at the same hour on some days of the week, by the clock on the wall."""

    uid: str
    words: str
    since: date
    at: time
    days: frozenset[int]
    """Monday is 0; at least one."""
    except_on: tuple[date, ...] = ()


def feed(bells: Iterable[Bell], changed: datetime) -> bytes:
    """The calendar. `changed` is when the person last chose, so that the same choice gives the same bytes."""
    stamp = f"{changed.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Reminders//Reminders//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Reminders",
        f"REFRESH-INTERVAL;VALUE=DURATION:{ASK_AGAIN}",
        f"X-PUBLISHED-TTL:{ASK_AGAIN}",
        # A calendar has to have something in it, also while nothing rings, and this is seen by nobody.
        "BEGIN:VTIMEZONE",
        "TZID:Etc/UTC",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
    for bell in bells:
        lines += _event(bell, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(bell: Bell, stamp: str) -> list[str]:
    # Times without a zone ("floating"): half past nine is half past nine, in summer and on a journey.
    every = "FREQ=DAILY"
    if len(bell.days) < len(DAYS):
        every = f"FREQ=WEEKLY;BYDAY={','.join(DAYS[day] for day in sorted(bell.days))}"
    except_on = ",".join(_wall(day, bell.at) for day in bell.except_on)
    return [
        "BEGIN:VEVENT",
        f"UID:{bell.uid}",
        f"DTSTAMP:{stamp}",
        f"DTSTART:{_wall(_first(bell), bell.at)}",
        f"DURATION:{LASTS}",
        f"RRULE:{every}",
        *([f"EXDATE:{except_on}"] if except_on else []),
        f"SUMMARY:{_text(bell.words)}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(bell.words)}",
        "TRIGGER:PT0S",
        "END:VALARM",
        "END:VEVENT",
    ]


def _first(bell: Bell) -> date:
    """The first day on which it rings: a rule has to begin with one of its own."""
    return next(day for n in range(len(DAYS)) if (day := bell.since + timedelta(n)).weekday() in bell.days)


def _wall(day: date, at: time) -> str:
    return f"{day:%Y%m%d}T{at:%H%M%S}"


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line as octets, in parts that begin with a space, and none ends within a letter."""
    rest, parts = line.encode(), []
    room = LONGEST_LINE
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(rest[:cut])
        rest, room = rest[cut:], LONGEST_LINE - 1
    return b"\r\n ".join([*parts, rest]) + b"\r\n"
