"""A made-up life as its person would have written it down: entries of the diary, each marked `demo`.

Pure, as `simulate` is. When a line was written is part of it: what would be written only after some time is
told by its `recorded`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from uncramp.core.simulate import Effort, Life, Truth, Wanted, live
from uncramp.model import Answer, Asked, Entry, EntryKind, FactKind

ORIGIN = "demo"
PROTOCOL = "bed"
OffsetOf = Callable[[datetime], int]
"""The minutes from UTC that hold when the clock on the wall shows this."""

IN_SLEEP = 0.73
"""Of cramps at rest (Naylor and Young 1994)."""
COMES_BACK = 0.2
"""Of cramps; 15 to 25 % of days with a cramp have more than one. Assumed."""
HALF_LET_GO = 120.0
"""Seconds: medians of 1 to 3 minutes, and 95 % within 10 (assumed; 152 s in the laboratory)."""
GUIDED, UNTIMED = 0.6, 0.08
"""Of cramps out of sleep: with the phone in the hand, and with nothing kept but the night. Assumed."""
LAST_QUARTER = 0.464
"""Of cramps in exercise, in its last quarter (Two Oceans entrants)."""
UP = 8.5
"""Before the first hour at which somebody awake has a cramp here."""
AT_REST = (("hamstring", 0.55), ("calf", 0.35), ("foot", 0.1))
"""A person with the cramps that uncramp is about; in surveys of older people the calf leads."""
IN_EFFORT = (("calf", 0.41), ("quadriceps", 0.34), ("hamstring", 0.25))
"""As in a race of 161 km: 54, 44 and 33 %, of which some had several."""


@dataclass(frozen=True)
class Holding:
    """A fact that holds from a share of the nights on, to another share or still."""

    fact: str
    value: Answer
    begins: float
    ends: float | None = None


@dataclass(frozen=True)
class Simulated:
    entries: tuple[Entry, ...]
    """In the order in which they were written."""
    truth: Truth


def simulate(
    person: str,
    last: date,
    exposures: Sequence[Asked],
    techniques: Sequence[str],
    rng: np.random.Generator,
    holding: Sequence[Holding] = (),
    offset_of: OffsetOf = lambda _wall: 0,
    wanted: Wanted | None = None,
) -> Simulated:
    """The diary of somebody made up, for the nights up to `last`, and the truth behind it."""
    life = live(exposures, last, rng, wanted or Wanted())
    pen = _Pen(person, offset_of, rng)
    fastest = {name: HALF_LET_GO * math.exp(0.45 * rng.normal()) for name in techniques}
    side = "left" if rng.random() < 0.5 else "right"
    entries = [
        *_circumstances(pen, life, holding),
        *_exposures(pen, life, {asked.id: asked for asked in exposures}, (wanted or Wanted()).hours),
        *_exercise(pen, life, side),
        *_nights(pen, life, side, fastest),
    ]
    entries.sort(key=lambda entry: (entry.recorded, entry.id))
    return Simulated(tuple(entries), replace(life.truth, release_medians=fastest))


@dataclass(frozen=True)
class _Pen:
    """Whose entries they are, by which clock, and the chance that decides the rest."""

    person: str
    offset_of: OffsetOf
    rng: np.random.Generator

    def utc(self, wall: datetime) -> datetime:
        return (wall - timedelta(minutes=self.offset_of(wall))).replace(tzinfo=UTC)

    def entry(
        self,
        kind: EntryKind,
        wall: datetime,
        written: datetime,
        body: Mapping[str, Any],
        end: datetime | None = None,
    ) -> Entry:
        recorded = self.utc(written)
        return Entry(
            id=self._id(recorded),
            person=self.person,
            kind=kind,
            start=self.utc(wall),
            end=end and self.utc(end),
            offset_minutes=self.offset_of(wall),
            body=body,
            origin=ORIGIN,
            recorded=recorded,
        )

    def _id(self, moment: datetime) -> str:
        """A UUID of version 7 (RFC 9562, section 5.7) that the same generator makes again."""
        milliseconds = round(moment.timestamp() * 1000)
        low, high = (int(n) for n in self.rng.integers(0, (2**12, 2**62)))
        return str(UUID(int=milliseconds << 80 | 0x7 << 76 | low << 64 | 0b10 << 62 | high))

    def evening(self, day: date) -> datetime:
        return _at(day, 21.5 + self.rng.uniform(0, 1.3))

    def morning_after(self, day: date) -> datetime:
        return _at(day, 24 + 7.25 + self.rng.uniform(0, 1))

    def one_of(self, choices: Sequence[tuple[str, float]]) -> str:
        return str(self.rng.choice([name for name, _ in choices], p=[share for _, share in choices]))


def _at(day: date, hour: float) -> datetime:
    """When the clock on the wall shows that hour of the day; hours over 24 are those of the next."""
    return datetime.combine(day, time()) + timedelta(seconds=round(hour * 3600))


def _wire(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# ---- days ----------------------------------------------------------------------------------------


def _circumstances(pen: _Pen, life: Life, holding: Sequence[Holding]) -> Iterator[Entry]:
    def day_at(share: float) -> date:
        return life.days[min(int(share * len(life.days)), len(life.days) - 1)]

    for one in holding:
        day, to = day_at(one.begins), None if one.ends is None else day_at(one.ends).isoformat()
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        body = {"fact": one.fact, "value": value, "from": day.isoformat(), "to": to}
        # An end is known only when it has come.
        written = pen.evening(day if one.ends is None else day_at(one.ends))
        yield pen.entry(EntryKind.CIRCUMSTANCE, _at(day, 0), written, body)


def _exposures(pen: _Pen, life: Life, asked: Mapping[str, Asked], hours: bool) -> Iterator[Entry]:
    for number, day in enumerate(life.days):
        evening = pen.evening(day)
        for name, column in life.columns.items():
            if life.written[name][number]:
                body = {**_said(asked[name], day, float(column[number])), "timed": hours}
                yield pen.entry(EntryKind.EXPOSURE, _at(day, UP if hours else 12), evening, body)


def _said(asked: Asked, day: date, value: float) -> dict[str, Any]:
    body = {"exposure": asked.id, "day": day.isoformat(), "timed": False}
    if asked.kind is FactKind.NUMBER:
        return {**body, "value": value, "unit": asked.unit}
    return {**body, "value": value > 0}


def _exercise(pen: _Pen, life: Life, side: str) -> Iterator[Entry]:
    for effort in life.efforts:
        day = life.days[effort.day]
        start = _at(day, (9 if day.weekday() >= 5 else 17.5) + pen.rng.uniform(0, 1.5))
        end = start + timedelta(minutes=effort.minutes)
        body = {"exposure": "effort", "day": day.isoformat(), "value": True, "timed": True}
        written = max(end, pen.evening(day))
        entry = pen.entry(
            EntryKind.EXPOSURE, start, written, {**body, "effort": _effort_said(effort)}, end=end
        )
        yield entry
        if effort.cramp:
            yield _cramp_in(pen, effort, entry.id, start, written, side)


def _effort_said(effort: Effort) -> dict[str, Any]:
    """As the form takes it; the day is that of the entry, and the cramp has an entry of its own."""
    return {name: value for name, value in vars(effort).items() if name not in ("day", "cramp")}


def _cramp_in(
    pen: _Pen, effort: Effort, entry_id: str, start: datetime, written: datetime, side: str
) -> Entry:
    late = pen.rng.random() < LAST_QUARTER
    share = pen.rng.uniform(0.75, 1.0) if late else pen.rng.uniform(0.2, 0.75)
    began = start + timedelta(seconds=round(share * effort.minutes * 60))
    ended = began + timedelta(seconds=max(20, round(pen.rng.exponential(HALF_LET_GO))))
    body = {
        "muscle": pen.one_of(IN_EFFORT),
        "side": _side(pen, side),
        "bouts": [_typed_bout(pen, began, ended)],
        "asleep": False,
        "timed": True,
        "doing": effort.sport,
        "effort": entry_id,
        "helped": ["stretch"],
        "pain": _pain(pen),
    }
    return pen.entry(EntryKind.EPISODE, began, max(written, ended), body, end=ended)


# ---- nights --------------------------------------------------------------------------------------


def _nights(pen: _Pen, life: Life, side: str, fastest: Mapping[str, float]) -> Iterator[Entry]:
    for number, day in enumerate(life.days):
        count = int(life.counts[number])
        if not life.known[number]:
            continue
        if count == 0:
            body = {"night": day.isoformat(), "word": "quiet"}
            yield pen.entry(EntryKind.DAY_NOTE, _at(day, 22), pen.morning_after(day), body)
        for hour, asleep in _hours(pen, count):
            yield from _cramp(pen, day, hour, asleep, side, fastest)


def _hours(pen: _Pen, count: int) -> list[tuple[float, bool]]:
    """When the cramps of a day and its night begin, and whether out of sleep; never two at once.

    Most often about three in the morning, later hours counted on from the evening; assumed.
    """
    found: list[tuple[float, bool]] = []
    drawn = []
    for _ in range(count):
        asleep = bool(pen.rng.random() < IN_SLEEP)
        hour = np.clip(27 + 1.8 * pen.rng.normal(), 23.3, 30.5) if asleep else pen.rng.uniform(9, 22)
        drawn.append((float(hour), asleep))
    for hour, asleep in sorted(drawn):
        found.append((max(hour, found[-1][0] + 0.75) if found else hour, asleep))
    return found


def _cramp(
    pen: _Pen, day: date, hour: float, asleep: bool, side: str, fastest: Mapping[str, float]
) -> Iterator[Entry]:
    body: dict[str, Any] = {
        "muscle": pen.one_of(AT_REST), "side": _side(pen, side), "asleep": asleep, "timed": True,
    }  # fmt: skip
    way = pen.rng.random()
    if asleep and way < GUIDED and fastest:
        yield from _guided(pen, day, hour, body, fastest)
        return
    after = {"pain": _pain(pen), "helped": ["stretch"] if pen.rng.random() < 0.5 else []}
    if asleep and way > 1 - UNTIMED:
        start = _at(day, 27)
        bout = {"start": _wire(pen.utc(start)), "end": None, "released": None}
        body = {**body, **after, "timed": False, "bouts": [bout]}
        yield pen.entry(EntryKind.EPISODE, start, pen.morning_after(day), body)
        return
    start = _at(day, hour)
    end = start + timedelta(seconds=max(20, round(pen.rng.exponential(HALF_LET_GO / math.log(2)))))
    body = {**body, **after, "doing": None if asleep else "resting", "bouts": [_typed_bout(pen, start, end)]}
    written = max(end, pen.morning_after(day) if asleep else pen.evening(day))
    yield pen.entry(EntryKind.EPISODE, start, written, body, end=end)


def _guided(
    pen: _Pen, day: date, hour: float, body: Mapping[str, Any], fastest: Mapping[str, float]
) -> Iterator[Entry]:
    """As the phone writes it; on most mornings the person adds how it was, which is another version."""
    start = _at(day, hour)
    bouts: list[dict[str, Any]] = []
    end = start
    while not bouts or (len(bouts) < 3 and pen.rng.random() < COMES_BACK):
        begins = start if not bouts else end + timedelta(seconds=round(pen.rng.uniform(40, 300)))
        bout, end = _walked(pen, begins, fastest)
        bouts.append(bout)
    body = {**body, "protocol": PROTOCOL, "as": "self", "bouts": bouts, "facts": {}, "pain": None}
    written = end + timedelta(seconds=20)
    first = pen.entry(EntryKind.EPISODE, start, written, body, end=end)
    yield first
    if pen.rng.random() < 0.6:
        pain = _pain(pen)
        sore = float(np.clip(round(0.4 * pain + pen.rng.normal()), 0, 10))
        more = {**body, "pain": pain, "soreness": sore, "helped": ["stretch"]}
        later = pen.entry(
            EntryKind.EPISODE, start, max(pen.morning_after(day), written + timedelta(minutes=1)), more, end
        )
        yield replace(later, replaces=first.id)


def _walked(pen: _Pen, start: datetime, fastest: Mapping[str, float]) -> tuple[dict[str, Any], datetime]:
    """One bout: one technique after the other, each for half a minute to a minute and a half, until it lets
    go; and when that was. Seven in a hundred do not say with which."""
    names = list(fastest)
    at, used = float(round(pen.rng.uniform(3, 12))), []
    first = int(pen.rng.integers(len(names)))
    for turn in range(100):
        name = names[(first + turn) % len(names)]
        would = pen.rng.exponential(fastest[name] / math.log(2))
        lasts = max(1.0, float(round(min(would, patience := pen.rng.uniform(30, 90)))))
        ends = at + lasts
        used.append({"id": name, "start": _after(pen, start, at), "end": _after(pen, start, ends)})
        at = ends
        if would <= patience:
            break
    said = name if pen.rng.random() > 0.07 else None
    bout = {
        "start": _after(pen, start, 0),
        "end": _after(pen, start, at),
        "released": True,
        "technique": said,
        "techniques": used,
        "answers": [],
    }
    return bout, start + timedelta(seconds=at)


def _after(pen: _Pen, start: datetime, seconds: float) -> str:
    return _wire(pen.utc(start) + timedelta(seconds=seconds))


def _typed_bout(pen: _Pen, start: datetime, end: datetime) -> dict[str, Any]:
    return {"start": _wire(pen.utc(start)), "end": _wire(pen.utc(end)), "released": True}


def _side(pen: _Pen, weaker: str) -> str:
    """Mostly the same; assumed."""
    other = "right" if weaker == "left" else "left"
    return pen.one_of(((weaker, 0.65), (other, 0.29), ("both", 0.06)))


def _pain(pen: _Pen) -> float:
    """0 to 10: means of 4 to 6.5 and a spread of 2.5 to 3.5 in trials and surveys (Hawke 2021: 6.6)."""
    return float(np.clip(round(pen.rng.normal(5.3, 2.5)), 1, 10))
