"""Made-up diaries as plain arrays, by the thousand, to try the search for triggers on.

Quick and plain where `simulate` is a person with a life: exposures are columns of numbers, and all that is
true of them is kept. It differs from the model that is fitted, on purpose: in the law of the effects, in the
drift, in how cramps bring cramps and in how entries get lost. `Wanted.law` = "model" draws all of these but
the last as the fitted model has them, so that there the probabilities must be right.

Pure: chance comes in as `rng`, and the same generator gives the same person.

The numbers are assumed, from the range that evidence and trials of cramps give for rates: no publication
follows one person's cramps with their exposures from day to day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncramp.core.risk_csv import NUMBER_PRIOR, YES_NO_PRIOR
from uncramp.stats import trigger_baseline as fitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

LEAD = 3
"""Days before the first row: the longest lag."""
LAGS = (0.4, 0.3, 0.2, 0.1)
"""How likely an effect comes the same day, or one, two or three days later."""
GROUPS, GROUP_CORRELATION = 5, 0.435
WITH_WEEKDAYS = 0.35
ORDINAL_SHARES = (0.4, 0.3, 0.2, 0.1)
"""Of the levels 0 to 3."""
MOST_HEAT = 2.0
"""Beyond this, cramps of the days before add nothing more."""
NO_ENTRY = 0.03
"""Of all days, those on which nothing was written, not even whether there was a cramp."""
WHOLE_DAYS = 0.3
"""Of the missing entries, those that are missing because all of that day's exposures are."""
SIZE = YES_NO_PRIOR.mean, NUMBER_PRIOR.mean
SLAB = YES_NO_PRIOR.sd, NUMBER_PRIOR.sd
"""Of the log rate ratio's size in the fitted model, middle and spread: of yes instead of no; of a number's
10 % to 90 %."""
MATTERS = math.log(1.25)

Law = Literal["uniform", "model"]


@dataclass(frozen=True)
class Wanted:
    """What kind of person is made.

    `cramps` are expected over the `days` (not the `later` ones, which are there to be foretold). `law`:
    "uniform" gives a true yes/no a log rate ratio in log 1.5 to log 4, a number one in log 1.25 to log 2 a
    standard deviation; "model" is the law of the fitted model. `rate_ratio` fixes all of them instead. `mnar`
    is the share of quiet days whose whole diary was skipped. `persistence` bounds the AR(1) coefficient of
    what each exposure has of its own.
    """

    days: int = 365
    later: int = 60
    exposures: int = 30
    cramps: float = 48.0
    inclusion: float = 0.12
    protective: float = 0.25
    law: Law = "uniform"
    rate_ratio: float | None = None
    only_yes_no: bool = False
    missing: tuple[float, float] = (0.05, 0.30)
    mnar: float = 0.0
    persistence: tuple[float, float] = (0.0, 0.85)


NULL = Wanted(exposures=20, inclusion=0.0, persistence=(0.5, 0.95))
"""Nothing here has to do with the cramps, and everything goes up and down slowly, as cramps do."""


@dataclass(frozen=True)
class Simulated:
    """A diary with its truth. Rows are days; the last `later` of them are to be foretold.

    `log_mean` is the true log of the cramps expected that day, given all exposures and cramps before;
    `baseline` the same without any exposure. Counts scatter about it as negative binomial of `size`
    (infinite: Poisson). An effect is on the log rate, a unit of the raw value, `lag` days later; a lag is
    drawn for those without an effect too.
    """

    days: int
    counts: Floats  # (n,), NaN where nobody wrote it down
    all_counts: Floats  # (n,)
    values: Floats  # (n, K), NaN where nobody wrote it down
    all_values: Floats  # (n, K)
    before: Floats  # (LEAD, K) the days before the first row, which no diary holds
    binary: Marks  # (K,)
    weekday: Ints  # (n,) 0 to 6
    yearday: Floats  # (n,) 0 to 365
    matters: Marks  # (K,)
    lag: Ints  # (K,)
    effect: Floats  # (K,)
    log_mean: Floats  # (n,)
    baseline: Floats  # (n,)
    size: float

    def lagged(self, column: int) -> Floats:
        """(n,) What was true of that exposure on the day that counts for each row."""
        whole = np.concatenate([self.before[:, column], self.all_values[:, column]])
        start = LEAD - int(self.lag[column])
        return whole[start : start + len(self.all_values)]

    def log_ratios(self, low: Floats, high: Floats) -> Floats:
        """(K,) The true log rate ratio of each contrast."""
        return self.effect * (high - low)


@dataclass(frozen=True)
class _Baseline:
    slow: Floats  # (n,) drift and weekday
    heat: tuple[float, float]  # log rate that one cramp just past adds, quickly and slowly fading
    fade: tuple[float, float]  # of each, what is left a day later
    size: float


def simulated(wanted: Wanted, rng: np.random.Generator) -> Simulated:
    """A person as `wanted`."""
    rows = wanted.days + wanted.later
    weekday = (int(rng.integers(7)) + np.arange(-LEAD, rows)) % 7
    yearday = np.asarray((rng.integers(365) + np.arange(rows)) % 365.25, dtype=np.float64)
    binary, exposures = _exposures(wanted, weekday, rng)
    matters, lag, effect = _effects(wanted, binary, exposures, rng)
    pushed = np.zeros(rows)
    for column in np.flatnonzero(matters):
        start = LEAD - lag[column]
        pushed += effect[column] * exposures[start : start + rows, column]
    around = _baseline(wanted, weekday[LEAD:], rng)
    level = _level(wanted, around, pushed, rng)
    all_counts, log_mean = _counts(around, around.slow + pushed + level, rng)
    counts, values = _written(wanted, all_counts, exposures[LEAD:], rng)
    baseline = np.asarray(log_mean - pushed, dtype=np.float64)
    return Simulated(
        wanted.days, counts, all_counts, values, exposures[LEAD:], exposures[:LEAD], binary,
        weekday[LEAD:], yearday, matters, lag, effect, log_mean, baseline, around.size,
    )  # fmt: skip


def autoregressive(fade: Floats, rows: int, rng: np.random.Generator) -> Floats:
    """(rows, S) Series of mean 0 and variance 1, each with its AR(1) coefficient."""
    series = rng.standard_normal((rows, len(fade)))
    fresh = np.sqrt(1 - fade**2)
    for row in range(1, rows):
        series[row] = fade * series[row - 1] + fresh * series[row]
    return series


def _exposures(wanted: Wanted, weekday: Ints, rng: np.random.Generator) -> tuple[Marks, Floats]:
    """(K,) which are yes/no, and (LEAD + n, K) their values: in groups that go together."""
    rows, count = len(weekday), wanted.exposures
    fade = np.concatenate([rng.uniform(0.3, 0.9, GROUPS + 1), rng.uniform(*wanted.persistence, count)])
    series = autoregressive(fade, rows, rng)
    shared, groups, own = series[:, :1], series[:, 1 : GROUPS + 1], series[:, GROUPS + 1 :]
    groups = math.sqrt(GROUP_CORRELATION) * shared + math.sqrt(1 - GROUP_CORRELATION) * groups
    loading = rng.uniform(0.2, 0.8, count)
    latent = loading * groups[:, np.arange(count) % GROUPS] + np.sqrt(1 - loading**2) * own
    weekly = rng.normal(0, 0.6, (7, count)) * (rng.random(count) < WITH_WEEKDAYS)
    latent += weekly[weekday]
    latent = (latent - latent.mean(axis=0)) / latent.std(axis=0)
    kind = rng.choice(3, count, p=(0.6, 0.2, 0.2))
    if wanted.only_yes_no:
        kind[:] = 0
    shares = rng.uniform(0.08, 0.5, count)
    for column in range(count):
        latent[:, column] = _as_kind(int(kind[column]), latent[:, column], float(shares[column]))
    return kind == 0, latent


def _as_kind(kind: int, latent: Floats, share: float) -> Floats:
    if kind == 0:
        return (latent > np.quantile(latent, 1 - share)).astype(float)
    if kind == 1:
        cuts = np.quantile(latent, np.cumsum(ORDINAL_SHARES)[:-1])
        levels: Floats = np.searchsorted(cuts, latent).astype(float)
        return np.asarray((levels - levels.mean()) / levels.std())
    return latent


def _effects(
    wanted: Wanted, binary: Marks, exposures: Floats, rng: np.random.Generator
) -> tuple[Marks, Ints, Floats]:
    """(K,) each: which matter, their lags, and their effects on the log rate, a unit of the raw value."""
    count = wanted.exposures
    matters = rng.random(count) < wanted.inclusion
    lag = rng.choice(len(LAGS), count, p=LAGS)
    sign = np.where(rng.random(count) < wanted.protective, -1.0, 1.0)
    yes_no = rng.uniform(math.log(1.5), math.log(4), count)
    number = rng.uniform(math.log(1.25), math.log(2), count)
    effect = sign * np.where(binary, yes_no, number)
    if wanted.rate_ratio is not None:
        effect = sign * math.log(wanted.rate_ratio)
    elif wanted.law == "model":
        low, high = np.quantile(exposures, (0.1, 0.9), axis=0)
        width = np.where(binary | (high <= low), np.ptp(exposures, axis=0), high - low)
        middle, spread = np.where(binary, *SIZE), np.where(binary, *SLAB)
        effect = np.where(rng.random(count) < 0.5, -1, 1) * _from_slab(middle, spread, rng) / width
    return matters, lag, np.where(matters, effect, 0.0)


def _from_slab(middle: Floats, spread: Floats, rng: np.random.Generator) -> Floats:
    """(K,) Sizes, normal, given that they matter."""
    drawn = rng.normal(middle, spread)
    while np.any(small := drawn < MATTERS):
        drawn[small] = rng.normal(middle[small], spread[small])
    return drawn


def _baseline(wanted: Wanted, weekday: Ints, rng: np.random.Generator) -> _Baseline:
    """Drift, weekday, what a cramp adds to the next days, and scatter."""
    rows = len(weekday)
    if wanted.law == "model":
        return _as_fitted(rows, wanted.days, weekday, rng)
    fade = math.exp(-1 / rng.uniform(60, 150))
    drift = rng.uniform(0, 0.5) * autoregressive(np.array([fade]), rows, rng)[:, 0]
    slow = drift + rng.normal(0, 0.15, 7)[weekday]
    fade = math.exp(-1 / rng.uniform(1, 3))
    return _Baseline(slow, (rng.uniform(0, 0.9), 0.0), (fade, 0.0), float(rng.choice([2.0, 5.0, math.inf])))


def _as_fitted(rows: int, days: int, weekday: Ints, rng: np.random.Generator) -> _Baseline:
    """A draw from the priors of the fitted model. After the last day of the diary the drift stands still."""
    waves = fitted.drift(np.minimum(np.arange(rows), days - 1), days)
    weights = rng.choice(fitted.DRIFT_SCALES) * fitted.drift_weights(days)
    slow = waves @ (weights * rng.standard_normal(len(weights)))
    slow += rng.normal(0, fitted.WEEKDAY_SD, 7)[weekday]
    quick, slowly = rng.normal(fitted.CARRY_MEAN, fitted.CARRY_SD, 2).tolist()
    fade = tuple(math.exp(-1 / days) for days in fitted.CARRY_DAYS)
    spread = rng.choice(fitted.DISPERSIONS, p=fitted.DISPERSION_WEIGHTS)
    return _Baseline(slow, (quick, slowly), (fade[0], fade[1]), 1 / spread if spread > 0 else math.inf)


def _counts(around: _Baseline, driven: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """(n,) cramps and log of the cramps expected, day after day, since cramps bring cramps."""
    rows = len(driven)
    frailty = np.ones(rows) if math.isinf(around.size) else rng.gamma(around.size, 1 / around.size, rows)
    shift, uniform = np.log(frailty).tolist(), rng.random(rows).tolist()
    counts, log_mean, quick, slowly = np.zeros(rows), np.zeros(rows), 0.0, 0.0
    for row, drive in enumerate(driven.tolist()):
        heat = around.heat[0] * min(quick, MOST_HEAT) + around.heat[1] * min(slowly, MOST_HEAT)
        log_mean[row] = drive + heat
        counts[row] = count = poisson(uniform[row], math.exp(log_mean[row] + shift[row]))
        quick, slowly = (quick + (count > 0)) * around.fade[0], (slowly + (count > 0)) * around.fade[1]
    return counts, log_mean


def poisson(uniform: float, mean: float) -> int:
    """The count at which a Poisson distribution first reaches `uniform`; means stay small here."""
    term = reached = math.exp(-min(mean, 500.0))
    count = 0
    while uniform > reached and count < 200:
        count += 1
        term *= mean / count
        reached += term
    return count


def _level(wanted: Wanted, around: _Baseline, pushed: Floats, rng: np.random.Generator) -> float:
    """The intercept with which the days hold as many cramps as wanted, on average over paths."""
    driven = (around.slow + pushed)[: wanted.days]
    level = math.log(wanted.cramps) - math.log(np.exp(driven).sum())
    for _ in range(2):
        paths = [_counts(around, driven + level, rng)[1] for _ in range(6)]
        # Not the full step: more cramps bring more cramps, so it would overshoot.
        expected = np.mean([np.exp(path).sum() for path in paths])
        level += 0.8 * (math.log(wanted.cramps) - math.log(expected))
    return level


def _written(
    wanted: Wanted, counts: Floats, exposures: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """What of it is in the diary: exposures lack in bursts, and on whole days; some days have nothing."""
    rows = len(exposures)
    share = float(rng.uniform(*wanted.missing))
    length = np.asarray(rng.uniform(1, 4, exposures.shape[1]))
    gone = bursts(share * (1 - WHOLE_DAYS), length, rows, rng)
    gone |= rng.random((rows, 1)) < share * WHOLE_DAYS
    skipped = rng.random(rows) < (NO_ENTRY if wanted.missing[1] > 0 else 0.0)
    skipped |= (counts == 0) & (rng.random(rows) < wanted.mnar)
    values, written = exposures.copy(), counts.copy()
    values[gone | skipped[:, None]] = np.nan
    written[skipped] = np.nan
    return written, values


def bursts(share: float, length: Floats, rows: int, rng: np.random.Generator) -> Marks:
    """(rows, K) On for `length` days on average, and on `share` of all days."""
    ends, starts = 1 / length, share / (length * (1 - share))
    uniform = rng.random((rows, len(length)))
    gone = uniform < share
    for row in range(1, rows):
        gone[row] = np.where(gone[row - 1], uniform[row] >= ends, uniform[row] < starts)
    return gone
