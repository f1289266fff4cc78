"""Ghosts: a person's own columns, shuffled in time, that ride along where nothing real can be found.

A ghost keeps what a column is like from day to day and in the week, its gaps, and how it goes with the
other columns on the same day; it loses all that it has to do with the cramps. Blocks of days are put in
another order (block permutation, after the block bootstrap of Künsch 1989, Ann Stat 17:1217) and the whole
is first turned round in a circle (Politis and Romano 1992, in Exploring the limits of bootstrap, page 263),
so that the cuts fall anywhere.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncramp.core.risk import RiskTable

Ints = NDArray[np.int64]

BLOCK = 14
"""Days, two weeks: longer than what one day of sport, salt or sleep is felt, and weekdays stay weekdays."""
LEAST_BLOCKS = 4
MARK = "ghost."
_TRIES = 50


def shuffled_rows(n: int, sequential: bool, rng: np.random.Generator) -> Ints:
    """(n,) Which row stands in place of each: whole blocks of `BLOCK` rows moved, none left in its place.

    Short tables have shorter blocks, at least four of them. Rows that do not follow each other
    (`sequential` false) are put in any order.
    """
    if n < 2:
        return np.arange(n, dtype=np.int64)
    if not sequential:
        return rng.permutation(n).astype(np.int64)
    size = max(1, min(BLOCK, n // LEAST_BLOCKS))
    # Turned by whole weeks where there are some, so that a Sunday stays a Sunday.
    step = 7 if n >= 8 * BLOCK else 1
    turned = (np.arange(n) + step * int(rng.integers(1, max(2, n // step)))) % n
    blocks = np.array_split(turned, range(size, n, size))
    rows = turned
    for _ in range(_TRIES):
        # The last, shorter block stays the last, so that the cuts keep to the week.
        order = [*rng.permutation(n // size).tolist(), *range(n // size, len(blocks))]
        rows = np.concatenate([blocks[i] for i in order])
        if np.count_nonzero(rows == np.arange(n)) <= n // 10:
            break
    return rows.astype(np.int64)


def with_ghosts(table: RiskTable, rng: np.random.Generator) -> RiskTable:
    """The table with a ghost of each column behind the real ones, with the same prior."""
    rows = shuffled_rows(len(table.dates), table.outcome == "rest", rng)
    ghosts = tuple(replace(column, id=MARK + column.id) for column in table.columns)
    return replace(
        table,
        columns=(*table.columns, *ghosts),
        values=np.hstack([table.values, table.values[rows]]),
        whole=None if table.whole is None else np.hstack([table.whole, table.whole[rows]]),
    )
