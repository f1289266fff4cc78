"""The stand-in bent towards the exact posterior, by what was seen of the difference.

Ridge regression of exact over stand-in on each column's being in, d and d^2, above nothing and below: six
numbers a column, each normal about 0. What a parabola misses of the likelihood's own shape is most of what is
missing. Every state that was ever weighed counts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_exact import Weighed, log_sides
from uncramp.stats.trigger_expansion import Expansion

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

_NOISE = 0.1
"""Variance of what the bends leave of the log weights."""
_BEND_SD = (0.3, 0.3, 0.15)
"""How far level, slope and half the curve are expected to bend; small, so that few states bend nothing
wildly."""
_LEVEL_SD = 10.0
_FARTHEST = 3.0
_LEAST_CURVE = 0.3
"""Of the parabola's own; a bend leaves at least this."""


class Bender:
    """Bends the stand-in `plain` of columns whose candidates are `column` (J,)."""

    def __init__(self, plain: Expansion, column: Ints) -> None:
        self._plain, self._column = plain, column
        self._of = (column[:, None] == np.unique(column)).astype(np.float64)
        size = 6 * self._of.shape[1] + 1
        ridge = np.append(np.tile(np.repeat(_BEND_SD, self._of.shape[1]), 2), _LEVEL_SD) ** -2
        self._square, self._reach = np.diag(ridge * _NOISE), np.zeros(size)
        self._about: float | None = None

    def bent(self, seen: Weighed) -> Expansion:
        """By all that was seen until now, and by this."""
        off = seen.exact - seen.shared - log_sides(self._plain, seen.first)
        fine = np.isfinite(off)
        if fine.any():
            if self._about is None:
                self._about = float(np.median(off[fine]))
            off = np.clip(off[fine] - self._about, -_FARTHEST, _FARTHEST)
            features = self._features(seen.first[fine])
            self._square += (features.T @ features).astype(np.float64)
            self._reach += (features.T @ off.astype(np.float32)).astype(np.float64)
        bend = np.linalg.solve(self._square, self._reach)
        level, slope, curve = bend[:-1].reshape(2, 3, -1).transpose(1, 0, 2)[:, :, self._column]
        plain = self._plain
        curve = np.maximum(plain.curve - 2 * curve, _LEAST_CURVE * plain.curve)
        return replace(plain, level=plain.level + level, slope=plain.slope + slope, curve=curve)

    def _features(self, first: Floats) -> Singles:
        own = (first @ self._of).astype(np.float32)
        parts = [
            side**power * (side != 0)
            for side in (np.maximum(own, 0), np.minimum(own, 0))
            for power in range(3)
        ]
        return np.column_stack([*parts, np.ones(len(own), np.float32)])
