"""What goes together with one person's cramps: a risk table -> a finding for each column. Pure.

The model is in `stats`; here its answer is turned into verdicts, and what else could lie behind each is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from uncramp.core import evidence_needed as needed
from uncramp.core.arrays import as_data
from uncramp.core.consequences import may_follow
from uncramp.core.evidence_needed import Seen
from uncramp.core.finding import (
    INTERVAL,
    Contrast,
    Fakes,
    Finding,
    Findings,
    Ghosts,
    More,
    Range,
    Reason,
    Spread,
    UnknownNights,
    Verdict,
)
from uncramp.core.ghosts import with_ghosts
from uncramp.core.information import errors
from uncramp.core.other_readings import confused_with, correlations, switched, unknown_nights
from uncramp.core.risk import Column, Floats, RiskTable, varying
from uncramp.core.verdicts import verdicts
from uncramp.stats.trigger_columns import LAG_WEIGHTS
from uncramp.stats.trigger_model import Posterior, fit

DAYS = 30
LARGEST_LOG = 6.0
MOST_MOVED = 1e4
LAG_NAMES = ("0", "1", "2", "3", "sum")
"""Days later; "sum": the mean over the column's window."""


def findings(table: RiskTable, *, seed: int = 0, ghosts: bool = True) -> Findings:
    """A finding for each column of the table, the most useful first; the same for the same seed.

    Columns that never change or were never written are not fitted. With `ghosts` a second fit carries a
    shuffled copy of each column along; the findings themselves come from the first, which has none.
    """
    moving, still, unwritten = varying(table)
    nothing = _nothing_to_learn_from(table)
    found, fakes = ((), None) if nothing else _fitted(moving, seed, ghosts)
    silent: list[tuple[Column, Reason]] = [(column, nothing) for column in moving.columns if nothing]
    silent += [(column, "did_not_change") for column in still]
    silent += [(column, "never_written") for column in unwritten]
    told = [*found, *(_silent(table, column, why) for column, why in silent)]
    known = np.isfinite(table.cramps)
    return Findings(
        outcome=table.outcome,
        first=min(table.dates).isoformat() if table.dates else "",
        last=max(table.dates).isoformat() if table.dates else "",
        rows=len(table.dates),
        known_rows=int(known.sum()),
        cramps=int(table.cramps[known].sum()),
        findings=tuple(sorted(told, key=_use)),
        fakes=fakes,
    )


def _nothing_to_learn_from(table: RiskTable) -> Reason:
    known = table.cramps[np.isfinite(table.cramps)]
    if not len(known):
        return "no_rows"
    return "" if known.any() else "no_cramps"


def from_posterior(table: RiskTable, told: Posterior) -> tuple[Finding, ...]:
    """The findings of a table all of whose columns change, in their order."""
    called = verdicts(told.raises, told.lowers, told.flat_low, told.flat_high)
    alike = correlations(table.values)
    whole = _Whole(table, told, alike, errors(table, told), int(np.isfinite(table.cramps).sum()))
    return tuple(_finding(whole, k, called[k]) for k in range(len(table.columns)))


# ---- one finding -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Whole:
    table: RiskTable
    told: Posterior
    alike: Floats
    errors: Floats
    known: int


def _finding(whole: _Whole, k: int, verdict: Verdict) -> Finding:
    table, told = whole.table, whole.told
    column, seen = table.columns[k], _seen(whole, k)
    effect = needed.likely_size(seen)
    ratio = _ratio(told.conditional[k])
    low, high = float(told.low[k]), float(told.high[k])
    follows = may_follow(table, told, k)
    doubtful = follows is not None and verdict in ("raises", "lowers")
    settled = verdict != "cannot_tell"
    return Finding(
        trigger=column.id,
        name=column.name,
        of=column.of,
        contrast=_contrast(column, low, high),
        probability=_share(told.included[k]),
        raises=_share(told.raises[k]),
        lowers=_share(told.lowers[k]),
        prior=seen.inclusion,
        rate_ratio=ratio,
        diary_alone=Range(_exp(told.flat_low[k]), _exp(told.flat_high[k])),
        interval=INTERVAL,
        from_diary=seen.sd**2 / (seen.sd**2 + seen.error**2),
        odds_moved=_moved(float(told.included[k]), seen.inclusion),
        lag=_lags(told.lag[k]),
        attributable_per_30=_per_30(told.attributable[k], whole.known),
        smallest_detectable=needed.smallest_detectable(seen),
        confused_with=confused_with(table.columns, told.included, told.joint, whole.alike, k),
        verdict="cannot_tell" if doubtful else verdict,
        why="may_be_consequence" if doubtful else "" if settled else "few",
        known_rows=int(np.isfinite(table.values[:, k]).sum()),
        curve=tuple(
            More(n, _share(needed.verdict_chance(seen, effect, whole.known, n))) for n in needed.MORE_NIGHTS
        ),
        nights_needed=None if doubtful else 0 if settled else needed.nights_needed(seen, effect, whole.known),
        unknown_nights=_unknown(whole, k, ratio.median),
        follows_cramps=follows,
    )


def _seen(whole: _Whole, k: int) -> Seen:
    """The diary's word on the column as a normal law: as exact as its information, and such that the answer
    is the one that was found."""
    told, prior = whole.told, whole.table.columns[k].prior
    empty = Seen(
        estimate=0.0,
        error=float(whole.errors[k]),
        inclusion=float(np.clip(prior.inclusion, 1e-6, 1 - 1e-6)),
        mean=prior.mean,
        sd=float(np.clip(prior.sd, 0.05, 5)),
        shared=_own_lag(whole.table.columns[k], whole.table.outcome == "rest"),
        either=prior.either,
    )
    return needed.as_found(empty, float(told.raises[k]), float(told.lowers[k]))


def _own_lag(column: Column, rest: bool) -> float:
    """The share of a column's prior chance that falls on one lag, on (geometric) average over its lags."""
    lags = [lag for lag in column.lags if lag < len(LAG_WEIGHTS)] if rest else []
    if len(lags) < 2:
        return 1.0
    shares = LAG_WEIGHTS[lags] / LAG_WEIGHTS[lags].sum()
    return float(np.exp(shares @ np.log(shares)))


def _contrast(column: Column, low: float | None, high: float | None) -> Contrast:
    words = f"{column.high_words} instead of {column.low_words}"
    return Contrast(low, high, words, column.low_words, column.high_words, column.unit)


def _ratio(logs: Floats) -> Spread:
    low, middle, high = (_exp(value) for value in logs)
    return Spread(middle, low, high)


def _exp(log: float) -> float:
    return math.exp(float(np.clip(log, -LARGEST_LOG, LARGEST_LOG)))


def _share(value: float) -> float:
    return float(np.clip(value, 0.0, 1.0))


def _moved(probability: float, prior: float) -> float:
    """By how much the odds were multiplied, within 10 000 times either way."""
    held = min(max(probability, 1e-9), 1 - 1e-9)
    return float(np.clip(held / (1 - held) * (1 - prior) / prior, 1 / MOST_MOVED, MOST_MOVED))


def _lags(chances: Floats) -> dict[str, float]:
    return {name: float(chance) for name, chance in zip(LAG_NAMES, chances, strict=True) if chance > 1e-6}


def _per_30(total: Floats, known: int) -> Spread | None:
    if not known:
        return None
    low, middle, high = (float(value) * DAYS / known for value in total)
    return Spread(middle, low, high)


def _unknown(whole: _Whole, k: int, median: float) -> UnknownNights | None:
    table, told = whole.table, whole.told
    likeliest = int(np.argmax(told.lag[k]))
    lag = likeliest if likeliest < len(LAG_NAMES) - 1 else 0
    values = (table.later if lag else table.values)[:, k]
    on = switched(values, float(told.low[k]), float(told.high[k]), lag if table.outcome == "rest" else 0)
    return unknown_nights(table.cramps, on, median)


def _silent(table: RiskTable, column: Column, why: Reason) -> Finding:
    """Of a column that was not fitted: the prior, and why there is no more."""
    k = [one.id for one in table.columns].index(column.id)
    values = table.values[:, k][np.isfinite(table.values[:, k])]
    low, high = (float(values.min()), float(values.max())) if len(values) else (None, None)
    prior = float(np.clip(column.prior.inclusion, 1e-6, 1 - 1e-6))
    return Finding(
        trigger=column.id,
        name=column.name,
        of=column.of,
        contrast=_contrast(column, low, high),
        probability=prior,
        raises=prior / 2,
        lowers=prior / 2,
        prior=prior,
        rate_ratio=None,
        diary_alone=None,
        interval=INTERVAL,
        from_diary=0.0,
        odds_moved=1.0,
        lag={},
        attributable_per_30=None,
        smallest_detectable=None,
        confused_with=(),
        verdict="cannot_tell",
        why=why,
        known_rows=len(values),
        curve=(),
        nights_needed=None,
        unknown_nights=None,
        follows_cramps=None,
    )


def _use(finding: Finding) -> tuple[int, float, str]:
    """What is sure first, then what is likely, then what makes no difference, then what nobody can tell."""
    group = 0 if finding.verdict in ("raises", "lowers") else 1 if finding.verdict == "cannot_tell" else 2
    return (
        3 if finding.known_rows == 0 or finding.rate_ratio is None else group,
        -finding.probability,
        finding.trigger,
    )


# ---- fits ------------------------------------------------------------------------------------------


def _fitted(table: RiskTable, seed: int, ghosts: bool) -> tuple[tuple[Finding, ...], Fakes | None]:
    if not table.columns:
        return (), None
    found = from_posterior(table, fit(as_data(table), seed=seed))
    if not ghosts:
        return found, None
    rng = np.random.Generator(np.random.PCG64(seed))
    beside = fit(as_data(with_ghosts(table, rng)), seed=seed)
    return _beside_ghosts(found, beside)


def _beside_ghosts(found: tuple[Finding, ...], beside: Posterior) -> tuple[tuple[Finding, ...], Fakes]:
    """Each finding with its ghost: `beside` holds the columns and then their ghosts, in the same order."""
    count = len(found)
    fake = np.asarray(beside.included[count:], dtype=np.float64)
    moved = np.array([_moved(float(p), one.prior) for p, one in zip(fake, found, strict=True)])
    called = verdicts(
        *(part[count:] for part in (beside.raises, beside.lowers, beside.flat_low, beside.flat_high))
    )
    alone = [Range(_exp(beside.flat_low[k]), _exp(beside.flat_high[k])) for k in range(count, 2 * count)]
    shown = tuple(
        replace(one, ghosts=Ghosts(_share(fake[k]), float(np.mean(moved >= one.odds_moved)), alone[k]))
        for k, one in enumerate(found)
    )
    fooled = sum(verdict in ("raises", "lowers") for verdict in called)
    return shown, Fakes(count, _share(fake.max(initial=0.0)), fooled)
