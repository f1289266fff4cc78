"""From what the chains visited to what is told of each column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import DISPERSIONS
from uncramp.stats.trigger_normal import quantiles
from uncramp.stats.trigger_prepare import Prepared
from uncramp.stats.trigger_sample import Sampled, candidate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INTERVAL = (0.05, 0.5, 0.95)
_LAST = 4
"""Sweeps whose draws the intervals are taken from."""
_DOUBT = 4.0
_FORCED = 96
"""Draws per column for the cramps that go with it."""


@dataclass(frozen=True)
class Posterior:
    """What the diary says of K columns, in D draws of equal weight over n rows; J candidates.

    `low`, `high` (K,): the contrast in raw units. `included`, `raises`, `lowers` (K,): chance of mattering,
    and in which direction. `effects` (D, K): log rate ratio of the contrast, 0 where out. `lag` (K, 5): lag
    0-3 and the window, given that it matters. `joint` (K, K): chance that both matter. `flat_low`,
    `flat_high` (K,): 90 % interval of the log rate ratio from the likelihood alone. `conditional`,
    `attributable` (K, 3): 5, 50, 95 % of the log rate ratio, and of the cramps on known rows that go with
    it, given that it matters. `baseline`, `log_mean` (D, n): log means with every column at its centre, and
    as it was. `dispersion` (D,): size of the negative binomial, inf for Poisson. `theta` (D, P),
    `candidates` (D, J): the parameters.
    """

    low: Floats
    high: Floats
    included: Floats
    raises: Floats
    lowers: Floats
    effects: Floats
    lag: Floats
    joint: Floats
    flat_low: Floats
    flat_high: Floats
    conditional: Floats
    attributable: Floats
    baseline: Floats
    log_mean: Floats
    dispersion: Floats
    theta: Floats
    candidates: Floats
    effective: float


def posterior(ready: Prepared, sampled: Sampled, rng: np.random.Generator) -> Posterior:
    """All of it; `rng` draws what the weights leave open."""
    column, weighed = ready.rows.column, sampled.weighed
    above, below = _chances(sampled, column)
    at = _of_column(column)
    raises, lowers = at.T @ above, at.T @ below
    over = np.maximum(raises + lowers, 1)
    raises, lowers = raises / over, lowers / over
    picked = _resampled(weighed.weight, rng)
    first, theta = weighed.first[picked], _thetas(sampled, picked, rng)
    effective = 1 / float(weighed.weight @ weighed.weight)
    plain = ready.everywhere.offset + theta @ ready.everywhere.base.features.T
    size = _sizes(weighed.phis[picked], rng)
    flat = _flat(ready, sampled, rng)
    included = raises + lowers
    return Posterior(
        ready.told.low, ready.told.high, included, raises, lowers, first @ at, _lags(ready, above + below),
        _joint(sampled, included), flat[:, 0], flat[:, 1], _conditional(sampled),
        _attributable(ready, sampled, rng),
        plain, ready.everywhere.eta(theta, first, first**2), size, theta, first, effective,
    )  # fmt: skip


def _of_column(column: Ints) -> Floats:
    """(J, K): 1 where the candidate belongs to the column."""
    whose: Floats = (column[:, None] == np.arange(column.max(initial=-1) + 1)).astype(np.float64)
    return whose


def _chances(sampled: Sampled, column: Ints) -> tuple[Floats, Floats]:
    """Of each candidate being in, above and below nothing (J,): what all visits say, put right by as much as
    the weights move the states, where that is more than their noise."""
    share = sampled.visits.share
    each = np.bincount(column)
    place = np.arange(len(column)) - np.searchsorted(column, column)
    above = _put_right(share[column, place], sampled.moved, sampled.states > 0)
    below = _put_right(share[column, place + each[column]], sampled.moved, sampled.states < 0)
    return above, below


def _put_right(chance: Floats, moved: Floats, inside: NDArray[np.bool_]) -> Floats:
    """The positive-part estimator of James and Stein, one at a time."""
    move = moved @ inside
    noise = float(moved @ moved) * chance * (1 - chance)
    kept = np.maximum(1 - _DOUBT * noise / np.maximum(move**2, 1e-30), 0)
    return np.clip(chance + kept * move, 0, 1)


def _resampled(weight: Floats, rng: np.random.Generator) -> Ints:
    """As many indices as weights, each as often as its weight says (systematic resampling)."""
    n = len(weight)
    points = (np.arange(n) + rng.random()) / n
    return np.minimum(np.searchsorted(np.cumsum(weight), points), n - 1).astype(np.int64)


def _thetas(sampled: Sampled, picked: Ints, rng: np.random.Generator) -> Floats:
    """A draw of theta beside each picked state, from the normal about its mode (D, P)."""
    root = sampled.weighed.root[picked]
    noise = rng.standard_normal((len(picked), root.shape[1], 1))
    drawn: Floats = sampled.weighed.theta[picked] + np.linalg.solve(root.transpose(0, 2, 1), noise)[:, :, 0]
    return drawn


def _sizes(phis: Floats, rng: np.random.Generator) -> Floats:
    chosen = (np.cumsum(phis, axis=1) < rng.random((len(phis), 1))).sum(1)
    phi = DISPERSIONS[np.minimum(chosen, len(DISPERSIONS) - 1)]
    return np.where(phi > 0, 1 / np.where(phi > 0, phi, 1.0), np.inf)


def _lags(ready: Prepared, chance: Floats) -> Floats:
    lag = np.zeros((ready.told.low.size, 5))
    np.add.at(lag, (ready.rows.column, ready.chosen.lag), np.maximum(chance, 1e-12))
    share: Floats = lag / lag.sum(1, keepdims=True)
    return share


def _joint(sampled: Sampled, included: Floats) -> Floats:
    inside = sampled.visits.inside.transpose(1, 0, 2).reshape(len(included), -1)
    both = (inside @ inside.T).astype(np.float64) / inside.shape[1]
    both = np.minimum(both, np.minimum(included[:, None], included))
    np.fill_diagonal(both, included)
    return both


def _conditional(sampled: Sampled) -> Floats:
    effect, chance = (
        part[-_LAST:].transpose(1, 0, 2).astype(np.float64)
        for part in (sampled.visits.effect, sampled.visits.chance)
    )
    count = effect.shape[0]
    return quantiles(effect.reshape(count, -1), chance.reshape(count, -1) + 1e-12, INTERVAL)


def _flat(ready: Prepared, sampled: Sampled, rng: np.random.Generator) -> Floats:
    """5 and 95 % (K, 2) of each column's d with a flat prior on it, the others as sampled: in each chain the
    normal of the lag that this chain chose, cut at log rate ratios of 6."""
    expansion, column = sampled.expansion, ready.rows.column
    state = sampled.weighed.first
    same = column[:, None] == column
    cross = np.where(same, 0.0, expansion.cross) @ state.T
    middle = (expansion.slope[:, :, None] - cross) / expansion.curve[:, :, None]
    sides = (middle[0] < 0).astype(np.int64)
    centre = np.take_along_axis(middle, sides[None], 0)[0]
    sd = expansion.curve[sides, np.arange(len(column))[:, None]] ** -0.5
    chosen = candidate(sampled.visits, column)[-1]
    chains = np.arange(state.shape[0])
    noise = rng.standard_normal((4, *chosen.shape))
    drawn = np.clip(centre[chosen, chains] + sd[chosen, chains] * noise, -6, 6)
    drawn = drawn.transpose(1, 0, 2).reshape(len(chosen), -1)
    return quantiles(drawn, np.ones_like(drawn), (INTERVAL[0], INTERVAL[2]))


def _attributable(ready: Prepared, sampled: Sampled, rng: np.random.Generator) -> Floats:
    """5, 50, 95 % (K, 3) of the cramps on known rows that would not have been with every row at the
    contrast's low end, given that the column matters."""
    rows, weighed, expansion = ready.rows, sampled.weighed, sampled.expansion
    chosen = candidate(sampled.visits, rows.column)[-1]
    effect, chance = sampled.visits.effect[-1].astype(np.float64), sampled.visits.chance[-1]
    some = slice(0, _FORCED)
    first = weighed.first[some]
    theta = _thetas(sampled, np.arange(len(first)), rng)
    eta = rows.eta(theta, first, first**2)
    alone = rows.mean - expansion.follow.T @ rows.base.features.T
    nothing = (ready.told.low - ready.told.centre) / np.where(ready.told.width > 0, ready.told.width, 1.0)
    total = np.zeros((len(chosen), len(eta)))
    for k in range(len(chosen)):
        own = slice(*np.searchsorted(rows.column, [k, k + 1]))
        forced = effect[k, some, None]
        there = (eta - first[:, own] @ alone[own]).astype(np.float32)
        at = chosen[k, some]
        with_it = there + (alone[at] * forced).astype(np.float32)
        without = with_it - ((rows.mean[at] - nothing[k]) * forced).astype(np.float32)
        total[k] = (np.exp(np.minimum(with_it, 15)) - np.exp(np.minimum(without, 15))).sum(1)
    return quantiles(total, weighed.weight[some] * chance[:, some] + 1e-12, INTERVAL)
