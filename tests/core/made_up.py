"""People of the quick simulators as risk tables."""

from __future__ import annotations

from datetime import timedelta

from tests.core.tables import FIRST
from uncramp.core.risk import Column, RiskTable
from uncramp.core.risk_csv import LAGS, NUMBER_PRIOR, YES_NO_PRIOR
from uncramp.core.simulate_grid import Simulated
from uncramp.core.simulate_life import Life


def table_of(made: Simulated | Life) -> RiskTable:
    """The diary of a made-up person, as it would come out of a file."""
    columns = tuple(
        Column(
            f"c{k}", f"c{k}", "yes_no" if it else "number", "", "days without", "days with", LAGS, (),
            YES_NO_PRIOR if it else NUMBER_PRIOR,
        )
        for k, it in enumerate(made.binary.tolist())
    )  # fmt: skip
    dates = tuple(FIRST + timedelta(days=n) for n in range(len(made.counts)))
    return RiskTable("rest", dates, made.counts, None, columns, made.values)
