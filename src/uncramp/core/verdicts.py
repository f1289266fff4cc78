"""When a trigger is called raising, lowering, of no importance, or nothing yet: the rule. Pure."""

from __future__ import annotations

import math

import numpy as np

from uncramp.core.finding import Verdict
from uncramp.core.risk import Floats

SURE = 0.95
FALSE_DISCOVERIES = 0.10
UNIMPORTANT = (math.log(0.8), math.log(1.25))
"""Log rate ratios within which a contrast is taken to make no difference that matters."""


def verdicts(raises: Floats, lowers: Floats, flat_low: Floats, flat_high: Floats) -> list[Verdict]:
    """The verdict on each column (K,).

    "raises" and "lowers": the probability of mattering in that direction is at least .95, and among all
    that are called so the expected share of wrong ones (Bayesian false discovery rate: Newton and others
    2004, Biostatistics 5:155) is at most .10. "no_important_difference": the 90 % interval of the
    likelihood alone lies within rate ratios of 0.8 and 1.25, so that a strong prior can never say it.
    """
    sure = np.maximum(raises, lowers)
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(1 - sure[order]) / np.arange(1, len(sure) + 1)
    few = np.zeros(len(sure), dtype=np.bool_)
    few[order] = wrong <= FALSE_DISCOVERIES
    called: list[Verdict] = []
    for k in range(len(sure)):
        if sure[k] >= SURE and few[k]:
            called.append("raises" if raises[k] >= lowers[k] else "lowers")
        elif UNIMPORTANT[0] <= flat_low[k] and flat_high[k] <= UNIMPORTANT[1]:
            called.append("no_important_difference")
        else:
            called.append("cannot_tell")
    return called
