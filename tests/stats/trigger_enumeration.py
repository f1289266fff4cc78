"""The probabilities of all models of few columns, one by one, by importance sampling; shares no numerical
code with the search, but takes the same prepared rows."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_prepare import Prepared

Floats = NDArray[np.float64]

GAP = math.log(1.25)
PHIS = (0.0, 0.15, 0.35, 0.7, 1.4, 3.0)
PHI_WEIGHTS = (0.3, 0.2, 0.2, 0.15, 0.1, 0.05)
FREEDOM = 8


def log_negative_binomial(counts: Floats, eta: Floats, mean: Floats, phi: float) -> Floats:
    """Summed over the rows (T,), for each of `eta` (D, T), the logs of `mean`."""
    if phi == 0:
        return np.asarray(eta @ counts - mean.sum(-1))
    size = 1 / phi
    constant = sum(math.lgamma(y + size) - math.lgamma(size) for y in counts.tolist())
    constant += len(counts) * size * math.log(size)
    return np.asarray(eta @ counts - np.log(size + mean) @ (counts + size) + constant)


def mixed(counts: Floats, eta: Floats) -> Floats:
    """The dispersion summed out over its grid."""
    mean = np.exp(eta)
    logs = [
        math.log(w) + log_negative_binomial(counts, eta, mean, phi)
        for phi, w in zip(PHIS, PHI_WEIGHTS, strict=True)
    ]
    return np.asarray(np.logaddexp.reduce(np.array(logs), axis=0))


def inclusion(ready: Prepared, draws: int, seed: int) -> Floats:
    """Chance of mattering (K,) over all 2^K models; every column has one candidate."""
    rng = np.random.default_rng(seed)
    inclusions = ready.data.inclusion
    count = len(inclusions)
    log_weights, models = [], list(itertools.product((False, True), repeat=count))
    for model in models:
        chosen = np.flatnonzero(model)
        prior = math.fsum(
            math.log(p if m else 1 - p) for p, m in zip(inclusions.tolist(), model, strict=True)
        )
        log_weights.append(prior + _log_evidence(ready, chosen, draws, rng))
    weights = np.exp(np.array(log_weights) - max(log_weights))
    return np.asarray(weights @ np.array(models, dtype=float) / weights.sum())


def _log_slab(ready: Prepared, k: int, d: Floats) -> Floats:
    """Log density of the log rate ratios `d` of a column that matters."""
    mean, sd, either = float(ready.data.mean[k]), float(ready.data.sd[k]), bool(ready.data.either[k])
    above = 0.5 * math.erfc((GAP - mean) / sd / math.sqrt(2))
    below = above if either else 0.5 * math.erfc((GAP + mean) / sd / math.sqrt(2))
    off = (np.abs(d) if either else d) - mean
    density = -0.5 * (off / sd) ** 2 - math.log(sd * math.sqrt(2 * math.pi) * (above + below))
    return np.where(np.abs(d) > GAP, density, -np.inf)


def _log_evidence(ready: Prepared, chosen: NDArray[np.int64], draws: int, rng: np.random.Generator) -> float:
    """The draws come from one wide law about the mode under a plain normal prior of the same size."""
    rows, data = ready.rows, ready.data
    z, x, v = rows.base.features, rows.mean[chosen], rows.variance[chosen]
    thetas = z.shape[1]
    means = np.where(data.either[chosen], 0.0, data.mean[chosen])
    wide = data.sd[chosen] ** 2 + (data.mean[chosen] - means) ** 2
    middle = np.concatenate([rows.base.mean, means])
    precision = np.concatenate([rows.base.precision, 1 / wide])

    def eta(at: Floats) -> Floats:
        d = at[..., thetas:]
        return np.asarray(rows.offset + at[..., :thetas] @ z.T + d @ x + 0.5 * d**2 @ v)

    at = middle.copy()
    for _ in range(30):
        mean = np.exp(eta(at))
        slope_of = np.column_stack([z, (x + v * at[thetas:, None]).T])
        over = 1 + 0.35 * mean
        slope = slope_of.T @ ((rows.counts - mean) / over) - precision * (at - middle)
        curve = (slope_of.T * (mean / over)) @ slope_of + np.diag(precision)
        at = at + np.clip(np.linalg.solve(curve, slope), -1, 1)
    root = np.linalg.cholesky(np.linalg.inv(curve))
    noise = rng.standard_normal((draws, len(at)))
    noise = np.vstack([noise, -noise])
    stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, draws))
    noise *= np.concatenate([stretch, stretch])[:, None]
    points = at + noise @ root.T
    size = len(at)
    proposal = (
        math.lgamma((FREEDOM + size) / 2) - math.lgamma(FREEDOM / 2) - size / 2 * math.log(FREEDOM * math.pi)
        - np.log(np.diag(root)).sum() - (FREEDOM + size) / 2 * np.log1p((noise**2).sum(1) / FREEDOM)
    )  # fmt: skip
    base = rows.base.precision
    prior = 0.5 * (np.log(base / (2 * math.pi)).sum() - (points[:, :thetas] - rows.base.mean) ** 2 @ base)
    for place, k in enumerate(chosen.tolist()):
        prior = prior + _log_slab(ready, k, points[:, thetas + place])
    logs = mixed(rows.counts, eta(points)) + prior - proposal
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).mean()))
