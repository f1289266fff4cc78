"""The risk tables of a person, from their diary or from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused
from uncramp.actions.exposures import exposures
from uncramp.actions.library import knowledge
from uncramp.core.nights import CHANGE
from uncramp.core.risk_days import EFFORT
from uncramp.model import Asked, Entry, EntryKind, Fact

if TYPE_CHECKING:
    from uncramp.core.risk import Outcome, RiskTable
    from uncramp.core.risk_columns import Candidate
    from uncramp.diary.connection import Diary

# The tables bring numpy, which a command that needs none is not to wait for.

KINDS = (EntryKind.EPISODE, EntryKind.EXPOSURE, EntryKind.DAY_NOTE, EntryKind.CIRCUMSTANCE)
CHANGE_KEY = "day_change"
"""The hour at which this person's day ends, where it is not four: somebody who works at night."""
LARGEST_FILE = 20_000_000
MOST_STRANGE = 100


def risk_table(diary: Diary, person: str, outcome: Outcome = "rest") -> RiskTable:
    """The table of what the person wrote, with a column for each thing that they can write down."""
    from uncramp.core.risk_days import written
    from uncramp.core.risk_effort import effort_table
    from uncramp.core.risk_rest import rest_table
    from uncramp.diary import entries as kept

    entries = kept.newest(diary, person, KINDS)
    columns = candidates_of(exposures(diary, person), entries, outcome)
    there = written(entries, change_of(diary, person))
    return rest_table(there, columns) if outcome == "rest" else effort_table(there, columns)


def candidates_of(
    asked: Mapping[str, Asked], entries: Sequence[Entry], outcome: Outcome
) -> tuple[Candidate, ...]:
    """Our causes and remedies, what the person added, what their entries name besides, circumstances."""
    from uncramp.core.risk_columns import candidates

    known = knowledge()
    own = [one for name, one in asked.items() if name not in known.exposures]
    own += _strange(entries, {*asked, EFFORT})
    return candidates(outcome, (*known.triggers, *known.remedies), own, _facts(entries))


def change_of(diary: Diary, person: str) -> int:
    """The hour at which one day of this person becomes the next."""
    from uncramp.diary.choices import choices_of

    kept = choices_of(diary, person).get(CHANGE_KEY, "")
    return int(kept) if kept.isdecimal() and int(kept) < 24 else CHANGE


def choose_change(diary: Diary, person: str, hour: str) -> None:
    """Let the days of this person end at that hour; raise `Refused` where it is none."""
    from uncramp.diary.choices import choose

    if not (hour.isascii() and hour.isdecimal() and len(hour) <= 2 and int(hour) < 24):
        raise Refused("The hour at which your day ends: choose a whole hour from 0 to 23.")
    choose(diary, person, CHANGE_KEY, "" if int(hour) == CHANGE else str(int(hour)))


def _facts(entries: Iterable[Entry]) -> tuple[Fact, ...]:
    """The facts that the diary has circumstances of."""
    facts = knowledge().vocabulary.facts
    named = {entry.body.get("fact") for entry in entries if entry.kind is EntryKind.CIRCUMSTANCE}
    return tuple(fact for name, fact in facts.items() if name in named)


def _strange(entries: Iterable[Entry], there: set[str]) -> list[Asked]:
    """What entries name and this program does not know, any more or not yet."""
    found: dict[str, Asked] = {}
    for entry in entries:
        name = entry.body.get("exposure")
        if entry.kind is EntryKind.EXPOSURE and name and name not in there and name not in found:
            # The forms take a while to import, and hardly any diary has what is strange.
            from uncramp.actions.write_exposure import strange

            number = not isinstance(entry.body.get("value"), bool)
            found[name] = strange(name, str(entry.body.get("unit") or ""), number)
        if len(found) == MOST_STRANGE:
            break
    return list(found.values())


# ---- files ---------------------------------------------------------------------------------------


def table_in(path: Path) -> RiskTable:
    """The table in a CSV file; raise `Refused` with a sentence for each line that cannot be used."""
    from uncramp.core.risk_csv import NotATable, read

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused(f"{path}: larger than {LARGEST_FILE // 1_000_000} MB; split it.")
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}.") from problem
    except UnicodeDecodeError as problem:
        raise Refused(f"{path}: this is no text in UTF-8; save it as CSV in UTF-8.") from problem
    try:
        return read(text, str(path))
    except NotATable as problem:
        raise Refused(*problem.problems) from problem


def as_csv(table: RiskTable) -> str:
    """The table as the CSV that `table_in` reads, with the columns of which anything is known."""
    from uncramp.core.risk import known_only
    from uncramp.core.risk_csv import as_text

    return as_text(known_only(table))
