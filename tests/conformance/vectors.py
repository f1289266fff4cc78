"""What the core says, in the form in which the phone's script says it, and people to say it of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.conftest import text
from tests.core.strategies import VOCABULARY, some_answer
from tests.walks import judge
from uncramp.actions.check import Checked, not_if
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import Recognised
from uncramp.core import triage, walk
from uncramp.core.walk import Judge
from uncramp.model import (
    Answer,
    Answers,
    Check,
    Fact,
    FactKind,
    Position,
    Protocol,
    RemedyVerdict,
    Timed,
    Told,
)

NO_MEDICINES = Recognised(frozenset(), (), ())

EDGES = {
    fact.id: [
        cut + step
        for t in VOCABULARY.thresholds.values()
        if t.fact == fact.id
        for cut in (t.at_least if t.at_least is not None else t.below,)
        if cut is not None
        for step in (-0.1, 0.0, 0.1)
    ]
    for fact in VOCABULARY.facts.values()
}


def checked(answers: Answers, unrecognised: int = 0) -> dict[str, Any]:
    names = [f"no {number}" for number in range(unrecognised)]
    return as_json(triage.check(answers, knowledge().rulebook, names), unrecognised)


def as_json(found: Check, unrecognised: int = 0) -> dict[str, Any]:
    # The script is told how many medicines are not recognised, and says one sentence of them all.
    notes = [*found.notes[: len(found.notes) - unrecognised]]
    if unrecognised:
        notes.append(knowledge().generic["unrecognised"])
    return {
        "disposition": found.disposition.id,
        "within": found.within,
        "settled": found.settled,
        "could_be": found.could_be.id,
        "stage": found.stage,
        "reasons": [{"red_flag": r.red_flag.id, "because": list(r.because)} for r in found.reasons],
        "look_alikes": [x.id for x in found.look_alikes],
        "remedies": {r.remedy.id: verdict(r) for r in found.remedies},
        "ask_next": list(found.ask_next),
        "unknown_facts": list(found.unknown_facts),
        "notes": notes,
        "clot_items": dict(found.clot_items),
    }


def verdict(found: RemedyVerdict) -> dict[str, Any]:
    because = [{"words": b.words, "verdict": b.verdict.id, "known": b.known} for b in found.because]
    return {"verdict": found.verdict.id, "because": because}


def answer(fact: Fact, chance: random.Random, share_yes: float) -> Answer:
    """An answer to `fact`; of a number, often one at the edge of what a rule asks."""
    if fact.kind is FactKind.NUMBER and EDGES[fact.id] and chance.random() < 0.7:
        return chance.choice(EDGES[fact.id])
    return some_answer(fact, chance, share_yes)


def someone(seed: int) -> dict[str, Answer]:
    """One person's answers: from hardly any to all, from all no to mostly yes."""
    chance = random.Random(seed)
    share_known = chance.choice([0.02, 0.1, 0.5, 0.9, 1.0])
    share_yes = chance.choice([0.0, 0.02, 0.12, 0.5])
    return {
        fact.id: answer(fact, chance, share_yes)
        for fact in VOCABULARY.facts.values()
        if chance.random() < share_known
    }


def in_json(answers: Answers) -> dict[str, Any]:
    return {fact: list(a) if isinstance(a, tuple) else a for fact, a in answers.items()}


@dataclass
class Judged:
    """The core's check, which remembers what it was asked about last: the facts of the walk at that time."""

    judge: Judge
    facts: Answers = field(default_factory=dict)

    def __call__(self, facts: Answers) -> Check:
        self.facts = facts
        return self.judge(facts)


class Walker:
    """Positions of walks as JSON; a check that many positions share is written out once."""

    def __init__(self) -> None:
        self.judged = Judged(judge())
        self._texts: dict[int, tuple[Check, str]] = {}

    def position(self, protocol: Protocol, told: Told, answers: Sequence[Timed], now: float) -> str:
        return self.text(walk.position(protocol, told, answers, now, self.judged))

    def text(self, there: Position) -> str:
        """`there` as the script gives it; has to be asked for right after it was found."""
        person = Checked(there.check, self.judged.facts, NO_MEDICINES, there.check.outcome)
        return text(
            {
                "step": there.step.id,
                "choices": [choice.id for choice in there.choices],
                "remedies": [
                    {"id": r.remedy.id, **verdict(r), "not_if": list(not_if(person, r))}
                    for r in there.remedies
                ],
                "check": "HERE",
                "ended": there.ended,
                "since": whole(there.since),
                "released": whole(there.released),
                "technique": there.technique,
                "used": [[name, whole(start), whole(end)] for name, start, end in there.used],
                "bout_s": whole(there.bout_s),
                "cramped_s": whole(there.cramped_s),
                "prompt": there.prompt,
            }
        ).replace('"HERE"', self._check(there.check), 1)

    def _check(self, found: Check) -> str:
        if id(found) not in self._texts:
            self._texts[id(found)] = (found, text(as_json(found)))
        return self._texts[id(found)][1]


def whole(seconds: float | None) -> float | None:
    """A browser writes a whole number without a point."""
    return int(seconds) if seconds is not None and seconds == int(seconds) else seconds


def told_json(protocol: Protocol, told: Told) -> dict[str, Any]:
    return {
        "protocol": protocol.id,
        "start": told.start,
        "facts": in_json(told.facts),
        "order": list(told.order),
        "bout": told.bout,
        "cramped": told.cramped,
    }


def answers_json(answers: Sequence[Timed]) -> list[dict[str, Any]]:
    return [{"choice": a.choice, "at": a.at, "marks": list(a.marks)} for a in answers]
