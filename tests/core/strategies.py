"""People for Hypothesis: random answers over the whole vocabulary, unknowns among them."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from uncramp.core.facts import facts_in
from uncramp.knowledge.reader import Knowledge
from uncramp.model import Answer, Disposition, Fact, FactKind

KNOWLEDGE = Knowledge()
RULEBOOK = KNOWLEDGE.rulebook
VOCABULARY = RULEBOOK.vocabulary

RED_FLAG_FACTS = sorted(
    {
        fact
        for flag in RULEBOOK.red_flags
        if flag.disposition > Disposition.SELF_CARE
        for fact in facts_in(flag.rule, VOCABULARY)
        if VOCABULARY.facts[fact].kind is FactKind.YES_NO
    }
)


def some_answer(fact: Fact, chance: random.Random, share_yes: float = 0.12) -> Answer:
    """An answer that `fact` can have. Most people say no to most things; all yes is only an emergency."""
    match fact.kind:
        case FactKind.YES_NO:
            return chance.random() < share_yes
        case FactKind.NUMBER:
            return float(chance.randint(int(fact.low or 0), int(fact.high or 0)))
        case FactKind.ONE_OF:
            return chance.choice([choice for choice, _ in fact.choices])
        case FactKind.MANY_OF:
            return tuple(sorted(choice for choice, _ in fact.choices if chance.random() < 0.3))


def person(seed: int) -> dict[str, Answer]:
    """The answers of one person; how many are left out differs from person to person."""
    chance = random.Random(seed)
    unknown = chance.choice([0.0, 0.1, 0.5, 0.9])
    share_yes = chance.choice([0.0, 0.02, 0.12])
    return {
        fact.id: some_answer(fact, chance, share_yes)
        for fact in VOCABULARY.facts.values()
        if chance.random() >= unknown
    }


people = st.integers(0, 2**32 - 1).map(person)
"""Drawn as one number, for speed: there are some 200 answers a person."""
