"""A diary made ready for the search: columns scaled, gaps filled, lags laid out, and the baseline fitted
alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncramp.stats.trigger_baseline import (
    DISPERSION_WEIGHTS,
    DISPERSIONS,
    DRIFT_SCALES,
    Baseline,
    baseline,
    drifting,
    evidence,
    fit_baseline,
    log_likelihood,
    rising,
)  # fmt: skip
from uncramp.stats.trigger_columns import Candidates, Columns, candidates, columns
from uncramp.stats.trigger_data import Data, clean
from uncramp.stats.trigger_expansion import MATTERS, Centre, Rows, Slab
from uncramp.stats.trigger_missing import Filled, habits
from uncramp.stats.trigger_normal import normal_mass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Prepared:
    """A diary made ready: `everywhere` has all rows, `rows` those whose outcome is known."""

    data: Data
    told: Columns
    chosen: Candidates
    known: NDArray[np.bool_]
    everywhere: Rows
    rows: Rows
    slab: Slab
    start: Centre


def prepare(data: Data, quick: bool = False) -> Prepared:
    """Columns scaled, gaps filled, lags laid out, and the baseline fitted alone; `quick`: gaps are put at
    their column's mean, and the drift's scale is not chosen."""
    data = clean(data)
    told = columns(data.whole, data.binary)
    lead = _lead(data)
    fill = _at_mean if quick else _filled
    now = fill(data, told, data.values, lead)
    later = now if data.later is None else fill(data, told, data.later, lead)
    chosen = candidates(now, later, *_lags(data), lead)
    known = np.isfinite(data.counts)
    scales = DRIFT_SCALES[1:2] if quick else DRIFT_SCALES
    base, start = _baseline(data, known, len(chosen.column), scales)
    everywhere = Rows(data.counts, data.offset, chosen.mean, chosen.variance, chosen.column, base)
    rows = Rows(
        data.counts[known], data.offset[known], np.ascontiguousarray(chosen.mean[:, known]),
        np.ascontiguousarray(chosen.variance[:, known]), chosen.column, _only(base, known),
    )  # fmt: skip
    return Prepared(data, told, chosen, known, everywhere, rows, _slab(data, chosen), start)


def onward(data: Data, whole: Data) -> Rows:
    """All rows of `whole`, whose first are those of `data`, as what was learnt from `data` sees them: the
    later ones from nothing but what came before, and their own day's exposures."""
    data, whole = clean(data), clean(whole)
    told, lead, fitted = columns(data.whole, data.binary), _lead(data), len(data.counts)
    now = _onward(data, told, data.values, whole.values, whole.weekday, lead)
    later = now
    if data.later is not None and whole.later is not None:
        later = _onward(data, told, data.later, whole.later, whole.weekday, lead)
    chosen = candidates(now, later, *_lags(data), lead)
    base = baseline(whole, fitted, 1.0)
    return Rows(whole.counts, whole.offset, chosen.mean, chosen.variance, chosen.column, base)


def _filled(data: Data, told: Columns, values: Floats, lead: int) -> Filled:
    """Of `values` (n, K) and the `lead` rows before them, each gap as it most likely was."""
    scaled, days = _led(told, values, data.weekday, lead)
    return habits(scaled, told.binary, told.centre, days, data.sequential).fill(scaled, days)


def _at_mean(data: Data, told: Columns, values: Floats, lead: int) -> Filled:
    scaled, _ = _led(told, values, data.weekday, lead)
    return Filled(np.nan_to_num(scaled), np.zeros_like(scaled))


def _onward(data: Data, told: Columns, first: Floats, values: Floats, weekday: Ints, lead: int) -> Filled:
    """The same of `values` (n + later, K), whose later rows are filled from what came before them."""
    gaps, known = _filled(data, told, first, lead), lead + len(first)
    scaled, days = _led(told, values, weekday, lead)
    habit = habits(scaled[:known], told.binary, told.centre, days[:known], data.sequential)
    later = habit.onward(gaps, scaled[known:], days[known:])
    return Filled(np.vstack([gaps.mean, later.mean]), np.vstack([gaps.variance, later.variance]))


def _lead(data: Data) -> int:
    """Rows of unknowns put before the first, for the lags to reach back to."""
    return max(3, int(data.summed.max(initial=0)) - 1) if data.sequential else 0


def _led(told: Columns, values: Floats, weekday: Ints, lead: int) -> tuple[Floats, Ints]:
    """The scaled values with `lead` rows before them, and their weekdays; 7 is none."""
    scaled = np.vstack([np.full((lead, values.shape[1]), np.nan), told.scaled(values)])
    days = np.concatenate([int(weekday[0]) - np.arange(lead, 0, -1), weekday]) % 7
    return scaled, days if weekday.min() >= 0 else np.full(len(days), 7)


def _lags(data: Data) -> tuple[Marks, Ints]:
    """Rows that are not days in a row have no lags and no sums."""
    if data.sequential:
        return data.lags, data.summed
    return np.eye(1, 4, dtype=np.bool_).repeat(len(data.binary), 0), np.zeros_like(data.summed)


def _only(base: Baseline, known: NDArray[np.bool_]) -> Baseline:
    return Baseline(np.ascontiguousarray(base.features[known]), base.mean, base.precision)


def _baseline(
    data: Data, known: NDArray[np.bool_], count: int, scales: tuple[float, ...]
) -> tuple[Baseline, Centre]:
    """The baseline whose drift and dispersion have the most evidence with no column in, and its mode."""
    y, offset = data.counts[known], data.offset[known]
    whole = baseline(data, len(data.counts), 1.0)
    part = _only(whole, known)
    best: tuple[float, Baseline, Centre] | None = None
    theta = part.mean
    for scale in scales:
        here = drifting(part, len(data.counts), scale)
        theta, curve = fit_baseline(y, offset, here, 0.35, theta)
        found = evidence(y, offset, here, 0.35, theta, curve)
        if best is None or found > best[0]:
            phi = dispersion(y, offset + part.features @ theta)
            base = drifting(whole, len(data.counts), scale)
            best = found, base, Centre(theta, np.zeros(count), np.zeros(count), phi)
    if best is None:
        raise AssertionError
    return best[1], best[2]


def dispersion(counts: Floats, eta: Floats) -> float:
    """The mean of phi where the log means are `eta`."""
    each = np.array([log_likelihood(counts, eta, phi) for phi in DISPERSIONS.tolist()]) + rising(counts)
    chance = np.exp(each - each.max()) * DISPERSION_WEIGHTS
    return float(chance @ DISPERSIONS / chance.sum())


def _slab(data: Data, chosen: Candidates) -> Slab:
    mean, sd, either = data.mean[chosen.column], data.sd[chosen.column], data.either[chosen.column]
    inclusion = data.inclusion[chosen.column]
    sides: Floats = np.array([mean, mean * np.where(either, -1.0, 1.0)])
    left = [normal_mass((sides[0] - MATTERS) / sd), normal_mass((-MATTERS - sides[1]) / sd)]
    odds = np.log(inclusion / (1 - inclusion)) + chosen.log_weight
    return Slab(sides, sd, odds - np.log(np.maximum(left[0] + left[1], 1e-12)))
