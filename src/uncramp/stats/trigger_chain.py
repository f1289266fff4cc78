"""Gibbs sampling over (in or out, lag, log rate ratio) of each column in turn, in many chains at once.

For one column, given the others, each of its candidates on each side of nothing has a normal law cut off at
log 1.25, so its evidence is in closed form and the choice among all of them and "out" is one draw.
The chains of one visit share one lattice of uniform numbers, dealt out in the order of their chance of being
in: as many chains go in as should, and with effects as they should be, and hardly more or fewer (Owen 2013,
Monte Carlo theory, chapter 8; L'Ecuyer, Lecot, Tuffin 2008, Oper Res 56:958).
Columns that are much alike also take each other's place in one move.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_expansion import MATTERS, Expansion, Slab
from uncramp.stats.trigger_normal import beyond_zero, scaled_log_mass

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

_ALIKE = 0.6
_STRIDES = np.array([[13], [107], [63]])
"""Of 20,000 triples tried, one whose lattice of 256 points, with the rank itself as the fourth coordinate,
fills the cube most evenly (P2 of Sloan and Joe 1994, Lattice methods, chapter 4). Each use is shifted by
uniform numbers, so that each chain's own point is uniform."""


@dataclass(frozen=True)
class Sides:
    """What the candidates' laws are given the others, above nothing (0) and below (1): `edge` (2, J, 1) how
    far the gap reaches, `middle` where the normal's middle lies with all else out, and `gain` how far the
    others push it, all away from nothing and in the normal's own SD; `level`; `sign`, `sd` (2, J)."""

    edge: Singles
    middle: Singles
    gain: Singles
    level: Singles
    sign: Singles
    sd: Singles

    @classmethod
    def of(cls, expansion: Expansion, slab: Slab) -> Sides:
        precise = expansion.curve + slab.sd**-2
        linear = expansion.slope + slab.mean / slab.sd**2
        level = slab.log_prior + expansion.level - (slab.mean / slab.sd) ** 2 / 2
        level = level - np.log(precise) / 2 - np.log(slab.sd)
        sign = np.array([[1.0], [-1.0]]) * np.ones(precise.shape[1])
        sd = precise**-0.5
        parts = (MATTERS / sd, linear * sd * sign, sd * sign, level)
        edge, middle, gain, height = (part.astype(np.float32)[:, :, None] for part in parts)
        return cls(edge, middle, gain, height, sign.astype(np.float32), sd.astype(np.float32))

    def some(self, first: int, last: int) -> Sides:
        return Sides(*(part[:, first:last] for part in vars(self).values()))

    def heights(self, pushed: Singles) -> tuple[Singles, Singles]:
        """How far past the gap each middle lies (2, J, C), in its SD, and the log odds of being in so,
        against out, where the others push by `pushed` (J, C)."""
        middle = self.middle - self.gain * pushed
        beyond = middle - self.edge
        short = np.minimum(beyond, 0)
        height = scaled_log_mass(beyond)
        height += self.level
        middle *= middle
        short *= short
        middle -= short
        middle *= np.float32(0.5)
        height += middle
        return beyond, height


@dataclass(frozen=True)
class _Column:
    """One column's candidates, `first` to `last`: `cross` (L, J) with the others'; `sign`, `sd` (2L,)."""

    first: int
    last: int
    cross: Singles
    sides: Sides
    sign: Singles
    sd: Singles


@dataclass
class Chains:
    """`state` (J, C): the d of each candidate in each chain, 0 where out; moves on at each `run`."""

    column: Ints
    state: Singles
    rng: np.random.Generator
    _lattice: Singles = field(init=False)
    _columns: list[_Column] = field(default_factory=list)
    _pairs: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = self.state.shape[1]
        self._lattice = (_STRIDES * np.arange(count) % count / count).astype(np.float32)

    def aim(self, expansion: Expansion, slab: Slab) -> None:
        """Sample from this stand-in from now on."""
        sides, cross = Sides.of(expansion, slab), expansion.cross.astype(np.float32)
        edges = np.flatnonzero(np.diff(self.column, prepend=-1, append=-1)).tolist()
        self._columns = []
        for first, last in itertools.pairwise(edges):
            own = sides.some(first, last)
            told = _Column(first, last, cross[first:last], own, own.sign.ravel(), own.sd.ravel())
            self._columns.append(told)
        self._pairs = _alike(expansion.cross, np.array(edges[:-1], dtype=np.int64))

    def walk(self, sweeps: int) -> tuple[Floats, Floats]:
        """Visit every column in each of `sweeps`; the mean of each d, and of its square (J,), after them."""
        first, second = np.zeros((2, len(self.column)))
        for _ in range(sweeps):
            luck = self.luck()
            for k, told in enumerate(self._columns):
                _visit(told, self.state, luck[:, k])
            self._swap()
            first += self.state.mean(1)
            second += np.square(self.state).mean(1)
        return first / max(sweeps, 1), second / max(sweeps, 1)

    def luck(self) -> Singles:
        """For each column and rank of a chain (3, K, C): a uniform number, the log of another, and a third,
        stratified together over the ranks."""
        luck = self.rng.random((3, len(self._columns), 1), dtype=np.float32) + self._lattice[:, None]
        luck -= np.floor(luck)
        luck[1] = np.log(np.maximum(luck[1], np.float32(1e-6)))
        return luck

    def _swap(self) -> None:
        for one, other in self._pairs:
            luck = self.rng.random((3, self.state.shape[1]), dtype=np.float32)
            luck[1] = np.log(np.maximum(luck[1], np.float32(1e-6)))
            _swap(self._columns[one], self._columns[other], self.state, luck)


def _alike(cross: Floats, starts: Ints) -> list[tuple[int, int]]:
    """The pairs of columns most alike: a visit at a time, one would hardly ever take the other's place."""
    root = np.sqrt(np.maximum(np.diag(cross), 1e-12))
    alike = np.abs(cross) / np.outer(root, root)
    alike = np.maximum.reduceat(np.maximum.reduceat(alike, starts, axis=0), starts, axis=1)
    alike = np.triu(alike, 1)
    best = np.argsort(-alike, axis=None)[: 1 + len(starts) // 4]
    pairs = [divmod(int(at), len(starts)) for at in best]
    return [pair for pair in pairs if alike[pair] > _ALIKE]


@dataclass(frozen=True)
class _Evidence:
    """Of one column being in, in each chain: `upto` (2L, C) the running total of each row's mass, `top`
    (C,) the log that all were divided by, `beyond` (2L, C) how far past the gap the row's middle lies, in its
    SD."""

    beyond: Singles
    upto: Singles
    top: Singles

    @classmethod
    def of(cls, told: _Column, state: Singles) -> _Evidence:
        """`state` has the column out."""
        beyond, height = told.sides.heights(told.cross @ state)
        height = height.reshape(-1, state.shape[1])
        top = np.maximum(height.max(0), 0)
        height -= top
        mass = np.exp(height, out=height)
        return cls(beyond.reshape(mass.shape), mass.cumsum(0), top)

    def draw(self, told: _Column, luck: Singles, chains: Ints) -> tuple[Singles, Ints]:
        """Effect and row of these chains, given that the column is in there; `luck` (2, chains) as in
        `Chains.luck`."""
        upto = self.upto[:, chains]
        row = (upto[:-1] < luck[0] * upto[-1]).sum(0)
        past = beyond_zero(self.beyond[row, chains], luck[1])
        effect: Singles = told.sign[row] * (np.float32(MATTERS) + past * told.sd[row])
        return effect, row


def _visit(told: _Column, state: Singles, luck: Singles) -> None:
    """One column in all chains."""
    block = state[told.first : told.last]
    block[:] = 0
    seen = _Evidence.of(told, state)
    chance = seen.upto[-1] / (seen.upto[-1] + np.exp(-seen.top))
    order = chance.argsort()
    goes = luck[2] < chance[order]
    enters = order[goes]
    effect, row = seen.draw(told, luck[:2, goes], enters)
    block[row % len(block), enters] = effect


def _swap(one: _Column, other: _Column, state: Singles, luck: Singles) -> None:
    """Where exactly one of two columns is in, which of them, and how, is drawn anew."""
    blocks = [state[told.first : told.last] for told in (one, other)]
    before = [block.copy() for block in blocks]
    alone = before[0].any(0) != before[1].any(0)
    for block in blocks:
        block[:] = 0
    seen = [_Evidence.of(told, state) for told in (one, other)]
    odds = seen[1].top - seen[0].top + np.log(_some(seen[1].upto[-1])) - np.log(_some(seen[0].upto[-1]))
    second = luck[2] < 1 / (1 + np.exp(-np.clip(odds, -60, 60)))
    chains = np.arange(len(alone))
    for told, block, was, mine, evidence in zip(
        (one, other), blocks, before, (~second, second), seen, strict=True
    ):
        effect, row = evidence.draw(told, luck[:2], chains)
        block[row % len(block), chains] = mine * effect
        np.copyto(block, was, where=~alone)


def _some(mass: Singles) -> Singles:
    return np.maximum(mass, np.float32(1e-30))
