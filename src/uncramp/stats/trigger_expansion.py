"""A close, quick stand-in for the posterior of all triggers at once.

With d_j the log rate ratio of candidate j (0 where it is out), the model says

    log mu = Z theta + sum_j (x_j d_j + v_j d_j^2 / 2),

x_j and v_j the expectation and variance of its column in each row: log E exp(d x) to second order, so v_j is
0 where the value was written down. About a centre (theta, and the mean of every d) the log posterior, with
theta maximised out, is taken as

    sum_j own_j(d_j)  -  sum_{i < j} A_ij d_i d_j,

the cross terms from the quadratic expansion (approximate Laplace: Rossell, Abril, Bhattacharya 2021, JRSS-B
83:853), and each candidate's own term from the exact likelihood along its own direction: a parabola on either
side of nothing, each about the mode of its own side. Rare events make the two sides differ much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import LEAST_ETA, MOST_ETA, Baseline

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

MATTERS = float(np.log(1.25))
"""A rate ratio outside 0.8 to 1.25 for the contrast."""
FARTHEST = 6.0
_STEPS = 3
_HARDLY = 1e-6
"""A dispersion below this is none: single precision could not tell."""


@dataclass(frozen=True)
class Rows:
    """The rows with a known outcome: `counts`, `offset` (T,), `mean`, `variance` (J, T) of the candidates,
    `column` (J,), `base` with the baseline's features (T, P)."""

    counts: Floats
    offset: Floats
    mean: Floats
    variance: Floats
    column: Ints
    base: Baseline

    def eta(self, theta: Floats, first: Floats, second: Floats) -> Floats:
        """Log means (..., T) at theta (..., P), `first` and `second` (..., J) the d and their squares."""
        seen = self.offset + theta @ self.base.features.T + first @ self.mean
        if self.variance.any():
            seen += second @ self.variance / 2
        clipped: Floats = np.clip(seen, LEAST_ETA, MOST_ETA)
        return clipped


@dataclass(frozen=True)
class Slab:
    """What is thought of the candidates' d, given that they matter: above nothing (row 0) and below (row 1)
    normal(`mean` (2, J), `sd` (J,)), with nothing within log 1.25 of 0; `log_prior` (J,): log odds of the
    column's mattering plus the log share of the candidate, minus the log of what the gap leaves of both
    normals."""

    mean: Floats
    sd: Floats
    log_prior: Floats


@dataclass(frozen=True)
class Centre:
    """Where it is expanded: `theta` (P,), `first`, `second` (J,) the mean of each d and of its square,
    `phi`."""

    theta: Floats
    first: Floats
    second: Floats
    phi: float


@dataclass(frozen=True)
class Expansion:
    """`cross` (J, J): A; `follow` (P, J): theta falls by this for each unit of d_j. Row 0 for above, 1 for
    below nothing (2, J): own_j(d) = `level` + `slope` d - `curve` d^2 / 2."""

    centre: Centre
    cross: Floats
    follow: Floats
    level: Floats
    slope: Floats
    curve: Floats


def expand(rows: Rows, slab: Slab, centre: Centre) -> Expansion:
    """The stand-in about `centre`."""
    z, base = rows.base.features, rows.base
    eta = rows.eta(centre.theta, centre.first, centre.second)
    mu = np.exp(eta)
    weight = mu / (1 + centre.phi * mu)
    towards = rows.mean * weight
    bent = z.T @ towards.T
    follow = np.asarray(np.linalg.solve((z.T * weight) @ z + np.diag(base.precision), bent), dtype=np.float64)
    cross = towards @ rows.mean.T - bent.T @ follow
    alone = rows.mean - follow.T @ z.T
    without, theta = _without_own(rows, alone, follow, centre, eta)
    pull = (follow * (base.precision[:, None] * (theta - base.mean[:, None]))).sum(0)
    stiff = (follow**2 * base.precision[:, None]).sum(0)
    line = _Line(
        rows.counts.astype(np.float32), without.astype(np.float32), alone.astype(np.float32),
        rows.variance.astype(np.float32), pull, stiff, centre.phi,
    )  # fmt: skip
    level, slope, curve = line.sides(slab)
    elsewhere = cross @ centre.first - _within(cross * (rows.column[:, None] == rows.column), centre.first)
    return Expansion(centre, cross, follow, level, slope + elsewhere, curve)


def _within(block: Floats, first: Floats) -> Floats:
    inside: Floats = block @ first
    return inside


def _without_own(
    rows: Rows, alone: Floats, follow: Floats, centre: Centre, eta: Floats
) -> tuple[Floats, Floats]:
    """Log means (J, T) and theta (P, J) with the candidate's whole column taken out of the centre."""
    same = (rows.column[:, None] == np.unique(rows.column)).astype(np.float64)
    share = (same * centre.first[:, None]).T @ alone + (same * centre.second[:, None]).T @ rows.variance / 2
    back = follow @ (same * centre.first[:, None])
    return np.clip(eta - same @ share, LEAST_ETA, MOST_ETA), centre.theta[:, None] + back @ same.T


@dataclass(frozen=True)
class _Line:
    """The likelihood along each candidate's own direction, theta following."""

    counts: Singles
    without: Singles
    alone: Singles
    variance: Singles
    pull: Floats
    stiff: Floats
    phi: float

    def sides(self, slab: Slab) -> tuple[Floats, Floats, Floats]:
        """Level, slope and curve (2, J) of the parabolas about the mode of either side."""
        start = self._value(np.exp(self.without))
        parts = [self._side(slab, side, start) for side in (0, 1)]
        level, slope, curve = (np.array(part) for part in zip(*parts, strict=True))
        return level, slope, curve

    def _side(self, slab: Slab, side: int, start: Floats) -> tuple[Floats, Floats, Floats]:
        sign, mean = (1.0, -1.0)[side], slab.mean[side]
        nearest, farthest = sorted((sign * MATTERS, sign * FARTHEST))
        at = np.full(len(mean), 2 * sign * MATTERS)
        for _ in range(_STEPS):
            slope, curve, _ = self._at(at)
            step = (slope - (at - mean) / slab.sd**2) / (curve + slab.sd**-2)
            at = np.clip(at + np.clip(step, -1, 1), nearest, farthest)
        slope, curve, mu = self._at(at)
        along = at * (self.alone @ self.counts + at / 2 * (self.variance @ self.counts))
        value = along + self._value(mu) - start + at * self.pull - at**2 * self.stiff / 2
        return value - slope * at - curve * at**2 / 2, slope + curve * at, curve

    def _value(self, mu: Singles) -> Floats:
        """Log likelihood (J,) at means `mu` (J, T), but for the counts times their logs."""
        if self.phi < _HARDLY:
            return -np.asarray(mu.sum(1), dtype=np.float64)
        spread = np.log1p(np.float32(self.phi) * mu) @ (self.counts + np.float32(1 / self.phi))
        return -np.asarray(spread, dtype=np.float64)

    def _at(self, d: Floats) -> tuple[Floats, Floats, Singles]:
        """First and minus second derivative (J,) at d (J,), and the means (J, T) there."""
        phi, at = np.float32(self.phi), d[:, None].astype(np.float32)
        reach: Singles = self.variance * at
        mu: Singles = self.alone + np.float32(0.5) * reach
        mu *= at
        mu += self.without
        np.clip(mu, LEAST_ETA, MOST_ETA, out=mu)
        np.exp(mu, out=mu)
        reach += self.alone
        over: Singles = np.float32(1) / (1 + phi * mu)
        score: Singles = self.counts - mu
        score *= over
        over *= over
        over *= mu
        over *= 1 + phi * self.counts
        slope = _along(score, reach) + self.pull - d * self.stiff
        curve = _along(over, reach * reach) - _along(score, self.variance) + self.stiff
        return slope, np.maximum(curve, 1e-6), mu


def _along(one: Singles, other: Singles) -> Floats:
    """Their product summed over the rows (J,)."""
    total: Floats = np.einsum("jt,jt->j", one, other).astype(np.float64)
    return total
