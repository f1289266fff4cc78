"""What stays true of a person from day to day: conditions, medicines, pregnancy, age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from uncramp.actions.entries import new_id, newest
from uncramp.actions.library import knowledge
from uncramp.core.circumstances import ANSWERED, first_day, holds
from uncramp.core.facts import read_answers
from uncramp.model import Answer, Answers, Entry, EntryKind, Fact

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

ORIGIN = ANSWERED
ONE_DAY = timedelta(days=1)


def keep(diary: Diary, person: str, answers: Answers, day: date, now: datetime) -> tuple[Entry, ...]:
    """Keep the lasting facts among `answers` as they are on `day`; gives the entries that were written.

    What the diary says already is not written again. A "no" ends what was true, and itself holds for that
    day only: nobody who once said no to a medicine must be taken to say so for ever.
    """
    from uncramp.diary import entries as kept

    facts = knowledge().vocabulary.facts
    there = _circumstances(diary, person)
    standing = _facts_on(there, day)
    new: list[Entry] = []
    for fact, answer in answers.items():
        if facts[fact].lasting and standing.get(fact) != answer:
            said = _circumstance(person, fact, answer, day, now)
            if _is_no(answer):
                new += [_ended(entry, said, day, now) for entry in there if _ends_with(entry, fact, day)]
            new.append(said)
    kept.put_all(diary, new)
    return tuple(new)


def person_on(diary: Diary, person: str, day: date) -> dict[str, Answer]:
    """The facts that the diary holds of a person on `day`, with numbers that grow grown to that day."""
    return _facts_on(_circumstances(diary, person), day)


def _circumstances(diary: Diary, person: str) -> tuple[Entry, ...]:
    return newest(diary, person, (EntryKind.CIRCUMSTANCE,))


def _is_no(answer: object) -> bool:
    """Whether it denies; the number 0 does not."""
    return answer is False or answer in ((), [])


# ---- reading -------------------------------------------------------------------------------------


def _facts_on(circumstances: Iterable[Entry], day: date) -> dict[str, Answer]:
    """Of two that hold on one day the one recorded later wins."""
    found: dict[str, Answer] = {}
    for entry in sorted(circumstances, key=lambda entry: (entry.recorded, entry.id)):
        if holds(entry.body, day):
            found |= _value_on(entry.body, day)
    return found


def _value_on(body: Mapping[str, Any], day: date) -> dict[str, Answer]:
    """The fact with its value on `day`; empty where the knowledge has changed so that it no longer fits."""
    answers, _ = read_answers({body["fact"]: body["value"]}, knowledge().vocabulary)
    return {name: _grown(knowledge().vocabulary.facts[name], answers[name], body, day) for name in answers}


def _grown(fact: Fact, answer: Answer, body: Mapping[str, Any], day: date) -> Answer:
    if not isinstance(answer, float) or fact.high is None:
        return answer
    return min(fact.high, answer + _steps(fact.grows, first_day(body), day))


def _steps(grows: str, since: date, day: date) -> int:
    """How many whole weeks or years have passed."""
    if grows == "weekly":
        return (day - since).days // 7
    if grows == "yearly":
        return day.year - since.year - ((day.month, day.day) < (since.month, since.day))
    return 0


# ---- writing -------------------------------------------------------------------------------------


def _ends_with(entry: Entry, no: str, day: date) -> bool:
    """Whether a "no" to the fact `no` on `day` ends what `entry` says.

    Without the pregnancy there are no weeks of it either: left standing, they would bring it back.
    """
    fact = knowledge().vocabulary.facts.get(entry.body["fact"])
    about = fact is not None and (fact.id == no or (fact.only_if == no and fact.implies_parent))
    return about and not _is_no(entry.body["value"]) and holds(entry.body, day)


def _ended(entry: Entry, no: Entry, day: date, now: datetime) -> Entry:
    """The version of `entry` that ended the day before; what only began on `day` becomes the "no" itself."""
    body = {**entry.body, "to": (day - ONE_DAY).isoformat()} if first_day(entry.body) < day else no.body
    return replace(
        entry, id=new_id(now), body=body, origin=ORIGIN, recorded=now.astimezone(UTC), replaces=entry.id
    )


def _circumstance(person: str, fact: str, answer: Answer, day: date, now: datetime) -> Entry:
    to = day.isoformat() if _is_no(answer) else None
    value = list(answer) if isinstance(answer, tuple) else answer
    offset = now.utcoffset() or timedelta()
    return Entry(
        id=new_id(now),
        person=person,
        kind=EntryKind.CIRCUMSTANCE,
        start=datetime.combine(day, time(), now.tzinfo).astimezone(UTC),
        end=None,
        offset_minutes=int(offset.total_seconds() // 60),
        body={"fact": fact, "value": value, "from": day.isoformat(), "to": to},
        origin=ORIGIN,
        recorded=now.astimezone(UTC),
    )
