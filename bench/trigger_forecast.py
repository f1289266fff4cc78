"""How good one-day-ahead forecasts are for simulated people, frozen at the end of the diary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from trigger_detection import EVENTS
from trigger_measures import area, calibration_slope, log_score, ratio
from trigger_people import Asked, everyone, people, risk_table
from trigger_table import Line, Settings, over_people

from uncramp.core import simulate_grid as grid
from uncramp.core.risk import RiskTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Foretold:
    """(later,) each: the chance of a cramp by uncramp, by its model alone, by own rate and in truth, and what
    happened."""

    cell: float
    ours: Floats
    model: Floats
    base: Floats
    truth: Floats
    happened: Marks


def model_alone(table: RiskTable, last: int, seed: int) -> Floats:
    """(last,) Chance of any cramp by the model fitted before, without uncramp's mixing with the own rate."""
    from uncramp.core.arrays import as_data
    from uncramp.core.forecast import chance_of, rows_of
    from uncramp.stats.trigger_model import fit, predict

    first, whole = as_data(rows_of(table, slice(0, len(table.dates) - last))), as_data(table)
    told = fit(first, seed=seed)
    log_mean = predict(
        first, told, counts=whole.counts, values=whole.values, weekday=whole.weekday, yearday=whole.yearday,
        offset=whole.offset,
    )  # fmt: skip
    return np.asarray(chance_of(log_mean[:, -last:], told.dispersion, first.counts).mean(axis=0))


def ours_alone(table: RiskTable, last: int, seed: int) -> Floats:
    """(last,) What uncramp itself says of each of the last rows, one row ahead."""
    from uncramp.core.forecast import forecasts

    return np.array([one.probability for one in forecasts(table, last, seed=seed)])


def foretold(asked: Asked) -> Foretold:
    """One person's last days."""
    from uncramp.core.forecast import any_cramp

    person = grid.simulated(asked.wanted, np.random.default_rng(asked.seed))
    table = risk_table(person.counts, person.values, person.binary, int(person.weekday[0]))
    first = person.counts[: person.days]
    seen = first[~np.isnan(first)] > 0
    later, last = slice(person.days, None), asked.wanted.later
    truth = any_cramp(person.log_mean[None, later], np.array([person.size]))[0]
    base = np.full(last, (seen.sum() + 0.5) / (len(seen) + 1))
    ours, model = ours_alone(table, last, asked.seed), model_alone(table, last, asked.seed)
    return Foretold(asked.cell, ours, model, base, truth, person.all_counts[later] > 0)


LOSSES = "log score {:.4f}, base {:.4f}, truth {:.4f}, model alone {:.4f}"


def _told(one: Foretold) -> tuple[Floats, Floats, Floats, Floats]:
    return one.ours, one.base, one.truth, one.model


def forecast(settings: Settings) -> list[Line]:
    """Share of the gain in log score that the truth would have over the person's own rate."""
    of = everyone(foretold, people(EVENTS, settings.people, settings.seed, ()), settings.workers)
    cells = np.array([one.cell for one in of])
    lost = np.array([[log_score(p, one.happened).mean() for p in _told(one)] for one in of])
    lines = [_share("forecast: share of the attainable gain, all", cells, lost, cells > 0, settings, 0.45)]
    lines.append(_share("  96 cramps and more", cells, lost, cells >= 96, settings, 0.50))
    for cell in EVENTS:
        here = cells == cell
        excess, low, high = over_people(cells[here], partial(_excess, lost[here]), settings.seed)
        name = f"  log score over the base rate's, {cell:g} cramps"
        beside = LOSSES.format(*lost[here].mean(axis=0))
        lines.append(Line(name, int(here.sum()), excess, low, high, beside, most=0.003))
    return [*lines, *_sharpness(of, cells, settings)]


def _excess(lost: Floats, at: Ints) -> float:
    return float(lost[at, 0].mean() / lost[at, 1].mean() - 1)


def _share(name: str, cells: Floats, lost: Floats, some: Marks, settings: Settings, least: float) -> Line:
    chosen, scores = cells[some], lost[some]

    def share(at: Ints) -> float:
        ours, base, truth, _ = scores[at].mean(axis=0)
        return float((base - ours) / (base - truth))

    figure, low, high = over_people(chosen, share, settings.seed)
    beside = LOSSES.format(*scores.mean(axis=0))
    return Line(name, int(some.sum()), figure, low, high, beside, least)


def _sharpness(of: list[Foretold], cells: Floats, settings: Settings) -> list[Line]:
    """Calibration slope of all forecasts, and how well each person's own days are told apart."""
    ours, happened = np.array([one.ours for one in of]), np.array([one.happened for one in of])
    figure, low, high = over_people(
        cells, lambda at: calibration_slope(ours[at].ravel(), happened[at].ravel()), settings.seed, 100
    )
    within = [_within([one.ours for one in of], of), _within([one.truth for one in of], of)]
    beside = f"truth {within[1]:.3f}"
    return [
        Line("  calibration slope", len(of), figure, low, high),
        Line("  AUROC within a person", len(of), within[0], beside=beside),
    ]


def _within(told: list[Floats], of: list[Foretold]) -> float:
    """Weighted by each person's pairs of a day with and a day without."""
    areas, weights = [], []
    for p, one in zip(told, of, strict=True):
        pairs = float(one.happened.sum() * (~one.happened).sum())
        if pairs:
            areas.append(area(p, one.happened) * pairs)
            weights.append(pairs)
    return ratio(np.array(areas), np.array(weights)) if weights else math.nan
