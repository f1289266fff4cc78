"""How likely a cramp is tonight: from a person's diary or from a file, kept for the next time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from uncramp.actions import analysis
from uncramp.actions.check import Refused
from uncramp.actions.risk import risk_table

if TYPE_CHECKING:
    from uncramp.core.foretold import Forecast, Tonight
    from uncramp.core.risk import RiskTable
    from uncramp.diary.connection import Diary

WHAT = "forecast"
SEED = 1


def forecast_of(diary: Diary, person: str, seed: int = SEED) -> Tonight | None:
    """Tonight, from a person's diary; where it is not kept, this takes seconds. `None`: the diary is
    empty."""
    return forecast_in(risk_table(diary, person), seed)


def forecast_now(diary: Diary, person: str, seed: int = SEED) -> Tonight | None:
    """Tonight if it is there; else `None`, and another process has begun to work it out."""
    table = risk_table(diary, person)
    if not table.dates:
        return None
    key = analysis.key_of(table, WHAT, seed)
    if (found := _read(analysis.kept(key))) is None:
        analysis.begin(WHAT, person, "rest", seed, key)
    return found


def forecast_in(table: RiskTable, seed: int = SEED) -> Tonight | None:
    """Tonight, from a table, kept or worked out now; `None` where it has no row."""
    _only_nights(table)
    key = analysis.key_of(table, WHAT, seed)
    if (found := _read(analysis.kept(key))) is not None:
        return found
    from uncramp.core.forecast import tonight

    found = tonight(table, seed=seed)
    if found is not None:
        analysis.keep(key, json.dumps(asdict(found), allow_nan=False))
    return found


def forecasts_in(table: RiskTable, last: int, seed: int = SEED) -> tuple[Forecast, ...]:
    """The last rows, each foretold from the rows before it; what is learnt comes from before all of them."""
    _only_nights(table)
    if not 0 < last < len(table.dates):
        raise Refused(
            f"--last: expected a number of nights from 1 to {max(1, len(table.dates) - 1):,}, "
            f"since there are {len(table.dates):,}."
        )
    from uncramp.core.forecast import forecasts

    return forecasts(table, last, seed=seed)


def are_kept(table: RiskTable, seed: int = SEED) -> bool:
    """Whether the forecast of the table needs no wait."""
    return analysis.kept(analysis.key_of(table, WHAT, seed)) is not None


def as_json(found: Tonight) -> dict[str, Any]:
    """Tonight, with all that goes with it, for another program."""
    told = asdict(found)
    now: dict[str, Any] = told.pop("tonight")
    return now | told


def all_as_json(found: Sequence[Forecast]) -> dict[str, Any]:
    """Several nights for another program."""
    return {"forecasts": [asdict(one) for one in found]}


def _only_nights(table: RiskTable) -> None:
    if table.outcome != "rest":
        raise Refused("A forecast is of nights, and this table is of exercise; leave the column minutes out.")


def _read(text: str | None) -> Tonight | None:
    """What was kept; a file that is not whole counts as none."""
    if text is None:
        return None
    from uncramp.actions.read_back import read_back
    from uncramp.core.foretold import Tonight

    with suppress(ValueError):
        return read_back(Tonight, json.loads(text))
    return None
