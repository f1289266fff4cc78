"""What else could lie behind a finding: another column, or the nights nobody wrote of.

These are looked at beside the model and change no probability: they say where its answer is to be doubted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncramp.core.finding import Confused, UnknownNights
from uncramp.core.risk import Column, Floats

Marks = NDArray[np.bool_]

MUCH_THE_SAME = 0.7
"""A correlation from which on two columns carry much the same (half of what one tells, the other tells
too)."""
SELDOM_TOGETHER = 0.5
"""Both in at once less than half as often as two that have nothing to do with each other."""
WORTH_NAMING = 0.1
MOST_NAMED = 3
LEAST_DAYS = 20
HALF, TWICE = 0.5, 2.0


# ---- another column --------------------------------------------------------------------------------


def correlations(values: Floats) -> Floats:
    """(K, K) Pearson's correlation over rows where both are known; 0 where there are fewer than 20 or no
    spread."""
    known = np.isfinite(values)
    marks = known.astype(np.float64)
    pairs = marks.T @ marks
    scale = np.where(known, np.abs(values), 0.0).max(axis=0, initial=0.0)
    held = np.where(known, values, 0.0) / np.where(scale > 0, scale, 1.0)
    total, squares, product = held.T @ marks, (held**2).T @ marks, held.T @ held
    many = np.maximum(pairs, 1.0)
    spread = np.maximum(squares / many - (total / many) ** 2, 0.0)
    both = np.sqrt(spread * spread.T)
    fine = (pairs >= LEAST_DAYS) & (both > 1e-12)
    together = product / many - (total / many) * (total.T / many)
    shown: Floats = np.where(fine, together / np.where(fine, both, 1.0), 0.0)
    return np.clip(shown, -1.0, 1.0)


def confused_with(
    columns: tuple[Column, ...], included: Floats, joint: Floats, alike: Floats, k: int
) -> tuple[Confused, ...]:
    """The other columns that could be the real one in place of column `k`, the likeliest first."""
    found = []
    for j, other in enumerate(columns):
        if j == k:
            continue
        apart = included[k] * included[j]
        instead = included[j] >= WORTH_NAMING <= included[k] and joint[k, j] < SELDOM_TOGETHER * apart
        if not instead and abs(alike[k, j]) < MUCH_THE_SAME:
            continue
        either = float(np.clip(included[k] + included[j] - joint[k, j], 0, 1))
        same = round(float(alike[k, j]), 3)
        found.append(Confused(other.id, other.name, "instead" if instead else "same", either, same))
    likely = {column.id: float(included[j]) for j, column in enumerate(columns)}
    found.sort(key=lambda one: (-likely[one.trigger], -abs(one.correlation or 0)))
    return tuple(found[:MOST_NAMED])


# ---- the nights nobody wrote of --------------------------------------------------------------------


def unknown_nights(cramps: Floats, on: Floats, median: float) -> UnknownNights | None:
    """How far the rows of unknown outcome could move a rate ratio whose middle is `median`.

    `on` (n,): 1 with the column high, 0 with it low, NaN unknown, at the lag that is likeliest. The plain
    ratio of cramps a night is worked out with the unknown nights filled in either way, and `median` is
    moved as far.
    """
    known, told = np.isfinite(cramps), np.isfinite(on)
    missing = int((~known).sum())
    seen = known & told
    with_it, without = seen & (on == 1), seen & (on == 0)
    if not with_it.any() or not without.any() or not cramps[seen].any():
        return None
    usual = float(cramps[seen].mean())
    share = float((on[told] == 1).mean())
    blind = int((~known & ~told).sum())
    more_with = float((~known & (on == 1)).sum()) + share * blind
    more_without = float((~known & (on == 0)).sum()) + (1 - share) * blind
    plain = _ratio(cramps, with_it, without, 0.0, 0.0, 0.0, 0.0)
    high = _ratio(cramps, with_it, without, more_with, TWICE * usual, more_without, HALF * usual)
    low = _ratio(cramps, with_it, without, more_with, HALF * usual, more_without, TWICE * usual)
    return UnknownNights(missing, min(median, median * low / plain), max(median, median * high / plain))


def _ratio(
    cramps: Floats, with_it: Marks, without: Marks, more_with: float, rate_with: float, more_without: float,
    rate_without: float,
) -> float:  # fmt: skip
    """Cramps a night with it over those without; half a cramp is put to either, so that none has none."""
    above = (cramps[with_it].sum() + 0.5 + more_with * rate_with) / (with_it.sum() + 0.5 + more_with)
    below = (cramps[without].sum() + 0.5 + more_without * rate_without) / (without.sum() + 0.5 + more_without)
    return float(above / below)


def switched(values: Floats, low: float, high: float, lag: int) -> Floats:
    """(n,) 1 where the column was nearer its high, 0 nearer its low, NaN unknown, `lag` rows before."""
    late = np.concatenate([np.full(lag, np.nan), values[: len(values) - lag]]) if lag else values
    return np.where(np.isfinite(late), (late > (low + high) / 2).astype(np.float64), np.nan)
