"""How far the stand-in is off, state by state: weights that turn its draws into draws from the posterior.

For a state (which candidates are in, and their d) the exact log posterior is the negative-binomial
likelihood, with theta integrated out by Laplace's method at its own mode for that state, and the dispersion
summed over its grid. The weight is its ratio to the stand-in: importance sampling, self-normalised, weights
cut at their mean times the root of their number (Ionides 2008, J Comput Graph Stat 17:295).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import (
    DISPERSION_WEIGHTS,
    DISPERSIONS,
    LEAST_ETA,
    MOST_ETA,
    rising,
)
from uncramp.stats.trigger_expansion import Expansion, Rows, Slab

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

_QUASI_STEPS = 3
_NOISE = 0.1
"""Variance of what the bends leave of the log weights."""
_BEND_SD = (0.3, 0.3, 0.15)
"""How far level, slope and half the curve are expected to bend; small, so that few states bend nothing
wildly."""


@dataclass(frozen=True)
class Weighed:
    """N states: `exact` (N,) their log posterior up to a constant, `stand_in` (N,) the same of what they were
    drawn from, `weight` (N,) from it, summing to 1;
    `first` (N, J) the d, and beside each its most likely `theta` (N, P), `root` (N, P, P) the Cholesky
    root of the Hessian there, and `phis` (N, grid) the chances of each dispersion."""

    exact: Floats
    stand_in: Floats
    weight: Floats
    first: Floats
    theta: Floats
    root: Floats
    phis: Floats


def weigh(rows: Rows, slab: Slab, expansion: Expansion, first: Floats) -> Weighed:
    """Weights of the states `first` (N, J), drawn from `expansion`."""
    theta, root, eta = _modes(rows, expansion, first)
    each = _likelihoods(rows, eta) + np.log(DISPERSION_WEIGHTS)
    top = each.max(1, keepdims=True)
    phis = np.exp(each - top)
    likelihood = top[:, 0] + np.log(phis.sum(1))
    prior = -0.5 * (theta - rows.base.mean) ** 2 @ rows.base.precision
    prior -= np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
    exact = likelihood + prior + _log_slab(slab, first)
    stand_in = _log_stand_in(slab, expansion, first)
    weight = _normalised(exact - stand_in)
    return Weighed(exact, stand_in, weight, first, theta, root, phis / phis.sum(1, keepdims=True))


def _likelihoods(rows: Rows, eta: Singles) -> Floats:
    """Log likelihood of each state and dispersion (N, grid) at log means `eta` (N, T)."""
    counts = rows.counts.astype(np.float32)
    mu = np.exp(eta)
    spread = [np.log(1 + phi * mu) @ (counts + 1 / phi) for phi in DISPERSIONS[1:].astype(np.float32)]
    each = -np.column_stack([mu.sum(1, dtype=np.float64), *spread])
    return each + (eta @ counts)[:, None].astype(np.float64) + rising(rows.counts)


def moves(slab: Slab, expansion: Expansion, seen: list[Weighed]) -> tuple[Floats, Floats]:
    """Numbers (M,) and states (M, J): the sum of one times any function of the other is by how much the
    exact mean of this function lies above the stand-in's.

    Each batch of states, drawn from a stand-in of its own, is weighed once as the posterior and once as this
    stand-in; the difference has far less noise than either. Batches count by their precision.
    """
    parts = []
    for batch in seen:
        as_stand_in = _log_stand_in(slab, expansion, batch.first) - batch.stand_in
        parts.append(batch.weight - _normalised(as_stand_in))
    precision = np.array([1 / max(float(part @ part), 1e-12) for part in parts])
    precision /= precision.sum()
    each = [part * share for part, share in zip(parts, precision.tolist(), strict=True)]
    return np.concatenate(each), np.vstack([batch.first for batch in seen])


def refined(expansion: Expansion, slab: Slab, column: Ints, seen: list[Weighed]) -> Expansion:
    """The stand-in with each column's own parabolas bent, on either side, by what explains the exact
    posterior of all states `seen` best.

    Ridge regression of exact over stand-in on being in, d and d^2, above and below: six numbers a column,
    each normal about 0. What a parabola misses of the likelihood's own shape is most of what is missing.
    """
    first, exact = np.vstack([w.first for w in seen]), np.concatenate([w.exact for w in seen])
    off = exact - _log_stand_in(slab, expansion, first)
    fine = np.isfinite(off)
    if not fine.any():
        return expansion
    off = np.clip(off[fine] - np.median(off[fine]), -3, 3)
    own = first[fine] @ (column[:, None] == np.unique(column)).astype(np.float64)
    parts = [mark * own**power for mark in (own > 0, own < 0) for power in range(3)]
    features = np.column_stack([*parts, np.ones(len(off))])
    ridge = np.append(np.tile(np.repeat(_BEND_SD, own.shape[1]), 2), 10.0) ** -2 * _NOISE
    bend = np.linalg.solve(features.T @ features + np.diag(ridge), features.T @ off)
    level, slope, curve = bend[:-1].reshape(2, 3, -1).transpose(1, 0, 2)[:, :, column]
    bent = np.maximum(expansion.curve - 2 * curve, 0.3 * expansion.curve)
    return replace(expansion, level=expansion.level + level, slope=expansion.slope + slope, curve=bent)


def _normalised(log_weight: Floats) -> Floats:
    finite = np.where(np.isfinite(log_weight), log_weight, -np.inf)
    if not np.isfinite(finite.max(initial=-np.inf)):
        return np.full(len(log_weight), 1 / max(len(log_weight), 1))
    weight = np.exp(finite - finite.max())
    weight = np.minimum(weight, weight.mean() * np.sqrt(len(weight)))
    normal: Floats = weight / weight.sum()
    return normal


def _modes(rows: Rows, expansion: Expansion, first: Floats) -> tuple[Floats, Floats, Singles]:
    """Mode of theta beside each state, Cholesky root (N, P, P) of the Hessian there, and log means (N, T):
    from where the expansion puts it, steps with one Hessian for all."""
    base, centre, phi = rows.base, expansion.centre, np.float32(expansion.centre.phi)
    z, counts = base.features.astype(np.float32), rows.counts.astype(np.float32)
    fixed = rows.offset + first @ rows.mean
    if rows.variance.any():
        fixed += first**2 @ rows.variance / 2
    theta = centre.theta - (first - centre.first) @ expansion.follow.T
    for _ in range(_QUASI_STEPS):
        eta = fixed.astype(np.float32) + theta.astype(np.float32) @ z.T
        np.clip(eta, LEAST_ETA, MOST_ETA, out=eta)
        mu = np.exp(eta)
        over = 1 / (1 + phi * mu)
        slope = ((counts - mu) * over) @ z - base.precision * (theta - base.mean)
        mu *= over
        common = (base.features.T * mu.mean(0)) @ base.features + np.diag(base.precision)
        theta = theta + np.linalg.solve(common, slope.T).T
    eta = fixed.astype(np.float32) + theta.astype(np.float32) @ z.T
    return theta, _roots(z, mu, base.precision), np.clip(eta, LEAST_ETA, MOST_ETA, out=eta)


def _roots(z: Singles, weight: Singles, precision: Floats) -> Floats:
    upper = np.triu_indices(z.shape[1])
    squares = weight @ (z[:, upper[0]] * z[:, upper[1]])
    curve = np.empty((len(weight), z.shape[1], z.shape[1]))
    curve[:, upper[0], upper[1]] = squares
    curve[:, upper[1], upper[0]] = squares
    curve += np.diag(precision)
    return np.asarray(np.linalg.cholesky(curve), dtype=np.float64)


def _log_slab(slab: Slab, first: Floats) -> Floats:
    """Log prior of each state (N,), up to a constant: odds of being in, share of the lag, the slab's
    height."""
    precision = slab.sd**-2
    level = slab.log_prior - np.log(slab.sd) - slab.mean**2 * precision / 2
    total: Floats = (first != 0) @ level + first @ (slab.mean * precision) - first**2 @ precision / 2
    return total


def _log_stand_in(slab: Slab, expansion: Expansion, first: Floats) -> Floats:
    """Log density of each state (N,) under the stand-in, up to the same constant."""
    total: Floats = _log_slab(slab, first) - np.einsum("nj,nj->n", first @ np.triu(expansion.cross, 1), first)
    for side, part in enumerate((np.maximum(first, 0), np.minimum(first, 0))):
        total += (part != 0) @ expansion.level[side] + part @ expansion.slope[side]
        total -= part**2 @ expansion.curve[side] / 2
    return total
