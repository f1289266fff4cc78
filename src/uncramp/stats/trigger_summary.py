"""From what the chains visited to what is told of each column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import DISPERSIONS
from uncramp.stats.trigger_normal import quantiles
from uncramp.stats.trigger_prepare import Prepared
from uncramp.stats.trigger_sample import Sampled

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

INTERVAL = (0.05, 0.5, 0.95)
_DOUBT = 4.0
_FORCED = 96
"""Draws per column for the cramps that go with it."""
_MOST = np.float32(15)
"""Of a log mean."""


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
    above, below = _chances(sampled)
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


def _chances(sampled: Sampled) -> tuple[Floats, Floats]:
    """Of each candidate being in, above and below nothing (J,): what all looks say, put right by as much as
    the weights move the states, where that is more than their noise."""
    above, below = sampled.looks.share
    return (
        _put_right(above, sampled.moved, sampled.states > 0),
        _put_right(below, sampled.moved, sampled.states < 0),
    )


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
    inside = sampled.looks.inside
    both: Floats = (inside @ inside.T).astype(np.float64) / max(inside.shape[1], 1)
    both = np.minimum(both, np.minimum(included[:, None], included))
    np.fill_diagonal(both, included)
    return both


def _conditional(sampled: Sampled) -> Floats:
    looks = sampled.looks
    weights: Floats = looks.chance.astype(np.float64) + 1e-12
    return quantiles(looks.effect.astype(np.float64), weights, INTERVAL)


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
    chosen = sampled.looks.chosen[:, -len(state) :]
    chains = np.arange(state.shape[0])
    noise = rng.standard_normal((4, *chosen.shape))
    drawn = np.clip(centre[chosen, chains] + sd[chosen, chains] * noise, -6, 6)
    drawn = drawn.transpose(1, 0, 2).reshape(len(chosen), drawn.shape[0] * drawn.shape[2])
    return quantiles(drawn, np.ones_like(drawn), (INTERVAL[0], INTERVAL[2]))


def _attributable(ready: Prepared, sampled: Sampled, rng: np.random.Generator) -> Floats:
    """5, 50, 95 % (K, 3) of the cramps on known rows that would not have been with every row at the
    contrast's low end, given that the column matters."""
    looks, weighed = sampled.looks, sampled.weighed
    size = min(_FORCED, len(weighed.first))
    start = looks.chance.shape[1] - len(weighed.first)
    some = slice(start, start + size)
    first, theta = weighed.first[:size], _thetas(sampled, np.arange(size), rng)
    eta = ready.rows.eta(theta, first, first**2).astype(np.float32)
    forced = _Forced.of(ready, sampled, size)
    noise = rng.standard_normal((len(looks.chance), size))
    total = np.zeros_like(noise)
    for k in range(len(noise)):
        number, spread = forced.cramps(k, eta, first, looks.chosen[k, some], looks.effect[k, some])
        total[k] = number + spread * noise[k]
    return quantiles(total, weighed.weight[:size] * looks.chance[:, some] + 1e-12, INTERVAL)


@dataclass(frozen=True)
class _Forced:
    """Rows as one column alone moves them: `mean`, `half` (J, T) the candidates' values and half of their
    variances, `features` (P, T), `follow` (P, J) by which theta falls for each unit of d, `nothing` (K,) the
    low end of the contrast; `room` (2, N, T) to work in."""

    column: Ints
    mean: Singles
    half: Singles
    features: Singles
    follow: Singles
    nothing: Singles
    room: Singles

    @classmethod
    def of(cls, ready: Prepared, sampled: Sampled, states: int) -> _Forced:
        rows, told = ready.rows, ready.told
        nothing = (told.low - told.centre) / np.where(told.width > 0, told.width, 1.0)
        mean, half, features, follow, low = (
            np.ascontiguousarray(part, dtype=np.float32)
            for part in (
                rows.mean, rows.variance / 2, rows.base.features.T, sampled.expansion.follow, nothing
            )
        )  # fmt: skip
        room = np.empty((2, states, mean.shape[1]), np.float32)
        return cls(rows.column, mean, half, features, follow, low, room)

    def cramps(self, k: int, eta: Singles, first: Floats, at: Ints, effect: Singles) -> tuple[Floats, Floats]:
        """Cramps (N,) that go with column `k`, were it in as candidate `at` with `effect` (N,) in the states
        `first` (N, J) with log means `eta` (N, T); and their SD (N,) from its unknown cells alone."""
        own, d = slice(*np.searchsorted(self.column, [k, k + 1])), effect[:, None]
        was, (there, unsure) = first[:, own].astype(np.float32), self.room
        without = (was @ self.follow[:, own].T - d * self.follow[:, at].T) @ self.features
        without += eta
        if was.any():
            without -= was @ self.mean[own] + was**2 @ self.half[own]
        without += self.nothing[k] * d
        np.take(self.mean, at, axis=0, out=there)
        there -= self.nothing[k]
        there *= d
        there += without
        np.take(self.half, at, axis=0, out=unsure)
        unsure *= d * d
        there += unsure
        for part in (without, there):
            np.exp(np.minimum(part, _MOST, out=part), out=part)
        total = there.sum(1, dtype=np.float64) - without.sum(1, dtype=np.float64)
        unsure *= there
        return total, np.sqrt(2 * np.einsum("nt,nt->n", unsure, there), dtype=np.float64)
