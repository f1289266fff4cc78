"""How much a forecast may lean on its model, and how much better it is than the person's own average.
Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from uncramp.core.foretold import Skill, Third
from uncramp.core.risk import Floats

WEIGHTS = np.linspace(0.0, 1.0, 21)
HALF_TRUSTED = 25.0
"""Nights with a cramp after which the prior on the weight is centred on one half."""
PRIOR_NIGHTS = 2.0
"""How many held-out weights the prior is worth (the sum of a beta law's two numbers)."""
LEAST_NIGHTS, LEAST_CRAMPS = 30, 5
"""Held-out nights, and those with a cramp among them, from which on skill is spoken of."""
NORMAL_90 = 1.6448536
THIRDS = 3


@dataclass(frozen=True)
class Held:
    """A stretch of held-out nights: the chance by the model (n,), by the nights before alone (n,), by the own
    average, and what happened (n,).

    `rarer`: nights with a cramp or without among those fitted on, whichever are fewer.
    """

    model: Floats
    past: Floats
    base: float
    happened: Floats
    rarer: int


def held_part(model: Floats, past: Floats, base: float, counts: Floats, rarer: int) -> Held:
    """The nights of a stretch whose outcome is known."""
    known = np.isfinite(counts)
    return Held(model[known], past[known], base, (counts[known] > 0).astype(np.float64), rarer)


def weight_of(held: Sequence[Held], rarer: int) -> float:
    """The mean of the model's weight given the held-out nights; `rarer`: nights with a cramp or without that
    it is fitted on, whichever are fewer.

    The prior is a beta law centred on rarer / (rarer + 25): the fewer, the more the nights before are
    trusted.
    """
    centre = rarer / (rarer + HALF_TRUSTED)
    above, below = PRIOR_NIGHTS * centre, PRIOR_NIGHTS * (1 - centre)
    inside = np.clip(WEIGHTS, 0.01, 0.99)
    log_chance = (above - 1) * np.log(inside) + (below - 1) * np.log1p(-inside)
    for part in held:
        log_chance = log_chance + _log_scores(_mixed(part, WEIGHTS), part.happened).sum(axis=1)
    chance = np.exp(log_chance - log_chance.max())
    return float(chance @ WEIGHTS / chance.sum())


def _mixed(part: Held, weight: Floats) -> Floats:
    """(W, n)"""
    mixed: Floats = weight[:, None] * part.model + (1 - weight[:, None]) * part.past
    return mixed


def _log_scores(chance: Floats, happened: Floats) -> Floats:
    held = np.clip(chance, 1e-6, 1 - 1e-6)
    scores: Floats = np.where(happened > 0, np.log(held), np.log1p(-held))
    return scores


def skill_of(held: Sequence[Held]) -> Skill | None:
    """Of the mixture, each stretch told with the weight of those before it; `None` where there is too
    little."""
    told: list[Floats] = []
    for n, part in enumerate(held):
        weight = weight_of(held[:n], part.rarer)
        told.append(_mixed(part, np.array([weight]))[0])
    if not told:
        return None
    chance, happened = np.concatenate(told), np.concatenate([part.happened for part in held])
    base = np.concatenate([np.full(len(part.model), part.base) for part in held])
    if len(chance) < LEAST_NIGHTS or happened.sum() < LEAST_CRAMPS:
        return None
    better = _log_scores(chance, happened) - _log_scores(base, happened)
    error = float(better.std(ddof=1)) / math.sqrt(len(better))
    gain = float(better.mean())
    brier, usual = float(((chance - happened) ** 2).mean()), float(((base - happened) ** 2).mean())
    return Skill(
        nights=len(chance),
        cramps=int(happened.sum()),
        gain=gain,
        low=gain - NORMAL_90 * error,
        high=gain + NORMAL_90 * error,
        brier_skill=1 - brier / usual if usual > 0 else 0.0,
        calibration=_calibration(chance, happened),
    )


def _calibration(chance: Floats, happened: Floats) -> tuple[Third, ...]:
    parts = np.array_split(np.argsort(chance, kind="stable"), THIRDS)
    return tuple(
        Third(float(chance[part].mean()), float(happened[part].mean()), len(part))
        for part in parts
        if len(part)
    )
