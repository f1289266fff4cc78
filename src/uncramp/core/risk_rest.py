"""The rest table: a row a night, from the first day that was written of to the last. Pure.

An exposure belongs to the day it happened on; what began after the day's first cramp is left out of that row
and kept for the lags of the rows after it, so that a consequence can never appear as a cause.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from uncramp.core.circumstances import held
from uncramp.core.load import Mean, faded_means
from uncramp.core.risk import Floats, RiskTable
from uncramp.core.risk_columns import HOLDS, LOOKS_BACK, Candidate, before_cramp, entries_of, whole_day
from uncramp.core.risk_days import (
    EFFORT,
    NO_CUT,
    NOTHING,
    Cut,
    Day,
    Written,
    cramps_of,
    cut_of,
    is_rest,
    with_entry,
)
from uncramp.model import Entry, Recipe

CRAMPS = "cramps"
"""Stands for the outcome in `came_from`."""


@dataclass(frozen=True)
class Rest:
    """The rest table with what it was made of, so that one more entry touches only its own days.

    `values` and `whole` (n, K) are those of the table; `loads` and `loads_before` (n, L) are each day's
    share of the L columns that are means over days.
    """

    written: Written
    candidates: tuple[Candidate, ...]
    first: int
    cramps: Floats
    values: Floats
    whole: Floats
    loads: Floats
    loads_before: Floats
    circumstances: Mapping[str, tuple[list[float], list[str]]]

    @property
    def table(self) -> RiskTable:
        return RiskTable(
            outcome="rest",
            dates=_dates(self.first, len(self.cramps)),
            cramps=self.cramps,
            minutes=None,
            columns=tuple(one.column for one in self.candidates),
            values=self.values,
            came_from=CameFrom(self),
            whole=self.whole,
        )


def rest_table(written: Written, candidates: Sequence[Candidate]) -> RiskTable:
    """One row a night; no row where nothing was written of any."""
    return rest(written, candidates).table


def rest(written: Written, candidates: Sequence[Candidate]) -> Rest:
    """The table and what it was made of."""
    rows = sorted(written.days)
    first, n = (rows[0], rows[-1] - rows[0] + 1) if rows else (0, 0)
    facts = {one.recipe.fact for one in candidates if one.recipe.summary == HOLDS}
    it = Rest(
        written=written,
        candidates=tuple(candidates),
        first=first,
        cramps=np.full(n, math.nan),
        values=np.full((n, len(candidates)), math.nan),
        whole=np.full((n, len(candidates)), math.nan),
        loads=np.full((n, len(_means(candidates))), math.nan),
        loads_before=np.full((n, len(_means(candidates))), math.nan),
        circumstances={fact: held(written.circumstances, fact, first, n) for fact in facts},
    )
    _fill(it, rows)
    for k, one in enumerate(it.candidates):
        if one.recipe.summary == HOLDS:
            it.whole[:, k] = it.values[:, k] = it.circumstances[one.recipe.fact][0]
    _fill_means(it, range(len(_means(candidates))))
    return it


def updated(before: Rest, entry: Entry) -> Rest:
    """The same as made anew with one more entry, but only the days it touched are worked out again."""
    written, touched = with_entry(before.written, entry)
    inside = range(before.first, before.first + len(before.cramps))
    ends = {inside[0], inside[-1]} if inside else set()
    if touched is None or not touched <= set(inside) or not ends <= written.days.keys():
        return rest(written, before.candidates)
    it = replace(
        before,
        written=written,
        cramps=before.cramps.copy(),
        values=before.values.copy(),
        whole=before.whole.copy(),
        loads=before.loads.copy(),
        loads_before=before.loads_before.copy(),
    )
    _fill(it, touched)
    rows = [row - it.first for row in touched]
    _fill_means(it, [n for n in range(it.loads.shape[1]) if _moved(before, it, rows, n)])
    return it


def _moved(before: Rest, it: Rest, rows: Sequence[int], n: int) -> bool:
    """Whether the days that were touched have another load than before."""
    pairs = ((before.loads, it.loads), (before.loads_before, it.loads_before))
    return not all(np.array_equal(old[rows, n], new[rows, n], equal_nan=True) for old, new in pairs)


def _means(candidates: Sequence[Candidate]) -> list[int]:
    """The columns that are means over days."""
    return [k for k, one in enumerate(candidates) if one.recipe.summary == LOOKS_BACK]


def _fill_means(it: Rest, numbers: Iterable[int]) -> None:
    columns = _means(it.candidates)
    for n in numbers:
        k = columns[n]
        mean = Mean(it.candidates[k].recipe.span)
        it.whole[:, k], it.values[:, k] = faded_means(it.loads[:, n], it.loads_before[:, n], mean)


def _fill(it: Rest, rows: Iterable[int]) -> None:
    """Write the days of these numbers into the arrays of `it`; means over days are made of `loads` later."""
    reading: dict[str, list[tuple[int, Recipe]]] = {}
    for k, one in enumerate(it.candidates):
        if one.recipe.exposure:
            reading.setdefault(one.recipe.exposure, []).append((k, one.recipe))
    rows = tuple(rows)
    numbers = np.full((2, len(rows), len(it.candidates)), math.nan)
    for n, row in enumerate(rows):
        day = it.written.days.get(row, NOTHING)
        cut = cut_of(day, row, it.written.change)
        it.cramps[row - it.first] = cramps_of(day)
        numbers[:, n] = _numbers(day, cut, reading, len(it.candidates))
    cells = np.array(rows, dtype=np.int64)[:, np.newaxis] - it.first
    means = _means(it.candidates)
    daily = [k for k, one in enumerate(it.candidates) if one.recipe.exposure and k not in means]
    it.whole[cells, daily], it.values[cells, daily] = numbers[:, :, daily]
    slots = list(range(len(means)))
    it.loads[cells, slots], it.loads_before[cells, slots] = numbers[:, :, means]


def _numbers(
    day: Day, cut: Cut, reading: Mapping[str, Sequence[tuple[int, Recipe]]], columns: int
) -> tuple[list[float], list[float]]:
    """A day as numbers: all of it, and what of it came before the first cramp."""
    whole = [math.nan] * columns
    before = whole.copy()
    for name, entries in day.exposures.items():
        for k, recipe in reading.get(name, ()):
            before[k] = whole[k] = whole_day(entries, recipe)
            if cut is not NO_CUT and not all(map(cut.keeps, entries)):
                before[k] = before_cramp(entries, recipe, cut)
    if EFFORT not in day.exposures:
        # Where there was no bout, a word on training may say so.
        for k, recipe in reading.get(EFFORT, ()):
            said = entries_of(day, recipe)
            before[k], whole[k] = before_cramp(said, recipe, cut), whole_day(said, recipe)
    return whole, before


@lru_cache(maxsize=4)
def _dates(first: int, n: int) -> tuple[date, ...]:
    return tuple(date.fromordinal(first + number) for number in range(n))


class CameFrom(Mapping[tuple[int, str], tuple[str, ...]]):
    """(row, column id) -> the ids of the entries behind that cell; worked out when it is asked for.

    A mean over days has those of all days with more than a hundredth of the weight between them.
    """

    def __init__(self, it: Rest) -> None:
        self._it = it
        self._recipes = {one.column.id: one.recipe for one in it.candidates}

    def __getitem__(self, cell: tuple[int, str]) -> tuple[str, ...]:
        row, column = cell
        if not 0 <= row < len(self._it.cramps):
            raise KeyError(cell)
        found = self._found(row, column)
        if not found:
            raise KeyError(cell)
        return found

    def _found(self, row: int, column: str) -> tuple[str, ...]:
        if column == CRAMPS:
            day = self._day(row)
            return tuple(one.id for one in (*filter(is_rest, day.episodes), *day.notes))
        recipe = self._recipes[column]
        if recipe.summary == HOLDS:
            values, ids = self._it.circumstances[recipe.fact]
            return () if math.isnan(values[row]) else tuple(ids)
        back = Mean(recipe.span).reach if recipe.summary == LOOKS_BACK else 1
        days = range(max(0, row - back + 1), row + 1)
        found = [one for n in days for one in entries_of(self._day(n), recipe)]
        return tuple(one.id for one in sorted(found, key=lambda one: (one.start, one.id)))

    def _day(self, row: int) -> Day:
        return self._it.written.days.get(self._it.first + row, NOTHING)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        names = (CRAMPS, *self._recipes)
        return (
            (row, name) for row in range(len(self._it.cramps)) for name in names if self._found(row, name)
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)
