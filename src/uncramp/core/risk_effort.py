"""The effort table: a row a bout of exercise, with its minutes as the time at risk. Pure.

A bout in which it cramped at a known minute has two rows: until the first cramp, and from there on, where
"a cramp earlier in this bout" is true. That is how recurrent events with a factor that changes on the way
are counted (Andersen and Gill 1982, Ann Stat 10:1100). The columns carry the history; there are no lags.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, takewhile

import numpy as np

from uncramp.core.circumstances import held
from uncramp.core.load import Mean, faded_means
from uncramp.core.risk import RiskTable
from uncramp.core.risk_columns import (
    HOLDS,
    LOOKS_BACK,
    Candidate,
    before_cramp,
    effort_number,
    entries_of,
    whole_day,
)
from uncramp.core.risk_days import EFFORT, NOTHING, Cut, Written, is_rest, row_of
from uncramp.model import Entry, Recipe

HOUR = timedelta(hours=1)
LONGEST_REST = 14 * 24.0
"""Hours since the last bout, after which it is the same to us. Our choice."""
USUAL_FROM = 3
"""Bouts of that sport before this one, from which there is something usual. Our choice."""
USUAL_OF = 20
"""The usual is the mean of at most so many before it."""
SHORTEST = 1.0
"""Minutes of each of the two parts of a bout in which it cramped."""


@dataclass(frozen=True)
class Bout:
    """One bout of exercise with the cramps in it. It is number `number` of `all` by the clock."""

    entry: Entry
    row: int
    cramps: tuple[Entry, ...]
    number: int
    all: Sequence[Entry]

    @property
    def last(self) -> Entry | None:
        """The bout before it."""
        return self.all[self.number - 1] if self.number else None

    def backwards(self) -> Iterator[Entry]:
        """The bouts before it, the last one first."""
        return (self.all[n] for n in range(self.number - 1, -1, -1))

    @property
    def timed(self) -> bool:
        return self.entry.body.get("timed") is not False

    @property
    def minutes(self) -> float:
        return effort_number(self.entry, "minutes")


@dataclass(frozen=True)
class _Row:
    bout: Bout
    minutes: float
    cramps: float
    earlier: float


def effort_table(written: Written, candidates: Sequence[Candidate]) -> RiskTable:
    """One row a bout, two where it cramped in it at a known minute; in the order of the clock."""
    bouts = _bouts(written)
    rows = [row for bout in bouts for row in _rows(bout)]
    values = np.full((len(rows), len(candidates)), math.nan)
    came_from: dict[tuple[int, str], tuple[str, ...]] = {}
    days = range(bouts[0].row, bouts[-1].row + 1) if bouts else range(0)
    for k, one in enumerate(candidates):
        cell = _cells(one.recipe, written, days)
        for n, row in enumerate(rows):
            values[n, k], ids = cell(row)
            if ids:
                came_from[n, one.column.id] = ids
    return RiskTable(
        outcome="effort",
        dates=tuple(date.fromordinal(row.bout.row) for row in rows),
        cramps=np.array([row.cramps for row in rows], dtype=np.float64),
        minutes=np.array([row.minutes for row in rows], dtype=np.float64),
        columns=tuple(one.column for one in candidates),
        values=values,
        came_from=came_from,
    )


def _bouts(written: Written) -> list[Bout]:
    efforts = [one for day in written.days.values() for one in day.exposures.get(EFFORT, ())]
    efforts.sort(key=lambda one: (one.start, one.id))
    ids = {one.id for one in efforts}
    inside: dict[str, list[Entry]] = {}
    for row, day in written.days.items():
        for cramp in day.episodes:
            if not is_rest(cramp) and (found := _bout_of(cramp, row, ids, written)):
                inside.setdefault(found, []).append(cramp)
    return [
        Bout(
            entry=one,
            row=row_of(one, written.change) or 0,
            cramps=tuple(sorted(inside.get(one.id, ()), key=lambda it: (it.start, it.id))),
            number=number,
            all=efforts,
        )
        for number, one in enumerate(efforts)
    ]


def _bout_of(cramp: Entry, row: int, efforts: Collection[str], written: Written) -> str | None:
    """The id of the bout that a cramp names, else of the one it lies in by the clock."""
    if named := cramp.body.get("effort"):
        return named if named in efforts else None
    days = (written.days.get(n, NOTHING) for n in (row - 1, row, row + 1))
    near = (one for day in days for one in day.exposures.get(EFFORT, ()))
    return next((one.id for one in near if _lasts(one) and one.start <= cramp.start <= _end(one)), None)


def _lasts(effort: Entry) -> bool:
    return effort.body.get("timed") is not False


def _end(effort: Entry) -> datetime:
    if effort.end is not None:
        return effort.end
    minutes = effort_number(effort, "minutes")
    return effort.start + timedelta(minutes=0 if math.isnan(minutes) else minutes)


def _rows(bout: Bout) -> list[_Row]:
    """Who writes down a bout of exercise and no cramp had none in it."""
    count, minutes = float(len(bout.cramps)), bout.minutes
    if not bout.cramps:
        return [_Row(bout, minutes, 0.0, 0.0)]
    first = bout.cramps[0]
    until = (first.start - bout.entry.start) / timedelta(minutes=1)
    known = bout.timed and first.body.get("timed") is not False
    if known and SHORTEST <= until <= minutes - SHORTEST:
        return [_Row(bout, until, 1.0, 0.0), _Row(bout, minutes - until, count - 1, 1.0)]
    # It cramped, nobody knows when: what came after it is in the same row.
    return [_Row(bout, minutes, count, math.nan if count > 1 else 0.0)]


# ---- cells ---------------------------------------------------------------------------------------

_Cell = Callable[[_Row], tuple[float, tuple[str, ...]]]


def _cells(recipe: Recipe, written: Written, days: range) -> _Cell:
    """What gives the value of a row, and the entries that it came from."""
    if recipe.summary == HOLDS:
        values, ids = held(written.circumstances, recipe.fact, days.start, len(days))
        return lambda row: _held(values[row.bout.row - days.start], tuple(ids))
    if recipe.summary == LOOKS_BACK:
        means = _means(recipe, written, days)
        return lambda row: means[row.bout.row - 1]
    if recipe.exposure != EFFORT:
        return lambda row: _of_day(row.bout, recipe, written)
    return lambda row: _BOUT[recipe.summary](row, recipe)


def _held(value: float, ids: tuple[str, ...]) -> tuple[float, tuple[str, ...]]:
    return value, () if math.isnan(value) else ids


def _means(recipe: Recipe, written: Written, days: range) -> Mapping[int, tuple[float, tuple[str, ...]]]:
    """The mean over days as it stood at the end of each day, with the entries that weigh in it."""
    mean, back = Mean(recipe.span), range(min(written.days, default=0) - 1, days.stop)
    entries = [entries_of(written.days.get(row, NOTHING), recipe) for row in back]
    daily = np.array([whole_day(some, recipe) for some in entries], dtype=np.float64)
    means = faded_means(daily, daily, mean)[0].tolist()
    ids = [[one.id for one in some] for some in entries]
    near = (chain.from_iterable(ids[max(0, n - mean.reach + 1) : n + 1]) for n in range(len(ids)))
    return {row: (value, tuple(some)) for row, value, some in zip(back, means, near, strict=True)}


def _of_day(bout: Bout, recipe: Recipe, written: Written) -> tuple[float, tuple[str, ...]]:
    """An exposure of the days before the bout: of that many days ago, or of its own day until it began."""
    entries = entries_of(written.days.get(bout.row - recipe.span, NOTHING), recipe)
    ids = tuple(one.id for one in entries)
    if recipe.span:
        return whole_day(entries, recipe), ids
    return before_cramp(entries, recipe, Cut(bout.entry.start, day_over=False)), ids


def _field(row: _Row, recipe: Recipe) -> tuple[float, tuple[str, ...]]:
    return whole_day((row.bout.entry,), recipe), (row.bout.entry.id,)


def _per_hour(row: _Row, recipe: Recipe) -> tuple[float, tuple[str, ...]]:
    minutes = row.bout.minutes
    amount = effort_number(row.bout.entry, recipe.field)
    return 60 * amount / minutes if minutes > 0 else math.nan, (row.bout.entry.id,)


def _against_usual(row: _Row, recipe: Recipe) -> tuple[float, tuple[str, ...]]:
    """By how many per cent more than the mean of the bouts of that sport before it."""
    sport, known = _sport(row.bout.entry), list[tuple[float, str]]()
    for one in row.bout.backwards():
        if _sport(one) == sport and not math.isnan(number := effort_number(one, recipe.field)):
            known.append((number, one.id))
        if len(known) == USUAL_OF:
            break
    usual = math.fsum(number for number, _ in known) / len(known) if known else 0.0
    ids = (row.bout.entry.id, *(name for _, name in known))
    if len(known) < USUAL_FROM or usual <= 0:
        return math.nan, ids
    return 100 * (effort_number(row.bout.entry, recipe.field) / usual - 1), ids


def _sport(effort: Entry) -> str:
    return str((effort.body.get("effort") or {}).get("sport"))


def _hours_since(row: _Row, _recipe: Recipe) -> tuple[float, tuple[str, ...]]:
    """From the end of the last bout to the beginning of this one; by days where one has no hour."""
    last, this = row.bout.last, row.bout.entry
    if last is None:
        return math.nan, ()
    hours = (this.start - _end(last)) / HOUR
    if not (_lasts(last) and row.bout.timed):
        hours = 24.0 * round((this.start - last.start) / timedelta(days=1))
    return min(max(hours, 0.0), LONGEST_REST), (last.id, this.id)


def _count(row: _Row, recipe: Recipe) -> tuple[float, tuple[str, ...]]:
    """How many bouts in the days before; unknown until the first one lies so far back."""
    since = row.bout.entry.start - timedelta(days=recipe.span)
    if row.bout.all[0].start > since:
        return math.nan, ()
    near = tuple(one.id for one in takewhile(lambda one: one.start >= since, row.bout.backwards()))
    return float(len(near)), near


def _earlier(row: _Row, _recipe: Recipe) -> tuple[float, tuple[str, ...]]:
    return row.earlier, tuple(one.id for one in row.bout.cramps)


_BOUT: Mapping[str, Callable[[_Row, Recipe], tuple[float, tuple[str, ...]]]] = {
    "any": _field,
    "none": _field,
    "sum": _field,
    "per_hour": _per_hour,
    "against_usual": _against_usual,
    "hours_since": _hours_since,
    "bouts": _count,
    "earlier_cramp": _earlier,
}
