"""How far the stand-in is off, state by state: weights that turn its draws into draws from the posterior.

For a state (which candidates are in, and their d) the exact log posterior is the negative-binomial
likelihood, with theta integrated out by Laplace's method at its own mode for that state, and the dispersion
summed over its grid. The weight is its ratio to the stand-in: importance sampling, self-normalised, weights
cut at their mean times the root of their number (Ionides 2008, J Comput Graph Stat 17:295).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import (
    DISPERSION_WEIGHTS,
    DISPERSIONS,
    LEAST_ETA,
    MOST_ETA,
    rising,
)
from uncramp.stats.trigger_expansion import Centre, Expansion, Rows, Slab

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

_QUASI_STEPS = 2


@dataclass(frozen=True)
class Weighed:
    """N states: `exact` (N,) their log posterior up to a constant, `stand_in` (N,) the same of what they were
    drawn from, `shared` (N,) what of this no bend changes, `weight` (N,) from both, summing to 1;
    `first` (N, J) the d, and beside each its most likely `theta` (N, P), `root` (N, P, P) the Cholesky
    root of the Hessian there, and `phis` (N, grid) the chances of each dispersion."""

    exact: Floats
    stand_in: Floats
    shared: Floats
    weight: Floats
    first: Floats
    theta: Floats
    root: Floats
    phis: Floats


class Scales:
    """Weighs states of one diary drawn from stand-ins about `centre`; what it needs of the rows, in single
    precision, is made once."""

    def __init__(self, rows: Rows, slab: Slab, centre: Centre) -> None:
        self._base, self._slab = rows.base, slab
        self._counts, self._offset = rows.counts.astype(np.float32), rows.offset.astype(np.float32)
        self._mean, self._half = rows.mean.astype(np.float32), (rows.variance / 2).astype(np.float32)
        self._unsure = bool(rows.variance.any())
        self._features = rows.base.features.astype(np.float32)
        self._pairs = np.triu_indices(self._features.shape[1])
        self._squares = self._features[:, self._pairs[0]] * self._features[:, self._pairs[1]]
        self._level = rising(rows.counts) + np.log(DISPERSION_WEIGHTS) - _widths(rows, centre)

    def weigh(self, expansion: Expansion, first: Floats) -> Weighed:
        """Weights of the states `first` (N, J), drawn from `expansion`."""
        theta, root, eta = self._modes(expansion, first)
        each = self._likelihoods(eta)
        top = each.max(1, keepdims=True)
        phis = np.exp(each - top)
        likelihood = top[:, 0] + np.log(phis.sum(1))
        prior = -0.5 * (theta - self._base.mean) ** 2 @ self._base.precision
        prior -= np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
        slab = _log_slab(self._slab, first)
        exact = likelihood + prior + slab
        shared = slab - np.einsum("nj,nj->n", first @ np.triu(expansion.cross, 1), first)
        stand_in = shared + log_sides(expansion, first)
        weight = _normalised(exact - stand_in)
        return Weighed(exact, stand_in, shared, weight, first, theta, root, phis / phis.sum(1, keepdims=True))

    def _likelihoods(self, eta: Singles) -> Floats:
        """Log likelihood of each state and dispersion (N, grid) at log means `eta` (N, T), with the log of
        the dispersion's own chance and what its own width of theta adds."""
        mu, counts, spread = np.exp(eta), self._counts, []
        room = np.empty_like(mu)
        for phi in DISPERSIONS[1:].astype(np.float32):
            np.log1p(np.multiply(mu, phi, out=room), out=room)
            spread.append(room @ (counts + 1 / phi))
        each = -np.column_stack([mu.sum(1, dtype=np.float64), *spread])
        whole: Floats = each + (eta @ counts)[:, None].astype(np.float64) + self._level
        return whole

    def _modes(self, expansion: Expansion, first: Floats) -> tuple[Floats, Floats, Singles]:
        """Mode of theta beside each state, Cholesky root (N, P, P) of the Hessian there, and log means
        (N, T): from where the expansion puts it, steps with one Hessian for all."""
        base, centre, z = self._base, expansion.centre, self._features
        phi, states = np.float32(centre.phi), first.astype(np.float32)
        fixed = self._offset + states @ self._mean
        if self._unsure:
            fixed += (states * states) @ self._half
        theta = centre.theta - (first - centre.first) @ expansion.follow.T
        for _ in range(_QUASI_STEPS):
            mu = theta.astype(np.float32) @ z.T
            mu += fixed
            np.exp(np.clip(mu, LEAST_ETA, MOST_ETA, out=mu), out=mu)
            over = phi * mu
            over += 1
            np.reciprocal(over, out=over)
            score = self._counts - mu
            score *= over
            slope = score @ z - base.precision * (theta - base.mean)
            weight = np.multiply(mu, over, out=score).mean(0)
            common = (base.features.T * weight) @ base.features + np.diag(base.precision)
            theta = theta + slope @ np.linalg.inv(common)
        over *= over
        over *= 1 + phi * self._counts
        mu *= over
        eta = np.add(theta.astype(np.float32) @ z.T, fixed, out=fixed)
        return theta, self._roots(mu), np.clip(eta, LEAST_ETA, MOST_ETA, out=eta)

    def _roots(self, weight: Singles) -> Floats:
        size = self._features.shape[1]
        # The upper halves are never filled: a root is made of the lower ones.
        curve = np.zeros((len(weight), size, size))
        curve[:, self._pairs[1], self._pairs[0]] = weight @ self._squares
        curve += np.diag(self._base.precision)
        return np.asarray(np.linalg.cholesky(curve), dtype=np.float64)


def _widths(rows: Rows, centre: Centre) -> Floats:
    """By how much half the log determinant of theta's Hessian (grid,) is larger with each dispersion than
    with the centre's. Where the centre is, for all states: it changes little between them."""
    mu, z = np.exp(rows.eta(centre.theta, centre.first, centre.second)), rows.base.features
    sizes = []
    for phi in (centre.phi, *DISPERSIONS.tolist()):
        curve = (z.T * (mu * (1 + phi * rows.counts) / (1 + phi * mu) ** 2)) @ z
        sizes.append(float(np.linalg.slogdet(curve + np.diag(rows.base.precision))[1]) / 2)
    widths: Floats = np.array(sizes[1:]) - sizes[0]
    return widths


def moves(expansion: Expansion, seen: list[Weighed]) -> tuple[Floats, Floats]:
    """Numbers (M,) and states (M, J): the sum of one times any function of the other is by how much the
    exact mean of this function lies above the stand-in's.

    Each batch of states, drawn from a stand-in of its own, is weighed once as the posterior and once as this
    stand-in; the difference has far less noise than either. Batches count by their precision.
    """
    parts = []
    for batch in seen:
        as_stand_in = batch.shared + log_sides(expansion, batch.first) - batch.stand_in
        parts.append(batch.weight - _normalised(as_stand_in))
    precision = np.array([1 / max(float(part @ part), 1e-12) for part in parts])
    precision /= precision.sum()
    each = [part * share for part, share in zip(parts, precision.tolist(), strict=True)]
    return np.concatenate(each), np.vstack([batch.first for batch in seen])


def _normalised(log_weight: Floats) -> Floats:
    finite = np.where(np.isfinite(log_weight), log_weight, -np.inf)
    if not np.isfinite(finite.max(initial=-np.inf)):
        return np.full(len(log_weight), 1 / max(len(log_weight), 1))
    weight = np.exp(finite - finite.max())
    weight = np.minimum(weight, weight.mean() * np.sqrt(len(weight)))
    normal: Floats = weight / weight.sum()
    return normal


def _log_slab(slab: Slab, first: Floats) -> Floats:
    """Log prior of each state (N,), up to a constant: odds of being in, share of the lag, the slab's
    height."""
    precision = slab.sd**-2
    level = slab.log_prior - np.log(slab.sd) - slab.mean**2 * precision / 2
    total: Floats = -(first**2) @ precision / 2
    for side, part in enumerate((np.maximum(first, 0), np.minimum(first, 0))):
        total += (part != 0) @ level[side] + part @ (slab.mean[side] * precision)
    return total


def log_sides(expansion: Expansion, first: Floats) -> Floats:
    """What each candidate's own term adds to the log density of each state (N,) under the stand-in."""
    total = np.zeros(len(first))
    for side, part in enumerate((np.maximum(first, 0), np.minimum(first, 0))):
        total += (part != 0) @ expansion.level[side] + part @ expansion.slope[side]
        total -= part**2 @ expansion.curve[side] / 2
    return total
