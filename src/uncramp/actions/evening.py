"""What the screen of the evening needs: its questions, and what was written of the last days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from uncramp.actions.exposures import DEFAULT, exposures, questions
from uncramp.actions.library import knowledge
from uncramp.core.nights import CHANGE
from uncramp.model import Asked, Entry, EntryKind, FactKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

Words = Callable[[str], str]

BACK = timedelta(days=4)
"""As far as the evening looks: last night, today, yesterday, and the hours between time zones."""
KINDS = (EntryKind.DAY_NOTE, EntryKind.EXPOSURE, EntryKind.EPISODE)


def evening(asked: Iterable[Asked], words: Words = str) -> dict[str, Any]:
    """The hour at which the date changes, and the questions, as a phone reads them."""
    return {"change": CHANGE, "questions": [_question(one, words) for one in asked]}


def defaults() -> tuple[Asked, ...]:
    """What is asked of somebody who chose nothing."""
    return tuple(knowledge().exposures[name] for name in DEFAULT)


def evening_of(diary: Diary, person: str, day: date, words: Words = str) -> dict[str, Any]:
    """As `evening`, with the questions of this person on that day."""
    return evening(questions(diary, person, day), words)


def all_exposures(diary: Diary, person: str, words: Words = str) -> list[dict[str, Any]]:
    """Everything that this person can write down of a day, as a phone reads it."""
    return [_question(one, words) for one in exposures(diary, person).values()]


def recent(diary: Diary, person: str, since: datetime) -> tuple[Entry, ...]:
    """Every version of what was written of nights and days since then, what was taken away too.

    A phone has versions of its own among these. To know which one holds it needs the others.
    """
    from uncramp.diary.entries import families

    return families(diary, person, KINDS, since)


def has_begun(diary: Diary, person: str) -> bool:
    """Whether there is anything in the person's diary."""
    from uncramp.diary.entries import newest

    return bool(newest(diary, person, most=1))


def _question(asked: Asked, words: Words) -> dict[str, Any]:
    made: dict[str, Any] = {"id": asked.id, "question": words(asked.question), "short": words(asked.short)}
    if asked.if_yes:
        made["if_yes"] = words(asked.if_yes)
    if asked.kind is FactKind.NUMBER:
        made |= {"unit": words(asked.unit), "low": asked.low, "high": asked.high, "portion": asked.portion}
        # The unit as the diary keeps it, in whatever language the screen is.
        made["kept_unit"] = asked.unit
    return made
