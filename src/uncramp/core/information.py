"""How exactly a diary can tell each column's effect, given everything else. Pure.

The standard error of a log rate ratio is the root of the inverse of its Fisher information in the negative
binomial model, at the fitted means: sum of w (x - mean of x)^2 over known nights, w = mu / (1 + mu / size),
less what the other columns explain of x (McCullagh and Nelder 1989, Generalized linear models, section
6.2). The others are not known to matter, so each takes away only as much as its own probability lets it.
"""

from __future__ import annotations

import numpy as np

from uncramp.core.risk import Floats, RiskTable
from uncramp.stats.trigger_model import Posterior

LAGS = 4
REACH = (-0.5, 1.5)
"""How far beyond its low and high, in widths between them, a value may pull."""
LEAST = 0.05
MOST = 20.0


def errors(table: RiskTable, told: Posterior) -> Floats:
    """(K,) Standard errors of the log rate ratio of each contrast, at its likeliest lag."""
    known = np.isfinite(table.cramps)
    if table.minutes is not None:
        known = known & np.isfinite(table.minutes)
    spread = _spread(told, known)
    values = np.column_stack([_at_lag(table, told, k) for k in range(len(table.columns))])[known]
    written = np.isfinite(values)
    heavy = spread[:, None] * written
    centre = np.where(written, values * heavy, 0.0).sum(0) / np.maximum(heavy.sum(0), 1e-12)
    apart = np.where(written, values - centre, 0.0)
    together = (apart * spread[:, None]).T @ apart
    sizes = np.array([column.prior.sd**2 + column.prior.mean**2 for column in table.columns])
    doubt = np.diag(1 / np.maximum(told.included * np.maximum(sizes, 0.01), 1e-6))
    inverse = np.linalg.inv(together + doubt)
    left = 1 / np.maximum(np.diag(inverse), 1e-12) - np.diag(doubt)
    held: Floats = np.clip(1 / np.sqrt(np.maximum(left, 1e-9)), LEAST, MOST)
    return held


def _spread(told: Posterior, known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    mean = np.exp(np.clip(told.log_mean, -30, 5)).mean(axis=0)[known]
    scatter = float(np.mean(np.where(np.isfinite(told.dispersion), 1 / told.dispersion, 0.0)))
    spread: Floats = mean / (1 + scatter * mean)
    return spread


def _at_lag(table: RiskTable, told: Posterior, k: int) -> Floats:
    """(n,) The column in units of its contrast, at the lag (or over the window) that is likeliest."""
    width = float(told.high[k] - told.low[k])
    lag = int(np.argmax(told.lag[k])) if table.outcome == "rest" else 0
    values = (table.later if lag else table.values)[:, k]
    if lag == LAGS:
        values = _means(values, max(table.columns[k].summed, default=1))
    elif lag:
        values = np.concatenate([np.full(lag, np.nan), values])[: len(values)]
    scaled = (values - told.low[k]) / width if width > 0 else np.zeros(len(values))
    return np.clip(scaled, *REACH)


def _means(values: Floats, window: int) -> Floats:
    """(n,) Mean of what is known of the last rows; NaN where nothing is."""
    known = np.isfinite(values)
    kernel = np.ones(window)
    total = np.convolve(np.where(known, values, 0.0), kernel)[: len(values)]
    count = np.convolve(known.astype(np.float64), kernel)[: len(values)]
    means: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means
