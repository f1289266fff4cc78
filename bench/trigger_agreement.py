"""Whether the quick answer is the right one, twice the same, and how long it takes."""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass, replace

import numpy as np
import trigger_nuts
from numpy.typing import NDArray
from trigger_measures import average_precision
from trigger_people import candidate_lags, everyone, grid_data
from trigger_table import Line, Settings

from uncramp.core import simulate_grid as grid

Floats = NDArray[np.float64]

FEW = grid.Wanted(days=180, later=0, exposures=9, inclusion=0.25)
DRAWS = 1600
NUTS_PEOPLE = 6


def enumeration(settings: Settings) -> list[Line]:
    """K = 9, one known lag, all 512 models by importance sampling, on the same filled-in entries."""
    jobs = [(settings.seed + 600_000 + n, cramps) for n, cramps in enumerate((12.0, 24.0, 48.0, 96.0) * 4)]
    gaps = everyone(_gap_to_exact, jobs[: settings.scaled(16)], settings.workers)
    return [
        Line(
            "|probability - exact|, mean",
            len(gaps),
            float(np.mean(gaps)),
            beside="16 people of K = 9",
            most=0.003,
        ),
        Line("|probability - exact|, largest", len(gaps), float(np.max(gaps)), most=0.015),
    ]


def _gap_to_exact(job: tuple[int, float]) -> Floats:
    from trigger_enumeration import inclusion

    from uncramp.stats.trigger_model import fit
    from uncramp.stats.trigger_prepare import prepare

    seed, cramps = job
    person = grid.simulated(replace(FEW, cramps=cramps), np.random.default_rng(seed))
    data = grid_data(person, candidate_lags(person, known=True))
    exact = inclusion(prepare(data), DRAWS, seed)
    return np.asarray(np.abs(fit(data, seed=seed).included - exact))


def twice(settings: Settings) -> list[Line]:
    """The largest difference between the answers of two seeds, K = 30, lags unknown."""
    jobs = [
        (settings.seed + 610_000 + n, cramps, complete)
        for complete in (True, False)
        for n, cramps in enumerate((24.0, 48.0, 96.0, 192.0) * 5)
    ]
    chosen = [job for job in jobs if (job[0] - settings.seed - 610_000) < settings.scaled(20)]
    gaps = everyone(_gap_between_seeds, chosen, settings.workers)
    half = len(gaps) // 2
    return [
        _twice("nothing missing", gaps[:half]),
        _twice("a fifth of the entries missing", gaps[half:]),
    ]


def _twice(name: str, gaps: list[Floats]) -> Line:
    beside = f"mean {np.mean(gaps):.4f}, median person's largest {np.median([g.max() for g in gaps]):.4f}"
    label = f"largest change from seed to seed, {name}"
    return Line(label, len(gaps), float(np.max(gaps)), beside=beside, most=0.02)


def _gap_between_seeds(job: tuple[int, float, bool]) -> Floats:
    from uncramp.stats.trigger_model import fit

    seed, cramps, complete = job
    person = grid.simulated(grid.Wanted(cramps=cramps), np.random.default_rng(seed))
    data = grid_data(person, candidate_lags(person, known=False), complete=complete)
    first, second = fit(data, seed=1), fit(data, seed=2)
    return np.abs(first.included - second.included)


def speed(settings: Settings) -> list[Line]:
    """Processor time of one process, after one warm run; the middle of several people."""
    seed = settings.seed + 620_000
    sizes = [
        Size("fit", 365, 30, 48.0, seed), Size("screen", 365, 30, 48.0, seed),
        Size("fit", 1500, 30, 197.0, seed), Size("fit", 365, 120, 48.0, seed),
    ]  # fmt: skip
    plain, screened, long, wide = everyone(_timed, sizes, 1)
    machine = f"aim 50; a million additions took {everyone(_machine, [1_000_000], 1)[0]:.0f} ms here"
    people = 7
    return [
        Line("processor ms a person, T=365 K=30, full answer", people, plain, beside=machine, most=150),
        Line("processor ms a person, T=365 K=30, screen", people, screened, most=10),
        Line("growth, T 365 to 1500 (same rate)", people, long / plain, beside=f"{long:.0f} ms", most=2.5),
        Line("growth, K 30 to 120", people, wide / plain, beside=f"{wide:.0f} ms", most=7),
    ]


def _machine(additions: int) -> float:
    """Milliseconds for so many, to tell a slow or busy machine from a slow uncramp."""
    began, total = time.process_time(), 0
    for number in range(additions):
        total += number
    return 1000 * (time.process_time() - began)


@dataclass(frozen=True)
class Size:
    """A diary to be timed with, and by which of the engine's two."""

    work: str
    days: int
    exposures: int
    cramps: float
    seed: int


def _timed(size: Size) -> float:
    """Milliseconds, the middle of seven people after a first one."""
    from uncramp.stats import trigger_model

    work = getattr(trigger_model, size.work)
    wanted = grid.Wanted(days=size.days, later=0, exposures=size.exposures, cramps=size.cramps)
    spent = []
    for number in range(8):
        person = grid.simulated(wanted, np.random.default_rng(size.seed + number))
        data = grid_data(person, candidate_lags(person, known=False))
        began = time.process_time()
        work(data, seed=number)
        spent.append(1000 * (time.process_time() - began))
    return statistics.median(spent[1:])


def nuts(settings: Settings) -> list[Line]:
    """NUTS with a horseshoe on the same people: mean for what is missing, known lags, as it cannot choose."""
    if not trigger_nuts.there():
        return [Line("NUTS: NumPyro is not installed, left out", 0, math.nan)]
    jobs = [settings.seed + 630_000 + number for number in range(min(NUTS_PEOPLE, settings.scaled(60)))]
    both = everyone(_both, jobs, 1)
    ours, quick, scores, slow, true = zip(*both, strict=True)
    matters = np.concatenate(true)
    ap = [average_precision(np.concatenate(each), matters) for each in (ours, scores)]
    beside = f"uncramp {ap[0]:.3f}, NUTS {ap[1]:.3f}"
    spent = statistics.median(quick)
    times = statistics.median(slow[1:] or slow) / spent
    return [
        Line("average precision - NUTS', 96 cramps", len(true), ap[0] - ap[1], beside=beside, least=0.0),
        Line(
            "  times faster than NUTS (compiling left out)",
            len(true),
            times,
            beside=f"{spent:.0f} ms",
            least=20,
        ),
    ]


def _both(seed: int) -> tuple[Floats, float, Floats, float, NDArray[np.bool_]]:
    """Scores and milliseconds of uncramp and of NUTS, and the truth, of one person."""
    from uncramp.stats.trigger_model import fit

    person = grid.simulated(grid.Wanted(cramps=96.0), np.random.default_rng(seed))
    data = grid_data(person, candidate_lags(person, known=True))
    began = time.process_time()
    told = fit(data, seed=seed).included
    spent = 1000 * (time.process_time() - began)
    return told, spent, *trigger_nuts.sampled(data, person.lag, seed), person.matters
