"""What the search for triggers is given: plain arrays, and the same arrays with all odd values taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

MOST_COUNT = 50.0
MOST_VALUE = 1e12


@dataclass(frozen=True)
class Data:
    """A risk table as arrays: n rows, K columns.

    `counts` (n,): NaN is a row whose outcome nobody knows; it tells nothing of the outcome, but its exposures
    still count for later rows. `offset` (n,): log of the time exposed; zeros for nights. `weekday` (n,) 0-6,
    or all -1 for no weekday term. `yearday` (n,) 0-366. `values` (n, K) raw; NaN unknown. `binary` (K,).
    `lags` (K, 4): which of lag 0-3 are candidates. `summed` (K,): 0, or a window of days: its mean is one
    more candidate. `inclusion`, `mean`, `sd` (K,): the chance that the column matters, and the log rate
    ratio of its contrast given that it does, normal; where `either` (K,), of its size, the direction being as
    likely one as the other. `sequential`: rows are days in a row; else rows by themselves,
    without lags. `later` (n, K): what rows after a row see of it, at lags of 1 and more and in windows, where
    this is not what it sees of itself; else `None`.
    """

    counts: Floats
    offset: Floats
    weekday: Ints
    yearday: Floats
    values: Floats
    binary: Marks
    lags: Marks
    summed: Ints
    inclusion: Floats
    mean: Floats
    sd: Floats
    either: Marks
    sequential: bool
    later: Floats | None = None

    @property
    def whole(self) -> Floats:
        """What was written of whole days (n, K)."""
        return self.values if self.later is None else self.later


def clean(data: Data) -> Data:
    """The same with at least one row, and with what no count or exposure can be taken as unknown: infinite
    values, counts below 0. A row's count above 50 counts as 50."""
    if not len(data.counts):
        data = _one_unknown_row(data)
    counts = np.asarray(data.counts, dtype=np.float64)
    shape = len(counts), len(data.binary)
    offset = np.asarray(data.offset, dtype=np.float64)
    fine = np.isfinite(counts) & (np.nan_to_num(counts) >= 0) & np.isfinite(offset)
    return Data(
        np.where(fine, np.clip(np.nan_to_num(counts), 0, MOST_COUNT), np.nan),
        np.clip(np.where(np.isfinite(offset), offset, 0.0), -20, 20),
        np.asarray(data.weekday, dtype=np.int64),
        np.nan_to_num(np.asarray(data.yearday, dtype=np.float64)),
        _sound(data.values, shape),
        np.asarray(data.binary, dtype=np.bool_),
        np.asarray(data.lags, dtype=np.bool_).reshape(-1, 4),
        np.asarray(data.summed, dtype=np.int64),
        np.clip(np.asarray(data.inclusion, dtype=np.float64), 1e-6, 1 - 1e-6),
        np.clip(np.asarray(data.mean, dtype=np.float64), -3, 3),
        np.clip(np.asarray(data.sd, dtype=np.float64), 0.05, 5),
        np.asarray(data.either, dtype=np.bool_),
        bool(data.sequential),
        None if data.later is None or not data.sequential else _sound(data.later, shape),
    )


def _sound(values: Floats, shape: tuple[int, int]) -> Floats:
    values = np.asarray(values, dtype=np.float64).reshape(shape)
    return np.where(np.abs(np.nan_to_num(values, nan=np.inf)) <= MOST_VALUE, values, np.nan)


def _one_unknown_row(data: Data) -> Data:
    nothing, count = np.full(1, np.nan), len(data.binary)
    none = np.full(1, -1, dtype=np.int64)
    return replace(
        data,
        counts=nothing,
        offset=np.zeros(1),
        weekday=none,
        yearday=np.zeros(1),
        values=np.full((1, count), np.nan),
        later=None,
    )
