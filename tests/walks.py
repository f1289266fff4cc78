"""Every walk of a protocol: all choices, and of the facts to tick none, each alone and all together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from uncramp.actions.library import knowledge
from uncramp.core import triage
from uncramp.core.walk import Judge, position
from uncramp.model import Answer, Answers, Check, Choice, Position, Protocol, Step, Timed, Told

START = 1_800_000_000.0

PEOPLE: dict[str, dict[str, Answer]] = {
    "nobody we know": {},
    "20 weeks pregnant": {"pregnant": True, "pregnancy_weeks": 20.0, "age": 30.0},
    "pregnant, week not known": {"pregnant": True},
    "75 on a water tablet": {"age": 75.0, "water_tablet": True, "thiazide": True, "frail": False},
    "frail": {"frail": True, "age": 88.0},
    "with a new hip": {"hip_precautions": True, "recent_leg_surgery": True},
    "with a slipped disc": {"sciatica": True},
    "on a blood thinner": {"anticoagulant": True},
    "with diabetes and numb feet": {"diabetes": True, "reduced_feeling": True},
    "with a known clot": {"one_leg_swollen": True, "previous_clot": True},
    "with a broken bone": {"fracture": True},
    "half asleep": {"drowsy_or_drunk": True, "unsteady": True},
    "15 years old": {"age": 15.0},
}


def judge() -> Judge:
    """The check of a set of facts, each found once."""

    @cache
    def found(facts: tuple[tuple[str, Answer], ...]) -> Check:
        return triage.check(dict(facts), knowledge().rulebook)

    return lambda facts: found(tuple(sorted(facts.items())))


def marks_of(step: Step, choice: Choice) -> Iterator[tuple[str, ...]]:
    yield ()
    if step.marks and choice.to != "wrong":
        yield from ((mark,) for mark in step.marks)
        yield step.marks


def walks(
    protocol: Protocol, facts: Answers, judged: Judge, each_s: float = 20.0, bout: int = 1
) -> Iterator[list[tuple[tuple[Timed, ...], Position]]]:
    """Each walk as its positions, with `each_s` seconds before every answer."""
    told = Told(START, facts, bout=bout)

    def on(answers: tuple[Timed, ...]) -> Iterator[list[tuple[tuple[Timed, ...], Position]]]:
        now = START + each_s * len(answers)
        at = position(protocol, told, answers, now, judged)
        if at.ended:
            yield [(answers, at)]
            return
        for choice in at.choices:
            for marks in marks_of(at.step, choice):
                answer = Timed(choice.id, now + each_s, marks)
                for rest in on((*answers, answer)):
                    yield [(answers, at), *rest]

    return on(())
