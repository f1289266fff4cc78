"""A cramp that was guided through, as an entry of the diary."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from uncramp.actions import relief
from uncramp.actions.home import DATABASE, FILE, DiaryUnusable, diary, home, owner
from uncramp.actions.library import knowledge
from uncramp.core import walk
from uncramp.model import Answer, EntryKind, Position, Protocol, Timed, Told

__all__ = ["DiaryUnusable", "Mine", "Seizing", "again", "described", "keep", "mine"]

ORIGIN = "terminal"
MUSCLE = "hamstring"


@dataclass(frozen=True)
class Seizing:
    """One bout as it was guided: what was told before, and the answers in their order."""

    told: Told
    answers: tuple[Timed, ...]


@dataclass(frozen=True)
class Mine:
    """A person's lasting facts, and the technique to begin with, because it let go soonest so far."""

    facts: Mapping[str, Answer] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def again(place: Protocol, before: Seizing, now: float) -> Told:
    """What the next walk is told when the cramp comes back: how long it cramped so far, and what was found.

    A "no" is not handed on: what was not there before the cramp came back may be there now.
    """
    there = relief.at(place, before.told, before.answers, now)
    found = {fact: value for fact, value in _found(place, before).items() if value is not False}
    return Told(
        start=now,
        facts={**before.told.facts, **found},
        order=before.told.order,
        bout=before.told.bout + 1,
        cramped=there.cramped_s,
    )


def _found(place: Protocol, seizing: Seizing) -> dict[str, Answer]:
    """All that the answers of a bout stated, by a tick or by a button."""
    found: dict[str, Answer] = {}
    for number, answer in enumerate(seizing.answers):
        there = relief.at(place, seizing.told, seizing.answers[:number], answer.at)
        pressed = next(choice for choice in there.choices if choice.id == answer.choice)
        found |= pressed.facts
        found |= {fact: True for fact in there.step.marks if fact in answer.marks}
    return found


def described(
    place: Protocol, seizings: Sequence[Seizing], side: str | None, partner: bool, now: float, offset: int
) -> dict[str, Any]:
    """What `entries.put` takes for this cramp; `now` in seconds since 1970, `offset` in minutes from UTC."""
    bouts = [_bout(place, seizing, now) for seizing in seizings]
    return {
        "kind": "episode",
        "start": bouts[0]["start"],
        "end": bouts[-1]["end"],
        "offset_minutes": offset,
        "origin": ORIGIN,
        "recorded": walk.iso(now),
        "replaces": None,
        "body": {
            "muscle": MUSCLE,
            "side": side,
            "protocol": place.id,
            "as": "partner" if partner else "self",
            "bouts": bouts,
            "facts": _ticked(place, seizings),
            "asleep": None,
            "pain": None,
            "knowledge": knowledge().version,
        },
    }


def _bout(place: Protocol, seizing: Seizing, now: float) -> dict[str, Any]:
    there: Position = relief.at(place, seizing.told, seizing.answers, now)
    return walk.bout(seizing.told, seizing.answers, there)


def _ticked(place: Protocol, seizings: Sequence[Seizing]) -> dict[str, bool]:
    """Of a fact that was on the list of several bouts a yes stays a yes."""
    found: dict[str, bool] = {}
    for seizing in seizings:
        for number, answer in enumerate(seizing.answers):
            listed = relief.at(place, seizing.told, seizing.answers[:number], answer.at).step.marks
            found |= {fact: fact in answer.marks or found.get(fact, False) for fact in listed}
    return found


def keep(raw: dict[str, Any], now: datetime) -> str:
    """Put the cramp into the diary of whose machine this is, and give its id.

    Raise `DiaryUnusable` where there is no way to keep it.
    """
    from uncramp.actions.entries import new_id, put

    entry_id = new_id(now)
    put(diary(), owner(now), entry_id, raw)
    return entry_id


def mine(now: datetime) -> Mine:
    """What the diary knows of whose machine this is, nothing where no diary was begun.

    Raise `DiaryUnusable` if it cannot be read.
    """
    if not os.environ.get(DATABASE) and not (home() / FILE).exists():
        return Mine()
    from uncramp.actions.circumstances import person_on
    from uncramp.actions.entries import newest
    from uncramp.actions.worked import worked

    person = owner(now)
    cramps = newest(diary(), person, (EntryKind.EPISODE,))
    return Mine(person_on(diary(), person, now.date()), worked(cramps).order if cramps else ())
