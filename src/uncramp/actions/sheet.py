"""Guided relief on paper: what a walk would show, in its order, with its stop lines and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from uncramp.actions import relief
from uncramp.actions.check import Checked, Refused, main_reasons, read_number, run
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import Recognised
from uncramp.core.walk import LET_GO, TECHNIQUE
from uncramp.model import Answer, Answers, FactKind, Outcome, Position, Protocol, RedFlag, Step, Timed, Told

__all__ = [
    "LET_GO",
    "Ending",
    "Sheet",
    "Shown",
    "checked",
    "facts_of",
    "question",
    "said_to",
    "sheet",
    "shown",
]

LIMITS = ("cramp_over_10_minutes", "cramp_keeps_returning")
"""The red flags that time alone raises, while everything else is well."""

LONGEST_LIST = 6
"""Of single facts to rule out; where there are more, the rules are named in their own, broader words."""

WALKED_FINE = ("checked", "walks_fine")


@dataclass(frozen=True)
class Shown:
    """A step as one person may see it, with what the safety gate wants said beside it."""

    step: Step
    cautions: tuple[str, ...]
    not_if: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    """What follows from one answer: how soon to be seen, and what to do."""

    words: str
    outcome: Outcome
    within: str | None
    do: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """All of guided relief in one place, for one person. `now` is what must be said before all else."""

    place: Protocol
    now: Checked
    steps: tuple[Shown, ...]
    wrong: tuple[Ending, ...]
    released: Shown
    ticked: tuple[Ending, ...]
    after: tuple[Shown, ...]
    last: Step
    limits: tuple[RedFlag, ...]


def sheet(place: Protocol, facts: Mapping[str, Answer], order: Sequence[str] = ()) -> Sheet:
    """Relief in `place` on paper, `order` first of the techniques; what `facts` forbid is not on it."""
    walk = _Paper(place, facts, tuple(order))
    return Sheet(
        place=place,
        now=checked(walk.at(), facts),
        steps=tuple(walk.steps()),
        wrong=tuple(walk.ends_of_wrong()),
        released=walk.shown(LET_GO),
        ticked=tuple(walk.ends_of_ticks()),
        after=tuple(walk.afterwards()),
        last=place.steps["finish"],
        limits=tuple(flag for name in LIMITS for flag in knowledge().red_flags if flag.id == name),
    )


def shown(there: Position, facts: Answers) -> Shown:
    """The step with its cautions, and in the fewest words those whom it is not for."""
    said = relief.cautions(there)
    single = relief.not_for(there, facts)
    broad = tuple(because.words for because in said if not because.known)
    return Shown(
        step=there.step,
        cautions=tuple(because.words for because in said if because.known),
        not_if=single if len(single) <= LONGEST_LIST else broad,
    )


def checked(there: Position, facts: Answers) -> Checked:
    """The check that holds at this point of a walk, with the words over it."""
    return Checked(there.check, facts, Recognised(frozenset(), (), ()), relief.outcome(there))


def said_to(step: Step, partner: bool) -> str:
    """What the step says, to whoever helps or to the person."""
    return (step.helper if partner else "") or step.say


def question(fact: str) -> str:
    """What a person is asked about the fact."""
    return knowledge().vocabulary.facts[fact].question


@dataclass(frozen=True)
class _Paper:
    """A walk in which no time passes and each button is tried."""

    place: Protocol
    facts: Mapping[str, Answer]
    order: tuple[str, ...]

    def at(self, *choices: str, marks: Sequence[str] = ()) -> Position:
        answers = [Timed(choice, 0.0, tuple(marks) if choice == "checked" else ()) for choice in choices]
        return relief.at(self.place, Told(0.0, self.facts, self.order), answers, 0.0)

    def shown(self, *choices: str) -> Shown:
        there = self.at(*choices)
        cramps = there.released is None
        return shown(there, {**self.facts, **self.place.states, "cramping_now": cramps})

    def steps(self) -> Iterator[Shown]:
        said: list[str] = []
        while True:
            yield self.shown(*said)
            onward = [choice.id for choice in self.at(*said).choices if choice.to == TECHNIQUE]
            if not onward:
                return
            said.append(onward[0])

    def ends_of_wrong(self) -> Iterator[Ending]:
        for choice in self.at("wrong").choices:
            yield self._ending(choice.words, self.at("wrong", choice.id))

    def ends_of_ticks(self) -> Iterator[Ending]:
        for mark in self.at(LET_GO).step.marks:
            yield self._ending(question(mark), self.at(LET_GO, "checked", marks=(mark,)))

    def afterwards(self) -> Iterator[Shown]:
        """The walk test and what comes of it; each only where the gate lets one get there."""
        for said in ((LET_GO, *WALKED_FINE[:1]), (LET_GO, *WALKED_FINE)):
            here = self.at(*said)
            if here.ended:
                return
            yield self.shown(*said)
            for choice in here.choices:
                if choice.remedy:
                    yield self.shown(*said, choice.id)

    def _ending(self, words: str, there: Position) -> Ending:
        found = checked(there, self.facts)
        do = tuple(dict.fromkeys(line for reason in main_reasons(found) for line in reason.red_flag.do))
        return Ending(words, found.outcome, there.check.within, do)


def facts_of(given: Sequence[str]) -> dict[str, Answer]:
    """The facts in words like `age=40`, `pregnant=yes`; raise `Refused` for one that cannot be used."""
    raw: dict[str, object] = {}
    for one in given:
        name, equals, text = (part.strip() for part in one.partition("="))
        fact = knowledge().vocabulary.facts.get(name)
        if not equals or fact is None:
            raise Refused(
                f"{one[:60]!r}: write a fact as ID=VALUE, such as age=40; `uncramp facts` lists them."
            )
        if fact.kind is FactKind.NUMBER:
            raw[name] = read_number(text, fact)
        elif fact.kind is FactKind.MANY_OF:
            raw[name] = [choice.strip() for choice in text.split(",") if choice.strip()]
        elif fact.kind is FactKind.ONE_OF:
            raw[name] = text
        else:
            raw[name] = {"yes": True, "true": True, "no": False, "false": False}.get(text.lower(), text)
    return dict(run(raw).answers)
