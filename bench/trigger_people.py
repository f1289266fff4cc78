"""One simulated person through uncramp's engine and the baselines, and what came out, in plain arrays."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import trigger_baselines as baselines
from numpy.typing import NDArray

from uncramp.core import simulate_grid as grid
from uncramp.core.risk import Column, RiskTable
from uncramp.core.risk_csv import NUMBER_PRIOR, YES_NO_PRIOR

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
T = TypeVar("T")

ENUMERATION = str(Path(__file__).resolve().parents[1] / "tests" / "stats")
INCLUSION = YES_NO_PRIOR.inclusion
"""The prior probability that an exposure matters; fixed, the same for all, as is the slab's spread."""


@dataclass(frozen=True)
class Asked:
    """What one person is put through. `methods`: of cox, cco, lasso, oracle, oracle_level, oracle_complete,
    uncramp, uncramp_complete (nothing missing) and uncramp_mean (what is missing at its mean)."""

    cell: float
    wanted: grid.Wanted
    seed: int
    methods: tuple[str, ...]
    known_lag: bool = False


@dataclass(frozen=True)
class Answer:
    """(K,) each unless said otherwise; `score` ranks by each method, `seconds` is processor time."""

    cell: float
    seed: int
    matters: Marks
    score: dict[str, Floats] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    included: Floats | None = None
    verdict: NDArray[np.int64] | None = None
    covered: Marks | None = None
    width: Floats | None = None
    attributed: Marks | None = None
    cox_covered: Marks | None = None


def data(
    counts: Floats, values: Floats, weekday: NDArray[np.int64], yearday: Floats, binary: Marks,
    lags: Marks, summed: NDArray[np.int64] | None = None,
) -> Any:  # fmt: skip
    """What the engine reads, with the bench's priors."""
    from uncramp.stats.trigger_model import Data

    count = values.shape[1]
    return Data(
        counts=counts, offset=np.zeros(len(counts)), weekday=weekday, yearday=yearday, values=values,
        binary=binary, lags=lags, summed=np.zeros(count, dtype=np.int64) if summed is None else summed,
        inclusion=np.full(count, INCLUSION), mean=np.where(binary, *grid.SIZE),
        sd=np.where(binary, *grid.SLAB), either=np.ones(count, dtype=np.bool_), sequential=True,
    )  # fmt: skip


def verdicts(told: Any) -> NDArray[np.int64]:
    """(K,) 1 raises, -1 lowers, 0 neither, as uncramp says it of a posterior."""
    from uncramp.core import findings

    said = findings.verdicts(told.raises, told.lowers, told.flat_low, told.flat_high)
    return np.array([{"raises": 1, "lowers": -1}.get(one, 0) for one in said], dtype=np.int64)


def risk_table(counts: Floats, values: Floats, binary: Marks, weekday: int) -> RiskTable:
    """The same diary as uncramp itself reads it, beginning on that weekday."""
    first = date(2024, 1, 1) + timedelta(days=weekday)
    dates = tuple(first + timedelta(days=row) for row in range(len(counts)))
    columns = tuple(_column(f"column_{k}", bool(yes_no)) for k, yes_no in enumerate(binary))
    return RiskTable("rest", dates, counts, None, columns, values)


def _column(name: str, yes_no: bool) -> Column:
    prior = YES_NO_PRIOR if yes_no else NUMBER_PRIOR
    return Column(name, name, "yes_no" if yes_no else "number", "", "low", "high", (0, 1, 2, 3), (), prior)


def candidate_lags(person: grid.Simulated, known: bool) -> Marks:
    """(K, 4) All four, or only the true one."""
    lags = np.ones((len(person.lag), 4), dtype=bool)
    return np.arange(4) == person.lag[:, None] if known else lags


def grid_data(person: grid.Simulated, lags: Marks, complete: bool = False, mean: bool = False) -> Any:
    """The days that may be learnt from, as the engine reads them."""
    first = slice(0, person.days)
    counts = (person.all_counts if complete else person.counts)[first]
    values = (person.all_values if complete else person.values)[first]
    if mean:
        values = np.where(np.isnan(values), np.nanmean(values, axis=0), values)
    return data(counts, values, person.weekday[first], person.yearday[first], person.binary, lags)


def put_through(asked: Asked) -> Answer:
    """The person of that seed, and what every method says of them."""
    person = grid.simulated(asked.wanted, np.random.default_rng(asked.seed))
    lags = candidate_lags(person, asked.known_lag)
    answer = Answer(asked.cell, asked.seed, person.matters)
    for method in asked.methods:
        began = time.process_time()
        if method.startswith("uncramp"):
            told = _fitted(person, lags, method, asked.seed)
            answer = _with_ours(answer, told, person, method)
        else:
            answer = _with_baseline(answer, person, lags, method, asked.seed)
        answer.seconds[method] = time.process_time() - began
    return answer


def _fitted(person: grid.Simulated, lags: Marks, method: str, seed: int) -> Any:
    from uncramp.stats.trigger_model import fit

    read = grid_data(person, lags, complete=method.endswith("complete"), mean=method.endswith("mean"))
    return fit(read, seed=seed)


def _with_ours(answer: Answer, told: Any, person: grid.Simulated, method: str) -> Answer:
    answer.score[method] = told.included
    if method != "uncramp":
        return answer
    true = person.log_ratios(told.low, told.high)
    held = told.conditional
    number = attributable(person, told.low)
    return Answer(
        answer.cell, answer.seed, answer.matters, answer.score, answer.seconds, told.included,
        verdicts(told) * np.where(answer.matters, np.sign(true), 2).astype(np.int64),
        (held[:, 0] <= true) & (true <= held[:, 2]), held[:, 2] - held[:, 0],
        (told.attributable[:, 0] <= number) & (number <= told.attributable[:, 2]), answer.cox_covered,
    )  # fmt: skip


def attributable(person: grid.Simulated, low: Floats) -> Floats:
    """(K,) Cramps expected over the known rows beyond those with that exposure held at its low."""
    rows = slice(0, person.days)
    known = ~np.isnan(person.counts[rows])
    mean = np.exp(person.log_mean[rows])[known]
    beyond = [person.effect[k] * (person.lagged(k)[rows][known] - low[k]) for k in range(len(low))]
    return np.array([np.sum(mean * -np.expm1(-gone)) for gone in beyond])


def _with_baseline(answer: Answer, person: grid.Simulated, lags: Marks, method: str, seed: int) -> Answer:
    rows = slice(0, person.days)
    counts, values, weekday = person.counts[rows], person.values[rows], person.weekday[rows]
    if method == "lasso":
        answer.score[method] = baselines.lasso(counts, values, weekday, lags, seed)
        return answer
    if method == "cox":
        tested = baselines.cox(counts, values, lags)
    elif method == "cco":
        tested = baselines.case_crossover(counts, values, weekday, lags)
    else:
        tested = _oracle(person, lags, method)
    answer.score[method] = tested.statistic
    if method != "cox":
        return answer
    inside = np.abs(tested.effect - person.effect) <= baselines.WALD_90 * tested.error
    return Answer(
        answer.cell, answer.seed, answer.matters, answer.score, answer.seconds, answer.included,
        answer.verdict, answer.covered, answer.width, answer.attributed, inside,
    )  # fmt: skip


def _oracle(person: grid.Simulated, lags: Marks, method: str) -> baselines.Tested:
    rows, complete = slice(0, person.days), method == "oracle_complete"
    own = np.column_stack([person.effect[k] * person.lagged(k) for k in range(len(person.lag))])[rows]
    counts = (person.all_counts if complete else person.counts)[rows]
    values = (person.all_values if complete else person.values)[rows]
    rest = person.log_mean[rows][:, None] - own
    if method == "oracle_level":
        return baselines.oracle(counts, values, rest, person.size, lags, centred=False)
    return baselines.oracle(counts, values, rest + own.mean(axis=0), person.size, lags)


def everyone(work: Callable[[Any], T], asked: Iterable[Any], workers: int) -> list[T]:
    """All of them, in order, in processes of one thread each, which also find the tests' enumeration."""
    jobs = list(asked)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if ENUMERATION not in sys.path:
        sys.path.append(ENUMERATION)
    with get_context("spawn").Pool(workers) as pool:
        return pool.map(work, jobs, chunksize=max(1, min(8, len(jobs) // (4 * workers))))


def people(
    cells: Sequence[float], each: int, seed: int, methods: tuple[str, ...], known_lag: bool = False,
    **wanted: Any,
) -> list[Asked]:  # fmt: skip
    """`each` people a cell, cramps expected being the cell; seeds in a row from `seed`."""
    make = partial(grid.Wanted, **wanted)
    return [
        Asked(cell, make(cramps=float(cell)), seed + place * 10_000 + number, methods, known_lag)
        for place, cell in enumerate(cells)
        for number in range(each)
    ]
