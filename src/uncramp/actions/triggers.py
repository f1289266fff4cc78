"""What goes together with a person's cramps: from their diary or from a file, kept for the next time."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from uncramp.actions import analysis
from uncramp.actions.risk import risk_table

if TYPE_CHECKING:
    from uncramp.core.finding import Findings
    from uncramp.core.risk import Outcome, RiskTable
    from uncramp.diary.connection import Diary

# The findings bring numpy, which a command that needs none is not to wait for.

WHAT = "triggers"
SEED = 1


def findings_of(diary: Diary, person: str, outcome: Outcome = "rest", seed: int = SEED) -> Findings:
    """The findings of a person's diary; where they are not kept, this takes seconds."""
    return findings_in(risk_table(diary, person, outcome), seed)


def findings_now(diary: Diary, person: str, outcome: Outcome = "rest", seed: int = SEED) -> Findings | None:
    """The findings if they are there; else `None`, and another process has begun to work them out."""
    table = risk_table(diary, person, outcome)
    key = analysis.key_of(table, WHAT, seed)
    if (found := _read(analysis.kept(key))) is None:
        analysis.begin(WHAT, person, outcome, seed, key)
    return found


def findings_in(table: RiskTable, seed: int = SEED) -> Findings:
    """The findings of a table, kept or worked out now."""
    key = analysis.key_of(table, WHAT, seed)
    if (found := _read(analysis.kept(key))) is not None:
        return found
    from uncramp.core.findings import findings

    found = findings(table, seed=seed)
    analysis.keep(key, _written(found))
    return found


def are_kept(table: RiskTable, seed: int = SEED) -> bool:
    """Whether the findings of the table need no wait."""
    return analysis.kept(analysis.key_of(table, WHAT, seed)) is not None


def as_json(found: Findings) -> dict[str, Any]:
    """The findings for another program: plain numbers, none of them infinite."""
    return asdict(found)


def _written(found: Findings) -> str:
    return json.dumps(as_json(found), allow_nan=False)


def _read(text: str | None) -> Findings | None:
    """What was kept; a file that is not whole counts as none."""
    if text is None:
        return None
    from uncramp.actions.read_back import read_back
    from uncramp.core.finding import Findings

    with suppress(ValueError):
        return read_back(Findings, json.loads(text))
    return None
