"""Whether the probabilities, verdicts and intervals hold what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from trigger_baselines import p_value
from trigger_detection import EVENTS, answers, stacked
from trigger_measures import calibration_error, calibration_floor, discovered, ratio
from trigger_people import Answer, everyone, people, put_through
from trigger_table import Line, Settings, over_people

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

SAID = 0.95
FOUND = {48.0: 0.22, 96.0: 0.45, 192.0: 0.62}
"""Of what is there, how much is to be found at so many cramps."""


def calibration(settings: Settings) -> list[Line]:
    """Right model and grid."""
    asked = people(
        (12.0, 24.0, 48.0, 96.0), settings.scaled(150), settings.seed + 300_000, ("uncramp",), law="model"
    )
    right = everyone(put_through, asked, settings.workers)
    return _calibrated("right model", right, 0.012, settings) + _calibrated(
        "grid", answers(settings), 0.017, settings
    )


def _calibrated(name: str, of: Sequence[Answer], most: float, settings: Settings) -> list[Line]:
    cells, told, true = stacked(of, "uncramp")
    figure, low, high = over_people(
        cells, lambda at: calibration_error(told[at].ravel(), true[at].ravel()), settings.seed
    )
    floor, worst = calibration_floor(told.ravel(), np.random.default_rng(settings.seed))
    beside = f"floor {floor:.4f}, by chance up to {worst:.4f}; {_bins(told.ravel(), true.ravel())}"
    # The bootstrap adds noise of its own to an error that cannot be negative: judged by the figure.
    lines = [Line(f"calibration error, {name}", len(of), figure, beside=beside, most=most, chance=worst)]
    lines.append(Line("  its bootstrap (biased upwards)", len(of), figure, low, high))
    lines += [
        _over_floor(name, cell, told[cells == cell], true[cells == cell], settings)
        for cell in np.unique(cells)
    ]
    high_ones = told >= SAID
    figure, low, high = over_people(
        cells, lambda at: ratio(true[at] & high_ones[at], high_ones[at]), settings.seed
    )
    beside = f"n = {int(high_ones.sum())} shown"
    return [*lines, Line(f"  shown >= .95 and right, {name}", len(of), figure, low, high, beside, SAID)]


def _over_floor(name: str, cell: float, told: Floats, true: Marks, settings: Settings) -> Line:
    error = calibration_error(told.ravel(), true.ravel())
    floor, worst = calibration_floor(told.ravel(), np.random.default_rng(settings.seed))
    beside = f"error {error:.4f}, floor {floor:.4f}, by chance up to {worst:.4f}"
    return Line(
        f"  over its floor, {name}, {cell:g} cramps",
        len(told),
        error - floor,
        beside=beside,
        most=0.02,
        chance=worst - floor,
    )


def _bins(told: Floats, true: Marks) -> str:
    place = np.minimum((told * 10).astype(int), 9)
    parts = [
        f"{told[place == b].mean():.2f}/{true[place == b].mean():.2f}"
        for b in range(10)
        if (place == b).any()
    ]
    return "said/seen " + " ".join(parts)


def false_discoveries(settings: Settings) -> list[Line]:
    """At a nominal 10 %, for those with 48 cramps or more: as a choice by probability, and as verdicts."""
    of = [one for one in answers(settings) if one.cell >= 48]
    chosen = np.array([discovered(one.score["uncramp"]) for one in of])
    said = np.array([one.verdict for one in of])
    lines = _found("chosen at a Bayesian FDR of 10 %", of, chosen, chosen, settings, FOUND)
    pooled = _over_all(of)
    lines += _found("the same, over all people of a cell at once", of, pooled, pooled, settings, FOUND)
    lines += _found("verdicts (>= .95 in their direction)", of, said != 0, said == 1, settings, {})
    return [*lines, _cox_line(of, settings)]


def _over_all(of: Sequence[Answer]) -> Marks:
    """(P, K) What a Bayesian false discovery rate of 10 % keeps of all people with as many cramps: one person
    alone has most often nothing or one thing to tell, and one can only be kept whole."""
    cells, told, _ = stacked(of, "uncramp")
    chosen = np.zeros(told.shape, dtype=np.bool_)
    for cell in np.unique(cells):
        here = cells == cell
        chosen[here] = discovered(told[here].ravel()).reshape(told[here].shape)
    return chosen


def _found(
    name: str,
    of: Sequence[Answer],
    chosen: Marks,
    right: Marks,
    settings: Settings,
    least: dict[float, float],
) -> list[Line]:
    """`right`: where what is said would be right were the exposure to matter."""
    cells = np.array([one.cell for one in of])
    true = np.array([one.matters for one in of])
    wrong = chosen & ~(true & right)

    def line(label: str, measure: Callable[[Ints], float], goal: float | None, most: float | None) -> Line:
        figure, low, high = over_people(cells, measure, settings.seed)
        return Line(label, len(of), figure, low, high, f"{int(chosen.sum())} chosen", goal, most)

    lines = [line(f"real FDR, {name}", lambda at: ratio(wrong[at], chosen[at]), None, 0.10)]
    for cell in np.unique(cells):
        here = (cells == cell)[:, None]

        def share(at: Ints, here: Marks = here) -> float:
            return ratio((chosen & true & right & here)[at], (true & here)[at])

        false = ratio(wrong & here, chosen & here)
        found = line(f"  found at {cell:g} cramps", share, least.get(float(cell)), None)
        lines.append(
            Line(
                found.name, found.people, found.figure, found.low, found.high, f"FDR {false:.3f}", found.least
            )
        )
    return lines


def _cox_line(of: Sequence[Answer], settings: Settings) -> Line:
    """Cox with p from chi-square of its best lag, Benjamini-Hochberg at 10 %."""
    cells, statistic, true = stacked(of, "cox")
    p = p_value(statistic)
    order = np.sort(p, axis=1)
    ranks = np.arange(1, p.shape[1] + 1) / p.shape[1]
    reached = np.where(order <= 0.10 * ranks, order, -1).max(axis=1)
    chosen = p <= reached[:, None]
    figure, low, high = over_people(cells, lambda at: ratio((chosen & ~true)[at], chosen[at]), settings.seed)
    return Line(
        "  Cox with Benjamini-Hochberg: real FDR",
        len(of),
        figure,
        low,
        high,
        f"found {ratio(chosen & true, true):.3f}",
    )


def coverage(settings: Settings) -> list[Line]:
    """90 % intervals of exposures that matter and are more likely than not, till there are 1,500 of these."""
    of = list(answers(settings))
    wanted, seed = settings.scaled(1500), settings.seed + 500_000
    while sum(int(_flagged(one).sum()) for one in of) < wanted and len(of) < 40 * settings.people:
        asked = people(EVENTS, max(4, settings.people // 2), seed, ("uncramp",))
        of += everyone(put_through, asked, settings.workers)
        seed += 100_000
    cells = np.array([one.cell for one in of])
    flagged = np.array([_flagged(one) for one in of])
    ratios, numbers = np.array([one.covered for one in of]), np.array([one.attributed for one in of])
    width = float(np.mean(np.array([one.width for one in of])[flagged]))
    count = f"n = {int(flagged.sum())}"
    lines = []
    for name, inside, beside in (
        ("rate ratio", ratios, f"{count}, mean width of log rate ratio {width:.2f}"),
        ("attributable cramps", numbers, count),
    ):
        figure, low, high = over_people(cells, partial(_held, inside, flagged), settings.seed)
        lines.append(
            Line(f"coverage of 90 % interval, {name}", len(of), figure, low, high, beside, 0.88, 0.95)
        )
    return [*lines, *_cox_coverage(of, settings)]


def _held(inside: Marks, flagged: Marks, at: Ints) -> float:
    return ratio((inside & flagged)[at], flagged[at])


def _flagged(one: Answer) -> Marks:
    return np.asarray((one.score["uncramp"] > 0.5) & one.matters)


def _cox_coverage(of: Sequence[Answer], settings: Settings) -> list[Line]:
    some = [one for one in of if one.cox_covered is not None]
    cells, flagged = np.array([one.cell for one in some]), np.array([_flagged(one) for one in some])
    inside = np.array([one.cox_covered for one in some])
    figure, low, high = over_people(
        cells, lambda at: ratio((inside & flagged)[at], flagged[at]), settings.seed
    )
    return [Line("  Cox, Wald at the best lag, the same exposures", len(some), figure, low, high)]
