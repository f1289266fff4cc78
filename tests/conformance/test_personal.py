"""A personal pack told tonight's answers says what the plain one says of all of them, and names nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.conftest import Phone, text
from tests.conformance.vectors import answer, checked, in_json
from tests.core.strategies import RULEBOOK, VOCABULARY
from uncramp.actions.library import knowledge
from uncramp.actions.pocket import pack, personal_pack
from uncramp.model import ALWAYS, Answer, FactKind, Verdict, names_in

PLAIN = pack()
GENERAL = set(knowledge().generic.values())
LASTING = [f for f in VOCABULARY.facts.values() if f.lasting or VOCABULARY.groups[f.group].lasting]
SAME = ("disposition", "within", "settled", "could_be", "stage", "ask_next", "unknown_facts")
CONDITIONS = [f.id for f in LASTING if f.kind is FactKind.YES_NO]


def known_of(chance: random.Random) -> dict[str, Answer]:
    """What a diary may hold of a person; of every third, anything that can be said at all."""
    facts = LASTING if chance.random() < 0.67 else list(VOCABULARY.facts.values())
    share = chance.choice([0.05, 0.3, 0.7, 1.0])
    share_yes = chance.choice([0.05, 0.2, 0.6])
    return {fact.id: answer(fact, chance, share_yes) for fact in facts if chance.random() < share}


def tonight(left: dict[str, Any], chance: random.Random) -> dict[str, Answer]:
    """Answers to some of the facts that the pack still knows."""
    share = chance.choice([0.05, 0.5, 1.0])
    share_yes = chance.choice([0.0, 0.03, 0.3])
    return {
        fact: answer(VOCABULARY.facts[fact], chance, share_yes) for fact in left if chance.random() < share
    }


def same(found: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    """What has to be equal; a reason is counted by how urgent it is, for it may have a general name."""
    reasons = [r for r in found["reasons"] if r["red_flag"] not in hidden]
    return {key: found[key] for key in SAME} | {
        "verdicts": {remedy: r["verdict"] for remedy, r in found["remedies"].items()},
        "reasons": len(reasons),
    }


def silent(personal: dict[str, Any]) -> set[str]:
    """The red flags that a personal pack leaves out because they ask for nothing, or cannot be raised."""
    kept = {flag["id"] for flag in personal["red_flags"]}
    return {f["id"] for f in PLAIN["red_flags"] if not f["disposition"] and f["id"] not in kept}


def hold(phone: Phone, seeds: range, nights: int) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        known = known_of(chance)
        unrecognised = chance.choice([0, 0, 0, 2])
        personal = personal_pack(known, unrecognised)
        told = [tonight(personal["facts"], chance) for _ in range(nights)]
        found = phone.run("check", [[in_json(answers)] for answers in told], personal)
        for answers, here in zip(told, found, strict=True):
            whole = checked({**known, **answers}, unrecognised)
            expected, got = same(whole, silent(personal)), same(here, set())
            assert got == expected, text({"known": known, "tonight": answers, "unrecognised": unrecognised})
            assert set(here["look_alikes"]) <= set(whole["look_alikes"])
            assert here["clot_items"].items() <= whole["clot_items"].items()


@pytest.mark.browser
def test_a_personal_pack_decides_as_the_plain_one_told_everything(phone: Phone) -> None:
    hold(phone, range(80), nights=4)


@pytest.mark.browser
@pytest.mark.slow
def test_a_thousand_personal_packs_decide_as_the_plain_one_told_everything(phone: Phone) -> None:
    hold(phone, range(80, 1_080), nights=10)


@pytest.mark.browser
def test_each_reason_is_one_of_the_plain_pack_or_a_general_one(phone: Phone) -> None:
    for seed in range(30):
        chance = random.Random(seed)
        known = known_of(chance)
        personal = personal_pack(known)
        answers = tonight(personal["facts"], chance)
        (here,) = phone.run("check", [[in_json(answers)]], personal)
        whole = checked({**known, **answers})
        own = {b["words"] for r in whole["remedies"].values() for b in r["because"]}
        said = {b["words"] for r in here["remedies"].values() for b in r["because"]}
        assert not {w for w in said - own - GENERAL if not any(g in w for g in GENERAL)}
        because = {r["red_flag"]: set(r["because"]) for r in whole["reasons"]}
        for reason in here["reasons"]:
            assert set(reason["because"]) <= because.get(reason["red_flag"], set(VOCABULARY.facts))


def test_what_a_walk_asks_or_states_can_always_be_said_anew() -> None:
    everything: dict[str, Answer] = {f.id: False for f in LASTING if f.kind is FactKind.YES_NO}
    found = personal_pack({**everything, "limp": True, "cramp_minutes": 12.0, "cramping_now": False})
    assert {"cramping_now", "cramp_minutes", "came_back_times", "limp", "pop"} <= set(found["facts"])
    assert {"pregnant", "unsteady"} <= set(found["facts"]), "a place says it"
    assert found["answers"]["limp"] is True
    assert found["answers"]["pregnant"] is False


def test_what_is_known_and_what_it_rules_out_is_not_asked_again() -> None:
    found = personal_pack({"kidney_disease": False, "water_tablet": False, "warfarin": True, "age": 40.0})
    gone = {"kidney_disease", "egfr", "water_tablet", "thiazide", "warfarin", "anticoagulant", "age"}
    assert not gone & set(found["facts"])
    assert not {"egfr_below_30", "over_65", "diuretic"} & set(text(found).split('"'))


def test_a_plain_pack_is_the_personal_one_of_somebody_unknown() -> None:
    assert personal_pack({}) == {**PLAIN, "unrecognised": 0, "not_asked": [], "order": []}


def test_a_pack_is_always_made_the_same() -> None:
    known: dict[str, Answer] = {"pregnant": True, "statin": True, "age": 33.0}
    assert text(personal_pack(known)) == text(personal_pack(dict(reversed(known.items()))))


# ---- what it does not say ---------------------------------------------------------------------------

FOLLOW_UPS = {fact.id for fact in VOCABULARY.facts.values() if fact.only_if}
FOLLOW_UPS |= {t.id for t in VOCABULARY.thresholds.values() if t.fact in FOLLOW_UPS}
FOLLOW_UPS |= {s.id for s in VOCABULARY.signs.values() if FOLLOW_UPS & set(names_in(s.rule))}
HOW_TO = {
    rule.because
    for remedy in RULEBOOK.remedies
    for rule in remedy.rules
    if rule.verdict is Verdict.CHANGE and rule.rule != ALWAYS
}


def texts(made: Any) -> Iterator[str]:
    """Every text, id and name, but for questions that hang on something known: to ask them is to name it."""
    if isinstance(made, str):
        yield made
    elif isinstance(made, dict):
        for key, value in made.items():
            if key not in FOLLOW_UPS:
                yield key
                yield from texts(value)
    elif isinstance(made, list):
        for value in made:
            yield from texts(value)


@pytest.fixture
def no_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """A no to pregnancy stays open in a pack, for a walk may state it. Here it is put in like any other."""
    monkeypatch.setattr("uncramp.actions.pocket._places", frozenset)


def only_with(known: dict[str, Answer]) -> set[str]:
    """What stands in this person's pack and not in that of one who says no wherever this one says yes."""
    without = {
        fact: False if answer is True else answer
        for fact, answer in known.items()
        if answer is True or not VOCABULARY.facts[fact].only_if
    }
    extra = set(texts(personal_pack(known))) - set(texts(personal_pack(without)))
    return {text for text in extra - GENERAL - FOLLOW_UPS if not re.fullmatch(r"known_\d+", text)}


def names(text: str, fact: str) -> bool:
    words = re.findall(r"[a-z]{4,}", f"{fact} {VOCABULARY.facts[fact].short}".lower())
    return any(re.search(rf"\b{word[:6]}", text.lower()) for word in words)


@pytest.mark.usefixtures("no_is_no")
@pytest.mark.parametrize("fact", CONDITIONS)
def test_a_condition_or_medicine_adds_no_word_but_how_to_do_a_thing_and_does_not_name_itself(
    fact: str,
) -> None:
    added = only_with({fact: True})
    assert added <= HOW_TO
    assert not {text for text in added if names(text, fact)}


@pytest.mark.usefixtures("no_is_no")
def test_many_conditions_at_once_add_no_word_either() -> None:
    for seed in range(40):
        chance = random.Random(seed)
        known: dict[str, Answer] = {fact: chance.random() < 0.2 for fact in CONDITIONS}
        known |= {"age": 70.0, "weight_kg": 60.0}
        assert only_with(known) <= HOW_TO


@pytest.mark.usefixtures("no_is_no")
def test_the_pack_of_a_pregnant_woman_speaks_of_it_nowhere_but_where_it_does_to_everybody() -> None:
    expecting = personal_pack({"pregnant": True, "pregnancy_weeks": 30.0})
    everybody = set(texts(personal_pack({"pregnant": False})))
    assert not {"pregnant", "pregnancy_weeks"} & set(expecting["facts"])
    speaks = {t for t in texts(expecting) if re.search("pregnan|midwife|maternity|unborn", t.lower())}
    assert speaks - GENERAL <= everybody
    # The rules hold all the same: she may not take ibuprofen, and a headache now has to be seen.
    assert {rule["verdict"] for rule in expecting["remedies"]["nsaid"]["rules"]} == {Verdict.WITHHOLD}
    urgent = [f for f in expecting["red_flags"] if "known_" in f["id"] and f["disposition"] >= 2]
    assert "severe_headache" in text([flag["rule"] for flag in urgent])
