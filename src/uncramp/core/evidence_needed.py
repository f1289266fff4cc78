"""How large an effect a diary could have shown, and what more nights would show.

The likelihood of one log rate ratio is taken as normal about its estimate, with standard error s (Wald; s
falls with the root of the number of known nights). A column is called when the probability that it matters
in one direction reaches the verdict's threshold; that is a bound on the estimate. Power is then the chance
that an estimate passes the bound (Cohen 1988, Statistical power analysis, chapter 1; with a Bayesian bound:
Spiegelhalter, Abrams, Myles 2004, Bayesian approaches to clinical trials, chapter 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

POWER = 0.8
SURE = 0.95
MATTERS = math.log(1.25)
FARTHEST = 6.0
"""Log rate ratios beyond this are told apart by no diary."""
MORE_NIGHTS = (30, 60, 90, 180, 365)
MOST_NIGHTS = 3 * 365
_UNIT = NormalDist()


@dataclass(frozen=True)
class Seen:
    """One effect: `estimate` and `error` of its log rate ratio from the diary alone; its prior, and
    `shared`: the share of the prior chance that falls on its own lag."""

    estimate: float
    error: float
    inclusion: float
    mean: float
    sd: float
    shared: float = 1.0
    either: bool = False

    def toward(self, sign: float) -> float:
        """The prior's mean, counted in the direction of `sign`."""
        return self.mean if self.either else sign * self.mean


def direction_chance(seen: Seen, estimate: float, error: float, sign: float) -> float:
    """Probability that it matters in the direction of `sign`, if the diary alone said `estimate` with
    `error`."""
    up = _height(seen, sign * estimate, error, seen.toward(sign))
    down = _height(seen, -sign * estimate, error, seen.toward(-sign))
    both = _mass(seen.toward(1), seen.sd) + _mass(seen.toward(-1), seen.sd)
    odds = seen.inclusion / (1 - seen.inclusion)
    rest = odds * (1 - seen.shared)
    inside, outside = odds * seen.shared * up / both, odds * seen.shared * down / both
    return (inside + rest / 2) / (1 + rest + inside + outside)


def _height(seen: Seen, estimate: float, error: float, mean: float) -> float:
    """Evidence of the slab beyond log 1.25 above nothing, against nothing."""
    spread = error**2 + seen.sd**2
    log_ratio = 0.5 * (estimate / error) ** 2 - 0.5 * (estimate - mean) ** 2 / spread
    shrunk = error**2 * seen.sd**2 / spread
    middle = shrunk * (estimate / error**2 + mean / seen.sd**2)
    beyond = _UNIT.cdf((middle - MATTERS) / math.sqrt(shrunk))
    return error / math.sqrt(spread) * math.exp(min(log_ratio, 600.0)) * beyond


def _mass(mean: float, sd: float) -> float:
    return max(_UNIT.cdf((mean - MATTERS) / sd), 1e-9)


def bound(seen: Seen, error: float, sign: float) -> float | None:
    """The least estimate (times `sign`) that gets a verdict; `None` where none within reach does."""
    low, high = 0.0, FARTHEST
    if direction_chance(seen, sign * high, error, sign) < SURE:
        return None
    for _ in range(40):
        middle = (low + high) / 2
        if direction_chance(seen, sign * middle, error, sign) >= SURE:
            high = middle
        else:
            low = middle
    return high


def as_found(seen: Seen, raises: float, lowers: float) -> Seen:
    """The same with the estimate that gives the likelier direction the probability that it was found to
    have."""
    sign, found = (1.0, raises) if raises >= lowers else (-1.0, lowers)
    low, high = 0.0, FARTHEST
    for _ in range(40):
        middle = (low + high) / 2
        if direction_chance(seen, sign * middle, seen.error, sign) < found:
            low = middle
        else:
            high = middle
    return replace(seen, estimate=sign * low)


def smallest_detectable(seen: Seen) -> float | None:
    """The rate ratio above 1 that would have got a verdict in 80 of 100 such diaries; `None` beyond all
    reach."""
    least = bound(seen, seen.error, 1.0)
    if least is None:
        return None
    size = max(least + _UNIT.inv_cdf(POWER) * seen.error, MATTERS)
    return math.exp(size) if size <= FARTHEST else None


def likely_size(seen: Seen) -> float:
    """The median log rate ratio, given that it matters in its likelier direction."""
    sign = 1.0 if direction_chance(seen, seen.estimate, seen.error, 1.0) >= direction_chance(
        seen, seen.estimate, seen.error, -1.0
    ) else -1.0  # fmt: skip
    shrunk = 1 / (seen.error**-2 + seen.sd**-2)
    middle = shrunk * (sign * seen.estimate / seen.error**2 + seen.toward(sign) / seen.sd**2)
    root = math.sqrt(shrunk)
    left = _UNIT.cdf((MATTERS - middle) / root)
    upto = min(max(left + (1 - left) / 2, 1e-9), 1 - 1e-9)
    return sign * max(MATTERS, middle + root * _UNIT.inv_cdf(upto))


def verdict_chance(seen: Seen, effect: float, known: int, more: int) -> float:
    """Probability of a verdict in the direction of `effect` (log rate ratio), if that is the truth, after
    `more` nights like the `known` ones."""
    if more <= 0 or known <= 0:
        return 0.0
    sign = math.copysign(1.0, effect)
    fresh = seen.error * math.sqrt(known / more)
    error = seen.error * math.sqrt(known / (known + more))
    least = bound(seen, error, sign)
    if least is None:
        return 0.0
    share = (error / fresh) ** 2
    middle = sign * (seen.estimate * (1 - share) + effect * share)
    return _UNIT.cdf((middle - least) / (fresh * share))


def nights_needed(seen: Seen, effect: float, known: int) -> int | None:
    """The fewest more nights with an 80 % chance of a verdict, to the next 10; `None` where not in 3
    years."""
    if verdict_chance(seen, effect, known, MOST_NIGHTS) < POWER:
        return None
    low, high = 0, MOST_NIGHTS
    while high - low > 1:
        middle = (low + high) // 2
        if verdict_chance(seen, effect, known, middle) >= POWER:
            high = middle
        else:
            low = middle
    return min(MOST_NIGHTS, -(-high // 10) * 10)
