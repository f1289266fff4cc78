"""Finding what matters: the grid, the power grid, and what missing entries cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from trigger_measures import area, average_precision, events_for, power
from trigger_people import Answer, Asked, everyone, grid, people, put_through
from trigger_table import Line, Settings, over_people

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Measure = Callable[[Floats, NDArray[np.bool_]], float]

EVENTS = (6.0, 12.0, 24.0, 48.0, 96.0, 192.0)
POWER_EVENTS = (24.0, 48.0, 96.0, 128.0)
ORACLES = ("oracle", "oracle_level", "oracle_complete")
GRID = ("cox", "cco", *ORACLES, "uncramp", "uncramp_complete", "uncramp_mean")
POWERS = ("uncramp", "oracle", "oracle_level", "cox")
LASSO_SHARE = 6
"""The lasso takes seconds a person: it gets one person in so many, and its comparisons are among these."""


@cache
def answers(settings: Settings) -> tuple[Answer, ...]:
    """The grid: T=365, K=30, lags unknown."""
    asked = people(EVENTS, settings.people, settings.seed, GRID)
    if find_spec("sklearn") is None:
        return tuple(everyone(put_through, asked, settings.workers))
    with_lasso = [
        type(one)(one.cell, one.wanted, one.seed, (*GRID, "lasso") if number % LASSO_SHARE == 0 else GRID)
        for number, one in enumerate(asked)
    ]
    return tuple(everyone(put_through, with_lasso, settings.workers))


def stacked(of: Sequence[Answer], method: str) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """(P,) cells, (P, K) scores and truth."""
    cells = np.array([one.cell for one in of])
    return cells, np.array([one.score[method] for one in of]), np.array([one.matters for one in of])


def detection(settings: Settings) -> list[Line]:
    """Pooled average precision beside every baseline, on the same people."""
    of = answers(settings)
    cells, ours, true = stacked(of, "uncramp")
    lines = [_own_line("average precision, grid", of, "uncramp", average_precision, settings, 0.55)]
    others = ("cox", "cco", *ORACLES)
    lines += [_own_line(f"  {method}", of, method, average_precision, settings) for method in others]
    for method, least in (("cox", 0.14), ("cco", None)):
        other = stacked(of, method)[1]
        lines.append(_difference(f"  uncramp - {method}", cells, ours, other, true, settings, least))
    for method, least in (("oracle", 0.97), ("oracle_level", None)):
        other = stacked(of, method)[1]
        figure, low, high = over_people(cells, partial(_share, ours, other, true), settings.seed)
        lines.append(Line(f"  uncramp / {method}", len(of), figure, low, high, least=least))
    lines += _with_lasso(of, settings)
    lines.append(_own_line("AUROC, grid", of, "uncramp", area, settings))
    lines.append(_own_line("power at 5 % false positives, grid", of, "uncramp", power, settings))
    return lines


def _precision(score: Floats, true: NDArray[np.bool_], at: Ints) -> float:
    return average_precision(score[at].ravel(), true[at].ravel())


def _share(ours: Floats, other: Floats, true: NDArray[np.bool_], at: Ints) -> float:
    return _precision(ours, true, at) / _precision(other, true, at)


def _own_line(
    name: str, of: Sequence[Answer], method: str, measure: Measure, settings: Settings,
    least: float | None = None,
) -> Line:  # fmt: skip
    cells, score, true = stacked(of, method)
    figure, low, high = over_people(
        cells, lambda at: measure(score[at].ravel(), true[at].ravel()), settings.seed
    )
    beside = " ".join(
        f"{cell:g}: {measure(score[cells == cell].ravel(), true[cells == cell].ravel()):.3f}"
        for cell in np.unique(cells)
    )
    return Line(name, len(of), figure, low, high, beside, least)


def _difference(
    name: str, cells: Floats, ours: Floats, other: Floats, true: NDArray[np.bool_], settings: Settings,
    least: float | None,
) -> Line:  # fmt: skip
    figure, low, high = over_people(
        cells, lambda at: _precision(ours, true, at) - _precision(other, true, at), settings.seed
    )
    return Line(name, len(cells), figure, low, high, least=least)


def _with_lasso(of: Sequence[Answer], settings: Settings) -> list[Line]:
    some = [one for one in of if "lasso" in one.score]
    if not some:
        return [Line("  lasso: scikit-learn is not here", 0, math.nan)]
    cells, ours, true = stacked(some, "uncramp")
    return [
        _own_line("  lasso (its people only)", some, "lasso", average_precision, settings),
        _difference("  uncramp - lasso", cells, ours, stacked(some, "lasso")[1], true, settings, None),
    ]


def missing(settings: Settings) -> list[Line]:
    """Of the precision that missing entries cost, what looking at the other entries wins back."""
    of = answers(settings)
    cells, ours, true = stacked(of, "uncramp")
    mean, complete = stacked(of, "uncramp_mean")[1], stacked(of, "uncramp_complete")[1]

    def recovered(at: Ints) -> float:
        lost = _precision(complete, true, at) - _precision(mean, true, at)
        return (_precision(ours, true, at) - _precision(mean, true, at)) / lost if lost > 0 else math.nan

    everybody = np.arange(len(of))
    beside = ", ".join(
        f"{name} {_precision(score, true, everybody):.3f}"
        for name, score in (("means", mean), ("ours", ours), ("complete", complete))
    )
    figure, low, high = over_people(cells, recovered, settings.seed)
    lost = Line("precision lost to missing entries, recovered", len(of), figure, low, high, beside, 0.30)
    return [lost, *_foretold(settings)]


def _foretold(settings: Settings) -> list[Line]:
    """The share of the variance of missing cells that the other entries foretell; hardly more of what they
    cost can come back."""
    asked = people(EVENTS, max(2, settings.people // 10), settings.seed, ())
    parts = np.array(everyone(_left_open, asked, settings.workers))  # (P, 2 kinds, left and whole)
    cells = np.array([one.cell for one in asked])

    def line(name: str, kind: int) -> Line:
        def share(at: Ints) -> float:
            left, whole = parts[at, kind].sum(axis=0)
            return 1 - float(left / whole) if whole > 0 else math.nan

        return Line(f"  variance foretold, {name}", len(asked), *over_people(cells, share, settings.seed))

    return [line("yes or no", 1), line("numbers", 0)]


def _left_open(asked: Asked) -> Floats:
    """(2, 2) Of the missing numbers, and yes/nos: squared error of what is put there, and of their mean, in
    units of the column's variance."""
    from uncramp.stats.trigger_missing import habits

    person = grid.simulated(asked.wanted, np.random.default_rng(asked.seed))
    rows = slice(0, person.days)
    values, truth, weekday = person.values[rows], person.all_values[rows], person.weekday[rows]
    usual, gaps = np.nanmean(values, axis=0), np.isnan(values)
    habit = habits(values - usual, person.binary, np.where(person.binary, usual, 0.0), weekday, True)
    told = habit.fill(values - usual, weekday).mean + usual
    spread = np.nanvar(values, axis=0)
    each = np.array([np.where(gaps, (put - truth) ** 2 / spread, 0.0).sum(0) for put in (told, usual)])
    return np.array([each[:, person.binary == kind].sum(axis=1) for kind in (False, True)])


def power_grid(settings: Settings) -> list[Line]:
    """One fixed rate ratio, all yes/no, T=180, lags known: power over the same-entries oracle."""
    lines, shares = [], []
    for place, rate_ratio in enumerate((2.0, 3.0)):
        asked = people(
            POWER_EVENTS, settings.scaled(150), settings.seed + 100_000 * (place + 1),
            POWERS, known_lag=True, days=180, later=0, rate_ratio=rate_ratio, only_yes_no=True,
        )  # fmt: skip
        of = everyone(put_through, asked, settings.workers)
        lines += [_cell(of, cell, rate_ratio, settings) for cell in POWER_EVENTS]
        lines += [_events_needed(of, method, rate_ratio, settings) for method in ("uncramp", "oracle", "cox")]
        shares.append(of)
    return [_mean_share(shares, settings), *lines]


def _cell_power(of: Sequence[Answer], method: str, cell: float, at: Ints | None = None) -> float:
    some = [one for one in of if one.cell == cell]
    _, score, true = stacked(some, method)
    chosen = np.arange(len(some)) if at is None else at
    return power(score[chosen].ravel(), true[chosen].ravel())


def _cell(of: Sequence[Answer], cell: float, rate_ratio: float, settings: Settings) -> Line:
    some = [one for one in of if one.cell == cell]
    cells, ours, true = stacked(some, "uncramp")
    oracle = stacked(some, "oracle")[1]

    def share(at: Ints) -> float:
        flat = true[at].ravel()
        return power(ours[at].ravel(), flat) / power(oracle[at].ravel(), flat)

    figure, low, high = over_people(cells, share, settings.seed)
    beside = ", ".join(f"{m} {_cell_power(of, m, cell):.2f}" for m in POWERS)
    return Line(f"  power / oracle, RR {rate_ratio:g}, {cell:g} cramps", len(some), figure, low, high, beside)


def _mean_share(shares: Sequence[Sequence[Answer]], settings: Settings) -> Line:
    """Mean over the cells of 48 to 128 cramps and both rate ratios."""
    parts = [(of, cell) for of in shares for cell in POWER_EVENTS if cell >= 48]
    tables = []
    for of, cell in parts:
        some = [one for one in of if one.cell == cell]
        tables.append((stacked(some, "uncramp")[1], stacked(some, "oracle")[1], stacked(some, "uncramp")[2]))
    rng = np.random.default_rng(settings.seed)

    def mean(draw: bool) -> float:
        shares = []
        for ours, oracle, true in tables:
            at = rng.integers(0, len(ours), len(ours)) if draw else np.arange(len(ours))
            flat = true[at].ravel()
            shares.append(power(ours[at].ravel(), flat) / power(oracle[at].ravel(), flat))
        return float(np.mean(shares))

    drawn = [mean(True) for _ in range(400)]
    low, high = (float(q) for q in np.quantile(drawn, (0.05, 0.95)))
    each = len(tables[0][0])
    return Line(
        "power / oracle, mean over RR 2, 3 and 48-128 cramps", each * 6, mean(False), low, high, "", 0.95
    )


def _events_needed(of: Sequence[Answer], method: str, rate_ratio: float, settings: Settings) -> Line:
    """With its interval, for which whole people are drawn within each cell."""
    tables = [stacked([one for one in of if one.cell == cell], method) for cell in POWER_EVENTS]
    rng = np.random.default_rng(settings.seed)

    def needed(draw: bool) -> float:
        powers = []
        for _, score, true in tables:
            at = rng.integers(0, len(score), len(score)) if draw else np.arange(len(score))
            powers.append(power(score[at].ravel(), true[at].ravel()))
        return events_for(0.8, POWER_EVENTS, powers)

    low, high = (float(q) for q in np.quantile([needed(True) for _ in range(200)], (0.05, 0.95)))
    name = f"  cramps for 80 % power at RR {rate_ratio:g}, {method}"
    return Line(name, len(of), needed(False), low, high)
