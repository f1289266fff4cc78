"""Gibbs sampling over (in or out, lag, log rate ratio) of each column in turn, in many chains at once.

For one column, given the others, each of its candidates on each side of nothing has a normal law cut off at
log 1.25, so its evidence is in closed form and the choice among all of them and "out" is one draw. What is
reported is the chance of being in at each visit, not whether it was (Rao-Blackwell). The chains of one visit
share one stratified draw, sorted by that chance: as many chains go in as should, and hardly more or fewer
(Owen 2013, Monte Carlo theory, chapter 8; L'Ecuyer, Lecot, Tuffin 2008, Oper Res 56:958).
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
_STRIDE = 97
"""Neighbours in rank get points far apart, and any stretch of ranks gets points that fill 0 to 1 evenly; all
are then shifted by one uniform number, so that each chain's own point is uniform."""


@dataclass
class _Column:
    """What one visit to a column needs of its L candidates, above nothing and then below: `cross` (L, J);
    `edge` (2, L, 1) how far the gap reaches, `middle` (2, L, 1) where the normal's middle lies with all else
    out, and `gain` (2, L, 1) how far the others push it, all away from nothing and in the normal's own SD;
    `level` (2, L, 1); `sign`, `sd` (2L,)."""

    first: int
    last: int
    cross: Singles
    edge: Singles
    middle: Singles
    gain: Singles
    level: Singles
    sign: Singles
    sd: Singles


@dataclass(frozen=True)
class Visits:
    """What the chains said, sweep by sweep: `chance` (S, K, C) of being in, and whether it then was,
    `inside` (S, K, C); given that it is in, one draw of `effect` (S, K, C) and `row` (S, K, C): candidate
    (within the column) above, then below; `share` (K, 10): of visits, the mean chance of each row."""

    chance: Singles
    inside: Singles
    effect: Singles
    row: NDArray[np.int8]
    share: Floats


@dataclass
class Chains:
    """`state` (J, C): the d of each candidate in each chain, 0 where out; moves on at each `run`."""

    column: Ints
    state: Singles
    rng: np.random.Generator
    _ladder: Singles = field(init=False)
    _columns: list[_Column] = field(default_factory=list)
    _pairs: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = self.state.shape[1]
        self._ladder = (np.arange(count) * _STRIDE % count / count).astype(np.float32)

    def aim(self, expansion: Expansion, slab: Slab) -> None:
        """Sample from this stand-in from now on."""
        precise = expansion.curve + slab.sd**-2
        linear = expansion.slope + slab.mean / slab.sd**2
        level = slab.log_prior + expansion.level - (slab.mean / slab.sd) ** 2 / 2
        level = level - np.log(precise) / 2 - np.log(slab.sd)
        sign = np.array([[1.0], [-1.0]]) * np.ones(len(self.column))
        sd = precise**-0.5
        parts = [_single(x) for x in (MATTERS / sd, linear * sd * sign, sd * sign, level, sign, sd)]
        cross = expansion.cross.astype(np.float32)
        edges = np.flatnonzero(np.diff(self.column, prepend=-1, append=-1)).tolist()
        self._columns = []
        for first, last in itertools.pairwise(edges):
            *each, signs, sds = (part[:, first:last] for part in parts)
            edge, middle, gain, level_of = each
            self._columns.append(
                _Column(
                    first, last, cross[first:last], edge, middle, gain, level_of, signs.ravel(), sds.ravel()
                )
            )
        self._pairs = _alike(expansion.cross, np.array(edges[:-1], dtype=np.int64))

    def walk(self, sweeps: int) -> tuple[Floats, Floats]:
        """Visit every column once in each of `sweeps`; the mean of each d, and of its square (J,), after
        them."""
        first, second = np.zeros((2, len(self.column)))
        for _ in range(sweeps):
            luck = self._luck()
            for k, told in enumerate(self._columns):
                _visit(told, self.state, luck[:, k])
            self._swap()
            first += self.state.mean(1)
            second += np.square(self.state).mean(1)
        return first / max(sweeps, 1), second / max(sweeps, 1)

    def run(self, sweeps: int) -> Visits:
        """The same, and all that the visits said."""
        shape = (sweeps, len(self._columns), self.state.shape[1])
        chance, inside, effect = (np.zeros(shape, np.float32) for _ in range(3))
        row, share = np.zeros(shape, np.int8), np.zeros((shape[1], 10))
        for sweep in range(sweeps):
            luck = self._luck()
            for k, told in enumerate(self._columns):
                visit = _visit(told, self.state, luck[:, k], every=True)
                chance[sweep, k], inside[sweep, k, visit.enters] = visit.chance, 1
                effect[sweep, k], row[sweep, k] = visit.effect, visit.row
                mass, total = visit.seen.mass, _some(visit.seen.upto[-1])
                share[k, : len(mass)] += mass @ (visit.chance / total)
            self._swap()
        return Visits(chance, inside, effect, row, share / max(sweeps * shape[2], 1))

    def _luck(self) -> Singles:
        """For each column and chain (3, K, C): a uniform number, the log of another, and one that is
        stratified over the chains once these are in order."""
        luck = self.rng.random((3, len(self._columns), self.state.shape[1]), dtype=np.float32)
        luck[1] = np.log(np.maximum(luck[1], np.float32(1e-6)))
        luck[2] = (luck[2, :, :1] + self._ladder) % 1
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


def _single(values: Floats) -> Singles:
    return values.astype(np.float32)[:, :, None]


@dataclass(frozen=True)
class _Evidence:
    """Of one column being in, in each chain: `mass` (2L, C) of each row, `top` (C,) the log it was divided
    by, `upto` (2L, C) its running total, `beyond` (2L, C) how far past the gap the row's middle lies, in its
    SD."""

    beyond: Singles
    mass: Singles
    upto: Singles
    top: Singles

    @classmethod
    def of(cls, told: _Column, state: Singles) -> _Evidence:
        """`state` has the column out."""
        middle = told.middle - told.gain * (told.cross @ state)
        beyond = middle - told.edge
        short = np.minimum(beyond, 0)
        height = scaled_log_mass(beyond)
        height += told.level
        middle *= middle
        short *= short
        middle -= short
        middle *= np.float32(0.5)
        height += middle
        height = height.reshape(-1, state.shape[1])
        top = np.maximum(height.max(0), 0)
        height -= top
        mass = np.exp(height, out=height)
        return cls(beyond.reshape(mass.shape), mass, mass.cumsum(0), top)

    def draw(self, told: _Column, luck: Singles, chains: Ints) -> tuple[Singles, Ints]:
        """Effect and row of these chains, given that the column is in there; `luck` (2, C) as in
        `Chains._luck`."""
        upto, luck = self.upto[:, chains], luck[:, chains]
        row = (upto[:-1] < luck[0] * upto[-1]).sum(0)
        past = beyond_zero(self.beyond[row, chains], luck[1])
        effect: Singles = told.sign[row] * (np.float32(MATTERS) + past * told.sd[row])
        return effect, row


@dataclass(frozen=True)
class _Visit:
    """`chance` (C,) of being in; the chains that it `enters`, the others being left; `effect` and `row` given
    that it is in, in these or in all chains."""

    seen: _Evidence
    chance: Singles
    enters: Ints
    effect: Singles
    row: Ints


def _visit(told: _Column, state: Singles, luck: Singles, every: bool = False) -> _Visit:
    """One column in all chains; `every`: effects are drawn for all of these."""
    block = state[told.first : told.last]
    block[:] = 0
    seen = _Evidence.of(told, state)
    chance = seen.upto[-1] / (seen.upto[-1] + np.exp(-seen.top))
    order = chance.argsort()
    enters = order[luck[2] < chance[order]]
    effect, row = seen.draw(told, luck[:2], np.arange(len(chance)) if every else enters)
    now = enters if every else slice(None)
    block[row[now] % len(block), enters] = effect[now]
    return _Visit(seen, chance, enters, effect, row)


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
