"""Medicines, conditions and pregnancy, from a day to a day: the fields of their form <-> the entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from uncramp.actions.check import Refused
from uncramp.actions.entries import new_id, newest, wire_time
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import near_names, plain, recognise
from uncramp.actions.typed import Fields, Typed, changed, shown_number
from uncramp.actions.wall_clock import clock_of, offset_at
from uncramp.actions.writing import ORIGIN, Standing, newest_version
from uncramp.core.nights import is_deleted
from uncramp.model import Entry, EntryKind, Fact, FactKind, Medicine

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

STILL, ENDED, UNKNOWN = "still", "ended", "unknown"
LONGEST_SEARCH = 60
MOST_FOUND, MOST_PLAIN = 12, 3
ONE_DAY = timedelta(days=1)
WITH = {"pregnant": "pregnancy_weeks"}
"""Asked together: the fact -> a number that goes with it."""


@dataclass(frozen=True)
class Found:
    """What a search came to: medicines with what they are, facts, and names that are spelled much alike.

    `each_time` are medicines that the check asks about each time, `known_only` those of which no rule speaks.
    """

    medicines: tuple[tuple[str, tuple[Fact, ...]], ...] = ()
    facts: tuple[Fact, ...] = ()
    near: tuple[str, ...] = ()
    each_time: tuple[str, ...] = ()
    known_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """One circumstance with its fact, `None` for one that this knowledge does not have."""

    entry: Entry
    fact: Fact | None
    holds: bool


def offered() -> tuple[Fact, ...]:
    """The facts that hold from a day to a day."""
    together = set(WITH.values())
    return tuple(f for f in knowledge().vocabulary.facts.values() if f.lasting and f.id not in together)


def search(text: str) -> Found:
    """Medicines by the name on the box, and facts by any of their words."""
    text = text.strip()[:LONGEST_SEARCH]
    wanted = plain(text)
    if len(wanted) < 2:
        return Found()
    facts = tuple(f for f in offered() if wanted in plain(f"{f.short} {f.question} {f.id.replace('_', ' ')}"))
    named = [(name, medicine) for medicine in knowledge().medicines if (name := _name(medicine, wanted))]
    named.sort(key=lambda one: (plain(one[0]) != wanted, not one[0].startswith(wanted), one[0]))
    said = [(name, tuple(f for f in offered() if f.id in medicine.facts)) for name, medicine in named]
    ours = tuple(one for one in said if one[1])[:MOST_FOUND]
    lasts = {name for name, lasting in said if lasting}
    rest = [(name, medicine) for name, medicine in named if name not in lasts]
    rest = [one for one in rest if plain(one[0]) == wanted] or rest
    each_time = tuple(name for name, medicine in rest if medicine.facts)[:MOST_PLAIN]
    known_only = tuple(name for name, medicine in rest if not medicine.facts)[:MOST_PLAIN]
    near = () if named or facts else near_names([text]).get(text, ())
    return Found(ours, facts[:MOST_FOUND], near, each_time, known_only)


def _name(medicine: Medicine, wanted: str) -> str:
    """The name of the medicine in which `wanted` stands at the beginning of a word, empty for none."""
    names = (medicine.id, *medicine.names)
    return next((name for name in names if f" {plain(name)}".find(f" {wanted}") >= 0), "")


def facts_of(name: str, among: Iterable[str]) -> tuple[Fact, ...]:
    """The facts that a form is for: those of a medicine's name, or those that are named themselves."""
    ids = recognise([name]).facts if name else frozenset(among)
    return tuple(fact for fact in offered() if fact.id in ids)


def kept(diary: Diary, person: str, day: date) -> tuple[Kept, ...]:
    """All that was written, what holds on `day` first, and of that the latest first."""
    facts = knowledge().vocabulary.facts
    entries = [e for e in newest(diary, person, (EntryKind.CIRCUMSTANCE,)) if not is_deleted(e)]
    found = [Kept(entry, facts.get(entry.body["fact"]), holds(entry.body, day)) for entry in entries]
    return tuple(sorted(found, key=lambda one: not one.holds))


def holds(body: Mapping[str, Any], day: date) -> bool:
    """Whether it is known to hold on `day`, or, with a "no", still to be denied."""
    since = date.fromisoformat(body["from"]) if body.get("from") else date.min
    until = date.fromisoformat(body["to"]) if body.get("to") else date.max
    return since <= day <= until and not body.get("ended")


# ---- the form --------------------------------------------------------------------------------------


def filled(entry: Entry) -> dict[str, str]:
    """The form with what the entry says."""
    body = entry.body
    value = body.get("value")
    return {
        "from": body.get("from") or "",
        "state": ENDED if body.get("to") else UNKNOWN if body.get("ended") else STILL,
        "to": body.get("to") or "",
        "value": " ".join(value) if isinstance(value, list) else shown_number(value),
        "note": body.get("note") or "",
    }


def written(
    fields: Fields, facts: Sequence[Fact], now: datetime, before: Entry | None = None
) -> tuple[dict[str, Any], ...]:
    """The entries that the form describes, one a fact; raise `Refused` with a sentence for each field."""
    typed = Typed(fields)
    since, until, ended = _from_to(typed)
    note = typed.note()
    clock = clock_of(typed.text("zone"), typed.text("offset_minutes"))
    start = datetime.combine(since or now.astimezone(clock).date(), time(), clock).astimezone(UTC)
    made = []
    for fact, value in _values(typed, facts, before):
        body = {**(before.body if before else {}), "fact": fact, "value": value}
        body |= {"from": since and since.isoformat(), "to": until and until.isoformat()}
        for name, said in (("ended", ended), ("note", note)):
            body.pop(name, None)
            if said:
                body[name] = said
        same = before is not None and not changed(fields, filled(before), "from")
        made.append({
            "kind": "circumstance",
            "start": wire_time(before.start if before and same else start),
            "end": None,
            "offset_minutes": before.offset_minutes if before and same else offset_at(start, clock),
            "body": body,
        })  # fmt: skip
    typed.done()
    return tuple(made)


def _from_to(typed: Typed) -> tuple[date | None, date | None, bool]:
    since, until = typed.day("from"), None
    state = typed.choice("state", (STILL, ENDED, UNKNOWN)) or STILL
    if state == ENDED:
        until = typed.day("to")
        if until is None and not any(problem.startswith("to:") for problem in typed.problems):
            typed.wrong("to", "write the last day, or choose that it is not known.")
    if since and until and until < since:
        typed.wrong("to", "the last day is before the first one. Look at both.")
    return since, until, state == UNKNOWN


def _values(typed: Typed, facts: Sequence[Fact], before: Entry | None) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for fact in facts:
        made.append((fact.id, _value(typed, fact, "value", before)))
        also = knowledge().vocabulary.facts.get(WITH.get(fact.id, ""))
        if also and not before and typed.text(also.id):
            if typed.day("from") is None:
                typed.wrong("from", "with a number of weeks, write the day on which it was that many.")
            made.append((also.id, _value(typed, also, also.id, None)))
    return made


def _value(typed: Typed, fact: Fact, field: str, before: Entry | None) -> Any:
    match fact.kind:
        case FactKind.NUMBER:
            if before and not changed(typed.fields, filled(before), field):
                return before.body["value"]
            value = typed.number(field, fact.low or 0, fact.high or 0, fact.unit)
            if value is None and not any(problem.startswith(f"{field}:") for problem in typed.problems):
                typed.wrong(field, "write the number. What is not known is not written down.")
            if fact.grows and typed.day("from") is None:
                typed.wrong("from", "write the day on which it was that much.")
            return value
        case FactKind.MANY_OF:
            return [choice for choice, _ in fact.choices if choice in typed.text(field).split()]
        case _:
            return before.body["value"] if before else True


# ---- keeping ---------------------------------------------------------------------------------------


def start(diary: Diary, person: str, made: Sequence[Mapping[str, Any]], now: datetime, *,
          instead: str = "", form_id: str = "") -> tuple[Entry, ...]:  # fmt: skip
    """Store circumstances that begin. `instead` is the one that ends the day before: the dose changes.

    All of it or nothing is stored; the same form sent twice is stored once.
    """
    from uncramp.actions.entry_form import read_entry
    from uncramp.diary import entries as rows

    stamp = {"origin": ORIGIN, "recorded": wire_time(now.astimezone(UTC)), "replaces": None}
    ids = [form_id if form_id and not n else _id_after(form_id, n) or new_id(now) for n in range(len(made))]
    new = [read_entry(person, name, {**raw, **stamp}) for name, raw in zip(ids, made, strict=True)]
    if form_id and rows.entry(diary, form_id):
        return tuple(new)
    if instead:
        new.insert(0, _ended(diary, person, instead, new[0], now))
    rows.put_all(diary, new)
    return tuple(new[1:] if instead else new)


def _id_after(form_id: str, number: int) -> str:
    """A further id that the same form leads to again, so that sending it twice does no harm."""
    if not form_id or not number:
        return ""
    last = (int(form_id[-12:], 16) + number) % 16**12
    return f"{form_id[:-12]}{last:012x}"


def _ended(diary: Diary, person: str, entry_id: str, new: Entry, now: datetime) -> Entry:
    """The version of a circumstance that ends the day before `new` begins."""
    stands = newest_version(diary, person, entry_id)
    if stands.id != entry_id or is_deleted(stands):
        raise Standing(stands)
    if new.body["from"] is None:
        raise Refused("from: write the day from which the new dose holds.")
    last = date.fromisoformat(new.body["from"]) - ONE_DAY
    if stands.body.get("from") and last < date.fromisoformat(stands.body["from"]):
        raise Refused("from: the new dose would begin before the old one. To mend the old one, edit it.")
    return _version(stands, {**stands.body, "to": last.isoformat()}, now)


def stop(diary: Diary, person: str, entry_id: str, day: date, now: datetime) -> Entry:
    """The circumstance, which holds through `day` and no longer, with the numbers that go along with it."""
    from uncramp.diary import entries as rows

    stands = newest_version(diary, person, entry_id)
    if stands.kind is not EntryKind.CIRCUMSTANCE or is_deleted(stands):
        raise Refused("id: there is no circumstance with that id.")
    if not holds(stands.body, day):
        return stands
    along = WITH.get(stands.body["fact"])
    with_it = [k.entry for k in kept(diary, person, day) if k.holds and k.entry.body["fact"] == along]
    new = [_version(entry, {**entry.body, "to": day.isoformat()}, now) for entry in (stands, *with_it)]
    rows.put_all(diary, new)
    return new[0]


def _version(entry: Entry, body: dict[str, Any], now: datetime) -> Entry:
    body.pop("ended", None)
    return replace(
        entry, id=new_id(now), body=body, origin=ORIGIN, recorded=now.astimezone(UTC), replaces=entry.id
    )
