"""A cramp written down by hand, at the time or long after: the fields of its form <-> the entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from uncramp.actions.check import Refused
from uncramp.actions.entries import wire_time
from uncramp.actions.library import knowledge
from uncramp.actions.typed import (
    Fields,
    Typed,
    changed,
    shown_number,
    shown_yes_no,
)
from uncramp.actions.wall_clock import clock_at, clock_of, moment, offset_at
from uncramp.core.nights import local
from uncramp.model import Entry, Remedy

MUSCLES = (
    "hamstring", "calf", "foot", "quadriceps", "adductor", "glute",
    "shin", "hand", "abdomen", "back", "other",
)  # fmt: skip
SIDES = ("left", "right", "both")
NO_SIDE = frozenset({"abdomen", "back"})
"""In the middle of the body; a side can be given all the same."""
DOINGS = ("resting", "sitting", "standing", "walking", "running", "cycling", "swimming", "other")
USED, HELPED = "used", "helped"
TIMED, NIGHT = "time", "night"
FOR_THE_NIGHT = time(3)
"""Stands for a night of which no time is known."""
MOST_AGAIN, ROWS = 50, 2
LONGEST = 24 * 60
"""Minutes of one bout."""
AGAIN = ("again", "time_", *(f"minutes_{digit}" for digit in range(1, 10)))
"""Begin the names of the fields for a cramp that came back."""
MORE = (*AGAIN, "doing", "effort", "soreness", "remedy_")
"""Begin the names of the fields that are rarely needed: folded away while there is nothing in any of them."""
WHEN = ("when", "date", "time", "night", "place", "which")
ONE_DAY = timedelta(days=1)
AHEAD = timedelta(minutes=10)
"""How far the clock of a phone may be ahead of ours."""


def rescues() -> tuple[Remedy, ...]:
    """What one can do or take while it cramps or just after; what is against the next one is an exposure."""
    when = {"cramping", "released"}
    return tuple(r for r in knowledge().remedies if when & set(r.when) and r.kind != "never")


def empty(today: date, day: date | None) -> dict[str, str]:
    """The form before anything is typed; `day` is the evening of the night that it is opened for."""
    if day is None:
        return {
            "when": TIMED,
            "date": today.isoformat(),
            "night": (today - ONE_DAY).isoformat(),
            "rows": str(ROWS),
        }
    after = min(day + ONE_DAY, today)
    return {"when": NIGHT, "date": after.isoformat(), "night": day.isoformat(), "rows": str(ROWS)}


def filled(entry: Entry) -> dict[str, str]:
    """The form with what the entry says; what is not known is an empty field."""
    body = entry.body
    wall = local(entry.start, entry.offset_minutes)
    timed = body.get("timed") is not False
    bouts: Sequence[Mapping[str, Any]] = body["bouts"]
    shown = {
        "when": TIMED if timed else NIGHT,
        "date": wall.date().isoformat(),
        "time": f"{wall:%H:%M}" if timed else "",
        "night": (wall.date() - (ONE_DAY if wall.hour < 12 else timedelta())).isoformat(),
        "muscle": body.get("muscle") or "",
        "side": body.get("side") or "",
        "asleep": shown_yes_no(body.get("asleep")),
        "doing": body.get("doing") or "",
        "effort": body.get("effort") or "",
        "pain": shown_number(body.get("pain")),
        "soreness": shown_number(body.get("soreness")),
        "note": body.get("note") or "",
        "again": str(len(bouts) - 1) if len(bouts) > 1 else "",
        "rows": str(max(ROWS, len(bouts) - 1)),
    }
    for name in (*body.get("used", ()), *body.get("helped", ())):
        shown[f"remedy_{name}"] = HELPED if name in body.get("helped", ()) else USED
    for number, bout in enumerate(bouts):
        shown |= _shown_bout(number, bout, bouts, entry)
    return shown


def _shown_bout(
    number: int, bout: Mapping[str, Any], bouts: Sequence[Mapping[str, Any]], entry: Entry
) -> dict[str, str]:
    start = datetime.fromisoformat(bout["start"])
    shown = {f"minutes_{number}": _minutes(bout)}
    # One that begins just as the one before it ended was written without a time of its own.
    if number and start != _end(bouts[number - 1]):
        shown[f"time_{number}"] = f"{local(start, entry.offset_minutes):%H:%M}"
    return shown


def _minutes(bout: Mapping[str, Any]) -> str:
    if not bout.get("end"):
        return ""
    lasted = datetime.fromisoformat(bout["end"]) - datetime.fromisoformat(bout["start"])
    return shown_number(round(lasted.total_seconds() / 60, 1))


def _end(bout: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(bout.get("end") or bout["start"])


# ---- reading ------------------------------------------------------------------------------------------


def written(
    fields: Fields, now: datetime, before: Entry | None = None, efforts: Collection[str] = ()
) -> dict[str, Any]:
    """The entry that the form describes; raise `Refused` with a sentence for each field.

    `before` is the version that the form was filled with. What was not touched stays as it is in it, also
    what no form shows: the seconds, the techniques and answers of a cramp that was guided.
    """
    typed = Typed(fields)
    shown = filled(before) if before else {}
    start, offset = _start(typed, now, before, shown)
    body: dict[str, Any] = dict(before.body) if before else {}
    _put(body, "muscle", typed.choice("muscle", _among(MUSCLES, body.get("muscle"))))
    if not body.get("muscle"):
        typed.wrong("muscle", "say where it cramped; if none of these fits, choose “somewhere else”.")
    body["side"] = typed.choice("side", SIDES)
    _put(body, "timed", None if fields.get("when") != NIGHT else False)
    _put(body, "asleep", typed.yes_no("asleep"))
    _put(body, "doing", typed.choice("doing", _among(DOINGS, body.get("doing"))))
    _put(body, "effort", typed.choice("effort", _among(tuple(efforts), body.get("effort"))))
    for scale in ("pain", "soreness"):
        if not before or changed(fields, shown, scale):
            _put(body, scale, typed.number(scale, 0, 10))
    _put(body, "note", typed.note())
    _remedies(typed, body)
    bouts = _bouts(typed, start, offset, body.get("bouts", ()), shown) if start else []
    if start is None or typed.problems:
        raise Refused(*typed.problems)
    body["bouts"] = bouts
    return {
        "kind": "episode",
        "start": wire_time(start),
        "end": bouts[-1].get("end"),
        "offset_minutes": offset,
        "body": body,
    }


def _among(known: tuple[str, ...], there: object) -> tuple[str, ...]:
    """What may be chosen: also what stands there, if another program wrote it."""
    return (*known, there) if isinstance(there, str) else known


def _put(body: dict[str, Any], name: str, value: object) -> None:
    """What is not known is left out."""
    body.pop(name, None)
    if value is not None:
        body[name] = value


def _start(typed: Typed, now: datetime, before: Entry | None, shown: Fields) -> tuple[datetime | None, int]:
    if before and not changed(typed.fields, shown, *WHEN):
        return before.start, before.offset_minutes
    wall = _wall(typed)
    with typed.gathering():
        clock = _clock(typed.fields, before)
        if wall is None:
            return None, 0
        # The hour that stands for a night is nothing that the person could be asked about.
        which = "first" if typed.fields.get("when") == NIGHT else typed.text("which")
        start, offset = moment(wall, clock, which)
        if start <= now.astimezone(UTC) + AHEAD:
            return start, offset
        field = "night" if typed.fields.get("when") == NIGHT else "date"
        typed.wrong(field, "that is still to come. Write the day on which it was.")
    return None, 0


def _wall(typed: Typed) -> datetime | None:
    """What the clock showed as it began."""
    if typed.choice("when", (TIMED, NIGHT)) == NIGHT:
        night = typed.day("night")
        if night is None and not typed.problems:
            typed.wrong("night", "write the day on whose evening that night began.")
        return datetime.combine(night + ONE_DAY, FOR_THE_NIGHT) if night else None
    day, at = typed.day("date"), typed.time("time")
    named = " ".join(typed.problems)
    if day is None and "date:" not in named:
        typed.wrong("date", "write the day on which it was.")
    if at is None and "time:" not in named:
        typed.wrong("time", "write the time, or choose “Only the night is known”.")
    return datetime.combine(day, at) if day and at else None


def _clock(fields: Fields, before: Entry | None) -> tzinfo | None:
    """The clock of the place that was typed, else of the browser.

    What was written in another place stays by the clock of that place, as far as one can tell.
    """
    if place := fields.get("place", "").strip():
        return clock_at(place)
    here = clock_of(fields.get("zone", ""), fields.get("offset_minutes", ""))
    if before and offset_at(before.start, here) != before.offset_minutes:
        return clock_of("", str(before.offset_minutes))
    return here


def _remedies(typed: Typed, body: dict[str, Any]) -> None:
    """What was used and what helped; a remedy that the form does not show stays."""
    offered = [remedy.id for remedy in rescues()]
    said = {name: typed.choice(f"remedy_{name}", (USED, HELPED)) for name in offered}
    for field, words in ((USED, (USED, HELPED)), (HELPED, (HELPED,))):
        other = [name for name in body.get(field, ()) if name not in offered]
        _put(body, field, [*other, *(name for name in offered if said[name] in words)] or None)


# ---- bouts --------------------------------------------------------------------------------------------


def _bouts(
    typed: Typed, start: datetime, offset: int, there: Sequence[dict[str, Any]], shown: Fields
) -> list[dict[str, Any]]:
    """Every bout in its turn; one that was there moves with the cramp, and else keeps what it had."""
    made: list[dict[str, Any]] = []
    moved = start - datetime.fromisoformat(there[0]["start"]) if there else timedelta()
    for number in range(_count(typed, shown)):
        old = _moved(there[number], moved) if number < len(there) else None
        begun = _begun(typed, number, start, offset, made, old, shown)
        made.append(_bout(typed, number, begun, old, shown))
    return made


def _count(typed: Typed, shown: Fields) -> int:
    """How many bouts: what was typed, else as many as rows have something in them."""
    rows = [n for n in range(1, MOST_AGAIN + 1) if typed.text(f"time_{n}") or typed.text(f"minutes_{n}")]
    again = typed.number("again", 0, MOST_AGAIN)
    if again is None:
        # Emptied where it stood, it is not known; never filled in, the rows say it.
        return 1 if shown.get("again") else 1 + max(rows, default=0)
    new = [n for n in rows if n > again and changed(typed.fields, shown, f"time_{n}", f"minutes_{n}")]
    if new or again != int(again):
        typed.wrong("again", "more times are filled in below than this says. Make them fit.")
    return 1 + int(again)


def _begun(
    typed: Typed, number: int, start: datetime, offset: int,
    made: Sequence[dict[str, Any]], old: dict[str, Any] | None, shown: Fields,
) -> datetime:  # fmt: skip
    """When a bout began: as it stood there, or at the time typed, or else as the one before it ended."""
    if not number:
        return start
    field = f"time_{number}"
    if old and not changed(typed.fields, shown, field) and shown.get(field):
        return datetime.fromisoformat(old["start"])
    earlier = _end(made[-1])
    at = typed.time(field)
    if at is None:
        return earlier
    wall = local(earlier, offset)
    day = wall.date() if at >= wall.time().replace(second=0, microsecond=0) else wall.date() + ONE_DAY
    begun = datetime.combine(day, at, UTC) - timedelta(minutes=offset)
    if begun - earlier > timedelta(hours=18):
        typed.wrong(field, "it is before the one above it had ended. Look at both times.")
    return max(begun, earlier)


def _bout(
    typed: Typed, number: int, begun: datetime, old: dict[str, Any] | None, shown: Fields
) -> dict[str, Any]:
    field = f"minutes_{number}"
    if old and not changed(typed.fields, shown, field):
        return _moved(old, begun - datetime.fromisoformat(old["start"]))
    bout = {**(old or {}), "start": wire_time(begun)}
    minutes = typed.number(field, 0, LONGEST, "minutes")
    _put(bout, "end", None if minutes is None else wire_time(begun + timedelta(minutes=minutes)))
    if minutes is not None and "released" not in bout:
        # It is written after the fact: what has a length has ended.
        bout["released"] = True
    return bout


def _moved(bout: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """The bout with all its times so much later."""
    if not by:
        return dict(bout)
    moved = {**bout, **_later(bout, by, "start", "end")}
    if "techniques" in bout:
        moved["techniques"] = [{**used, **_later(used, by, "start", "end")} for used in bout["techniques"]]
    if "answers" in bout:
        moved["answers"] = [{**answer, **_later(answer, by, "at")} for answer in bout["answers"]]
    return moved


def _later(table: Mapping[str, Any], by: timedelta, *names: str) -> dict[str, str]:
    return {name: wire_time(datetime.fromisoformat(table[name]) + by) for name in names if table.get(name)}
