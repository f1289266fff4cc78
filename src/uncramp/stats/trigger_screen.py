"""A first look at all columns within a hundredth of a second: one quadratic expansion, no chain.

The log posterior is taken as quadratic about the baseline alone, unknown exposures at their mean. Each
column's chance of mattering is then in closed form given the mean effects of the others, and these are put
into each other's place a few times over (mean field; Jordan, Ghahramani, Jaakkola, Saul 1999, Mach Learn
37:183). Rough: for an order of what to look at, not for a verdict.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_expansion import MATTERS, Slab
from uncramp.stats.trigger_normal import scaled_log_mass
from uncramp.stats.trigger_prepare import Prepared

Floats = NDArray[np.float64]

_ROUNDS = 12
_STEP = 0.6
"""Of the way to what a round says, lest two columns that are alike change places for ever."""
_MOST = 60.0


def looked_at(ready: Prepared) -> Floats:
    """Each column's chance of mattering (K,), roughly."""
    slab, column = ready.slab, ready.rows.column
    slope, cross = _quadratic(ready)
    precise = np.diag(cross) + slab.sd**-2
    others = np.where(column[:, None] == column, 0.0, cross)
    whose = (column[:, None] == np.arange(len(ready.told.low))).astype(np.float64)
    mean, chance = np.zeros(len(column)), np.zeros(whose.shape[1])
    for _ in range(_ROUNDS):
        pull = slope + slab.mean / slab.sd**2 - others @ mean
        mass, effect = _sides(pull, precise, slab)
        total = mass.sum(0) @ whose
        chance = total / (1 + total)
        mean += _STEP * ((mass * effect).sum(0) / (1 + total)[column] - mean)
    return chance


def _quadratic(ready: Prepared) -> tuple[Floats, Floats]:
    """Slope (J,) and minus the second derivative (J, J) at no effect of anything, theta following."""
    rows, centre = ready.rows, ready.start
    z, base = rows.base.features, rows.base
    mu = np.exp(rows.offset + z @ centre.theta)
    over = 1 / (1 + centre.phi * mu)
    towards = (rows.mean * np.sqrt(mu * over)).astype(np.float32)
    bent = (z.T * (mu * over)) @ rows.mean.T
    inner = (z.T * (mu * over)) @ z + np.diag(base.precision)
    cross = (towards @ towards.T).astype(np.float64) - bent.T @ np.linalg.solve(inner, bent)
    return rows.mean @ ((rows.counts - mu) * over), cross


def _sides(pull: Floats, precise: Floats, slab: Slab) -> tuple[Floats, Floats]:
    """Odds (2, J) of each candidate, above nothing and below, and its mean effect there, at `pull` (2, J)."""
    sign, sd = np.array([[1.0], [-1.0]]), precise**-0.5
    middle = sign * pull * sd
    beyond = middle - MATTERS / sd
    level = slab.log_prior - (slab.mean / slab.sd) ** 2 / 2 + np.log(sd / slab.sd)
    tail = scaled_log_mass(beyond)
    height = level + (middle**2 - np.minimum(beyond, 0) ** 2) / 2 + tail
    past = beyond + np.exp(-(np.maximum(beyond, 0) ** 2) / 2 - tail) / np.sqrt(2 * np.pi)
    return np.exp(np.minimum(height, _MOST)), sign * (MATTERS + np.maximum(past, 0) * sd)
