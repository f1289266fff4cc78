"""The chains of one diary: expand, sample, expand about what was found, and at last weigh the states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import fit_baseline
from uncramp.stats.trigger_chain import Chains, Visits
from uncramp.stats.trigger_exact import Weighed, moves, refined, weigh
from uncramp.stats.trigger_expansion import Centre, Expansion, Rows, expand
from uncramp.stats.trigger_prepare import Prepared, dispersion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHAINS = 256
WARM_SWEEPS = (2,)
"""Before each further expansion."""
BEND_SWEEPS = (2, 1)
"""Before each bend."""
SETTLE_SWEEPS = 1
SWEEPS = 3


@dataclass(frozen=True)
class Sampled:
    """What the chains and the weights said; `moved` (M,) and `states` (M, J) as `moves` has them."""

    expansion: Expansion
    visits: Visits
    weighed: Weighed
    moved: Floats
    states: Floats


def sample(ready: Prepared, rng: np.random.Generator, chains: int, sweeps: int) -> Sampled:
    """Expand about what was found, bend by what the weights said, and sample."""
    rows, slab = ready.rows, ready.slab
    walk = Chains(rows.column, np.zeros((len(rows.column), chains), np.float32), rng)
    centre = ready.start
    for warm in WARM_SWEEPS:
        walk.aim(expand(rows, slab, centre), slab)
        centre = recentred(rows, centre, *walk.walk(warm))
    expansion = expand(rows, slab, centre)
    seen: list[Weighed] = []
    for bend in BEND_SWEEPS:
        walk.aim(expansion, slab)
        walk.walk(bend)
        seen.append(weigh(rows, slab, expansion, _states(walk)))
        expansion = refined(expansion, slab, rows.column, seen)
    walk.aim(expansion, slab)
    walk.walk(SETTLE_SWEEPS)
    visits = walk.run(sweeps)
    seen.append(weigh(rows, slab, expansion, _states(walk)))
    return Sampled(expansion, visits, seen[-1], *moves(slab, expansion, seen))


def _states(walk: Chains) -> Floats:
    return np.ascontiguousarray(walk.state.T, dtype=np.float64)


def recentred(rows: Rows, centre: Centre, first: Floats, second: Floats) -> Centre:
    """The centre where the mean of each d is `first`, and of its square `second`, with theta and phi at their
    best beside it."""
    eta = rows.offset + first @ rows.mean + second @ rows.variance / 2
    theta, _ = fit_baseline(rows.counts, eta, rows.base, centre.phi, centre.theta)
    phi = dispersion(rows.counts, rows.eta(theta, first, second))
    return Centre(theta, first, second, phi)


def candidate(visits: Visits, column: Ints) -> Ints:
    """Which candidate each visit chose (S, K, C)."""
    start = np.searchsorted(column, np.arange(visits.row.shape[1]))
    each = np.bincount(column, minlength=visits.row.shape[1])
    chosen: Ints = start[:, None] + visits.row % each[:, None]
    return chosen
