"""What can be written down of a day: what uncramp knows to ask for, and what a person added."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused
from uncramp.actions.entries import newest
from uncramp.actions.library import knowledge
from uncramp.core.nights import day_of_entry
from uncramp.model import Asked, EntryKind, FactKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

OWN = "own."
"""Begins the id of an exposure that a person added."""
MOST_QUESTIONS, MOST_OWN = 3, 100
DEFAULT = ("hard_exercise", "alcohol", "poor_sleep")
"""Asked until the person chooses. No remedy: to be asked for one reads like being advised it."""
OPEN = "open"
"""Chosen instead of questions: the evening asks for what is still open."""
LATELY = 28
"""Days: what was written least often in them is the most open."""
QUESTIONS_KEY, OWN_KEY = "questions", "own_exposures"


def exposures(diary: Diary, person: str) -> Mapping[str, Asked]:
    """Everything that this person can write down of a day: ours first, then their own."""
    from uncramp.diary.choices import choices_of

    return {**knowledge().exposures, **_own(choices_of(diary, person).get(OWN_KEY, ""))}


def questions(diary: Diary, person: str, day: date) -> tuple[Asked, ...]:
    """The at most three that the evening of `day` asks of this person, the same all day."""
    from uncramp.diary.choices import choices_of

    chosen = choices_of(diary, person)
    there = {**knowledge().exposures, **_own(chosen.get(OWN_KEY, ""))}
    ids = json.loads(chosen[QUESTIONS_KEY]) if QUESTIONS_KEY in chosen else DEFAULT
    if OPEN in ids:
        return _open(diary, person, there, day)
    return tuple(there[name] for name in ids if name in there)[:MOST_QUESTIONS]


def questions_chosen(diary: Diary, person: str) -> tuple[str, ...]:
    """What the person chose: ids of exposures, or `OPEN` alone."""
    from uncramp.diary.choices import choices_of

    kept = choices_of(diary, person).get(QUESTIONS_KEY)
    return tuple(json.loads(kept)) if kept else DEFAULT


def _open(diary: Diary, person: str, there: Mapping[str, Asked], day: date) -> tuple[Asked, ...]:
    """Those written on the fewest of the days before `day`; what is answered on it does not change them.

    A remedy is asked for only where the person chose it.
    """
    known: dict[str, set[str]] = {}
    for entry in newest(diary, person, (EntryKind.EXPOSURE,)):
        of = day_of_entry(entry)
        if day - timedelta(days=LATELY) <= of < day:
            known.setdefault(str(entry.body.get("exposure")), set()).add(of.isoformat())
    asked = (name for name, one in there.items() if not one.remedy)
    ranked = sorted(asked, key=lambda name: len(known.get(name, ())))
    return tuple(there[name] for name in ranked[:MOST_QUESTIONS])


def choose_questions(diary: Diary, person: str, ids: Iterable[str]) -> None:
    """Let the evening ask for these, none for none. Raise `Refused` for too many or an unknown one."""
    from uncramp.diary.choices import choose

    wanted, there = tuple(dict.fromkeys(ids)), exposures(diary, person)
    if len(wanted) > MOST_QUESTIONS and OPEN not in wanted:
        raise Refused(
            f"questions: at most {MOST_QUESTIONS}, so that an evening takes seconds; leave one out."
        )
    if OPEN in wanted:
        wanted = (OPEN,)
    for name in wanted:
        if name not in there and name != OPEN:
            raise Refused(f"questions: {name[:60]} is nothing that can be asked for.")
    choose(diary, person, QUESTIONS_KEY, json.dumps(wanted))


def add_own(diary: Diary, person: str, words: str, unit: str = "", portion: float = 1) -> Asked:
    """An exposure of the person's own: yes or no without a unit, else a number in it.

    Raise `Refused` for words, a unit or a portion that cannot be used.
    """
    from uncramp.diary.choices import choices_of, choose

    words, unit = " ".join(words.split()), " ".join(unit.split())
    own = _own(choices_of(diary, person).get(OWN_KEY, ""))
    name = OWN + re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")[:40]
    if not words or len(words) > 60 or not words.isprintable():
        raise Refused("name: write what it is, in 1 to 60 characters.")
    if len(unit) > 20 or (unit and not unit.isprintable()):
        raise Refused("unit: at most 20 characters, such as glasses.")
    if not 0 < portion <= 1000:
        raise Refused("portion: what one tap adds is more than 0 and at most 1,000.")
    if name == OWN:
        name = f"{OWN}{len(own) + 1}"
    if name in own:
        raise Refused(f"name: there is one called {own[name].short} already.")
    if len(own) >= MOST_OWN:
        raise Refused(f"There are {MOST_OWN} already, which is the most.")
    kind = FactKind.NUMBER if unit else FactKind.YES_NO
    made = Asked(name, f"{words}?", words, kind, unit, 0, 1_000_000 if unit else 0, portion)
    choose(diary, person, OWN_KEY, json.dumps([asdict(one) for one in (*own.values(), made)]))
    return made


def _own(kept: str) -> dict[str, Asked]:
    """A person's own; they lead to none of our triggers or remedies, and say none of our words of caution."""
    ours = {"triggers": (), "remedy": "", "of_a_day": "", "if_yes": ""}
    found = [
        Asked(**{**table, "kind": FactKind(table["kind"]), **ours}) for table in json.loads(kept or "[]")
    ]
    return {one.id: one for one in found}


def check_own(kept: str) -> None:
    """Raise `ValueError`, or what comes of a wrong type, unless `kept` can stand under `OWN_KEY`."""
    own = _own(kept)
    for one in own.values():
        texts = (one.question, one.short, one.unit)
        plain = all(text.isprintable() and len(text) <= 100 for text in texts)
        numbers = 0 < one.portion <= 1000 and isfinite(one.low) and isfinite(one.high)
        if not (re.fullmatch(r"own\.[a-z0-9_]{1,40}", one.id) and one.short and plain and numbers):
            raise ValueError(one.id)
    if len(own) > MOST_OWN:
        raise ValueError(len(own))


def check_questions(kept: str) -> None:
    """Raise `ValueError`, or what comes of a wrong type, unless `kept` can stand under `QUESTIONS_KEY`."""
    ids = json.loads(kept)
    if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
        raise ValueError(kept)
