"""How good probabilities, rankings, verdicts and intervals are, and how sure we are of that.

All take arrays over person-exposure pairs. Bootstraps draw whole people, the same ones for two methods.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

LEVEL = 0.9
RESAMPLED = 400
BINS = 10
FALSE_DISCOVERIES = 0.10


def average_precision(score: Floats, true: Marks) -> float:
    """Mean over the true ones of the precision at their score; equal scores count as one step."""
    if not true.any():
        return math.nan
    order = np.argsort(-score, kind="stable")
    hit, ranked = true[order], score[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    found = np.cumsum(hit)[last]
    return float(np.sum(np.diff(found, prepend=0) * found / (last + 1)) / true.sum())


def area(score: Floats, true: Marks) -> float:
    """The probability that a true one scores above an untrue one (Mann-Whitney); ties count half."""
    if true.all() or not true.any():
        return math.nan
    _, place, number = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(number) - (number - 1) / 2)[place]
    hits = int(true.sum())
    return float((rank[true].sum() - hits * (hits + 1) / 2) / (hits * (len(true) - hits)))


def power(score: Floats, true: Marks, false_positives: float = 0.05) -> float:
    """Share of the true ones that score above all but that share of the untrue."""
    if true.all() or not true.any():
        return math.nan
    return float(np.mean(score[true] > np.quantile(score[~true], 1 - false_positives)))


def calibration_error(probability: Floats, true: Marks, bins: int = BINS) -> float:
    """Mean over bins of equal width, by their number, of |share seen - mean probability|."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=probability - true, minlength=bins)
    return float(np.abs(gap).sum() / len(probability))


def calibration_floor(probability: Floats, rng: np.random.Generator, times: int = 200) -> tuple[float, float]:
    """Mean and 95 % point of the error that perfect probabilities would show by chance."""
    drawn = [calibration_error(probability, rng.random(len(probability)) < probability) for _ in range(times)]
    return float(np.mean(drawn)), float(np.quantile(drawn, 0.95))


def discovered(probability: Floats, level: float = FALSE_DISCOVERIES) -> Marks:
    """The largest set whose Bayesian false discovery rate (its mean chance of error) is within `level`."""
    order = np.argsort(-probability, kind="stable")
    wrong = np.cumsum(1 - probability[order]) / np.arange(1, len(order) + 1)
    out = np.zeros(len(probability), dtype=bool)
    out[order[wrong <= level]] = True
    return out


def ratio(right: Floats | Ints | Marks, of: Floats | Ints | Marks) -> float:
    """Of 1; NaN of nothing."""
    return float(right.sum() / of.sum()) if of.sum() > 0 else math.nan


def bootstrap(
    people: int, measure: Callable[[Ints], float], rng: np.random.Generator, times: int = RESAMPLED
) -> tuple[float, float]:
    """90 % percentile interval of a measure of people, drawn with replacement."""
    drawn = [measure(rng.integers(0, people, people)) for _ in range(times)]
    with np.errstate(all="ignore"):
        tail = (1 - LEVEL) / 2
        low, high = (
            np.nanquantile(drawn, (tail, 1 - tail)) if not np.isnan(drawn).all() else (math.nan, math.nan)
        )
    return float(low), float(high)


def events_for(share: float, events: Sequence[float], powers: Sequence[float], chance: float = 0.05) -> float:
    """The number of cramps at which the power would be `share`.

    The normal score of the power is taken as linear in the square root of the number of cramps, as for a
    test of one effect whose error falls with that root; least squares through the measured cells and, at no
    cramps, the share of false positives.
    """
    from statistics import NormalDist

    score = NormalDist().inv_cdf
    roots = np.sqrt([0.0, *events])
    heights = np.array([score(chance), *(score(min(max(p, 0.005), 0.995)) for p in powers)])
    slope, level = np.polyfit(roots, heights, 1)
    return float(((score(share) - level) / slope) ** 2) if slope > 0 else math.inf


def binomial_upper(hits: int, of: int, level: float = 0.95) -> float:
    """One-sided Clopper-Pearson bound, by bisection on the binomial distribution."""
    low, high = hits / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        below = sum(math.comb(of, k) * middle**k * (1 - middle) ** (of - k) for k in range(hits + 1))
        low, high = (middle, high) if below > 1 - level else (low, middle)
    return low


def log_score(probability: Floats, happened: Marks) -> Floats:
    """(n,) Minus the log of the probability given to what happened; less is better."""
    held = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.where(happened, -np.log(held), -np.log1p(-held))


def calibration_slope(probability: Floats, happened: Marks) -> float:
    """Slope of a logistic regression of what happened on the log odds that were given; 1 is right."""
    held = np.clip(probability, 1e-6, 1 - 1e-6)
    table = np.column_stack([np.ones(len(held)), np.log(held / (1 - held))])
    beta = np.array([0.0, 1.0])
    for _ in range(30):
        mean = 1 / (1 + np.exp(-table @ beta))
        information = (table * (mean * (1 - mean))[:, None]).T @ table + 1e-9 * np.eye(2)
        beta = beta + np.linalg.solve(information, table.T @ (happened - mean))
    return float(beta[1])
