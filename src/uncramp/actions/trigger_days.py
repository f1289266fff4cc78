"""One column of a person's risk table, day by day: the plain counts, and what came before each cramp."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused
from uncramp.actions.exposures import exposures
from uncramp.actions.risk import KINDS, candidates_of, change_of
from uncramp.model import Entry, EntryKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from uncramp.core.risk import Column, Outcome, RiskTable
    from uncramp.core.risk_columns import Candidate
    from uncramp.core.risk_days import Written
    from uncramp.diary.connection import Diary

# The tables bring numpy, which a page that needs none is not to wait for.

HOURS = 48
"""How far back a strip goes."""
MOST_STRIPS = 12
LAGS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Days:
    """Nights (bouts) of known outcome with the column high, or low: how many, how many with a cramp, and
    cramps in all."""

    known: int
    with_cramp: int
    cramps: int

    @property
    def share(self) -> float | None:
        return self.with_cramp / self.known if self.known else None


@dataclass(frozen=True)
class AtLag:
    """`lag` days before: nights with the column `high` and `low`; of `unsaid` known nights nobody wrote
    which."""

    lag: int
    high: Days
    low: Days
    unsaid: int


@dataclass(frozen=True)
class Mark:
    """Something written: from `begin` to `end`, in hours before the cramp. `whole_day`: its hour is not
    known, only the day. `value`: how much; 1 is yes."""

    begin: float
    end: float
    whole_day: bool = False
    value: float = 1.0


@dataclass(frozen=True)
class Strip:
    """What came in the 48 hours before one cramp; `unknown` are the stretches of which nobody wrote."""

    entry: str
    day: date
    time: str
    marks: tuple[Mark, ...]
    unknown: tuple[Mark, ...]


@dataclass(frozen=True)
class ColumnOf:
    """A column in its table, and how it was made."""

    table: RiskTable
    number: int
    candidate: Candidate
    written: Written

    @property
    def column(self) -> Column:
        return self.candidate.column


def column_of(diary: Diary, person: str, outcome: Outcome, trigger: str) -> ColumnOf:
    """The column of that id; raise `Refused` where the person's table has none."""
    from uncramp.core.risk_days import written
    from uncramp.core.risk_effort import effort_table
    from uncramp.core.risk_rest import rest_table
    from uncramp.diary import entries as kept

    entries = kept.newest(diary, person, KINDS)
    candidates = candidates_of(exposures(diary, person), entries, outcome)
    number = next((n for n, one in enumerate(candidates) if one.column.id == trigger), None)
    if number is None:
        raise Refused(f"There is nothing called {trigger[:80]!r} to look for here. See the list of all.")
    there = written(entries, change_of(diary, person))
    table = rest_table(there, candidates) if outcome == "rest" else effort_table(there, candidates)
    return ColumnOf(table, number, candidates[number], there)


# ---- plain counts --------------------------------------------------------------------------------


def by_lag(of: ColumnOf, low: float, high: float) -> tuple[AtLag, ...]:
    """Plain counts for each day that the column may work later; `low` and `high` are the contrast."""
    lags = [lag for lag in LAGS if lag in of.column.lags] or [0]
    return tuple(_at_lag(of, low, high, lag) for lag in lags)


def contrast_of(of: ColumnOf) -> tuple[float, float] | None:
    """The smallest and the largest that was written, where they differ: the contrast until there is a
    finding."""
    import numpy as np

    values = of.table.later[:, of.number]
    told = values[np.isfinite(values)]
    if not len(told) or told.min() == told.max():
        return None
    return float(told.min()), float(told.max())


def _at_lag(of: ColumnOf, low: float, high: float, lag: int) -> AtLag:
    import numpy as np

    from uncramp.core.other_readings import switched

    source = of.table.later if lag else of.table.values
    on = switched(source[:, of.number], low, high, lag)
    known = np.isfinite(of.table.cramps)
    return AtLag(
        lag,
        high=_days(of.table.cramps, known & (on == 1)),
        low=_days(of.table.cramps, known & (on == 0)),
        unsaid=int((known & np.isnan(on)).sum()),
    )


def _days(cramps: NDArray[np.float64], rows: NDArray[np.bool_]) -> Days:
    here = cramps[rows]
    return Days(len(here), int((here > 0).sum()), int(here.sum()))


# ---- before each cramp -----------------------------------------------------------------------------


def strips(of: ColumnOf) -> tuple[Strip, ...]:
    """The last cramps whose hour is known, the latest first, each with what came in the 48 hours before."""
    from uncramp.core.risk_days import is_rest

    rest = of.table.outcome == "rest"
    days = of.written.days.values()
    cramps = [one for day in days for one in day.episodes if is_rest(one) is rest]
    timed = [one for one in cramps if one.body.get("timed") is not False]
    latest = sorted(timed, key=lambda one: (one.start, one.id), reverse=True)[:MOST_STRIPS]
    return tuple(_strip(of, one) for one in latest)


def _strip(of: ColumnOf, cramp: Entry) -> Strip:
    wall = (cramp.start + timedelta(minutes=cramp.offset_minutes)).replace(tzinfo=None)
    marks: list[Mark] = []
    unknown: list[Mark] = []
    for row, span in _days_before(wall, of.written.change):
        there = list(_marks(of, row, span, cramp))
        marks += [one for one in there if one.end >= 0 and one.begin <= HOURS and one.begin >= 0]
        if not there and not _is_known(of, row):
            unknown.append(span)
    return Strip(cramp.id, wall.date(), f"{wall:%H:%M}", tuple(marks), tuple(unknown))


def _days_before(wall: datetime, change: int) -> Iterator[tuple[int, Mark]]:
    """The days that the 48 hours touch: the number of each, and its stretch in hours before the cramp."""
    first = (wall - timedelta(hours=HOURS + change)).date()
    last = (wall - timedelta(hours=change)).date()
    for number in range(first.toordinal(), last.toordinal() + 1):
        begun = datetime.combine(date.fromordinal(number), datetime.min.time()) + timedelta(hours=change)
        before = (wall - begun) / timedelta(hours=1)
        yield number, Mark(min(before, HOURS), max(before - 24, 0.0), whole_day=True)


def _marks(of: ColumnOf, row: int, span: Mark, cramp: Entry) -> Iterator[Mark]:
    """What was written of that day and says yes, or more than nothing."""
    from uncramp.core.risk_columns import HOLDS, entries_of, whole_day
    from uncramp.core.risk_days import NOTHING

    recipe = of.candidate.recipe
    if recipe.summary == HOLDS:
        if _value(of, row) > 0:
            yield span
        return
    for entry in entries_of(of.written.days.get(row, NOTHING), recipe):
        value = whole_day((entry,), recipe)
        if not value > 0:
            continue
        if entry.kind is EntryKind.EXPOSURE and entry.body.get("timed") is False:
            yield replace(span, value=value)
        else:
            begin = _hours(entry.start, cramp)
            yield Mark(begin, max(_hours(entry.end, cramp), 0.0) if entry.end else begin, value=value)


def _is_known(of: ColumnOf, row: int) -> bool:
    """Whether anything was written of that day that says whether it was so."""
    from uncramp.core.risk_columns import HOLDS, entries_of
    from uncramp.core.risk_days import NOTHING

    if of.candidate.recipe.summary == HOLDS:
        return not math.isnan(_value(of, row))
    return bool(entries_of(of.written.days.get(row, NOTHING), of.candidate.recipe))


def _value(of: ColumnOf, row: int) -> float:
    """Of a day, where the table has it."""
    if of.table.outcome != "rest" or not of.table.dates:
        return math.nan
    n = row - of.table.dates[0].toordinal()
    return float(of.table.later[n, of.number]) if 0 <= n < len(of.table.dates) else math.nan


def _hours(moment: datetime, cramp: Entry) -> float:
    return (cramp.start.astimezone(UTC) - moment.astimezone(UTC)) / timedelta(hours=1)
