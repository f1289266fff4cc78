"""What was written, to be read again: page by page, and by what is looked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from uncramp.actions.exposures import OWN, exposures
from uncramp.actions.library import knowledge
from uncramp.core.nights import ONE_DAY, day_of_entry
from uncramp.model import Asked, Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary
    from uncramp.diary.search import Wanted

PAGE = 20
"""Entries on one page."""
LARGEST_LOOK = 2000
MARGIN = timedelta(days=2)
"""How far the day of an entry may lie from its start in UTC; more than clocks ever differ."""
EFFORT = "effort"
KINDS = ("episode", "day_note", "exposure", EFFORT, "circumstance", "walk")
"""What one can look for: kinds of entries, and of the exposures the efforts apart."""


@dataclass(frozen=True)
class Filter:
    """What is looked for; what is empty does not narrow it. `muscle` and `side` leave only episodes."""

    kind: str = ""
    muscle: str = ""
    side: str = ""
    first: date | None = None
    last: date | None = None
    day: date | None = None
    text: str = ""

    @property
    def narrow(self) -> bool:
        return self != Filter()

    @property
    def kinds(self) -> frozenset[EntryKind]:
        found = frozenset(EntryKind)
        if self.kind:
            found = frozenset({EntryKind.EXPOSURE if self.kind == EFFORT else EntryKind(self.kind)})
        return found & {EntryKind.EPISODE} if self.muscle or self.side else found


@dataclass(frozen=True)
class Found:
    """One page, latest first. `before` leads to the next one and is empty at the end."""

    entries: tuple[Entry, ...]
    before: str
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """The exposures that the entries name."""


def find(diary: Diary, person: str, wanted: Filter, before: str = "", most: int = PAGE) -> Found:
    """At most `most` entries that fit, after the place `before`, which an earlier page gave."""
    from uncramp.diary.search import search

    asked = exposures(diary, person) if wanted.text else knowledge().exposures
    question, fits = _question(wanted, asked, _place(before)), _fits(wanted, asked)
    found: list[Entry] = []
    size = 4 * most if wanted.narrow else most + 1
    while len(found) <= most:
        some, place = search(diary, person, question, size)
        found += filter(fits, some)
        if place is None:
            break
        question, size = replace(question, before=place), min(4 * size, LARGEST_LOOK)
    page = tuple(found[:most])
    return Found(page, _cursor(page[-1]) if len(found) > most else "", words_for(diary, person, page))


def words_for(diary: Diary, person: str, some: Collection[Entry]) -> Mapping[str, Asked]:
    """The exposures to name `some` with; the person's own are looked up only where one is among them."""
    if any(str(entry.body.get("exposure", "")).startswith(OWN) for entry in some):
        return exposures(diary, person)
    return knowledge().exposures


def _question(wanted: Filter, asked: Mapping[str, Asked], place: tuple[datetime, str] | None) -> Wanted:
    from uncramp.diary.search import Wanted

    first, last = wanted.day or wanted.first, wanted.day or wanted.last
    return Wanted(
        kinds=wanted.kinds,
        start=midnight(first) - MARGIN if first else None,
        end=midnight(last) + MARGIN + ONE_DAY if last else None,
        before=place,
        texts=_texts(wanted, asked),
    )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _texts(wanted: Filter, asked: Mapping[str, Asked]) -> Mapping[EntryKind, tuple[str, ...]]:
    """Something that stands in each body that fits, so that the database need not hand out the others."""
    if wanted.text:
        in_json = json.dumps(wanted.text, ensure_ascii=False)[1:-1]
        typed = (in_json, in_json.replace(" ", "_"))
        return {kind: (*typed, *_ids_with(wanted.text, kind, asked)) for kind in wanted.kinds}
    if wanted.muscle:
        return {EntryKind.EPISODE: (f'"muscle":"{wanted.muscle}"',)}
    if wanted.kind == EFFORT:
        return {EntryKind.EXPOSURE: ('"exposure":"effort"',)}
    return {}


def _ids_with(text: str, kind: EntryKind, asked: Mapping[str, Asked]) -> Iterator[str]:
    match kind:
        case EntryKind.EPISODE:
            words = {**technique_words(), **remedy_words()}
        case EntryKind.EXPOSURE:
            words = {name: one.short for name, one in asked.items()}
        case EntryKind.CIRCUMSTANCE:
            words = {name: fact.short for name, fact in knowledge().vocabulary.facts.items()}
        case _:
            words = {}
    return (f'"{name}"' for name, said in words.items() if text.casefold() in said.casefold())


def _fits(wanted: Filter, asked: Mapping[str, Asked]) -> Callable[[Entry], bool]:
    text = wanted.text.casefold()

    def fits(entry: Entry) -> bool:
        body = entry.body
        if wanted.kind in ("exposure", EFFORT) and (body.get("exposure") == EFFORT) != (
            wanted.kind == EFFORT
        ):
            return False
        if wanted.muscle not in ("", body.get("muscle")) or wanted.side not in ("", body.get("side")):
            return False
        return _in_time(wanted, entry) and (not text or text in _said(entry, asked).casefold())

    return fits


def _in_time(wanted: Filter, entry: Entry) -> bool:
    if not (wanted.day or wanted.first or wanted.last):
        return True
    day = day_of_entry(entry)
    first, last = wanted.day or wanted.first or date.min, wanted.day or wanted.last or date.max
    return first <= day <= last


def _said(entry: Entry, asked: Mapping[str, Asked]) -> str:
    """All words of an entry that can be looked for."""
    body = entry.body
    said = [body.get("note"), body.get("word"), body.get("muscle"), _spaced(body.get("doing"))]
    if (name := body.get("exposure")) is not None:
        said += [asked[name].short if name in asked else _spaced(name)]
        said += [_spaced(body["effort"]["sport"])] if "effort" in body else []
    if (fact := knowledge().vocabulary.facts.get(body.get("fact", ""))) is not None:
        said.append(fact.short)
    said += [remedy_words().get(name, name) for name in body.get("helped") or ()]
    for bout in body.get("bouts") or ():
        used = (bout.get("technique"), *(one["id"] for one in bout.get("techniques") or ()))
        said += [technique_words().get(name, name) for name in used if name]
    return "\n".join(filter(None, said))


def _spaced(name: str | None) -> str:
    return (name or "").replace("_", " ")


@cache
def technique_words() -> Mapping[str, str]:
    """What each technique tells a person to do, in the words of the first place that has it."""
    found: dict[str, str] = {}
    for place in knowledge().protocols.values():
        for name in place.techniques:
            found.setdefault(name, place.steps[name].say)
    return found


@cache
def remedy_words() -> Mapping[str, str]:
    """The name of each remedy."""
    return {remedy.id: remedy.name for remedy in knowledge().remedies}


def _cursor(entry: Entry) -> str:
    return f"{entry.start.astimezone(UTC):%Y%m%dT%H%M%S.%f}_{entry.id}"


def _place(cursor: str) -> tuple[datetime, str] | None:
    """The place that a page gave; one that is none leads to the first page."""
    at, _, entry_id = cursor.partition("_")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), entry_id[:36]
    except ValueError:
        return None
