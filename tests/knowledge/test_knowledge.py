"""What the knowledge files promise, walked file by file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.core.strategies import KNOWLEDGE
from uncramp.core.facts import facts_in
from uncramp.knowledge.crosscheck import CITABLE, problems
from uncramp.knowledge.reader import HERE, BrokenKnowledge, Knowledge
from uncramp.model import Disposition, Verdict

DOSE_OF_A_MEDICINE = re.compile(r"\d+\s*(mg|g|mcg|tablets?|capsules?)\b")


def rows(letter: str, last: int, width: int = 0) -> set[str]:
    return {f"{letter}{number:0{width}}" for number in range(1, last + 1)}


def test_everything_holds_together() -> None:
    assert problems(KNOWLEDGE) == []


def test_every_cause_row_of_the_evidence_base_stands_in_exactly_one_file() -> None:
    found = [{e.row for e in trigger.evidence} for trigger in KNOWLEDGE.triggers]
    assert set().union(*found) == rows("C1-", 63, 2)
    assert sum(len(some) for some in found) == 63


def test_every_remedy_row_of_the_evidence_base_stands_in_exactly_one_file() -> None:
    found = [{e.row for e in remedy.evidence} for remedy in KNOWLEDGE.remedies]
    assert set().union(*found) == rows("C2-", 44, 2)
    assert sum(len(some) for some in found) == 44


def test_every_contraindication_row_stands_in_a_rule() -> None:
    found = {rule.row for remedy in KNOWLEDGE.remedies for rule in remedy.rules}
    # Row 57 (deep massage) and 35 are rules of their own; 13 and 8 hold always.
    assert rows("D2-", 72) <= found


def test_every_red_flag_row_has_a_file() -> None:
    assert {flag.row for flag in KNOWLEDGE.red_flags} == rows("D1-", 30, 2)


def test_every_contradiction_has_a_file() -> None:
    assert [conflict.row for conflict in KNOWLEDGE.conflicts] == [f"B{n}" for n in range(1, 27)]


def test_all_155_statements_are_there_and_in_order() -> None:
    expected = [
        f"{article}-{number:02}"
        for article, count in (("S0", 30), ("S1", 74), ("S3", 51))
        for number in range(1, count + 1)
    ]
    assert [seed.id for seed in KNOWLEDGE.seeds] == expected


def test_every_statement_says_why_in_one_sentence() -> None:
    for seed in KNOWLEDGE.seeds:
        assert seed.because.endswith("."), seed.id
        assert len(re.findall(r"[.!?](?:\s|$)", seed.because)) == 1, (seed.id, seed.because)


def test_every_fact_is_used() -> None:
    vocabulary = KNOWLEDGE.vocabulary
    rules = [flag.rule for flag in KNOWLEDGE.red_flags]
    rules += [rule.rule for remedy in KNOWLEDGE.remedies for rule in remedy.rules]
    rules += [x.rule for x in KNOWLEDGE.look_alikes]
    used = {fact for rule in rules for fact in facts_in(rule, vocabulary)}
    used |= {fact for contradiction in vocabulary.contradictions for fact in contradiction.facts}
    used |= {fact.only_if for fact in vocabulary.facts.values()}
    # Items that doctors count for a clot are listed for them; the stage reads the others.
    used |= {fact.id for fact in vocabulary.facts.values() if fact.wells}
    used |= {"cramping_now", "recovering"}
    assert set(vocabulary.facts) <= used


def test_every_threshold_and_sign_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.rglob("*.toml"))
    for name in (*KNOWLEDGE.vocabulary.thresholds, *KNOWLEDGE.vocabulary.signs):
        assert text.count(f'"{name}"') > 0 or name == "suspected_strain", name


def test_every_source_is_cited_somewhere() -> None:
    for source in KNOWLEDGE.sources.values():
        assert source.cited_in, source.id
        assert source.seen in ("SEEN", "SEEN-2"), source.id


def test_no_dose_of_any_medicine_stands_anywhere() -> None:
    for remedy in KNOWLEDGE.remedies:
        if remedy.kind != "medicine":
            continue
        words = [remedy.what, *(rule.because for rule in remedy.rules)]
        words += [row.finding for row in remedy.evidence]
        assert not [text for text in words if DOSE_OF_A_MEDICINE.search(text)], remedy.id
        assert remedy.doses == ()


def test_a_limit_of_a_supplement_is_shown_only_with_a_source_that_was_seen() -> None:
    doses = [dose for remedy in KNOWLEDGE.remedies for dose in remedy.doses]
    assert doses
    assert all(dose.sources and dose.flag in CITABLE for dose in doses)


def test_a_figure_that_was_not_seen_is_worded_without_a_number() -> None:
    evidence = [e for t in KNOWLEDGE.triggers for e in t.evidence]
    evidence += [e for r in KNOWLEDGE.remedies for e in r.evidence]
    hidden = [e for e in evidence if e.flag not in CITABLE]
    assert hidden
    assert all(not e.verified and not re.search(r"\d", e.finding) for e in hidden)


def test_gentle_remedies_alone_are_offered_when_nothing_is_known() -> None:
    for remedy in KNOWLEDGE.remedies:
        assert (remedy.when_unknown is Verdict.OFFER) == (remedy.kind == "gentle"), remedy.id


def test_an_emergency_withholds_everything() -> None:
    everything = {remedy.id for remedy in KNOWLEDGE.remedies}
    for flag in KNOWLEDGE.red_flags:
        if flag.disposition is Disposition.EMERGENCY:
            assert flag.withholds == everything, flag.id


def test_every_country_has_a_number_with_a_source_and_no_country_stands_twice() -> None:
    numbers = KNOWLEDGE.emergency_numbers
    assert len(numbers) >= 60
    assert all(re.fullmatch(r"[A-Z]{2}", country) for country in numbers)
    assert {numbers[c].number for c in ("GB", "US", "AU", "DE")} == {"999", "911", "000", "112"}


def test_usual_medicines_stand_under_their_classes() -> None:
    by_name = {name: set(m.facts) for m in KNOWLEDGE.medicines for name in (m.id, *m.names)}
    expected = {
        "lasix": {"loop_diuretic", "water_tablet"},
        "spironolactone": {"potassium_sparing_diuretic", "water_tablet"},
        "warfarin": {"warfarin", "anticoagulant"},
        "eliquis": {"anticoagulant"},
        "lipitor": {"statin"},
        "metformin": set(),
    }
    assert {name: by_name[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("file", "was", "becomes", "named"),
    [
        ("red_flags/leg_clot.toml", "suspected_clot", "no_such_fact", "red_flags/leg_clot.toml"),
        ("red_flags/leg_clot.toml", "nice_ng158", "no_such_source", "red_flags/leg_clot.toml"),
        ("red_flags/leg_clot.toml", '"urgent"', '"soonish"', "red_flags/leg_clot.toml"),
        ("red_flags/leg_clot.toml", "name =", "name", "leg_clot.toml"),
        ("remedies/heat.toml", "heat_or_ice", "no_such_conflict", "remedies/heat.toml"),
        ("remedies/heat.toml", '"withhold"', '"maybe"', "remedies/heat.toml"),
        ("remedies/quinine.toml", 'verdict = "withhold"', 'verdict = "ask"', "remedies/quinine.toml"),
        ("triggers/heat.toml", "miller_2022", "no_such_source", "triggers/heat.toml"),
        ("seeds.toml", '"conflict:lactic_acid"', '"conflict:gone"', "seeds.toml"),
        ("guide/why.toml", '"conflict:dehydration"', '"conflict:gone"', "guide/why.toml"),
        ("facts.toml", 'only_if = "pregnant"', 'only_if = "gone"', "facts.toml"),
        ("medicines.toml", '"loop_diuretic"', '"gone"', "medicines.toml"),
        ("look_alikes/clot.toml", "suspected_clot", "gone", "look_alikes/clot.toml"),
        ("emergency_numbers.toml", 'number = "999"', 'number = "nine"', "emergency_numbers.toml"),
    ],
)
def test_a_broken_reference_names_its_file(
    tmp_path: Path, file: str, was: str, becomes: str, named: str
) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(HERE, root)
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    try:
        faults = problems(Knowledge(root))
    except BrokenKnowledge as broken:
        faults = [str(broken)]
    assert any(named in fault for fault in faults), faults
