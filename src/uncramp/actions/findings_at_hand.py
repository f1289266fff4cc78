"""What a page can show at once of answers that take long: the newest there is, and how old it is.

An answer that takes in all that was written is shown as it is. Where something was written since, the last
one that was worked out is shown with its date, while another process works out the new one.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from uncramp.actions import analysis, forecast, triggers
from uncramp.actions.read_back import read_back
from uncramp.actions.risk import risk_table

if TYPE_CHECKING:
    from uncramp.core.finding import Findings
    from uncramp.core.foretold import Tonight
    from uncramp.core.risk import Outcome, RiskTable
    from uncramp.diary.connection import Diary

LEAST_CRAMPS, LEAST_ROWS = 5, 14
"""With fewer cramps or known nights nothing can be found, and nothing is begun. Our choice: below about 15
cramps what a diary says is nearly all prior."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class AtHand(Generic[Answer]):
    """`answer`: `None` while there is none. `as_of`: the day on which it took in all that was written.

    `newer`: known nights (bouts) that it has not seen. `working`: another process works out a newer one.
    `failed`: how that process ended without an answer (`analysis.Ended`), "" where it did not.
    `table` is the diary as it is now, and so are `known_rows` and `cramps`; `enough`: whether they allow an
    answer.
    """

    answer: Answer | None
    as_of: date | None
    newer: int
    working: bool
    table: RiskTable
    failed: str = ""

    @property
    def known_rows(self) -> int:
        return int((self.table.cramps >= 0).sum())

    @property
    def cramps(self) -> int:
        return int(self.table.cramps[self.table.cramps >= 0].sum())

    @property
    def enough(self) -> bool:
        return self.cramps >= LEAST_CRAMPS and self.known_rows >= LEAST_ROWS


def findings_at_hand(
    diary: Diary, person: str, outcome: Outcome, today: date, again: bool = False
) -> AtHand[Findings]:
    """The findings of a person for a page; never waits for them. `again`: also where it failed before."""
    return findings_of_table(risk_table(diary, person, outcome), person, today, again)


def findings_of_table(table: RiskTable, person: str, today: date, again: bool = False) -> AtHand[Findings]:
    """The same of a table that is there already."""
    from uncramp.core.finding import Findings

    return _Ask(triggers.WHAT, person, table, today, again).at_hand(Findings)


def forecast_at_hand(diary: Diary, person: str, today: date, again: bool = False) -> AtHand[Tonight]:
    """The forecast of a person for a page; never waits for it. `again`: also where it failed before."""
    from uncramp.core.foretold import Tonight

    return _Ask(forecast.WHAT, person, risk_table(diary, person), today, again).at_hand(Tonight)


@dataclass(frozen=True)
class _Ask:
    """What is asked for: of which kind, of whom, from which table."""

    what: str
    person: str
    table: RiskTable
    today: date
    again: bool

    def at_hand(self, kind: type[Answer]) -> AtHand[Answer]:
        nothing: AtHand[Answer] = AtHand(None, None, 0, False, self.table)
        if not nothing.enough:
            return nothing
        key = analysis.key_of(self.table, self.what, triggers.SEED)
        if (found := _read(kind, key)) is not None:
            self._remember(key, nothing.known_rows)
            return replace(nothing, answer=found, as_of=self.today)
        asked = (self.what, self.person, self.table.outcome, triggers.SEED, key)
        failed = analysis.begin(*asked, again=self.again)
        answer, as_of, known = self._before(kind)
        newer = max(0, nothing.known_rows - known) if answer is not None else 0
        return AtHand(answer, as_of, newer, not failed, self.table, failed)

    @property
    def _last(self) -> str:
        """The name under which is kept which answer was the last. It names nobody."""
        named = f"{self.what} {self.person} {self.table.outcome}"
        return f"last-{hashlib.sha256(named.encode()).hexdigest()[:32]}"

    def _remember(self, key: str, known_rows: int) -> None:
        """That this answer was the last that took in everything."""
        told = json.dumps({"key": key, "as_of": self.today.isoformat(), "known_rows": known_rows})
        if analysis.kept(self._last) != told:
            analysis.keep(self._last, told)

    def _before(self, kind: type[Answer]) -> tuple[Answer | None, date | None, int]:
        """The last answer, its day, and how many known rows it had seen; `None` where none is left."""
        try:
            told = json.loads(analysis.kept(self._last) or "{}")
            as_of, known = date.fromisoformat(told["as_of"]), int(told["known_rows"])
            return _read(kind, str(told["key"])), as_of, known
        except (KeyError, TypeError, ValueError):
            return None, None, 0


def _read(kind: type[Answer], key: str) -> Answer | None:
    """What is kept; a file that is not whole, or that another version wrote, counts as none."""
    with suppress(ValueError):
        return read_back(kind, json.loads(analysis.kept(key) or ""))
    return None
