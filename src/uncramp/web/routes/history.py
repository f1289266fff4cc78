"""What was written, as pages: a list that can be searched, and each entry by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from uncramp.actions.calendar import written
from uncramp.actions.history import KINDS, Filter, find, words_for
from uncramp.actions.home import diary
from uncramp.actions.whole_entry import Whole, holding_on, seizings, whole, wrote_at
from uncramp.model import Entry
from uncramp.web import tell
from uncramp.web.guard import person_of
from uncramp.web.show import country_of, show_of
from uncramp.web.words import Words, catalogue

router = APIRouter()

LONGEST_TEXT = 100
SIDES = ("left", "right", "both")
DAYS = ("from", "to", "day")
FIELDS = ("kind", "muscle", "side", *DAYS, "text")
MUSCLES = tuple(key.rpartition(".")[2] for key in catalogue() if key.startswith("history.muscles."))


@dataclass(frozen=True)
class Typed:
    """What stands in the form: as it was typed, what it means, and the fields that mean nothing."""

    fields: dict[str, str]
    filter: Filter
    faults: tuple[str, ...]

    def address(self, **changed: str) -> str:
        """The list with these fields, some of them changed; an empty one is left out."""
        fields = {name: value for name, value in {**self.fields, **changed}.items() if value}
        return f"/history?{urlencode(fields)}" if fields else "/history"


# These are no coroutines: they wait for the disk.
@router.get("/history")
def history(request: Request) -> Response:
    show, query = show_of(request), request.query_params
    typed, person = read_filter(query), person_of(request)
    # What cannot be meant finds nothing, instead of everything.
    before = query.get("before", "")[:80]
    found = find(diary(), person, typed.filter, before)
    values = day_values(person, typed.filter.day, show.words) if typed.filter.day else {"of_day": None}
    return show.page(
        "history",
        country=country_of(request),
        typed=typed,
        days=tell.days(found.entries, show.words, found.asked),
        before=found.before,
        later=bool(before),
        kinds=KINDS,
        muscles=MUSCLES,
        sides=SIDES,
        **values,
    )


@router.get("/history/{entry_id}")
def one(request: Request, entry_id: str) -> Response:
    show = show_of(request)
    t, found = show.words, whole(diary(), person_of(request), entry_id)
    return show.page(
        "entry",
        country=country_of(request),
        found=found,
        parts=tell.line(found.entry, t, found.asked).parts,
        named=tell.in_full(found.entry, t, found.asked),
        bouts=bouts(found.entry, t),
        day=tell.day_words(found.day, t),
        facts=tuple(tell.fact_words(name, answer, t) for name, answer in found.facts.items()),
        around=tuple(
            (name, tell.days(some, t, found.asked))
            for name, some in (("that_day", found.that_day), ("day_before", found.day_before))
        ),
        versions=versions(found, t),
    )


def read_filter(query: QueryParams) -> Typed:
    """What the address asks for; what cannot be meant is named and narrows nothing."""
    fields = {name: query.get(name, "").strip()[:LONGEST_TEXT] for name in FIELDS}
    allowed = {"kind": KINDS, "muscle": MUSCLES, "side": SIDES}
    faults = [name for name, some in allowed.items() if fields[name] not in ("", *some)]
    days = {name: read_day(fields[name]) for name in DAYS}
    faults += [name for name in DAYS if fields[name] and days[name] is None]
    if days["from"] and days["to"] and days["to"] < days["from"]:
        faults.append("order")
    good = {name: "" if name in faults else fields[name] for name in fields}
    found = Filter(
        kind=good["kind"], muscle=good["muscle"], side=good["side"], text=good["text"],
        first=days["from"], last=days["to"], day=days["day"],
    )  # fmt: skip
    return Typed(fields, found, tuple(faults))


def read_day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2099 else None


def day_values(person: str, day: date, t: Words) -> dict[str, object]:
    """What the list of one day has beside its entries."""
    standing = holding_on(diary(), person, day)
    asked = words_for(diary(), person, standing)
    [night] = written(diary(), person, day, day)
    return {
        "of_day": tell.day_words(day, t),
        "circumstances": tuple(tell.line(entry, t, asked) for entry in standing),
        "night": night,
        "day_before": date.fromordinal(day.toordinal() - 1),
        "day_after": date.fromordinal(day.toordinal() + 1),
    }


@dataclass(frozen=True)
class BoutInWords:
    length: str
    technique: str
    released: bool


def bouts(entry: Entry, t: Words) -> tuple[BoutInWords, ...]:
    return tuple(
        BoutInWords(tell.length_words(one.seconds, t), t.of_knowledge(one.technique), one.released)
        for one in seizings(entry)
    )


@dataclass(frozen=True)
class VersionInWords:
    id: str
    recorded: str
    line: tell.Line
    shown: bool


def versions(found: Whole, t: Words) -> tuple[VersionInWords, ...]:
    """All versions, the last one first; when each was written is by the clock of its place."""
    return tuple(
        VersionInWords(
            one.id,
            tell.moment_words(wrote_at(one), t),
            tell.line(one, t, found.asked),
            one.id == found.entry.id,
        )
        for one in found.versions
    )
