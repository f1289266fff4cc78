"""Whether a column may be a consequence of the cramps: done after them, or because of them. Pure.

Looked at beside the model: where one of these speaks for it, no verdict is given, whatever the probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from uncramp.core.finding import Follows
from uncramp.core.other_readings import switched
from uncramp.core.risk import Floats, RiskTable
from uncramp.stats.trigger_model import Posterior

LEAST_DAYS = 20
ODDS_RATIO, SCORE = 2.0, 3.0
"""From here on a column is said to follow cramps: the score is one that chance alone brings once in 740."""
SPELL, MANY, LEAST_CRAMPS = 14, 1.5, 3
MOSTLY, LEAST_SAME_DAYS = 0.5, 3
NO_DOSE = -1.5
"""So many standard errors below what a cause would show; one in fifteen true causes falls there by chance."""
STRONG, ONLY_THAT_DAY = math.log(5), 0.9
"""Fewer than one cause in ten is so strong, even by the widest prior of a column (SD 0.9 of the log)."""
SEVERAL_SPEAK = 2.0
STEPS = 30
VAGUE = 3.0
"""SD of a weak prior that keeps a slope finite where hardly a night had several cramps."""
NORMAL_90 = 1.6448536


def may_follow(table: RiskTable, told: Posterior, k: int) -> Follows | None:
    """The first sign that column `k` is a consequence; `None` where nothing speaks for it."""
    low, high = float(told.low[k]), float(told.high[k])
    if (found := follows_cramps(table, k, low, high)) is not None or low >= high:
        return found
    dose = _dose(table, told, k) if int(np.argmax(told.lag[k])) == 0 else None
    return no_dose(told, k, dose) or too_strong(table, told, k, dose)


@dataclass(frozen=True)
class _Days:
    """One column of the rest table, day by day."""

    cramps: Floats
    on: Floats
    later: Floats
    yes_no: bool


def follows_cramps(table: RiskTable, k: int, low: float, high: float) -> Follows | None:
    """Whether column `k` comes after cramps rather than before them; `None` where nothing speaks for it.

    Only the rest table has days in a row to see it by.
    """
    if table.outcome != "rest" or len(table.dates) < LEAST_DAYS:
        return None
    days = _Days(
        table.cramps,
        switched(table.values[:, k], low, high, 0),
        switched(table.later[:, k], low, high, 0),
        table.columns[k].kind == "yes_no",
    )
    return _same_day(days) or _began(days) or _day_after(days)


def _same_day(days: _Days) -> Follows | None:
    cramped = (np.nan_to_num(days.cramps) > 0) & (days.later == 1)
    after = int((cramped & (days.on != 1)).sum())
    if after < LEAST_SAME_DAYS or after < MOSTLY * (days.later == 1).sum():
        return None
    return Follows("same_day", after / int((days.later == 1).sum()), after)


def _began(days: _Days) -> Follows | None:
    """It was never so, and then mostly so, from a spell with many cramps on."""
    if not days.yes_no or not (days.later == 1).any():
        return None
    first = int(np.argmax(days.later == 1))
    before, after = days.later[:first], days.later[first:]
    known = after[np.isfinite(after)]
    if (before == 0).sum() < SPELL or len(known) < SPELL or known.mean() < MOSTLY:
        return None
    spell = days.cramps[first - SPELL : first]
    rest = np.concatenate([days.cramps[: first - SPELL], days.cramps[first:]])
    if np.nansum(spell) < LEAST_CRAMPS or not np.isfinite(rest).any():
        return None
    ratio = float(np.nanmean(spell) / max(float(np.nanmean(rest)), 1e-3))
    return Follows("began", ratio, int(np.isfinite(spell).sum())) if ratio >= MANY else None


def _day_after(days: _Days) -> Follows | None:
    """Mantel and Haenszel (1959) J Natl Cancer Inst 22:719: the odds of it on the day after a cramp, within
    days that had it on both, one or none of the two days before.

    Of yes/no columns only: a number goes on from day to day in more than two steps, and what it was before
    the cramp would pass for what came after.
    """
    if not days.yes_no:
        return None
    cramped, now = days.cramps[1:-1] > 0, days.later[2:]
    before = days.later[1:-1] + 2 * days.later[:-2]
    fine = np.isfinite(days.cramps[1:-1]) & np.isfinite(now) & np.isfinite(before)
    odds, against, seen, expected, variance = 0.5, 0.5, 0.0, 0.0, 0.0
    for level in range(4):
        rows = fine & (before == level)
        n = float(rows.sum())
        if n < 2:
            continue
        a, b = float((rows & cramped & (now == 1)).sum()), float((rows & cramped & (now == 0)).sum())
        c, d = float((rows & ~cramped & (now == 1)).sum()), float((rows & ~cramped & (now == 0)).sum())
        odds, against = odds + a * d / n, against + b * c / n
        seen, expected = seen + a, expected + (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    if variance <= 0 or odds / against < ODDS_RATIO or (seen - expected) / math.sqrt(variance) < SCORE:
        return None
    return Follows("day_after", odds / against, int(fine.sum()))


# ---- how many cramps a night -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Dose:
    """Among nights with a cramp: the slope of the log number of cramps on a column, in units of its
    contrast."""

    slope: float
    error: float
    nights: int


def no_dose(told: Posterior, k: int, dose: _Dose | None) -> Follows | None:
    """What raises the rate makes several cramps in one night likelier still than one; what is done because
    of a cramp is done after one as after three.

    So among nights with a cramp the number of cramps must go with a cause as strongly as whether there was
    one. Here it goes with it much less.
    """
    if dose is None:
        return None
    effect = float(told.conditional[k, 1])
    error = float(told.conditional[k, 2] - told.conditional[k, 0]) / (2 * NORMAL_90)
    below = math.copysign(1.0, effect) * (dose.slope - effect) / math.hypot(error, dose.error)
    if below > NO_DOSE:
        return None
    return Follows("several", math.exp(float(np.clip(dose.slope, -6, 6))), dose.nights)


def too_strong(table: RiskTable, told: Posterior, k: int, dose: _Dose | None) -> Follows | None:
    """More likely than not five times the cramps, and on the day itself only: hardly any cause is so strong,
    and what is done because of a cramp looks just so.

    Of yes/no columns only: what is done because of a cramp is done or not. A number of cramps that clearly
    goes up with it speaks for a cause.
    """
    likely_so = float(np.mean(told.effects[:, k] > STRONG)) >= 0.5
    if table.columns[k].kind != "yes_no" or not likely_so or told.lag[k, 0] < ONLY_THAT_DAY:
        return None
    if dose is not None and dose.slope > SEVERAL_SPEAK * dose.error:
        return None
    on = switched(table.values[:, k], float(told.low[k]), float(told.high[k]), 0) == 1
    days = int((on & np.isfinite(table.cramps)).sum())
    return Follows("strong", math.exp(float(np.clip(told.conditional[k, 1], -6, 6))), days)


def _dose(table: RiskTable, told: Posterior, k: int) -> _Dose | None:
    """Only nights with a cramp are looked at: negative binomial, truncated at 0 (Cameron and Trivedi 2013,
    Regression analysis of count data, section 4.3). `None` where too few of them are known."""
    effect = float(told.conditional[k, 1])
    value = np.clip((table.values[:, k] - told.low[k]) / (told.high[k] - told.low[k]), -0.5, 1.5)
    rows = (np.nan_to_num(table.cramps) > 0) & np.isfinite(value)
    counts = np.minimum(table.cramps[rows], 50.0)
    if rows.sum() < LEAST_DAYS or (counts > 1).sum() < LEAST_SAME_DAYS or np.ptp(value[rows]) == 0:
        return None
    usual = np.clip(told.log_mean, -12, 4).mean(axis=0)[rows] - effect * value[rows]
    scatter = float(np.mean(np.where(np.isfinite(told.dispersion), 1 / told.dispersion, 0.0)))
    slope, error = _slope_of_several(counts, usual, value[rows], scatter)
    return _Dose(slope, error, int(rows.sum()))


def _slope_of_several(counts: Floats, usual: Floats, value: Floats, scatter: float) -> tuple[float, float]:
    """Slope of the log mean on `value`, and its standard error, from counts of at least 1: Fisher scoring."""
    design = np.column_stack([np.ones(len(value)), value])
    stiff = np.diag([1e-4, VAGUE**-2])
    at = np.zeros(2)
    curve = stiff
    for _ in range(STEPS):
        mean = np.exp(np.clip(usual + design @ at, -12, 4))
        none = np.exp(-mean) if scatter <= 0 else (1 + scatter * mean) ** (-1 / scatter)
        some = np.maximum(1 - none, 1e-12)
        expected = mean / some
        spread = np.maximum((mean + (1 + scatter) * mean**2) / some - expected**2, 1e-9)
        over = 1 / (1 + scatter * mean)
        curve = (design.T * (spread * over**2)) @ design + stiff
        step = np.linalg.solve(curve, design.T @ ((counts - expected) * over) - stiff @ at)
        at = at + np.clip(step, -1, 1)
    return float(at[1]), float(np.sqrt(np.linalg.inv(curve)[1, 1]))
