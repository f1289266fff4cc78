"""One entry to be read again: what it says, what belongs to it, and how it came to be so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from uncramp.actions import entries
from uncramp.actions.circumstances import person_on
from uncramp.actions.history import MARGIN, midnight, technique_words, words_for
from uncramp.actions.library import knowledge
from uncramp.core.nights import ONE_DAY, day_of_entry, is_deleted, local, night_of_entry
from uncramp.diary.versions import newest_of
from uncramp.model import Answer, Asked, Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary


@dataclass(frozen=True)
class Whole:
    """One version of an entry, and what belongs to it.

    `versions` are all there are, the last recorded first. `facts` are those of the person on its `day`, and
    `that_day` and `day_before` the exposures of these days. `night` is `None` for what belongs to a day.
    """

    entry: Entry
    newest: Entry
    versions: tuple[Entry, ...]
    day: date
    night: date | None
    facts: Mapping[str, Answer]
    that_day: tuple[Entry, ...]
    day_before: tuple[Entry, ...]
    asked: Mapping[str, Asked]

    @property
    def taken_away(self) -> bool:
        return is_deleted(self.newest)

    @property
    def can_undo(self) -> bool:
        """Whether there still is something that can be brought back."""
        return self.taken_away and any(not is_deleted(one) for one in self.versions)


def whole(diary: Diary, person: str, entry_id: str) -> Whole:
    """That version with all that belongs to it; raise `Refused` where the person has none of that id."""
    entry = entries.one(diary, person, entry_id)
    versions = entries.history(diary, person, entry_id)
    holds = newest_of(versions)
    newest = next((one for one in reversed(versions) if one.id in holds), entry)
    day = day_of_entry(entry)
    facts: Mapping[str, Answer] = {}
    around: tuple[Entry, ...] = ()
    if entry.kind is EntryKind.EPISODE and not is_deleted(entry):
        facts, around = person_on(diary, person, day), _exposures_about(diary, person, day)
    return Whole(
        entry=entry,
        newest=newest,
        versions=versions[::-1],
        day=day,
        night=night_of_entry(entry),
        facts=facts,
        that_day=tuple(one for one in around if day_of_entry(one) == day),
        day_before=tuple(one for one in around if day_of_entry(one) == day - ONE_DAY),
        asked=words_for(diary, person, (entry, *around)),
    )


def _exposures_about(diary: Diary, person: str, day: date) -> tuple[Entry, ...]:
    from uncramp.diary.search import Wanted, search

    kinds = frozenset({EntryKind.EXPOSURE})
    start, end = midnight(day) - ONE_DAY - MARGIN, midnight(day) + ONE_DAY + MARGIN
    return search(diary, person, Wanted(kinds, start, end))[0]


def holding_on(diary: Diary, person: str, day: date) -> tuple[Entry, ...]:
    """The circumstances that hold on `day`, as they were written, the one that began first first."""
    from uncramp.diary.search import Wanted, search

    found, _ = search(diary, person, Wanted(frozenset({EntryKind.CIRCUMSTANCE})))
    return tuple(entry for entry in reversed(found) if _holds(entry.body, day))


def _holds(body: Mapping[str, Any], day: date) -> bool:
    return str(body.get("from") or "") <= day.isoformat() <= str(body.get("to") or "9999")


@dataclass(frozen=True)
class Seizing:
    """One bout: how long it held (`None`: not known), and what was done when it let go."""

    seconds: int | None
    released: bool
    technique: str


def seizings(entry: Entry) -> tuple[Seizing, ...]:
    """The bouts of an episode, in their order."""
    protocol = entry.body.get("protocol")
    return tuple(_seizing(bout, protocol) for bout in entry.body.get("bouts") or ())


def lasted(bouts: Collection[Seizing]) -> int | None:
    """How many seconds it cramped in all; `None` where that is not known of every bout."""
    known = [bout.seconds for bout in bouts if bout.seconds is not None]
    return sum(known) if len(known) == len(bouts) else None


def wall_clock(entry: Entry) -> datetime:
    """What the clock of the place showed when it began."""
    return local(entry.start, entry.offset_minutes)


def wrote_at(version: Entry) -> datetime:
    """What the clock of the place showed when it was written down."""
    return local(version.recorded, version.offset_minutes)


def day_of(entry: Entry) -> date:
    """The day under which an entry stands."""
    return day_of_entry(entry)


def taken_away(entry: Entry) -> bool:
    """Whether this version says that the person took the entry away."""
    return is_deleted(entry)


def _seizing(bout: Mapping[str, Any], protocol: str | None) -> Seizing:
    seconds = None
    if bout.get("end"):
        passed = datetime.fromisoformat(bout["end"]) - datetime.fromisoformat(bout["start"])
        seconds = round(passed.total_seconds())
    return Seizing(seconds, bout.get("released") is True, _words_of(protocol, bout.get("technique")))


def _words_of(protocol: str | None, technique: str | None) -> str:
    """What the person was told to do; the bare id of what this knowledge does not have."""
    if technique is None:
        return ""
    place = knowledge().protocols.get(protocol or "")
    step = place.steps.get(technique) if place else None
    return step.say if step else technique_words().get(technique, technique)
