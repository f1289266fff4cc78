"""Made-up diaries as tables with their truth, so that anybody can check what the findings say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from uncramp.core.risk import RiskTable
    from uncramp.core.simulate_grid import Floats, Ints, Marks

Kind = Literal["grid", "life", "diary"]
KINDS: tuple[Kind, ...] = ("grid", "life", "diary")
LAST = date(2025, 12, 31)
CYCLE = 28
"""Years after which the days of the week fall on the same dates again."""


@dataclass(frozen=True)
class Made:
    """A table as CSV, and what is true of it as plain data."""

    csv: str
    truth: dict[str, Any]


def made(kind: Kind, nights: int, rng: np.random.Generator) -> Made:
    """`grid`: numbers drawn from a plain law. `life`: with the traits of real diaries. `diary`: a person's
    entries."""
    from uncramp.actions.risk import as_csv

    make = {"grid": _grid, "life": _life, "diary": _diary}[kind]
    table, truth = make(nights, rng)
    return Made(as_csv(table), {"kind": kind, "nights": nights, **truth})


def _grid(nights: int, rng: np.random.Generator) -> tuple[RiskTable, dict[str, Any]]:
    from uncramp.core.simulate_grid import Wanted, simulated

    person = simulated(Wanted(days=nights, later=0, cramps=nights * 0.2), rng)
    columns = [
        {"column": name, "matters": bool(on), "log_rate_ratio_per_unit": float(effect), "lag": int(lag)}
        for name, on, effect, lag in zip(
            _names(person.binary), person.matters, person.effect, person.lag, strict=True
        )
    ]
    truth = {"columns": columns, "size": None if math.isinf(person.size) else person.size}
    truth |= {"log_mean": person.log_mean.tolist(), "cramps": person.all_counts.tolist()}
    return _table(person.counts, person.values, person.binary, person.weekday, person.yearday), truth


def _life(nights: int, rng: np.random.Generator) -> tuple[RiskTable, dict[str, Any]]:
    from uncramp.core.simulate_life import Wanted, lived

    person = lived(Wanted(days=nights, cramps=nights * 0.2), rng)
    names = _names(person.binary)
    causes = [
        {"column": names[one.column], "lag": one.lag, "shape": one.shape, "log_rate_ratio": float(one.size),
         "low": float(one.low), "high": float(one.high)}
        for one in person.causes
    ]  # fmt: skip
    said = {1: "raises", -1: "lowers", 0: "neither"}
    columns = [
        {"column": name, "role": role, "right": said[int(right)]}
        for name, role, right in zip(names, person.role, person.right, strict=True)
    ]
    truth = {"columns": columns, "causes": causes}
    truth |= {"log_mean": person.log_mean.tolist(), "cramps": person.all_counts.tolist()}
    return _table(person.counts, person.values, person.binary, person.weekday, person.yearday), truth


def _diary(nights: int, rng: np.random.Generator) -> tuple[RiskTable, dict[str, Any]]:
    from uncramp.actions.library import knowledge
    from uncramp.actions.risk import candidates_of
    from uncramp.core.nights import CHANGE
    from uncramp.core.risk_days import written
    from uncramp.core.risk_rest import rest_table
    from uncramp.core.simulate import Wanted
    from uncramp.core.simulated_diary import PROTOCOL, simulate

    known = knowledge()
    asked = tuple(known.exposures.values())
    wanted = Wanted(nights=nights, efforts=nights // 3)
    person = simulate("simulated", LAST, asked, known.protocols[PROTOCOL].techniques, rng, wanted=wanted)
    columns = candidates_of(known.exposures, person.entries, "rest")
    return rest_table(written(person.entries, CHANGE), columns), person.truth.as_json()


def _names(binary: Marks) -> list[str]:
    return [f"{'yes_no' if it else 'number'}_{k + 1}" for k, it in enumerate(binary.tolist())]


def _table(counts: Floats, values: Floats, binary: Marks, weekday: Ints, yearday: Floats) -> RiskTable:
    from uncramp.core.risk import Column, RiskTable
    from uncramp.core.risk_csv import LAGS, YES_NO_PRIOR

    first = first_day(int(weekday[0]), int(yearday[0]))
    names = _names(binary)
    return RiskTable(
        outcome="rest",
        dates=tuple(first + timedelta(days=n) for n in range(len(counts))),
        cramps=counts,
        minutes=None,
        # Only the names go into the file; whoever reads it makes the rest anew.
        columns=tuple(Column(name, name, "number", "", "", "", LAGS, (), YES_NO_PRIOR) for name in names),
        values=values,
    )


def first_day(weekday: int, yearday: int) -> date:
    """The latest such day of a year, before 2026, that falls on that day of the week (Monday is 0)."""
    for year in range(LAST.year, LAST.year - CYCLE, -1):
        day = date(year, 1, 1) + timedelta(days=yearday)
        if day.weekday() == weekday:
            return day
    return LAST
