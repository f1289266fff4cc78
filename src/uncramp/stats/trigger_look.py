"""What the stand-in says of every column at once, given the others as the chains have them.

Each state tells of every column its chance of being in given all else in that state, in closed form; the
mean of these over the states has far less noise than the count of the states in which it is (Rao-Blackwell;
Gelfand and Smith 1990, J Am Stat Assoc 85:398).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_chain import Sides
from uncramp.stats.trigger_expansion import MATTERS, Expansion, Slab
from uncramp.stats.trigger_normal import beyond_zero

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

_IMPOSSIBLE = np.float32(-1e30)


@dataclass(frozen=True)
class Looks:
    """At N states: `inside` (K, N) whether the column is in, `chance` (K, N) of that given the others; given
    that it is in, one draw of its candidate `chosen` (K, N) and `effect` (K, N). `share` (2, J): the mean
    chance of each candidate, above nothing and below."""

    inside: Singles
    chance: Singles
    effect: Singles
    chosen: Ints
    share: Floats

    @classmethod
    def all(cls, looks: list[Looks]) -> Looks:
        """Several as one; as many states in each."""
        inside, chance, effect, chosen = (
            np.concatenate([getattr(look, name) for look in looks], axis=1)
            for name in ("inside", "chance", "effect", "chosen")
        )
        return cls(inside, chance, effect, chosen, np.mean([look.share for look in looks], axis=0))


class Onlooker:
    """Looks at states as one stand-in sees them."""

    def __init__(self, expansion: Expansion, slab: Slab, column: Ints) -> None:
        self._sides = Sides.of(expansion, slab)
        self._cross = np.where(column[:, None] == column, 0.0, expansion.cross).astype(np.float32)
        self._column = column
        each = np.bincount(column)
        self._start = np.searchsorted(column, np.arange(len(each)))
        place = np.arange(max(each.max(initial=1), 1))
        self._real = place < each[:, None]
        self._own = np.where(self._real, self._start[:, None] + place, 0)

    def look(self, state: Singles, luck: Singles) -> Looks:
        """`state` (J, N); `luck` (2, K, N): uniform numbers, and logs of such."""
        beyond, height = (self._by_column(part) for part in self._sides.heights(self._cross @ state))
        most = self._own.shape[1]
        real = np.concatenate([self._real, self._real], axis=1)
        height[~real] = _IMPOSSIBLE
        top = np.maximum(height.max(1, keepdims=True, initial=0), 0)
        upto = np.exp(height - top, out=height).cumsum(1)
        total = upto[:, -1]
        chance = total / (total + np.exp(-top[:, 0]))
        each = np.einsum("krn,kn->rk", height, chance / np.maximum(total, np.float32(1e-30)))
        share = each.reshape(2, most, -1).transpose(0, 2, 1)[:, self._real] / state.shape[1]
        row = np.minimum((upto < luck[0][:, None] * total[:, None]).sum(1), height.shape[1] - 1)
        side, place = row >= most, row % most
        chosen = np.take_along_axis(self._own, place, 1)
        past = beyond_zero(np.take_along_axis(beyond, row[:, None], 1)[:, 0], luck[1])
        far = np.float32(MATTERS) + past * self._sides.sd[side.astype(np.int64), chosen]
        inside = np.logical_or.reduceat(state != 0, self._start, axis=0)
        return Looks(
            inside.astype(np.float32), chance, np.where(side, -far, far), chosen, share.astype(np.float64)
        )

    def _by_column(self, values: Singles) -> Singles:
        """(2, J, N) as (K, 2L, N), those above nothing first; columns with fewer than L are filled up."""
        apart = values[:, self._own].transpose(1, 0, 2, 3)
        return np.ascontiguousarray(apart).reshape(len(self._own), 2 * self._own.shape[1], values.shape[2])
