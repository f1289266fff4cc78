"""Rules with known facts put in, over a small vocabulary that has all there is to stumble over."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from uncramp.core.facts import Stated
from uncramp.core.known import NEVER, Known
from uncramp.model import (
    ALWAYS,
    AllOf,
    Answer,
    AnyOf,
    Fact,
    FactKind,
    Rule,
    Sign,
    Threshold,
    Vocabulary,
)


def fact(name: str, only_if: str = "", kind: FactKind = FactKind.YES_NO, implies: bool = True) -> Fact:
    made = Fact(name, "g", f"{name}?", name, "", kind, only_if=only_if, implies_parent=implies)
    match kind:
        case FactKind.NUMBER:
            return replace(made, low=0.0, high=10.0)
        case FactKind.ONE_OF:
            return replace(made, choices=(("left", "left"), ("right", "right")))
    return made


FACTS = (
    fact("ill"), fact("worse", "ill"), fact("tired"), fact("hours", "tired", FactKind.NUMBER),
    fact("weak"), fact("days", "weakness", FactKind.NUMBER),
    fact("level", "ill", FactKind.NUMBER, implies=False),
    fact("pop"), fact("limp"), fact("recovering"), fact("cramping_now"), fact("side", kind=FactKind.ONE_OF),
)  # fmt: skip
VOCABULARY = Vocabulary(
    {f.id: f for f in FACTS},
    {},
    {
        "long": Threshold("long", "hours", "", at_least=5),
        "short": Threshold("short", "hours", "", below=2),
        "new": Threshold("new", "days", "", below=3),
        "low": Threshold("low", "level", "", below=4),
    },
    {
        "suspected_strain": Sign("suspected_strain", "", AnyOf(("pop", "limp"))),
        "weakness": Sign("weakness", "", AnyOf(("weak", "worse"))),
        "worn_out": Sign("worn_out", "", AllOf(("tired", "long"))),
    },
)
NAMES = (
    *(f.id for f in FACTS if f.kind is FactKind.YES_NO), *VOCABULARY.thresholds, *VOCABULARY.signs,
    "side:left", "side:right",
    "stage:cramping", "stage:released", "stage:suspected_strain", "stage:recovering",
)  # fmt: skip


def answer(name: str, chance: random.Random) -> Answer:
    match VOCABULARY.facts[name].kind:
        case FactKind.NUMBER:
            return float(chance.randint(0, 10))
        case FactKind.ONE_OF:
            return chance.choice(["left", "right"])
    return chance.random() < 0.5


def some(names: tuple[str, ...], chance: random.Random) -> dict[str, Answer]:
    share = chance.choice([0.2, 0.5, 0.9])
    return {name: answer(name, chance) for name in names if chance.random() < share}


def some_rule(chance: random.Random, depth: int = 3) -> Rule:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(NAMES)
    parts = tuple(some_rule(chance, depth - 1) for _ in range(chance.randint(1, 4)))
    return AnyOf(parts) if chance.random() < 0.5 else AllOf(parts)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_of_a_rule_is_true_when_the_rule_is_and_leaves_the_same_open(seed: int) -> None:
    chance = random.Random(seed)
    before = some(tuple(VOCABULARY.facts), chance)
    known = Known(before, VOCABULARY)
    rules = [some_rule(chance) for _ in range(40)]
    for _ in range(20):
        whole = Stated({**before, **some(known.left(), chance)}, VOCABULARY)
        for rule in rules:
            left, openly = known.put_in(rule), known.put_in_openly(rule)
            assert whole.truth(left) is whole.truth(openly) is whole.truth(rule), (before, rule)
            assert whole.open_facts(left) == whole.open_facts(rule)
            if whole.truth(rule):
                assert whole.partly_open(openly) is whole.partly_open(rule), (before, rule, openly)


def test_what_is_settled_vanishes() -> None:
    known = Known({"ill": True, "tired": False}, VOCABULARY)
    assert known.put_in(AnyOf(("ill", "pop"))) == ALWAYS
    assert known.put_in(AllOf(("ill", "pop"))) == "pop"
    assert known.put_in(AllOf(("long", "pop"))) == NEVER, "not tired, so not for any hours"
    assert known.put_in(AnyOf(("worn_out", "pop"))) == "pop"
    assert {"ill", "tired", "hours"} & set(known.left()) == set()


def test_alternatives_that_are_still_open_stay_beside_one_that_is_true() -> None:
    known = Known({"ill": True, "limp": False}, VOCABULARY)
    assert known.put_in_openly(AnyOf(("ill", "pop", "limp"))) == AnyOf((ALWAYS, "pop"))
    assert known.put_in_openly(AnyOf(("ill", "limp"))) == ALWAYS


def test_a_rule_leans_on_what_is_known_if_nothing_else_can_make_it_true() -> None:
    known = Known({"ill": True}, VOCABULARY)
    assert known.leans_on_it("ill")
    assert known.leans_on_it(AllOf(("ill", "pop")))
    assert known.leans_on_it("worse"), "asked only of the ill"
    assert known.leans_on_it(AllOf((AnyOf(("ill", "tired")), "pop"))), "one of two, and this one is known"
    assert not known.leans_on_it(AnyOf((AllOf(("ill", "pop")), "limp")))
    assert not known.leans_on_it("pop")
    assert not known.leans_on_it(ALWAYS)


def test_what_tonight_may_change_is_not_put_in() -> None:
    known = Known({"limp": True, "ill": False, "weak": False}, VOCABULARY, tonight=("limp",), places=("ill",))
    assert known.later == {"limp": True, "ill": False}
    assert known.put_in(AnyOf(("limp", "ill", "weak"))) == AnyOf(("limp", "ill"))
    there = Known({"ill": True}, VOCABULARY, places=("ill",))
    assert (there.later, there.put_in("ill")) == ({}, ALWAYS)
