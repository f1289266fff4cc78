"""From what a person wrote down to the columns of the model: clipped, scaled by their contrast, lagged.

Every column is scaled so that its coefficient *is* the log rate ratio of the column's contrast: yes instead
of no, or the person's own 90 % instead of their own 10 % quantile. One candidate is one column at one lag
(or its mean over the last days); the model lets at most one candidate of a column in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_missing import Filled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

LAGS = 4
LAG_WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])
"""Same day, or one, two, three days later; what is thought before anything was seen. Assumed."""
SUMMED_WEIGHT = 0.4
"""Of a sum over days, beside those; so that a load counts as much as the same day does."""
WINSOR = 2.5
"""A number farther than this many SD from its mean counts as this far: one slip of a finger decides
nothing."""

_FEW, _FEW_ROWS, _MOST_FEW = 0.01, 2.5, 0.2
"""Of a column's values, so large a share at either end may be slips; or so many rows, but no larger share."""
_MOST_CONTRASTS = 10.0
"""Nothing counts as farther than this beyond the contrast, however many values lie there."""


@dataclass(frozen=True)
class Columns:
    """The columns as they are told apart: `low`, `high` (K,) the contrast in raw units; `centre`, `width`
    (K,) what turns a raw, clipped value x into (x - centre) / width; `floor`, `ceiling` (K,) the clips."""

    low: Floats
    high: Floats
    centre: Floats
    width: Floats
    floor: Floats
    ceiling: Floats
    binary: Marks

    def scaled(self, values: Floats) -> Floats:
        """Raw values (n, K) in units of the contrast; unknown stays NaN, a column that never changes is 0."""
        held = np.clip(values, self.floor, self.ceiling)
        wide = np.where(self.width > 0, self.width, 1.0)
        inside = np.where(self.width > 0, (held - self.centre) / wide, 0.0)
        return np.where(np.isfinite(values), inside, np.nan)


@dataclass(frozen=True)
class Candidates:
    """`mean`, `variance` (J, n): a candidate's value in each row and what is unknown of it (0 where written);
    `column` (J,): whose it is; `lag` (J,): 0-3, 4 for the mean over a window; `log_weight` (J,): the log of
    its share among its column's candidates, before anything was seen."""

    mean: Floats
    variance: Floats
    column: Ints
    lag: Ints
    log_weight: Floats


def columns(values: Floats, binary: Marks) -> Columns:
    """How each raw column (n, K) is clipped and scaled; any value may be NaN."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(0), 1)
    ranked = np.sort(values, axis=0)
    floor, ceiling = _clips(values, known, ranked, count)
    low, high = _quantile(ranked, count, 0.1), _quantile(ranked, count, 0.9)
    reach = _MOST_CONTRASTS * (high - low)
    floor = np.where(reach > 0, np.maximum(floor, low - reach), floor)
    ceiling = np.where(reach > 0, np.minimum(ceiling, high + reach), ceiling)
    same = low == high
    low, high = np.where(same, ranked[0], low), np.where(same, _quantile(ranked, count, 1.0), high)
    low, high = np.maximum(low, floor), np.minimum(high, ceiling)
    width = np.where(np.isfinite(high - low) & (high > low), high - low, 0.0)
    parts = np.array([low, high, _mean(np.clip(values, floor, ceiling), known, count), width, floor, ceiling])
    share, varies = _mean(np.clip(values, 0, 1), known, count), _quantile(ranked, count, 1.0) > ranked[0]
    ones = np.ones(len(share))
    yes_no = np.array([0 * ones, ones, np.where(known.any(0), share, 0.5), varies, 0 * ones, ones])
    low, high, centre, width, floor, ceiling = np.where(binary, yes_no, np.where(known.any(0), parts, 0.0))
    return Columns(low, high, centre, width, floor, ceiling, np.asarray(binary, dtype=np.bool_))


def _quantile(ranked: Floats, count: Ints, share: float | Floats) -> Floats:
    """Of each column's `count` known values, which come first in `ranked`."""
    place = share * (count - 1)
    below = place.astype(np.int64)
    each = np.arange(len(count))
    low, high = ranked[below, each], ranked[np.minimum(below + 1, count - 1), each]
    quantile: Floats = low + (high - low) * (place - below)
    return quantile


def _mean(values: Floats, known: Marks, count: Ints) -> Floats:
    total: Floats = np.where(known, values, 0.0).sum(0)
    return total / count


def _clips(values: Floats, known: Marks, ranked: Floats, count: Ints) -> tuple[Floats, Floats]:
    """Mean and SD are taken after the farthest few were held back, else one absurd value sets both."""
    few = np.clip(_FEW_ROWS / count, _FEW, _MOST_FEW)
    first, last = _quantile(ranked, count, few), _quantile(ranked, count, 1 - few)
    held = np.where(last > first, np.clip(values, 2 * first - last, 2 * last - first), values)
    middle = _mean(held, known, count)
    sd = np.sqrt(_mean((held - middle) ** 2, known, count))
    return (
        np.maximum(ranked[0], middle - WINSOR * sd),
        np.minimum(_quantile(ranked, count, 1.0), middle + WINSOR * sd),
    )


def candidates(now: Filled, later: Filled, lags: Marks, summed: Ints, lead: int) -> Candidates:
    """All candidates of all columns; `now`, what a row sees of itself, and `later`, what the rows after it
    see, have `lead` rows before the first."""
    rows = now.mean.shape[0] - lead
    mean, variance, column, lag, weight = [], [], [], [], []
    for k in range(lags.shape[0]):
        chosen = [int(late) for late in np.flatnonzero(lags[k])] or [0]
        shares = [float(LAG_WEIGHTS[late]) for late in chosen]
        for late in chosen:
            seen, there = later if late else now, slice(lead - late, lead - late + rows)
            mean.append(seen.mean[there, k])
            variance.append(seen.variance[there, k])
        if summed[k] > 1:
            window = min(int(summed[k]), lead + 1)
            mean.append(_window(now.mean[:, k], later.mean[:, k], window, rows))
            variance.append(_window(now.variance[:, k], later.variance[:, k], window, rows) / window)
            chosen, shares = [*chosen, LAGS], [*shares, SUMMED_WEIGHT]
        column += [k] * len(chosen)
        lag += chosen
        weight += list(np.log(np.array(shares) / sum(shares)))
    shape = (len(column), rows)
    return Candidates(
        np.array(mean).reshape(shape), np.array(variance).reshape(shape),
        np.array(column, dtype=np.int64), np.array(lag, dtype=np.int64), np.array(weight, dtype=np.float64),
    )  # fmt: skip


def _window(now: Floats, later: Floats, window: int, rows: int) -> Floats:
    """Of the last `rows`: the mean of the row itself and of the window - 1 before it."""
    total = np.concatenate([[0.0], np.cumsum(later)])
    first = len(now) - rows
    before = total[first : len(now)] - total[first - window + 1 : len(now) - window + 1]
    mean: Floats = (before + now[first:]) / window
    return mean
