"""Load that builds up and fades: exponentially weighted means that know days nobody wrote of. Pure.

After Williams and others 2017 (Br J Sports Med 51:209): a day's weight is 2 / (N + 1), and what came before
fades by the rest. Here a day that is unknown fades like any other and adds nothing, and the mean is over the
weight of the known days alone. Where that is too little, nothing is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ENOUGH = 0.5
"""Of all weight since ever, the share that known days must carry. Our choice: half."""


@dataclass(frozen=True)
class Mean:
    """The weights of a mean over about `days` days."""

    days: int

    @property
    def share(self) -> float:
        """The weight of the newest day."""
        return 2 / (self.days + 1)

    @property
    def reach(self) -> int:
        """How many days carry all but a hundredth of the weight."""
        return math.ceil(math.log(0.01) / math.log(1 - self.share))


def faded_means(whole: Floats, before: Floats, mean: Mean) -> tuple[Floats, Floats]:
    """For each day the mean with that day in it: as later days see it, and as it was before the first cramp.

    `whole` (n,) is the load of each day, `before` (n,) the part of it that came before a cramp of that day;
    NaN is unknown, in both and in the answers (n,), (n,).
    """
    share, sum_, weight = mean.share, 0.0, 0.0
    after_it, until_it = [], []
    for day, part in zip(whole.tolist(), before.tolist(), strict=True):
        sum_, weight = (1 - share) * sum_, (1 - share) * weight
        with_part = _mean(sum_, weight, part, share)
        if day == day:
            sum_, weight = sum_ + share * day, weight + share
        until_it.append(with_part)
        after_it.append(sum_ / weight if weight >= ENOUGH else math.nan)
    return np.array(after_it, dtype=np.float64), np.array(until_it, dtype=np.float64)


def _mean(sum_: float, weight: float, day: float, share: float) -> float:
    if day == day:
        sum_, weight = sum_ + share * day, weight + share
    return sum_ / weight if weight >= ENOUGH else math.nan
