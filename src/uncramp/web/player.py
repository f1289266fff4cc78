"""What the player of a guided walk is told by the page around it, before its scripts have the rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from uncramp.actions import pictures, relief
from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge
from uncramp.model import Choice, Outcome, Position, Protocol, Reason, Step, Timed, Told
from uncramp.web.words import Words, catalogue

SELF, PARTNER, SHUT = "self", "partner", "shut"

LIMITS = {
    "comes_back_s": relief.COMES_BACK_S,
    # In the first half minute nobody has done more than to say where they are.
    "moves_s": 30,
    "orders_s": 5,
    "forgotten_s": 2 * 3600,
}
"""For how many seconds a new cramp is the same one come back, a place can be put right, the first
technique may still be another, a walk is kept."""

LET_GO, CHECKED, FINE = "let_go", "checked", "walks_fine"
NEXT_WAY = "@technique"
"""Where a button leads that goes on to the next technique."""

NOTHING_KNOWN = Told(0.0)


@dataclass(frozen=True)
class Wish:
    """What the address asks for; what it does not name, or names wrongly, is the usual."""

    place: Protocol
    side: str = ""
    by: str = SELF
    eyes: bool = False
    starts: bool = False


def wish(query: Mapping[str, str]) -> Wish:
    """Nobody in pain is sent away for a wrong word in an address."""
    places = {place.id: place for place in relief.protocols()}
    named = places.get(query.get("where", ""))
    side = query.get("side", "") if query.get("side") in relief.SIDES else ""
    return Wish(
        place=named or places[relief.ANYWHERE],
        side=side,
        by=PARTNER if query.get("as") == PARTNER else SELF,
        eyes=query.get("eyes") == SHUT,
        starts=bool(named or side),
    )


# ---- for the scripts ----------------------------------------------------------------------------


def script_words(words: Words) -> dict[str, Any]:
    """The table `walk` of the catalogue, its {names} left open."""
    before = "walk."
    found = {key.removeprefix(before): key for key in catalogue() if key.startswith(before)}
    within = {"now": "now", "today": "today", "3 days": "three_days", "2 weeks": "two_weeks"}
    return {
        **{name: words(key, **_left_open(catalogue()[key])) for name, key in found.items()},
        "within": {value: words(f"within.{key}") for value, key in within.items()},
    }


def _left_open(text: str) -> dict[str, str]:
    return {name: f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}


def first_things(words: Words) -> dict[str, Any]:
    """What is needed before the rules are here: the first step of every place, and the pictures there are."""
    w = words.of_knowledge
    return {
        "limits": LIMITS,
        "muscle": "hamstring",
        "let_go": LET_GO,
        "places": {
            place.id: {
                "title": w(place.title),
                "short": w(place.short),
                "stop": w(place.stop),
                "safe": w(place.safe),
                "step": _step(beginning(place.id), words),
            }
            for place in relief.protocols()
        },
        "pictures": {name: w(text) for name, text in picture_words().items()},
    }


def _step(there: Position, words: Words) -> dict[str, Any]:
    step, w = there.step, words.of_knowledge
    return {
        "id": step.id,
        "say": w(step.say),
        "more": w(step.more),
        "helper": w(step.helper),
        "pose": step.pose,
        "helper_pose": step.helper_pose,
        "choices": [{"id": choice.id, "words": w(choice.words)} for choice in there.choices],
    }


@cache
def picture_words() -> dict[str, str]:
    """Each picture of a walk that is drawn, and what it shows in words."""
    found = {}
    for name in relief.pictures(relief.protocols()):
        try:
            _, found[name] = pictures.title_and_words(name)
        except Refused:
            continue
    return found


# ---- for a page without scripts -----------------------------------------------------------------


@dataclass(frozen=True)
class InWords:
    """A step in words: what it is not for, and how it is to be done."""

    step: Step
    how: tuple[str, ...]
    not_if: tuple[str, ...]


@dataclass(frozen=True)
class Wrong:
    """Something that can be wrong, and what to do then. `left` are the steps that still may be done."""

    choice: Choice
    outcome: Outcome
    within: str | None
    reasons: tuple[Reason, ...]
    facts: str
    left: tuple[InWords, ...]


@cache
def beginning(place: str) -> Position:
    return _at(place, ())


@cache
def in_words(place: str) -> tuple[InWords, ...]:
    """Every step of the place in its order, as somebody sees it of whom we know nothing."""
    walked = (LET_GO, CHECKED, FINE)
    after = [walked[:1], walked[:2], walked, *((*walked, last) for last in ("warm", "cold", "neither"))]
    return tuple(map(_told, (*_while_it_cramps(place, ()), *(_at(place, given) for given in after))))


def _while_it_cramps(place: str, given: tuple[str, ...]) -> Iterator[Position]:
    there = _at(place, given)
    yield there
    while onward := [choice.id for choice in there.choices if choice.to == NEXT_WAY]:
        given = (*given, onward[0])
        there = _at(place, given)
        yield there


def _at(place: str, choices: tuple[str, ...]) -> Position:
    answers = [Timed(choice, 0.0) for choice in choices]
    return relief.at(relief.protocol(place), NOTHING_KNOWN, answers, 0.0)


def _told(there: Position) -> InWords:
    because = relief.cautions(there)
    return InWords(
        step=there.step,
        how=tuple(b.words for b in because if b.known),
        not_if=tuple(b.words for b in because if not b.known),
    )


@cache
def what_is_wrong(place: str) -> tuple[Wrong, ...]:
    """The list behind "Something is wrong": each answer and the advice that follows."""
    asked = _at(place, ("wrong",))
    return tuple(_wrong(place, choice) for choice in asked.choices)


def _wrong(place: str, choice: Choice) -> Wrong:
    end = _at(place, ("wrong", choice.id))
    top = [r for r in end.check.reasons if r.red_flag.disposition is end.check.disposition]
    facts = {**relief.protocol(place).states, **choice.facts, "cramping_now": True}
    outcome = knowledge().outcomes[end.check.disposition]
    left = () if end.ended else tuple(map(_told, _while_it_cramps(place, ("wrong", choice.id))))
    return Wrong(choice, outcome, end.check.within, tuple(top), json.dumps(facts), left)
