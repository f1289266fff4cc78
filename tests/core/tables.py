"""Small risk tables by hand, for the tests of findings and forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from uncramp.core.risk import Column, Floats, Kind, Prior, RiskTable

FIRST = date(2025, 3, 3)
PRIOR = Prior(0.12, 0.0, 0.9)


def column(name: str, kind: Kind = "yes_no", prior: Prior = PRIOR) -> Column:
    """A column with all lags."""
    return Column(name, name, kind, "", f"days without {name}", f"days with {name}", (0, 1, 2, 3), (), prior)


def rest(
    cramps: Sequence[float] | Floats, columns: Sequence[Column] = (), *values: Sequence[float] | Floats
) -> RiskTable:
    """A rest table of nights in a row, with one list of values a column."""
    counts = np.array(cramps, dtype=np.float64)
    stacked = np.array(values, dtype=np.float64).T if values else np.empty((len(counts), 0))
    dates = tuple(FIRST + timedelta(days=n) for n in range(len(counts)))
    return RiskTable("rest", dates, counts, None, tuple(columns), stacked.reshape(len(counts), len(columns)))


def person(
    seed: int, nights: int = 200, ratio: float = 4.0, columns: int = 6, rate: float = 0.25
) -> RiskTable:
    """Yes/no columns "c0", "c1" ...; cramps are Poisson, and only "c0" goes with them, on the same day."""
    rng = np.random.default_rng(seed)
    values = (rng.random((nights, columns)) < 0.4).astype(np.float64)
    mean = rate * np.where(values[:, 0] > 0, ratio, 1.0) / (0.6 + 0.4 * ratio)
    cramps = rng.poisson(mean).astype(np.float64)
    values[rng.random(values.shape) < 0.1] = np.nan
    return rest(cramps, [column(f"c{k}") for k in range(columns)], *values.T)
