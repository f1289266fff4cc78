"""The chains of one diary: expand, sample, expand about what was found, and at last weigh the states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import fit_baseline
from uncramp.stats.trigger_bend import Bender
from uncramp.stats.trigger_chain import Chains
from uncramp.stats.trigger_exact import Scales, Weighed, moves
from uncramp.stats.trigger_expansion import Centre, Expansion, Rows, expand
from uncramp.stats.trigger_look import Looks, Onlooker
from uncramp.stats.trigger_prepare import Prepared, dispersion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHAINS = 256
WARM_SWEEPS = 2
"""About the baseline alone, to find where to expand."""
SWEEPS, MOST_SWEEPS = 6, 16
"""With a bend after each; at least so many, and at most."""
MOST_VISITS = 840
"""Sweeps times columns, where this allows fewer sweeps."""
_HARD = 140.0
"""Sweeps for each unit of the variance that is left in the log weights: what bends and weights say is as
noisy as the root of this variance over the number of states."""
_FARTHEST = 3.0
_FIRST_LOOK = 2
"""Sweeps before what the chains say counts."""


@dataclass(frozen=True)
class Sampled:
    """What the chains and the weights said. The last looks are at the states of `weighed`; `moved` (M,) and
    `states` (M, J) as `moves` has them."""

    expansion: Expansion
    looks: Looks
    weighed: Weighed
    moved: Floats
    states: Floats


def sample(ready: Prepared, rng: np.random.Generator, chains: int, sweeps: int) -> Sampled:
    """Expand about what was found, bend by what the weights said, and sample."""
    rows, slab = ready.rows, ready.slab
    walk = Chains(rows.column, np.zeros((len(rows.column), chains), np.float32), rng)
    walk.aim(expand(rows, slab, ready.start), slab)
    centre = recentred(rows, ready.start, *walk.walk(WARM_SWEEPS))
    expansion = expand(rows, slab, centre)
    bender, scales = Bender(expansion, rows.column), Scales(rows, slab, centre)
    seen: list[Weighed] = []
    looks: list[Looks] = []
    most = min(MOST_SWEEPS, MOST_VISITS // max(len(ready.told.low), 1))
    while not seen or len(seen) < _needed(seen[-1], sweeps, most):
        if seen:
            expansion = bender.bent(seen[-1])
        walk.aim(expansion, slab)
        walk.walk(1)
        if len(seen) >= min(_FIRST_LOOK, sweeps - 1):
            looks.append(Onlooker(expansion, slab, rows.column).look(walk.state, walk.luck()[:2]))
        seen.append(scales.weigh(expansion, _states(walk)))
    return Sampled(expansion, Looks.all(looks), seen[-1], *moves(expansion, seen))


def _needed(seen: Weighed, sweeps: int, most: int) -> float:
    off = seen.exact - seen.stand_in
    off = off[np.isfinite(off)]
    left = np.clip(off - np.median(off), -_FARTHEST, _FARTHEST).var() if len(off) else 0.0
    return max(sweeps, min(float(left) * _HARD, most))


def _states(walk: Chains) -> Floats:
    return np.ascontiguousarray(walk.state.T, dtype=np.float64)


def recentred(rows: Rows, centre: Centre, first: Floats, second: Floats) -> Centre:
    """The centre where the mean of each d is `first`, and of its square `second`, with theta and phi at their
    best beside it."""
    eta = rows.offset + first @ rows.mean + second @ rows.variance / 2
    theta, _ = fit_baseline(rows.counts, eta, rows.base, centre.phi, centre.theta)
    phi = dispersion(rows.counts, rows.eta(theta, first, second))
    return Centre(theta, first, second, phi)
