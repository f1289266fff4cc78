"""What happened on a day, and bouts of exercise: the fields of their forms <-> the entry."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from uncramp.actions.check import Refused
from uncramp.actions.entries import wire_time
from uncramp.actions.entry_form import EFFORT
from uncramp.actions.typed import (
    Fields,
    Typed,
    changed,
    shown_number,
    shown_yes_no,
)
from uncramp.actions.wall_clock import clock_at, clock_of, moment, offset_at
from uncramp.core.nights import local
from uncramp.model import Asked, Entry, FactKind

SPORTS = (
    "running", "walking", "hiking", "cycling", "swimming", "football",
    "racket", "strength", "rowing", "dance", "yoga", "other",
)  # fmt: skip
NUMBERS = (
    ("minutes", 1.0, 2880.0), ("session_rpe", 0.0, 10.0),
    ("distance_km", 0.0, 2000.0), ("drink_ml", 0.0, 20_000.0),
)  # fmt: skip
YES_NOS = ("hot", "warm_up", "unusual")
WHEN = ("date", "time", "place", "which")
NOON = time(12)
AHEAD = timedelta(minutes=10)


def filled(entry: Entry) -> dict[str, str]:
    """The form with what the entry says."""
    body = entry.body
    value = body.get("value")
    timed = body.get("timed") is not False
    shown = {
        "date": body.get("day") or local(entry.start, entry.offset_minutes).date().isoformat(),
        "time": f"{local(entry.start, entry.offset_minutes):%H:%M}" if timed else "",
        "value": shown_yes_no(value) or shown_number(value),
        "note": body.get("note") or "",
    }
    effort = body.get("effort") or {}
    shown["sport"] = effort.get("sport") or ""
    shown |= {name: shown_number(effort.get(name)) for name, _, _ in NUMBERS}
    return shown | {name: shown_yes_no(effort.get(name)) for name in YES_NOS}


def exposure_written(
    fields: Fields, asked: Asked, now: datetime, before: Entry | None = None
) -> dict[str, Any]:
    """The exposure that the form describes; raise `Refused` with a sentence for each field."""
    typed = Typed(fields)
    shown = filled(before) if before else {}
    value = _value(typed, asked)
    body = {**(before.body if before else {}), "exposure": asked.id, "value": value}
    if asked.unit:
        body["unit"] = asked.unit
    return _entry(typed, body, now, before, shown)


def effort_written(fields: Fields, now: datetime, before: Entry | None = None) -> dict[str, Any]:
    """The bout of exercise that the form describes; raise `Refused` with a sentence for each field."""
    typed = Typed(fields)
    shown = filled(before) if before else {}
    old = dict(before.body.get("effort") or {}) if before else {}
    known = (*SPORTS, old["sport"]) if old.get("sport") else SPORTS
    effort: dict[str, Any] = {**old, "sport": typed.choice("sport", known)}
    if effort["sport"] is None and not typed.problems:
        typed.wrong("sport", "say what it was; if none of these fits, choose “something else”.")
    for name, low, high in NUMBERS:
        if not before or changed(fields, shown, name):
            _put(effort, name, typed.number(name, low, high))
    for name in YES_NOS:
        _put(effort, name, typed.yes_no(name))
    body = {**(before.body if before else {}), "exposure": EFFORT, "value": True, "effort": effort}
    return _entry(typed, body, now, before, shown)


def _value(typed: Typed, asked: Asked) -> bool | float | None:
    if asked.kind is not FactKind.NUMBER:
        value: bool | float | None = typed.yes_no("value")
    else:
        value = typed.number("value", asked.low, asked.high, asked.unit)
    if value is None and not typed.problems:
        typed.wrong("value", "say yes or no, or how much. What is not known is not written down.")
    return value


def _entry(
    typed: Typed, body: dict[str, Any], now: datetime, before: Entry | None, shown: Fields
) -> dict[str, Any]:
    _put(body, "note", typed.note())
    start, offset = _start(typed, body, now, before, shown)
    if start is None or typed.problems:
        raise Refused(*typed.problems)
    minutes = (body.get("effort") or {}).get("minutes") if body.get("timed") is not False else None
    end = start + timedelta(minutes=minutes) if minutes else None
    if before and start == before.start and minutes == (before.body.get("effort") or {}).get("minutes"):
        end = before.end
    return {
        "kind": "exposure",
        "start": wire_time(start),
        "end": end and wire_time(end),
        "offset_minutes": offset,
        "body": body,
    }


def _start(
    typed: Typed, body: dict[str, Any], now: datetime, before: Entry | None, shown: Fields
) -> tuple[datetime | None, int]:
    """When it was; of a day without an hour, its noon. The day that was named stands in the body."""
    if before and not changed(typed.fields, shown, *WHEN):
        return before.start, before.offset_minutes
    day, at = typed.day("date"), typed.time("time")
    if day is None and not any(problem.startswith("date:") for problem in typed.problems):
        typed.wrong("date", "write the day on which it was.")
    if day is None:
        return None, 0
    body["day"] = day.isoformat()
    body.pop("timed", None)
    if at is None:
        body["timed"] = False
    with typed.gathering():
        clock = clock_of(typed.text("zone"), typed.text("offset_minutes"))
        if typed.text("place"):
            clock = clock_at(typed.text("place"))
        elif before and offset_at(before.start, clock) != before.offset_minutes:
            clock = clock_of("", str(before.offset_minutes))
        start, offset = moment(datetime.combine(day, at or NOON), clock, typed.text("which"))
        if _has_come(start, day, at, now, offset):
            return start, offset
        typed.wrong("date", "that is still to come. Write the day on which it was.")
    return None, 0


def _has_come(start: datetime, day: date, at: time | None, now: datetime, offset: int) -> bool:
    """Whether it is past; a day without an hour is there from its first minute."""
    if at is None:
        return day <= local(now.astimezone(UTC), offset).date()
    return start <= now.astimezone(UTC) + AHEAD


def _put(body: dict[str, Any], name: str, value: object) -> None:
    body.pop(name, None)
    if value is not None:
        body[name] = value


def strange(name: str, unit: str, number: bool) -> Asked:
    """What this program does not know any more, or not yet, as it stands in an entry."""
    kind = FactKind.NUMBER if number else FactKind.YES_NO
    words = name.removeprefix("own.").replace("_", " ")
    return Asked(name, words, words, kind, unit, 0, 1_000_000)
