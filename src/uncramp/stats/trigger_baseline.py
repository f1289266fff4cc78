"""What is expected of a row before any trigger is looked at: level, drift, weekday, season, carry-over.

    log mu = offset + intercept + sum_j c_j sqrt(2) cos(pi j (t + 1/2) / n) + weekday + season + carry-over

The drift is the cosine expansion of an Ornstein-Uhlenbeck process, so each c_j ~ N(0, s^2 w_j) with w_j
falling with j; s is chosen from a few by its evidence. Carry-over: how many cramp nights lie behind, each
fading by exp(-1/tau) a day; two features, tau 1 and 3, between them make every tau of 1 to 3.

Counts are negative binomial: variance mu + phi mu^2; phi = 0 is Poisson. Lawless (1987) Can J Stat 15:209.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_data import Data

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

DRIFT_DAYS = 90.0
DRIFT_SCALES = (0.1, 0.3, 0.6)
DISPERSIONS = np.array([0.0, 0.15, 0.35, 0.7, 1.4, 3.0])
DISPERSION_WEIGHTS = np.array([0.3, 0.2, 0.2, 0.15, 0.1, 0.05])
WEEKDAY_SD = 0.2
SEASON_SD = 0.3
SEASON_ROWS = 550
CARRY_DAYS = (1.0, 3.0)
CARRY_MEAN, CARRY_SD, CARRY_CAP = 0.15, 0.28, 2.0
"""Of each of the two; together N(0.3, 0.4^2). Assumed."""
LEVEL_SD = 2.0
MOST_ETA, LEAST_ETA = 15.0, -30.0
STEPS = 25


@dataclass(frozen=True)
class Baseline:
    """`features` (n, P) for all rows; `mean`, `precision` (P,) of their normal, independent prior."""

    features: Floats
    mean: Floats
    precision: Floats


def baseline(data: Data, fitted: int, scale: float) -> Baseline:
    """The features of every row of `data`; the first `fitted` rows are learnt from, and in later ones the
    drift stays where it was. `scale` is the drift's SD."""
    first, weekday = slice(0, fitted), data.weekday
    counts = data.counts[first]
    known = np.isfinite(counts)
    level = math.log((counts[known].sum() + 0.5) / (np.exp(data.offset[first][known]).sum() + 1.0))
    n = len(data.counts)
    parts: list[tuple[Floats, float, Floats]] = [(np.ones((n, 1)), level, np.array([LEVEL_SD]))]
    parts.append((drift(np.minimum(np.arange(n), fitted - 1), fitted), 0.0, scale * drift_weights(fitted)))
    if weekday.min() >= 0 and len(np.unique(weekday[first])) > 1:
        parts.append(((weekday[:, None] == np.arange(7)).astype(np.float64), 0.0, np.full(7, WEEKDAY_SD)))
    if data.sequential and fitted >= SEASON_ROWS:
        angle = 2 * np.pi * data.yearday / 365.25
        parts.append((np.column_stack([np.sin(angle), np.cos(angle)]), 0.0, np.full(2, SEASON_SD)))
    if data.sequential:
        share = (float((counts[known] > 0).sum()) + 0.5) / (known.sum() + 1.0)
        parts.append((carry_over(data.counts, share), CARRY_MEAN, np.full(len(CARRY_DAYS), CARRY_SD)))
    features = np.column_stack([part for part, _, _ in parts])
    mean = np.concatenate([np.full(part.shape[1], middle) for part, middle, _ in parts])
    return Baseline(features, mean, np.concatenate([sd**-2.0 for _, _, sd in parts]))


def drifting(base: Baseline, fitted: int, scale: float) -> Baseline:
    """The same with a drift of SD `scale`."""
    precision = base.precision.copy()
    weights = drift_weights(fitted)
    precision[1 : 1 + len(weights)] = (scale * weights) ** -2
    return replace(base, precision=precision)


def drift(rows: Ints | Floats, n: int) -> Floats:
    """Cosines (rows, at most 16) of a stretch of `n` rows."""
    orders = np.arange(1, min(n // 45, 16) + 1)
    waves: Floats = math.sqrt(2) * np.cos(np.pi * orders * (np.asarray(rows)[:, None] + 0.5) / max(n, 1))
    return waves


def drift_weights(n: int) -> Floats:
    """SD of each cosine's coefficient where the whole drift has SD 1."""
    orders = np.arange(1, min(n // 45, 16) + 1)
    reach = DRIFT_DAYS / max(n, 1)
    weights: Floats = np.sqrt(2 * reach / (1 + (np.pi * orders * reach) ** 2))
    return weights


def carry_over(counts: Floats, share: float) -> Floats:
    """Cramp nights that lie behind each row, fading (n, 2), at most 2; an unknown night counts `share`."""
    marks = np.where(np.isfinite(counts), np.nan_to_num(counts) > 0, share).astype(np.float64)
    behind = np.zeros((len(counts), len(CARRY_DAYS)))
    for column, days in enumerate(CARRY_DAYS):
        fade, now = math.exp(-1 / days), 0.0
        for t, mark in enumerate(marks[:-1].tolist(), start=1):
            now = (now + mark) * fade
            behind[t, column] = now
    return np.minimum(behind, CARRY_CAP)


def log_likelihood(counts: Floats, eta: Floats, phi: float) -> float:
    """Of counts (T,) at log means `eta` (T,), without what does not depend on them."""
    if phi == 0:
        return float(eta @ counts - np.exp(eta).sum())
    return float(eta @ counts - np.log1p(phi * np.exp(eta)) @ (counts + 1 / phi))


def rising(counts: Floats) -> Floats:
    """What `log_likelihood` leaves out, for each of the grid's phi: the log of (1)(1 + phi)(1 + 2 phi)... up
    to each count, summed."""
    values, times = np.unique(counts, return_counts=True)
    total = np.zeros(len(DISPERSIONS))
    for at, phi in enumerate(DISPERSIONS.tolist()):
        if phi > 0:
            terms = [
                math.lgamma(y + 1 / phi) - math.lgamma(1 / phi) + y * math.log(phi) for y in values.tolist()
            ]
            total[at] = np.dot(terms, times)
    return total


def fit_baseline(
    counts: Floats, fixed: Floats, base: Baseline, phi: float, start: Floats
) -> tuple[Floats, Floats]:
    """The features' most likely coefficients (P,) and the Hessian there (P, P), beside `fixed` (T,) log
    means.

    Newton with expected information, halved where a step would lower the posterior (Fisher scoring).
    """
    at, best = start, -np.inf
    features, step = base.features, np.zeros_like(start)
    for _ in range(STEPS):
        trial = at + step
        eta = np.clip(fixed + features @ trial, LEAST_ETA, MOST_ETA)
        value = log_likelihood(counts, eta, phi) - 0.5 * float(base.precision @ (trial - base.mean) ** 2)
        if value < best - 1e-9:
            step = step / 2
            continue
        gain, at, best = value - best, trial, value
        mu = np.exp(eta)
        weight = mu / (1 + phi * mu)
        slope = features.T @ ((counts - mu) / (1 + phi * mu)) - base.precision * (at - base.mean)
        curve = (features.T * weight) @ features + np.diag(base.precision)
        step = np.asarray(np.linalg.solve(curve, slope), dtype=np.float64)
        if gain < 1e-6:
            break
    return at, curve


def evidence(counts: Floats, fixed: Floats, base: Baseline, phi: float, at: Floats, curve: Floats) -> float:
    """Laplace's approximation of the log evidence at the mode `at`, up to a constant."""
    eta = np.clip(fixed + base.features @ at, LEAST_ETA, MOST_ETA)
    prior = 0.5 * float(np.log(base.precision).sum() - base.precision @ (at - base.mean) ** 2)
    return log_likelihood(counts, eta, phi) + prior - 0.5 * float(np.linalg.slogdet(curve)[1])
