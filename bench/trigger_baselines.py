"""What others do with such a diary, and what nobody could do better: the baselines of `triggers.py`.

* Cox: gap-time Andersen-Gill with Breslow ties, each exposure and lag by itself, days with its entry only,
  likelihood-ratio test, best of the lags (Peris 2017, Holsteen 2020: univariate Cox models a person).
* Case-crossover: conditional Poisson in strata of 28 days by weekday (Armstrong 2014).
* Lasso: L1 logistic regression over all lags with five-fold cross-validation; scikit-learn.
* Oracle: knows the baseline, the scatter and all other effects, and tests each exposure alone. It knows the
  level on the exposure's average day; with `centred` off also that on days without the exposure, which no
  diary tells.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

STEPS = 25
FURTHEST = 6.0
"""A log rate ratio a unit of the standardised exposure never goes beyond this: else separation diverges."""
WALD_90 = 1.6448536269514722


@dataclass(frozen=True)
class Tested:
    """(K,) each: the best lag's likelihood-ratio statistic, that lag, effect a raw unit and its error."""

    statistic: Floats
    lag: Ints
    effect: Floats
    error: Floats


def lagged(values: Floats, lags: int = 4) -> Floats:
    """(lags, n, K) The value that many rows before; NaN before the first."""
    rows = len(values)
    out = np.full((lags, *values.shape), np.nan)
    for lag in range(lags):
        out[lag, lag:] = values[: rows - lag]
    return out


def cox(counts: Floats, values: Floats, lags: Marks) -> Tested:
    """Every exposure alone; the stratum of a day is the days since the last cramp."""
    return _best(_stratified(_yes(counts), _gap(counts), values), values, lags)


def case_crossover(counts: Floats, values: Floats, weekday: Ints, lags: Marks) -> Tested:
    """Every exposure alone, compared within the same weekday of the same four weeks."""
    strata = (np.arange(len(counts)) // 28) * 7 + weekday
    return _best(_stratified(counts, strata, values), values, lags)


def oracle(
    counts: Floats, values: Floats, rest: Floats, size: float, lags: Marks, centred: bool = True
) -> Tested:
    """Every exposure alone, against everything else as it truly was.

    `rest` (n, K): for each exposure the true log mean without it, but with its own average where `centred`;
    `size` of the negative binomial.
    """
    columns = lagged(values)
    rest = rest[None]
    known = ~np.isnan(columns) & ~np.isnan(counts)[None, :, None]
    scaled, spread = _scaled(columns, known)
    if not centred:
        scaled = np.where(known, columns, 0.0) / spread[:, None]
    y = np.where(np.isnan(counts), 0.0, counts)[None, :, None]
    beta = np.zeros(columns.shape[::2])
    for _ in range(STEPS):
        slope, curve = _negative_binomial(beta, scaled, rest, y, size, known)
        beta = np.clip(beta + np.clip(slope / np.maximum(curve, 1e-9), -1, 1), -FURTHEST, FURTHEST)
    gain = _log_likelihood(beta, scaled, rest, y, size, known)
    gain -= _log_likelihood(np.zeros_like(beta), scaled, rest, y, size, known)
    curve = _negative_binomial(beta, scaled, rest, y, size, known)[1]
    return _best(
        (2 * np.maximum(gain, 0), beta / spread, 1 / np.sqrt(np.maximum(curve, 1e-9)) / spread), values, lags
    )


def p_value(statistic: Floats) -> Floats:
    """Of likelihood-ratio statistics, by chi-square with one degree of freedom."""
    return np.array([math.erfc(math.sqrt(max(float(s), 0.0) / 2)) for s in statistic.ravel()]).reshape(
        statistic.shape
    )


PENALTIES = np.geomspace(0.01, 1, 16)
"""Inverse penalties of the lasso, close enough to choose from: of ten over eight decades, as the library has
them by itself, most diaries get one that leaves nothing in."""


def lasso(counts: Floats, values: Floats, weekday: Ints, lags: Marks, seed: int) -> Floats:
    """(K,) The largest coefficient over the lags; exposures standardised, what is missing at its mean."""
    from sklearn.linear_model import LogisticRegressionCV

    known = ~np.isnan(counts)
    wanted = [(k, lag) for k in range(values.shape[1]) for lag in np.flatnonzero(lags[k])]
    columns = lagged(values)
    table = np.column_stack([columns[lag][:, k] for k, lag in wanted])
    table = _standardised(np.column_stack([table, _surroundings(counts, weekday)]))[known]
    yes = counts[known] > 0
    out = np.zeros(values.shape[1])
    if min(yes.sum(), (~yes).sum()) < 5:
        return out
    model = LogisticRegressionCV(
        Cs=PENALTIES, cv=5, l1_ratios=(1.0,), solver="liblinear", scoring="neg_log_loss",
        random_state=seed, use_legacy_attributes=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(table, yes)
    for (column, _), coefficient in zip(wanted, np.ravel(model.coef_), strict=False):
        out[column] = max(out[column], abs(coefficient))
    return out


def _surroundings(counts: Floats, weekday: Ints) -> Floats:
    """What the lasso is told besides: slow cosines, weekdays, and a cramp the day before."""
    rows = len(counts)
    at = (np.arange(rows) + 0.5) / rows
    before = np.concatenate([[0.0], _yes(counts)[:-1]])
    return np.column_stack([np.cos(math.pi * np.outer(at, range(1, 7))), np.eye(7)[weekday], before])


def _standardised(table: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, spread = np.nanmean(table, axis=0), np.nanstd(table, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return np.asarray(np.nan_to_num((table - mean) / spread))


def _yes(counts: Floats) -> Floats:
    return np.where(np.isnan(counts), np.nan, counts > 0)


def _gap(counts: Floats) -> Ints:
    """(n,) Days since the last cramp; unknown days pass, and count as days."""
    gap, out = 0, np.zeros(len(counts), dtype=np.int64)
    for row, count in enumerate(counts):
        out[row] = gap
        gap = 0 if count > 0 else gap + 1
    return out


def _scaled(columns: Floats, known: Marks) -> tuple[Floats, Floats]:
    """Zero mean and unit spread over the known days; 0 elsewhere."""
    number = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, columns, 0.0)
    mean = filled.sum(axis=1) / number
    around = np.where(known, columns - mean[:, None], 0.0)
    spread = np.sqrt((around**2).sum(axis=1) / number)
    spread = np.where(spread > 1e-12, spread, 1.0)
    return around / spread[:, None], spread


def _stratified(events: Floats, strata: Ints, values: Floats) -> tuple[Floats, Floats, Floats]:
    """(lags, K) statistic, effect and standard error: each lag of each exposure alone, within the strata."""
    columns = lagged(values)
    order = np.argsort(strata, kind="stable")
    starts = np.flatnonzero(np.diff(strata[order], prepend=-1))
    known = (~np.isnan(columns) & ~np.isnan(events)[None, :, None])[:, order]
    scaled, spread = _scaled(columns[:, order], known)
    y = np.where(known, np.where(np.isnan(events), 0.0, events)[order][None, :, None], 0.0)
    happened = np.add.reduceat(y, starts, axis=1)
    beta = np.zeros(spread.shape)
    for _ in range(STEPS):
        slope, curve, gain = _partial(beta, scaled, known, y, happened, starts)
        step = np.clip(slope / np.maximum(curve, 1e-9), -1, 1)
        if np.abs(step).max() < 1e-6:
            break
        beta = np.clip(beta + step, -FURTHEST, FURTHEST)
    slope, curve, gain = _partial(beta, scaled, known, y, happened, starts)
    gain -= _partial(np.zeros_like(beta), scaled, known, y, happened, starts)[2]
    return 2 * np.maximum(gain, 0), beta / spread, 1 / np.sqrt(np.maximum(curve, 1e-9)) / spread


def _partial(
    beta: Floats, scaled: Floats, known: Marks, y: Floats, happened: Floats, starts: Ints
) -> tuple[Floats, Floats, Floats]:
    """Score, information and log of Breslow's partial likelihood."""
    weight = np.where(known, np.exp(beta[:, None] * scaled), 0.0)
    total = np.maximum(np.add.reduceat(weight, starts, axis=1), 1e-300)
    first = np.add.reduceat(weight * scaled, starts, axis=1) / total
    second = np.add.reduceat(weight * scaled**2, starts, axis=1) / total
    slope = (y * scaled).sum(axis=1) - (happened * first).sum(axis=1)
    curve = (happened * (second - first**2)).sum(axis=1)
    height = beta * (y * scaled).sum(axis=1) - (happened * np.log(total)).sum(axis=1)
    return slope, curve, height


def _negative_binomial(
    beta: Floats, scaled: Floats, rest: Floats, y: Floats, size: float, known: Marks
) -> tuple[Floats, Floats]:
    """Score and expected information of one effect."""
    mean = np.exp(np.minimum(rest + beta[:, None] * scaled, 10.0))
    shrink = 1.0 if math.isinf(size) else 1 / (1 + mean / size)
    slope = np.where(known, (y - mean) * shrink * scaled, 0.0).sum(axis=1)
    return slope, np.where(known, mean * shrink * scaled**2, 0.0).sum(axis=1)


def _log_likelihood(
    beta: Floats, scaled: Floats, rest: Floats, y: Floats, size: float, known: Marks
) -> Floats:
    log_mean = np.minimum(rest + beta[:, None] * scaled, 10.0)
    mean = np.exp(log_mean)
    fall = mean if math.isinf(size) else (y + size) * np.log1p(mean / size)
    return np.asarray(np.where(known, y * log_mean - fall, 0.0).sum(axis=1))


def _best(tested: tuple[Floats, Floats, Floats], values: Floats, lags: Marks) -> Tested:
    """Of each exposure the lag with the largest statistic, among those that are candidates."""
    statistic = np.where(lags.T, tested[0], -1.0)
    lag = statistic.argmax(axis=0)
    columns = np.arange(values.shape[1])
    return Tested(statistic[lag, columns], lag, tested[1][lag, columns], tested[2][lag, columns])
