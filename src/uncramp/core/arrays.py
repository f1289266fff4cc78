"""A risk table as the plain arrays that the search for triggers reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncramp.core.risk import Column, Floats, RiskTable
from uncramp.stats.trigger_data import Data

Marks = NDArray[np.bool_]

LAGS = 4
NO_WEEKDAY = -1
FARTHEST = 10.0


def as_data(table: RiskTable) -> Data:
    """The arrays of a table: nights with weekday, season and lags; bouts with log minutes and no lags."""
    rest = table.outcome == "rest"
    n, columns = len(table.dates), table.columns
    days = np.array([(day.weekday(), day.timetuple().tm_yday) for day in table.dates], dtype=np.int64)
    days = days.reshape(n, 2)
    return Data(
        counts=table.cramps,
        offset=np.zeros(n) if table.minutes is None else _log(table.minutes),
        weekday=days[:, 0] if rest else np.full(n, NO_WEEKDAY, dtype=np.int64),
        yearday=days[:, 1].astype(np.float64),
        values=held_back(table.values),
        binary=np.array([column.kind == "yes_no" for column in columns], dtype=np.bool_),
        lags=np.array([_lags(column, rest) for column in columns], dtype=np.bool_).reshape(-1, LAGS),
        summed=np.array([max(column.summed, default=0) if rest else 0 for column in columns], dtype=np.int64),
        inclusion=np.array([column.prior.inclusion for column in columns], dtype=np.float64),
        mean=np.array([column.prior.mean for column in columns], dtype=np.float64),
        sd=np.array([column.prior.sd for column in columns], dtype=np.float64),
        either=np.array([column.prior.either for column in columns], dtype=np.bool_),
        sequential=rest,
        later=held_back(table.whole) if rest and table.whole is not None else None,
    )


def held_back(values: Floats) -> Floats:
    """The same with no number (n, K) farther than ten times its usual range, 10 % to 90 %, from that range.

    A slip of the pen, a million in one cell, is then still the largest, and decides nothing by its size.
    """
    if not values.size:
        return values
    low, high = _quantiles(values, 0.1), _quantiles(values, 0.9)
    wide = np.where(high > low, high - low, np.inf)
    held: Floats = np.clip(values, low - FARTHEST * wide, high + FARTHEST * wide)
    return held


def _quantiles(values: Floats, at: float) -> Floats:
    """(K,) Of what is known of each column; 0 where nothing is."""
    known = [column[np.isfinite(column)] for column in values.T]
    return np.array([np.quantile(column, at) if len(column) else 0.0 for column in known])


def _lags(column: Column, rest: bool) -> list[bool]:
    wanted = column.lags if rest and column.lags else (0,)
    return [lag in wanted for lag in range(LAGS)]


def _log(minutes: Floats) -> Floats:
    """Log hours; NaN where the length is unknown, so that the row tells nothing of its outcome."""
    fine = np.isfinite(minutes) & (np.nan_to_num(minutes) > 0)
    return np.where(fine, np.log(np.where(fine, minutes, 60.0) / 60.0), np.nan)
