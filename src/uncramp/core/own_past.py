"""The chance of a cramp each night from the nights before alone, from the first night on. Pure.

A latent level that may wander, and a carry-over from the night before:

    log odds(t) = level + s * z(t) + carry * (1/2 after a night with a cramp, -1/2 after one without),
    z(t) = exp(-1 / d) * z(t - 1) + noise, of mean 0 and variance 1.

The level, s, d and carry are not fitted but summed over, each value weighted by how well it foretold the
person's nights so far (Bayesian model averaging, prequential: Dawid 1984, JRSS-A 147:278). With s = 0 and
carry = 0, half of the prior each, it is the person's own average.

z is taken in few steps, by the chain of Rouwenhorst (1995; Kopecky and Suen 2010, Review of Economic
Dynamics 13:701), which has the mean, variance and correlation of z exactly; so the sums are those of a hidden
Markov chain (Rabiner 1989, Proc IEEE 77:257) and need no approximation.

The values below are round ones, for odds that move by a factor of about 3 to 50 between good and bad times
of days, weeks or a month, and for a night after a cramp with up to four times the odds. They were set
before the model was tried on a real diary and left so; on made-up diaries and on that real one, others
(half the spread, other times, twice the carry-over) did about the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from uncramp.core.risk import Floats

LEVELS = np.arange(-6.0, 4.01, 0.25)
"""Log odds; their prior is Jeffreys', as for the plain average."""
SPREADS, DAYS = (0.5, 1.0, 2.0), (3.0, 10.0, 30.0)
CARRY = (0.0, 0.7, 1.4)
STILL, NO_CARRY = 0.5, 0.5
"""Prior probabilities that the level does not wander, and that the night before tells nothing."""
STEPS = 5
WITHOUT, UNKNOWN, WITH = 0, 1, 2
"""Of the night before."""


@dataclass(frozen=True)
class OwnPast:
    """`chance` (n,) of a cramp in each row, told from the rows before; `draws` (D, later) of the last
    rows'."""

    chance: Floats
    draws: Floats


def any_of(cramps: Floats) -> Floats:
    """(n,) 1 for a night with any cramp, 0 with none, NaN unknown."""
    return np.where(np.isfinite(cramps), (np.nan_to_num(cramps) > 0).astype(np.float64), math.nan)


def own_past(happened: Floats, later: int = 0, draws: int = 0, seed: int = 0) -> OwnPast:
    """`happened` (n,): 1 a night with a cramp, 0 without, NaN unknown. Rows of unknown outcome only let time
    pass."""
    chances = _chances()
    belief = _prior()
    moves = np.stack([np.eye(STEPS), *(_moves(days) for _ in SPREADS for days in DAYS)])[:, None]
    rng = np.random.Generator(np.random.PCG64(seed))
    places = (rng.permutation(draws) + rng.random()) / max(draws, 1)
    told, drawn, before = np.zeros(len(happened)), np.zeros((draws, later)), UNKNOWN
    first = len(happened) - later
    for row, now in enumerate(happened):
        chance = chances[before]
        told[row] = (belief * chance).sum()
        if draws and row >= first:
            reached = np.cumsum(belief.ravel())
            drawn[:, row - first] = chance.ravel()[np.searchsorted(reached, places * reached[-1])]
        before = UNKNOWN
        if not math.isnan(now):
            belief = belief * (chance if now else 1 - chance)
            belief = belief / belief.sum()
            before = WITH if now else WITHOUT
        belief = belief @ moves
    return OwnPast(told, drawn)


def _chances() -> Floats:
    """(3, 1 + wanderings, levels, carries, steps) By what the night before was."""
    step = (np.arange(STEPS) - (STEPS - 1) / 2) / (math.sqrt(STEPS - 1) / 2)
    spread = np.array([0.0, *(spread for spread in SPREADS for _ in DAYS)])
    level = LEVELS[:, None, None] + spread[:, None, None, None] * step
    carry = np.array(CARRY)[:, None] * np.array([-0.5, 0.0, 0.5]).reshape(3, 1, 1, 1, 1)
    chances: Floats = 1 / (1 + np.exp(-(level + carry)))
    return chances


def _prior() -> Floats:
    """(1 + wanderings, levels, carries, steps)"""
    wander = np.array([STILL, *([(1 - STILL) / (len(SPREADS) * len(DAYS))] * (len(SPREADS) * len(DAYS)))])
    # Jeffreys' law of a share has this density on the log odds.
    level = 1 / (2 * np.cosh(LEVELS / 2))
    carry = np.array([NO_CARRY, *([(1 - NO_CARRY) / (len(CARRY) - 1)] * (len(CARRY) - 1))])
    step = np.array([math.comb(STEPS - 1, k) for k in range(STEPS)]) / 2.0 ** (STEPS - 1)
    prior: Floats = np.einsum("w,l,c,s->wlcs", wander, level / level.sum(), carry, step)
    return prior


def _moves(days: float) -> Floats:
    """(steps, steps) The chance of each step from one night to the next; after `days`, 1/e of z is left."""
    stay = (1 + math.exp(-1 / days)) / 2
    moves = np.array([[stay, 1 - stay], [1 - stay, stay]])
    for size in range(3, STEPS + 1):
        wider = np.zeros((size, size))
        wider[:-1, :-1] += stay * moves
        wider[:-1, 1:] += (1 - stay) * moves
        wider[1:, :-1] += (1 - stay) * moves
        wider[1:, 1:] += stay * moves
        wider[1:-1] /= 2
        moves = wider
    return moves
