"""The feed as a calendar reads it: by the icalendar library, and by the letter of RFC 5545."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar

from uncramp.exporters.calendar_feed import Bell, feed

CHANGED = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
SUNDAY = date(2026, 11, 22)
BELL = Bell(
    "a" * 32 + "@reminders.invalid", "Tonight: five seconds", SUNDAY, time(21, 30), frozenset(range(7))
)


def event(bell: Bell) -> Any:
    (found,) = Calendar.from_ical(feed([bell], CHANGED)).walk("VEVENT")
    return found


def test_a_library_reads_what_was_meant() -> None:
    found = event(BELL)
    assert str(found["SUMMARY"]) == "Tonight: five seconds"
    assert found.decoded("DTSTART").isoformat() == "2026-11-22T21:30:00"
    assert found.decoded("DTSTAMP") == CHANGED
    assert found.decoded("DURATION") == timedelta(minutes=5)
    assert found["RRULE"] == {"FREQ": ["DAILY"]}
    (alarm,) = found.walk("VALARM")
    assert (str(alarm["ACTION"]), alarm.decoded("TRIGGER")) == ("DISPLAY", timedelta())


def test_the_hour_is_that_on_the_wall_in_summer_and_on_a_journey() -> None:
    lines = feed([BELL], CHANGED).decode().split("\r\n")
    assert "DTSTART:20261122T213000" in lines
    assert event(BELL).decoded("DTSTART").tzinfo is None


def test_on_some_days_it_begins_on_the_first_of_them() -> None:
    found = event(Bell(BELL.uid, BELL.words, SUNDAY, BELL.at, frozenset({1, 3})))
    assert found["RRULE"] == {"FREQ": ["WEEKLY"], "BYDAY": ["TU", "TH"]}
    assert found.decoded("DTSTART").date() == date(2026, 11, 24)


def test_the_days_of_a_pause_are_left_out() -> None:
    days = tuple(SUNDAY + timedelta(n) for n in range(20))
    found = event(Bell(BELL.uid, BELL.words, SUNDAY, BELL.at, BELL.days, days))
    assert [one.dt.date() for one in found["EXDATE"].dts] == list(days)


def test_the_same_choice_is_the_same_bytes_and_keeps_its_name() -> None:
    assert feed([BELL], CHANGED) == feed([BELL], CHANGED)
    assert str(event(BELL)["UID"]) == BELL.uid


def test_every_line_ends_in_crlf_and_none_has_more_than_75_octets() -> None:
    long = Bell("ä" * 200, "ö€😀" * 40 + "; , \\ \n end", SUNDAY, BELL.at, BELL.days, (SUNDAY,) * 99)
    raw = feed([long], CHANGED)
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    found = event(long)
    assert str(found["SUMMARY"]) == long.words
    assert str(found["UID"]) == long.uid


def test_begins_and_ends_match_and_every_line_is_a_property() -> None:
    unfolded = feed([BELL, BELL], CHANGED).decode().replace("\r\n ", "")
    stack: list[str] = []
    for line in unfolded.removesuffix("\r\n").split("\r\n"):
        assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*:.+", line), line
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append(value)
        elif name == "END":
            assert stack.pop() == value
    assert stack == []


def test_a_calendar_in_which_nothing_rings_is_still_one() -> None:
    found = Calendar.from_ical(feed([], CHANGED))
    assert found.walk("VEVENT") == []
    assert [part.name for part in found.subcomponents] == ["VTIMEZONE"]
    assert found["VERSION"] == "2.0"
    assert found["PRODID"]
