"""Risk tables: entries of the diary -> rows that a model of counts can read. The nouns.

Rest has a row a night; row *d* holds the waking day *d* and the night that follows it (`risk_rest`). Effort
has a row a bout of exercise (`risk_effort`). What nobody wrote down is NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncramp.model import Prior as Prior

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
Outcome = Literal["rest", "effort"]
Kind = Literal["yes_no", "number"]
Of = Literal["trigger", "remedy", "own", "circumstance", "file"]


@dataclass(frozen=True)
class Column:
    """One candidate. Its contrast is yes instead of no; for a number, the person's own 10 % -> 90 % quantile.

    `id`: of the trigger or remedy, "own.<name>", "circumstance.<fact>", or the heading in a CSV file.
    `lags` are days that the effect may come later (rest only); `summed` are windows of w days, each a further
    candidate: the mean of lags 0 to w - 1. `of` says where it comes from.
    """

    id: str
    name: str
    kind: Kind
    unit: str
    low_words: str
    high_words: str
    lags: tuple[int, ...]
    summed: tuple[int, ...]
    prior: Prior
    of: Of = "file"


@dataclass(frozen=True)
class RiskTable:
    """n rows and K columns; NaN is what nobody wrote down.

    Rest: `dates` follow each other without a gap, `minutes` is `None`. Effort: a date may come more than
    once, `minutes` (n,) is the time at risk. `values` (n, K) is what came before a row's first cramp: its
    lag 0. `whole` (n, K) has all of the day, for the rows after it: its lags of 1 and more; `None` where the
    two are the same. `came_from`: (row, column id) -> the ids of the entries behind that cell.
    """

    outcome: Outcome
    dates: tuple[date, ...]
    cramps: Floats
    minutes: Floats | None
    columns: tuple[Column, ...]
    values: Floats
    came_from: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    whole: Floats | None = None

    @property
    def later(self) -> Floats:
        """What the rows after a row see of it."""
        return self.values if self.whole is None else self.whole


def varying(table: RiskTable) -> tuple[RiskTable, tuple[Column, ...], tuple[Column, ...]]:
    """The table with the columns that changed; those that did not change; those that nobody wrote down."""
    both = np.vstack([table.values, table.later])
    known: Marks = np.isfinite(both)
    low = np.min(both, axis=0, initial=np.inf, where=known)
    high = np.max(both, axis=0, initial=-np.inf, where=known)
    written: Marks = np.any(known, axis=0)
    moves: Marks = np.logical_and(written, high > low)
    still: Marks = np.logical_and(written, ~moves)
    return (
        only(table, moves),
        tuple(column for column, it in zip(table.columns, still, strict=True) if it),
        tuple(column for column, it in zip(table.columns, written, strict=True) if not it),
    )


def known_only(table: RiskTable) -> RiskTable:
    """The table with the columns of which anything is known."""
    unknown = varying(table)[2]
    return only(table, np.array([column not in unknown for column in table.columns], dtype=np.bool_))


def only(table: RiskTable, marks: Marks) -> RiskTable:
    """The table with the columns that `marks` (K,) names."""
    return replace(
        table,
        columns=tuple(column for column, it in zip(table.columns, marks, strict=True) if it),
        values=table.values[:, marks],
        whole=None if table.whole is None else table.whole[:, marks],
    )
