"""Diaries in which nothing matters, and diaries that break the model as real ones do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import trigger_baselines as baselines
from numpy.typing import NDArray
from trigger_measures import area, average_precision, binomial_upper, ratio
from trigger_people import Asked, data, everyone, put_through, risk_table, verdicts
from trigger_table import Line, Settings, over_people

from uncramp.core import simulate_grid as grid
from uncramp.core import simulate_life as life

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

NULL_CRAMPS = (24.0, 48.0, 96.0, 192.0)
DIRECTION = {"raises": 1, "lowers": -1}
LIVES = ((180, 30.0), (365, 60.0), (365, 120.0), (700, 200.0))
"""Days and cramps expected."""


def nothing_there(settings: Settings) -> list[Line]:
    """20 exposures that go up and down slowly, none real: how many people are told of any."""
    number = settings.scaled(300)
    asked = [
        Asked(cramps, _null(cramps), settings.seed + 700_000 + n, ("uncramp",))
        for n in range(number)
        for cramps in (NULL_CRAMPS[n % len(NULL_CRAMPS)],)
    ]
    of = everyone(put_through, asked, settings.workers)
    told = [int(np.any(one.verdict != 0)) for one in of]
    upper = binomial_upper(sum(told), len(told))
    mean = float(np.mean([one.score["uncramp"] for one in of]))
    return [
        Line("null diaries: people told of any trigger", len(of), float(np.mean(told)), most=0.10),
        Line(
            "  upper 95 % bound",
            len(of),
            upper,
            beside=f"{sum(told)} people, mean probability {mean:.3f}",
            most=0.13,
        ),
    ]


def _null(cramps: float) -> grid.Wanted:
    return grid.Wanted(**{**grid.NULL.__dict__, "cramps": cramps, "later": 0})


@dataclass(frozen=True)
class Told:
    """(K,) each: what is right, what was said, by whom, and whether the interval holds the truth.

    `ours` is what a person is told: nothing where something speaks for a consequence. `engine` is the model's
    own.
    """

    cell: float
    right: Ints
    role: tuple[str, ...]
    ours: Ints
    engine: Ints
    score: Floats
    cox: Ints
    cox_score: Floats
    judged: Marks  # the true rate ratio is defined, and it is more likely than not to matter
    covered: Marks


def lives(settings: Settings) -> list[Line]:
    """The second simulator: verdicts right, intervals, and Cox on the same people."""
    jobs = [(settings.seed + 710_000 + n, *LIVES[n % len(LIVES)]) for n in range(settings.scaled(400))]
    of = everyone(_lived, jobs, settings.workers)
    cells = np.array([one.cell for one in of])
    return [
        _right("real-life traits: verdicts that are right", of, cells, "ours", settings, 0.85),
        _right("  the same, consequences left out", of, cells, "ours", settings, None, life.CONSEQUENCES),
        _right("  the model alone, no look at what came first", of, cells, "engine", settings, None),
        _right("  Cox, p < .05 with Benjamini-Hochberg", of, cells, "cox", settings, None),
        *_by_role(of),
        _covered(of, cells, settings),
        *_ranked(of, cells, settings),
    ]


def _lived(job: tuple[int, int, float]) -> Told:
    from uncramp.core.findings import from_posterior
    from uncramp.stats.trigger_model import fit

    seed, days, cramps = job
    one = life.lived(life.Wanted(days=days, cramps=cramps), np.random.default_rng(seed))
    columns = len(one.binary)
    lags = np.ones((columns, 4), dtype=bool)
    told = fit(data(one.counts, one.values, one.weekday, one.yearday, one.binary, lags), seed=seed)
    table = risk_table(one.counts, one.values, one.binary, int(one.weekday[0]))
    said = np.array([DIRECTION.get(finding.verdict, 0) for finding in from_posterior(table, told)])
    cox = baselines.cox(one.counts, one.values, lags)
    truth = np.array([one.log_ratio(k, float(told.low[k]), float(told.high[k])) for k in range(columns)])
    judged = np.isfinite(truth) & (truth != 0) & (told.included > 0.5)
    covered = (told.conditional[:, 0] <= truth) & (truth <= told.conditional[:, 2])
    return Told(
        cramps, one.right, one.role, said, verdicts(told), told.included,
        chosen_by_cox(cox), cox.statistic, judged, covered,
    )  # fmt: skip


def chosen_by_cox(tested: baselines.Tested, level: float = 0.05) -> Ints:
    """(K,) Direction of those that a false discovery rate of `level` keeps (Benjamini, Hochberg 1995)."""
    p = baselines.p_value(tested.statistic)
    order = np.sort(p)
    reached = order[order <= level * np.arange(1, len(p) + 1) / len(p)]
    kept = p <= (reached.max() if len(reached) else -1.0)
    return np.where(kept, np.sign(tested.effect), 0).astype(np.int64)


def _right(
    name: str, of: Sequence[Told], cells: Floats, by: str, settings: Settings, least: float | None,
    without: tuple[str, ...] = (),
) -> Line:  # fmt: skip
    said, good = [], []
    for one in of:
        verdict: Ints = getattr(one, by)
        counted = np.array([role not in without for role in one.role])
        said.append(int(((verdict != 0) & counted).sum()))
        good.append(int(((verdict != 0) & (verdict == one.right) & counted).sum()))
    number, hits = np.array(said), np.array(good)
    figure, low, high = over_people(cells, lambda at: ratio(hits[at], number[at]), settings.seed)
    true = sum(int((one.right != 0).sum()) for one in of)
    beside = f"{number.sum()} verdicts, {hits.sum()} of {true} true ones found"
    return Line(name, len(of), figure, low, high, beside, least)


def _by_role(of: Sequence[Told]) -> list[Line]:
    lines = []
    for role in ("cause", "load", "stand_in", *life.CONSEQUENCES, "nothing"):
        at = [(one.ours[k], one.right[k]) for one in of for k, what in enumerate(one.role) if what == role]
        said = [verdict == right for verdict, right in at if verdict != 0]
        beside = f"{len(said)} verdicts of {len(at)}" + (f", {sum(said)} right" if role != "nothing" else "")
        lines.append(
            Line(f"  told of: {role.replace('_', ' ')}", len(of), len(said) / max(len(at), 1), beside=beside)
        )
    return lines


def _covered(of: Sequence[Told], cells: Floats, settings: Settings) -> Line:
    judged = np.array([int(one.judged.sum()) for one in of])
    inside = np.array([int((one.judged & one.covered).sum()) for one in of])
    figure, low, high = over_people(cells, lambda at: ratio(inside[at], judged[at]), settings.seed)
    name = "  coverage of 90 % interval, rate ratio"
    return Line(name, len(of), figure, low, high, f"n = {judged.sum()}", 0.85, 0.97)


def _ranked(of: Sequence[Told], cells: Floats, settings: Settings) -> list[Line]:
    """Average precision with consequences left out: no method can know these from the numbers alone."""
    kept = [np.array([role not in life.CONSEQUENCES for role in one.role]) for one in of]
    true = [one.right[k] != 0 for one, k in zip(of, kept, strict=True)]
    ours = [one.score[k] for one, k in zip(of, kept, strict=True)]
    cox = [one.cox_score[k] for one, k in zip(of, kept, strict=True)]

    def pooled(score: list[Floats], at: Ints, measure=average_precision) -> float:  # type: ignore[no-untyped-def]
        return float(measure(np.concatenate([score[i] for i in at]), np.concatenate([true[i] for i in at])))

    everybody = np.arange(len(of))
    beside = f"uncramp {pooled(ours, everybody):.3f}, Cox {pooled(cox, everybody):.3f}"
    beside += f"; AUROC {pooled(ours, everybody, area):.3f}, {pooled(cox, everybody, area):.3f}"
    figure, low, high = over_people(cells, lambda at: pooled(ours, at) - pooled(cox, at), settings.seed)
    return [Line("  average precision - Cox's", len(of), figure, low, high, beside, 0.0)]
