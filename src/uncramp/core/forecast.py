"""How likely a cramp is tonight and in the next nights, and whether that says more than one's own average.
Pure.

The model of the findings is fitted on what is known, frozen, and looks one night ahead. What is told is a
mixture,

    p = w * p(model) + (1 - w) * p(nights before alone, `own_past`),

with w learnt on nights that were held out, from a prior that leans to the nights before (stacking: Yao,
Vehtari, Simpson, Gelman 2018, Bayesian Analysis 13:917); 0 in a diary too short for the model. Whether it is
shown is judged against the person's own average on the same held-out nights, each told with the w of those
before it (prequential: Dawid 1984, JRSS-A 147:278).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from uncramp.core.arrays import as_data
from uncramp.core.foretold import INTERVAL, Forecast, Skill, Step, Tonight, WhatIf
from uncramp.core.own_past import any_of, own_past
from uncramp.core.risk import Column, Floats, Prior, RiskTable, only, varying
from uncramp.core.stacking import Held, held_part, skill_of, weight_of
from uncramp.stats.trigger_data import Data
from uncramp.stats.trigger_model import Posterior, fit, predict

TAIL = (0.05, 0.95)
NEXT_NIGHTS = 7
DRAWS = 256
FOLDS = ((0.4, 0.6), (0.6, 0.8), (0.8, 1.0))
"""Shares of the known nights: fitted on what is before the first, judged on what is before the second."""
LEAST_NIGHTS, LEAST_CRAMPS = 40, 4
"""Of what is fitted on; with less, the nights before are all there is."""
MOST_LIKELY = 0.98
WORTH_ASKING, MOST_ASKED = 0.2, 6
STEPS = 5
TOO_FEW = "There are too few nights with and without a cramp yet to say more than your own average."
NO_BETTER = "On nights that it had not seen it did no better than your own average."
NOT_SURE = "On nights that it had not seen it did better than your own average, but that may be chance."

Marks = NDArray[np.bool_]


def tonight(table: RiskTable, *, seed: int = 0) -> Tonight | None:
    """The row after the last, or the last one where its cramps are not known; `None` for a table with no
    row."""
    if not table.dates or table.outcome != "rest":
        return None
    begun = bool(np.isnan(table.cramps[-1]))
    past = rows_of(table, slice(0, len(table.dates) - begun))
    whole = _with_nights(table, NEXT_NIGHTS - begun)
    judged = _judged(past, seed)
    ahead = _Ahead.of(past, whole, judged, seed)
    told = ahead.forecasts()
    return Tonight(told[0], told[1:], judged.skill, ahead.what_if())


def forecasts(table: RiskTable, last: int, *, seed: int = 0) -> tuple[Forecast, ...]:
    """Of the last rows, one night ahead each: fitted on all before them, then frozen."""
    past = rows_of(table, slice(0, max(0, len(table.dates) - last)))
    return _Ahead.of(past, table, _judged(past, seed), seed).forecasts()


def rows_of(table: RiskTable, rows: slice) -> RiskTable:
    """Some rows of a table."""
    return replace(
        table,
        dates=table.dates[rows],
        cramps=table.cramps[rows],
        minutes=None if table.minutes is None else table.minutes[rows],
        values=table.values[rows],
        whole=None if table.whole is None else table.whole[rows],
    )


def _with_nights(table: RiskTable, more: int) -> RiskTable:
    """The table with so many nights more of which nothing is known."""
    unknown = np.full((more, len(table.columns)), math.nan)
    last = table.dates[-1]
    return replace(
        table,
        dates=(*table.dates, *(last + timedelta(days=n + 1) for n in range(more))),
        cramps=np.concatenate([table.cramps, np.full(more, math.nan)]),
        values=np.vstack([table.values, unknown]),
        whole=None if table.whole is None else np.vstack([table.whole, unknown]),
    )


# ---- how good it is --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Judged:
    """`weight` of the model in what is told, the skill on held-out nights, and whether that is enough to
    show."""

    weight: float
    skill: Skill | None
    why: str


def _judged(past: RiskTable, seed: int) -> _Judged:
    held: list[Held] = []
    alone = own_past(any_of(past.cramps)).chance
    for cut, end in _cuts(past.cramps):
        part = rows_of(past, slice(0, cut))
        model = before = alone[cut:end]
        if _enough(part):
            model = _Frozen.of(part, seed).ahead(rows_of(past, slice(0, end))).mean(axis=0)
        base = _Base.of(part.cramps)
        held.append(held_part(model, before, base.mean, past.cramps[cut:end], base.rarer))
    weight, skill = weight_of(held, _Base.of(past.cramps).rarer), skill_of(held)
    if skill is None:
        return _Judged(weight, None, TOO_FEW)
    why = "" if skill.low > 0 else NOT_SURE if skill.gain > 0 else NO_BETTER
    return _Judged(weight, skill, why)


def _cuts(cramps: Floats) -> list[tuple[int, int]]:
    """Before which row each fold is fitted, and before which it is judged: by shares of the known nights."""
    known = np.flatnonzero(np.isfinite(cramps))
    rows = [*known.tolist(), len(cramps)]
    return [(rows[int(first * len(known))], rows[int(last * len(known))]) for first, last in FOLDS]


def _enough(part: RiskTable) -> bool:
    known = part.cramps[np.isfinite(part.cramps)]
    with_cramp = int((known > 0).sum())
    return len(known) >= LEAST_NIGHTS and min(with_cramp, len(known) - with_cramp) >= LEAST_CRAMPS


@dataclass(frozen=True)
class _Base:
    """The share of nights with a cramp: `cramps` of `nights`."""

    cramps: int
    nights: int

    @classmethod
    def of(cls, cramps: Floats) -> _Base:
        known = cramps[np.isfinite(cramps)]
        return cls(int((known > 0).sum()), len(known))

    @property
    def rarer(self) -> int:
        """Nights with a cramp or without, whichever are fewer: what there is to learn from."""
        return min(self.cramps, self.nights - self.cramps)

    @property
    def mean(self) -> float:
        """With half a night of either kind put to it (Jeffreys), so that it is never 0 or 1."""
        return (self.cramps + 0.5) / (self.nights + 1)


@dataclass(frozen=True)
class _Frozen:
    """The model as it was fitted on some rows."""

    data: Data
    posterior: Posterior
    moving: Marks

    @classmethod
    def of(cls, part: RiskTable, seed: int) -> _Frozen:
        kept = {column.id for column in varying(part)[0].columns}
        marks = np.array([column.id in kept for column in part.columns], dtype=np.bool_)
        data = as_data(_fittable(part, marks))
        return cls(data, fit(data, seed=seed), marks)

    def log_mean(self, whole: RiskTable) -> Floats:
        """(D, rows) of the rows of `whole` that come after those fitted on."""
        told = as_data(_fittable(whole, self.moving))
        every = predict(
            self.data, self.posterior, counts=told.counts, values=told.values,
            weekday=told.weekday, yearday=told.yearday, offset=told.offset, later=told.later,
        )  # fmt: skip
        return every[:, len(self.data.counts) :]

    def ahead(self, whole: RiskTable) -> Floats:
        """(D, rows) Chance of any cramp in each of those rows."""
        return self.chance(self.log_mean(whole))

    def chance(self, log_mean: Floats) -> Floats:
        """(D, rows) Of any cramp."""
        return chance_of(log_mean, self.posterior.dispersion, self.data.counts)


def _fittable(table: RiskTable, moving: Marks) -> RiskTable:
    """The table with the columns that change; where none does, with one of unknowns: a fit needs one."""
    if moving.any():
        return only(table, moving)
    blank = Column("", "", "yes_no", "", "", "", (0,), (), Prior(0.01, 0.0, 0.5))
    return replace(table, columns=(blank,), values=np.full((len(table.dates), 1), math.nan), whole=None)


def chance_of(log_mean: Floats, size: Floats, counts: Floats) -> Floats:
    """(D, rows) Chance of any cramp, the model having been fitted to `counts`. Where no night of these had
    two, only yes or no is written down, and the mean is itself the chance (modified Poisson regression: Zou
    2004, Am J Epidemiol 159:702)."""
    if np.nanmax(counts) <= 1:
        return np.exp(np.minimum(log_mean, math.log(MOST_LIKELY)))
    return any_cramp(log_mean, size)


def any_cramp(log_mean: Floats, size: Floats) -> Floats:
    """1 - P(none) of the negative binomial (Poisson where `size` (D,) is infinite) at `log_mean` (D,
    rows)."""
    mean = np.exp(np.clip(log_mean, -30, 10))
    finite = np.isfinite(size)[:, None]
    wide = np.where(finite, size[:, None], 1.0)
    return np.asarray(-np.expm1(np.where(finite, -wide * np.log1p(mean / wide), -mean)))


# ---- what is told ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ahead:
    """The rows of `whole` behind those of `past`, foretold."""

    past: RiskTable
    whole: RiskTable
    judged: _Judged
    base: _Base
    frozen: _Frozen | None
    alone: Floats
    alone_draws: Floats

    @classmethod
    def of(cls, past: RiskTable, whole: RiskTable, judged: _Judged, seed: int) -> _Ahead:
        frozen = _Frozen.of(past, seed) if _enough(past) else None
        count = DRAWS if frozen is None else len(frozen.posterior.dispersion)
        later = len(whole.dates) - len(past.dates)
        alone = own_past(any_of(whole.cramps), later, count, seed)
        return cls(
            past, whole, judged, _Base.of(past.cramps), frozen,
            alone.chance[len(past.dates) :], alone.draws,
        )  # fmt: skip

    @property
    def weight(self) -> float:
        return self.judged.weight if self.frozen else 0.0

    def forecasts(self) -> tuple[Forecast, ...]:
        dates = self.whole.dates[len(self.past.dates) :]
        if not dates:
            return ()
        model = self.frozen.ahead(self.whole) if self.frozen else self.alone_draws
        mixed = self.weight * model + (1 - self.weight) * self.alone_draws
        middle = self.weight * model.mean(axis=0) + (1 - self.weight) * self.alone
        low, high = np.quantile(mixed, TAIL, axis=0)
        return tuple(
            self._told(day, float(middle[n]), float(low[n]), float(high[n])) for n, day in enumerate(dates)
        )

    def _told(self, day: date, middle: float, low: float, high: float) -> Forecast:
        return Forecast(
            date=day.isoformat(),
            probability=middle,
            low=min(low, middle),
            high=max(high, middle),
            interval=INTERVAL,
            base_rate=self.base.mean,
            shown=not self.judged.why,
            why=self.judged.why,
        )

    def what_if(self) -> tuple[WhatIf, ...]:
        """The columns that most likely matter, each at values from its low to its high, the others as they
        are."""
        if self.frozen is None or self.judged.why:
            return ()
        included = self.frozen.posterior.included
        order = np.argsort(-included, kind="stable")[:MOST_ASKED]
        return tuple(self._asked(self.frozen, int(k)) for k in order if included[k] >= WORTH_ASKING)

    def _asked(self, frozen: _Frozen, k: int) -> WhatIf:
        place = int(np.flatnonzero(frozen.moving)[k])
        column, told = self.whole.columns[place], frozen.posterior
        lag = int(np.argmax(told.lag[k])) % 4
        low, high = float(told.low[k]), float(told.high[k])
        row = len(self.past.dates)
        ends = [frozen.log_mean(_put(self.whole, row, place, value))[:, lag] for value in (low, high)]
        steps = []
        for share in np.linspace(0, 1, 2 if column.kind == "yes_no" else STEPS).tolist():
            chance = frozen.chance((ends[0] * (1 - share) + ends[1] * share)[:, None]).mean()
            mixed = self.weight * float(chance) + (1 - self.weight) * float(self.alone[lag])
            steps.append(Step(low + share * (high - low), mixed))
        return WhatIf(column.id, column.name, column.unit, column.kind == "yes_no", lag, tuple(steps))


def _put(table: RiskTable, row: int, column: int, value: float) -> RiskTable:
    values, whole = table.values.copy(), None if table.whole is None else table.whole.copy()
    values[row, column] = value
    if whole is not None:
        whole[row, column] = value
    return replace(table, values=values, whole=whole)
