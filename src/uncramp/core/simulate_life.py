"""Made-up diaries as arrays with the traits that real ones have and the fitted model has not.

Effects that begin at a threshold or level off, loads that build up over days, bad weeks, nights skipped
because one was well, weeks away, exposures that one began late to do or to write down, two columns that carry
the same, numbers with a long tail and a slip of the pen, and consequences that look like causes. Kept is what
is true, so that each verdict can be called right or wrong.

Pure: chance comes in as `rng`. The numbers are assumed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncramp.core.simulate_grid import LAGS, autoregressive, bursts, poisson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

Shape = Literal["plain", "threshold", "saturating", "load"]
Role = Literal["cause", "load", "stand_in", "done_at_once", "done_next_day", "done_since", "nothing"]
CONSEQUENCES: tuple[Role, ...] = ("done_at_once", "done_next_day", "done_since")
"""Because of a cramp: in its own row, in the next, or for good after the worst weeks."""
SHAPES: tuple[Shape, ...] = ("plain", "threshold", "saturating", "load")
BURN_IN = 14
"""Days before the first row, so that loads have built up."""
GROUPS = 4
REACH = (-0.5, 1.5)
"""How far beyond its usual low and high, in widths between these, a number still changes anything."""


@dataclass(frozen=True)
class Wanted:
    """How long the diary is, how many columns it has and how many cramps are expected in it."""

    days: int = 365
    columns: int = 24
    cramps: float = 80.0
    inclusion: float = 0.14


@dataclass(frozen=True)
class Cause:
    """How one column changes the log rate: `size` from its own usual low to its usual high."""

    column: int
    lag: int
    shape: Shape
    size: float
    low: float
    high: float
    at: float  # the threshold; of a load its days
    built_up: float = 1.0  # of a load: spread of the raw value over that of its mean

    def push(self, value: Floats) -> Floats:
        """What it adds to the log rate at each value, up to a constant; of a load, of its mean over days."""
        share = np.clip((value - self.low) / (self.high - self.low), *REACH)
        if self.shape == "threshold":
            return np.where(value >= self.at, self.size, 0.0)
        if self.shape == "saturating":
            return np.asarray(self.size * np.expm1(-3 * np.maximum(share, 0)) / math.expm1(-3))
        return np.asarray(self.size * share * self.built_up)


@dataclass(frozen=True)
class Life:
    """A diary with its truth. `right`: 1 where "raises" is right of that column, -1 "lowers", 0 neither.

    A column that carries the same as a cause stands in for it. A consequence is never right, whichever row it
    was written in; neither is what was begun because of the cramps.
    """

    counts: Floats  # (n,), NaN where nobody wrote it down
    all_counts: Floats  # (n,)
    values: Floats  # (n, K), NaN where nobody wrote it down
    all_values: Floats  # (n, K)
    binary: Marks  # (K,)
    weekday: Ints  # (n,)
    yearday: Floats  # (n,)
    right: Ints  # (K,)
    role: tuple[Role, ...]
    causes: tuple[Cause, ...]
    log_mean: Floats  # (n,)

    def log_ratio(self, column: int, low: float, high: float) -> float:
        """The true log rate ratio of that contrast; NaN where the column is no plain cause, nor nothing."""
        if self.role[column] == "nothing":
            return 0.0
        cause = next((c for c in self.causes if c.column == column and c.shape != "load"), None)
        if cause is None:
            return math.nan
        pushed = cause.push(np.array([low, high]))
        return float(pushed[1] - pushed[0])


def lived(wanted: Wanted, rng: np.random.Generator) -> Life:
    """A person as `wanted`."""
    rows = wanted.days + BURN_IN
    weekday = (int(rng.integers(7)) + np.arange(rows)) % 7
    yearday = np.asarray((rng.integers(365) + np.arange(rows)) % 365.25, dtype=np.float64)
    binary, exposures = _exposures(wanted.columns, weekday, rng)
    causes = _causes(wanted, binary, exposures, rng)
    counts, log_mean = _cramps(wanted, _pushed(causes, exposures), weekday, yearday, rng)
    role: list[Role] = ["nothing"] * wanted.columns
    right = np.zeros(wanted.columns, dtype=np.int64)
    for cause in causes:
        role[cause.column] = "load" if cause.shape == "load" else "cause"
        right[cause.column] = int(np.sign(cause.size))
    _same_again(exposures, binary, role, right, rng)
    _consequences(exposures, binary, role, counts, rng)
    values, written = _written(exposures, binary, counts, rng)
    kept = slice(BURN_IN, None)
    return Life(
        written[kept], counts[kept], values[kept], exposures[kept], binary, weekday[kept], yearday[kept],
        right, tuple(role), causes, log_mean[kept],
    )  # fmt: skip


def _exposures(columns: int, weekday: Ints, rng: np.random.Generator) -> tuple[Marks, Floats]:
    """(K,) which are yes/no, and (n, K) values in raw units: hours, drinks, kilometres, marks out of ten."""
    rows = len(weekday)
    fade = np.concatenate([rng.uniform(0.5, 0.97, GROUPS), rng.uniform(0.0, 0.95, columns)])
    series = autoregressive(fade, rows, rng)
    loading = rng.uniform(0, 0.85, columns)
    groups = series[:, np.arange(columns) % GROUPS]
    latent = loading * groups + np.sqrt(1 - loading**2) * series[:, GROUPS:]
    latent += (rng.normal(0, 0.8, (7, columns)) * (rng.random(columns) < 0.4))[weekday]
    makers = [_MAKERS[kind] for kind in rng.choice(len(_MAKERS), columns, p=(0.5, 0.15, 0.2, 0.15))]
    values = np.column_stack([make(latent[:, k], rng) for k, make in enumerate(makers)])
    return np.array([make is _yes_no for make in makers]), values


def _yes_no(latent: Floats, rng: np.random.Generator) -> Floats:
    return (latent > np.quantile(latent, 1 - rng.uniform(0.04, 0.6))).astype(float)


def _spread(latent: Floats, rng: np.random.Generator) -> Floats:
    """Hours or steps: always something, with a long tail."""
    return np.asarray(np.exp(rng.uniform(0.3, 0.7) * latent + rng.uniform(0, 8)))


def _sometimes(latent: Floats, rng: np.random.Generator) -> Floats:
    """Kilometres or drinks: nothing on most days, else a lot."""
    over = latent - np.quantile(latent, rng.uniform(0.3, 0.8))
    return np.where(over > 0, np.round(10 ** rng.uniform(0, 2) * (over + 0.3), 1), 0.0)


def _marks(latent: Floats, rng: np.random.Generator) -> Floats:
    """Stress or soreness, out of ten."""
    return np.clip(np.round(rng.uniform(2, 6) + rng.uniform(1, 2.5) * latent), 0, 10)


_MAKERS: tuple[Callable[[Floats, np.random.Generator], Floats], ...] = (_yes_no, _spread, _sometimes, _marks)


def _causes(wanted: Wanted, binary: Marks, exposures: Floats, rng: np.random.Generator) -> tuple[Cause, ...]:
    return tuple(
        _cause(int(k), bool(binary[k]), exposures[:, k], rng)
        for k in np.flatnonzero(rng.random(wanted.columns) < wanted.inclusion)
    )


def _cause(column: int, binary: bool, values: Floats, rng: np.random.Generator) -> Cause:
    low, high = (float(v) for v in np.quantile(values, (0.1, 0.9)))
    if binary or high <= low:
        low, high = float(values.min()), float(values.max())
    size = rng.uniform(math.log(1.5), math.log(4)) * (-1 if rng.random() < 0.25 else 1)
    shape: Shape = "plain" if binary else SHAPES[rng.choice(4, p=(0.25, 0.3, 0.25, 0.2))]
    lag = 0 if shape == "load" else int(rng.choice(len(LAGS), p=LAGS))
    at = float(np.quantile(values[values > low], rng.uniform(0.2, 0.7)))
    if shape != "load":
        return Cause(column, lag, shape, size, low, high, min(at, high))
    days = float(rng.choice([3, 5, 7]))
    narrower = float(values.std() / _mean_over(values, int(days))[BURN_IN:].std())
    return Cause(column, lag, shape, size, low, high, days, narrower)


def _mean_over(values: Floats, days: int) -> Floats:
    """(n,) The mean of that day and those before it; fewer at the beginning."""
    summed = np.cumsum(values)
    summed[days:] -= summed[:-days].copy()
    return np.asarray(summed / np.minimum(np.arange(len(values)) + 1, days))


def _pushed(causes: tuple[Cause, ...], exposures: Floats) -> Floats:
    pushed = np.zeros(len(exposures))
    for cause in causes:
        values = exposures[:, cause.column]
        if cause.shape == "load":
            values = _mean_over(values, int(cause.at))
        # What lies before the first row wraps around; it falls into the burn-in.
        pushed += cause.push(np.roll(values, cause.lag))
    return np.asarray(pushed - pushed.mean())


def _cramps(
    wanted: Wanted, pushed: Floats, weekday: Ints, yearday: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """(n,) cramps and log of those expected: bad weeks, seasons, a change for good, and heavy scatter."""
    rows = len(pushed)
    slow = rng.uniform(0, 0.5) * np.cos(2 * math.pi * (yearday - rng.uniform(0, 365)) / 365.25)
    slow += (
        rng.normal(0, 0.15, 7)[weekday]
        + rng.uniform(0, 0.5) * autoregressive(np.array([0.9]), rows, rng)[:, 0]
    )
    slow += rng.normal(0, 0.4) * (np.arange(rows) > rng.uniform(0.2, 0.8) * rows)
    driven = slow + pushed
    size, heat_per_cramp, fade = (
        rng.choice([0.7, 1.5, 4.0]),
        rng.uniform(0, 0.6),
        math.exp(-1 / rng.uniform(1, 4)),
    )
    level = math.log(wanted.cramps / wanted.days) - math.log(np.exp(driven + 0.5 * heat_per_cramp**2).mean())
    level -= heat_per_cramp * min(0.5, wanted.cramps / wanted.days) * fade / (1 - fade) * 0.5
    frailty, uniform = rng.gamma(size, 1 / size, rows), rng.random(rows)
    counts, log_mean, heat = np.zeros(rows), np.zeros(rows), 0.0
    for row in range(rows):
        log_mean[row] = min(level + driven[row] + heat_per_cramp * min(heat, 2.0), 2.0)
        counts[row] = poisson(float(uniform[row]), math.exp(log_mean[row]) * float(frailty[row]))
        heat = (heat + (counts[row] > 0)) * fade
    return counts, log_mean


def _same_again(
    exposures: Floats, binary: Marks, role: list[Role], right: Ints, rng: np.random.Generator
) -> None:
    """In half of the people two columns carry nearly the same: the watch's and the person's own."""
    free = [k for k, what in enumerate(role) if what == "nothing"]
    if rng.random() < 0.5 or len(free) < 2:
        return
    copy = int(rng.choice(free))
    first = int(rng.choice([k for k in range(len(role)) if k != copy and right[k] != 0] or [free[0]]))
    if first == copy:
        return
    values = exposures[:, first]
    if binary[first]:
        wrong = rng.random(len(values)) < rng.uniform(0.01, 0.05)
        exposures[:, copy] = np.where(wrong, 1 - values, values)
    else:
        exposures[:, copy] = values * np.exp(rng.normal(0, rng.uniform(0.02, 0.1), len(values)))
    binary[copy], right[copy] = binary[first], right[first]
    role[copy] = "stand_in" if right[first] else "nothing"


def _consequences(
    exposures: Floats, binary: Marks, role: list[Role], counts: Floats, rng: np.random.Generator
) -> None:
    """What is done because of cramps: at once (one person in three), the day after (one in two), for good."""
    free = [k for k, what in enumerate(role) if what == "nothing"]
    rng.shuffle(free)
    for delay, chance in enumerate((1 / 3, 1 / 2)):
        if rng.random() < chance and free:
            column = free.pop()
            before = np.roll(counts > 0, delay)
            usual, then = rng.uniform(0.02, 0.15), rng.uniform(0.3, 0.7)
            exposures[:, column] = rng.random(len(counts)) < np.where(before, then, usual)
            binary[column], role[column] = True, CONSEQUENCES[delay]
    if rng.random() < 0.5 and free:
        column = free.pop()
        worst = int(np.argmax(_mean_over(counts, 14)[14:])) + 14
        done = (np.arange(len(counts)) > worst) & (rng.random(len(counts)) < rng.uniform(0.5, 0.95))
        exposures[:, column], binary[column], role[column] = done, True, "done_since"


def _written(
    exposures: Floats, binary: Marks, counts: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """What is in the diary: late beginnings, bursts, weeks away, nights skipped because one was well."""
    rows, columns = exposures.shape
    gone = bursts(float(rng.uniform(0.02, 0.25)), np.asarray(rng.uniform(1, 6, columns)), rows, rng)
    began = np.where(rng.random(columns) < 0.15, rng.uniform(0.1, 0.6, columns) * rows, 0)
    gone |= np.arange(rows)[:, None] < began
    away = np.arange(rows) - int(rng.integers(rows))
    skipped = (away >= 0) & (away < rng.integers(5, 25)) if rng.random() < 0.4 else np.zeros(rows, dtype=bool)
    well = (counts == 0) & (np.roll(counts, 1) == 0)
    skipped |= rng.random(rows) < np.where(well, rng.uniform(0, 0.4), 0.03)
    values, written = exposures.copy(), counts.copy()
    if rng.random() < 0.3 and not binary.all():
        values[int(rng.integers(rows)), int(rng.choice(np.flatnonzero(~binary)))] *= 100  # a slip of the pen
    values[gone | skipped[:, None]] = np.nan
    written[skipped] = np.nan
    return values, written
