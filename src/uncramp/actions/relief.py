"""Guided relief: where one is, what to do next, and the entry that it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from uncramp.actions.check import Checked, Refused, not_if, outcome_for
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import Recognised
from uncramp.core import triage, walk
from uncramp.core.facts import STAGE_FACT
from uncramp.model import (
    Answer,
    Answers,
    Because,
    Check,
    Outcome,
    Position,
    Protocol,
    Timed,
    Told,
    Verdict,
)

ANYWHERE = "anywhere"
"""The place until one is chosen: nothing in it needs a bed, a chair or a wall."""

SIDES = ("left", "right", "both")
COMES_BACK_S = 30 * 60
"""For so long after it let go a new cramp counts as the same one come back (our own caution)."""


def protocols() -> tuple[Protocol, ...]:
    """All places, in the order in which they are offered."""
    return tuple(knowledge().protocols.values())


def protocol(place: str) -> Protocol:
    """The relief for a place; raise `Refused` for one we do not know."""
    found = knowledge().protocols.get(place)
    if found is None:
        raise Refused(f"{place[:40]!r} is no place; choose one of {', '.join(knowledge().protocols)}.")
    return found


def at(place: Protocol, told: Told, answers: Sequence[Timed], now: float) -> Position:
    """Where the walk stands at `now`, in seconds since 1970."""
    return walk.position(place, told, answers, now, _judge)


def _judge(facts: Answers) -> Check:
    return _found(tuple(sorted(facts.items())))


@cache
def _found(facts: tuple[tuple[str, Answer], ...]) -> Check:
    return triage.check(dict(facts), knowledge().rulebook)


def withheld(facts: Answers) -> frozenset[str]:
    """The techniques that the safety gate keeps from a person with these facts in a cramp, in any place."""
    check = triage.check({**facts, STAGE_FACT: True}, knowledge().rulebook)
    kept = {r.remedy.id for r in check.remedies if r.verdict is Verdict.WITHHOLD}
    steps = ((name, place.steps[name]) for place in protocols() for name in place.techniques)
    return frozenset(name for name, step in steps if kept & set(step.remedies))


def outcome(there: Position) -> Outcome:
    """The words over the end of a walk: what to do, or that nothing worrying was said so far."""
    return outcome_for(there.check)


def cautions(there: Position) -> tuple[Because, ...]:
    """What the safety gate wants said beside the step: how to change it, whom to ask, whom it is not for."""
    return tuple({b.words: b for r in there.remedies for b in r.because}.values())


def not_for(there: Position, facts: Answers) -> tuple[str, ...]:
    """In short words, what is not known of this person and would forbid or change the step."""
    checked = Checked(there.check, facts, Recognised(frozenset(), (), ()), there.check.outcome)
    return tuple(dict.fromkeys(words for r in there.remedies for words in not_if(checked, r)))


def pictures(protocols: Iterable[Protocol]) -> tuple[str, ...]:
    """Every picture that a walk can show, each once."""
    named = (pose for p in protocols for s in p.steps.values() for pose in (s.pose, s.helper_pose) if pose)
    return tuple(dict.fromkeys(named))
