"""Cases that a clinician can read (tests/vignettes/*.toml), held against the whole check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rtoml

from tests.core.strategies import RULEBOOK, VOCABULARY
from uncramp.core.facts import read_answers
from uncramp.core.triage import check
from uncramp.model import Check, FactKind, Verdict

FOLDER = Path(__file__).parent / "vignettes"
FILES = {path.stem: rtoml.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
KINDS = ("fires", "near_misses", "cases")


def cases() -> Iterator[Any]:
    for name, table in FILES.items():
        for kind in KINDS:
            for case in table.get(kind, ()):
                yield pytest.param(table["red_flag"], kind, case, id=f"{name}: {case['title']}")


def found_for(case: dict[str, Any]) -> Check:
    facts = dict(case["facts"])
    if case.get("everything_else") is False:
        others = (f.id for f in VOCABULARY.facts.values() if f.kind is FactKind.YES_NO)
        facts = dict.fromkeys(others, False) | facts
    answers, problems = read_answers(facts, VOCABULARY)
    assert problems == []
    return check(answers, RULEBOOK)


@pytest.mark.parametrize(("red_flag", "kind", "case"), list(cases()))
def test_a_vignette_gets_the_answer_that_stands_beside_it(
    red_flag: str, kind: str, case: dict[str, Any]
) -> None:
    found = found_for(case)
    raised = [reason.red_flag.id for reason in found.reasons]
    verdicts = {r.remedy.id: r.verdict for r in found.remedies}
    if "disposition" in case:
        assert (found.disposition.id, found.within) == (case["disposition"], case.get("within")), raised
    if kind == "fires":
        assert red_flag in raised
    if kind == "near_misses":
        assert red_flag not in raised
    if "settled" in case:
        assert found.settled is case["settled"]
    assert [r for r in case.get("withheld", ()) if verdicts[r] is not Verdict.WITHHOLD] == []
    assert [r for r in case.get("asked", ()) if verdicts[r] < Verdict.ASK] == []
    assert [r for r in case.get("offered", ()) if verdicts[r] > Verdict.CHANGE] == []


def test_every_red_flag_has_a_vignette_that_fires_it_and_a_near_miss() -> None:
    for flag in RULEBOOK.red_flags:
        assert FILES[flag.id]["red_flag"] == flag.id
        assert FILES[flag.id]["fires"], flag.id
        assert FILES[flag.id]["near_misses"], flag.id


def test_there_are_at_least_eighty_vignettes_and_none_stands_twice() -> None:
    facts = [case.values[2]["title"] for case in cases()]
    assert len(facts) >= 80
    assert len(set(facts)) == len(facts)


def test_every_row_of_the_table_of_contraindications_has_a_case() -> None:
    rows = {case["row"] for case in FILES["remedies"]["cases"]}
    assert {f"D2-{number}" for number in range(1, 73)} <= rows
