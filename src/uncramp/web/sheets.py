"""The forms of the diary: what each is filled with, what it comes to, and the page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import Request

from uncramp.actions import write_circumstance, write_episode, write_exposure
from uncramp.actions.check import Refused
from uncramp.actions.entries import new_id, newest, wire_time
from uncramp.actions.entry_form import EFFORT
from uncramp.actions.exposures import exposures
from uncramp.actions.history import words_for
from uncramp.actions.home import diary
from uncramp.actions.library import knowledge
from uncramp.actions.typed import Fields, Typed
from uncramp.actions.wall_clock import clock_of, moment
from uncramp.actions.writing import Standing
from uncramp.core.nights import day_of_entry
from uncramp.figures import whole_body
from uncramp.model import Asked, Entry, EntryKind, Fact
from uncramp.web import tell
from uncramp.web.asked import Form, one
from uncramp.web.show import show_of

MANY = frozenset({"value", "facts", "question"})
"""Fields of which several can be ticked."""
WHOLE = tuple(map(str, range(11)))
EFFORTS, BACK = 30, timedelta(days=60)
PARTS = {
    "start": "date",
    "end": "date",
    "bouts": "minutes_0",
    "exposure": "date",
    "night": "night",
    "from": "from",
}
"""What the diary calls it -> the field in which it was typed, where these differ."""


@dataclass(frozen=True)
class Desk:
    """Who writes, and when it is there."""

    request: Request
    person: str
    fields: Fields = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """By the clock of the browser, or of this machine where it does not say."""
        clock = clock_of(self.fields.get("zone", ""), self.fields.get("offset_minutes", ""))
        now: datetime = self.request.app.state.clock()
        return now.astimezone(clock)

    @property
    def today(self) -> date:
        return self.now.date()


def fields_of(form: Form) -> dict[str, str]:
    """Each field with its text; the ticks of one field with spaces between them."""
    return {name: " ".join(form[name]) if name in MANY else one(form, name) for name in form}


def faults(refused: Refused) -> dict[str, str]:
    """Field -> what is wrong with it; what belongs to none stands under the empty name."""
    found: dict[str, str] = {}
    for problem in refused.problems:
        place, _, words = problem.partition(": ")
        named = [part for part in place.removeprefix("body.").removeprefix("effort.").split(".") if part]
        name = named[0] if named and words and " " not in place else ""
        said = words if name else problem
        found.setdefault(PARTS.get(name, name), said[:1].upper() + said[1:])
    return found


# ---- the kinds of forms ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One kind of form. `page` is its template, and its address below /write."""

    page: str
    filled: Callable[[Entry], dict[str, str]]
    written: Callable[[Desk, Entry | None], Mapping[str, Any]]
    about: Callable[[Desk, Entry | None], dict[str, Any]]


def _episode(desk: Desk, before: Entry | None) -> Mapping[str, Any]:
    ids = [effort.id for effort in _efforts(desk)]
    return write_episode.written(desk.fields, desk.now, before, ids)


def _about_episode(desk: Desk, before: Entry | None) -> dict[str, Any]:
    t = show_of(desk.request).words
    efforts = _efforts(desk)
    linked = before.body.get("effort") if before else None
    shown = desk.fields or (write_episode.filled(before) if before else {})
    options = [(one.id, _line(one, desk)) for one in efforts]
    if linked and linked not in dict(options):
        options.append((linked, t("write.effort_before")))
    return {
        "muscles": _with(write_episode.MUSCLES, before, "muscle"),
        "doings": _with(write_episode.DOINGS, before, "doing"),
        "remedies": write_episode.rescues(),
        "efforts": options,
        "views": [(view, whole_body.regions(view)) for view in (whole_body.FRONT, whole_body.BACK)],
        "body": whole_body,
        "known": {"muscles": write_episode.MUSCLES, "doings": write_episode.DOINGS},
        "whole": WHOLE,
        "has_remedies": _has(shown, ("remedy_",)),
        "has_again": _has(shown, write_episode.AGAIN),
        "has_more": _has(shown, write_episode.MORE),
    }


def _has(shown: Mapping[str, str], begins: tuple[str, ...]) -> bool:
    """Whether there is anything in a field whose name begins so."""
    return any(text and name.startswith(begins) for name, text in shown.items())


def _with(known: tuple[str, ...], before: Entry | None, name: str) -> tuple[str, ...]:
    """What can be chosen, and what another program wrote there."""
    there = before.body.get(name) if before else None
    return (*known, there) if isinstance(there, str) and there not in known else known


def _efforts(desk: Desk) -> tuple[Entry, ...]:
    since = desk.now - BACK
    found = newest(diary(), desk.person, (EntryKind.EXPOSURE,), start=since)
    return tuple(entry for entry in found if entry.body.get("exposure") == EFFORT)[:EFFORTS]


def _line(entry: Entry, desk: Desk) -> str:
    t = show_of(desk.request).words
    said = tell.line(entry, t, knowledge().exposures)
    words = ", ".join(part.words for part in said.parts)
    return f"{tell.day_words(day_of_entry(entry), t)} {said.time} {words}"


def _exposure(desk: Desk, before: Entry | None) -> Mapping[str, Any]:
    return write_exposure.exposure_written(desk.fields, asked_of(desk, before), desk.now, before)


def asked_of(desk: Desk, before: Entry | None) -> Asked:
    """What the exposure is; raise `Refused` for one that is nothing that can be written down."""
    name = before.body["exposure"] if before else desk.fields.get("what", "")
    known = exposures(diary(), desk.person)
    if name in known:
        return known[name]
    if before is None:
        raise Refused("what: choose one of those that stand there.")
    number = not isinstance(before.body["value"], bool)
    return write_exposure.strange(name, before.body.get("unit") or "", number)


def _about_exposure(desk: Desk, before: Entry | None) -> dict[str, Any]:
    asked = asked_of(desk, before)
    return {"asked": asked, "own": asked.id not in knowledge().exposures}


def _effort(desk: Desk, before: Entry | None) -> Mapping[str, Any]:
    return write_exposure.effort_written(desk.fields, desk.now, before)


def _about_effort(_desk: Desk, before: Entry | None) -> dict[str, Any]:
    there = (before.body.get("effort") or {}).get("sport") if before else None
    sports = write_exposure.SPORTS
    every = (*sports, there) if there and there not in sports else sports
    return {"sports": every, "known": sports, "whole": WHOLE}


def _circumstance(desk: Desk, before: Entry | None) -> Mapping[str, Any]:
    (made,) = write_circumstance.written(desk.fields, facts_in(desk, before), desk.now, before)
    return made


def facts_in(desk: Desk, before: Entry | None) -> tuple[Fact, ...]:
    """The facts that the form is for."""
    if before is not None:
        fact = knowledge().vocabulary.facts.get(before.body["fact"])
        if fact is None:
            raise Refused("id: this version of uncramp does not have that fact, and cannot change it.")
        return (fact,)
    named = desk.fields.get("facts", "").split()
    found = tuple(fact for fact in write_circumstance.offered() if fact.id in named)
    if not found:
        raise Refused("facts: choose one of those that stand there.")
    return found


def _about_circumstance(desk: Desk, before: Entry | None) -> dict[str, Any]:
    facts = facts_in(desk, before)
    weeks = knowledge().vocabulary.facts["pregnancy_weeks"]
    asks_weeks = before is None and any(fact.id in write_circumstance.WITH for fact in facts)
    may_end_in_birth = any(fact.id in write_circumstance.WITH for fact in facts)
    note = tell.after_birth(show_of(desk.request).words) if may_end_in_birth else ""
    return {"facts": facts, "weeks": weeks if asks_weeks else None, "after_birth": note}


def _filled_night(entry: Entry) -> dict[str, str]:
    body = entry.body
    return {"night": body["night"], "word": body["word"], "note": body.get("note") or ""}


def _night(desk: Desk, before: Entry | None) -> Mapping[str, Any]:
    typed = Typed(desk.fields)
    night, word = typed.day("night"), typed.choice("word", ("quiet", "cramp"))
    if night is None and not typed.problems:
        typed.wrong("night", "write the day on whose evening that night began.")
    if night and night > desk.today:
        typed.wrong("night", "that is still to come.")
    if word is None:
        typed.wrong("word", "say which it was. What is not known is not written down.")
    body = {**(before.body if before else {}), "night": night and night.isoformat(), "word": word}
    body.pop("note", None)
    if note := typed.note():
        body["note"] = note
    if night is None or typed.problems:
        raise Refused(*typed.problems)
    if before and before.body["night"] == body["night"]:
        start, offset = before.start, before.offset_minutes
    else:
        clock = clock_of(typed.text("zone"), typed.text("offset_minutes"))
        start, offset = moment(datetime.combine(night, datetime.min.time().replace(hour=22)), clock, "first")
    return {
        "kind": "day_note", "start": wire_time(start), "end": None, "offset_minutes": offset, "body": body,
    }  # fmt: skip


def _nothing(_desk: Desk, _before: Entry | None) -> dict[str, Any]:
    return {}


EPISODE = Sheet("episode", write_episode.filled, _episode, _about_episode)
EXPOSURE = Sheet("exposure", write_exposure.filled, _exposure, _about_exposure)
EFFORT_SHEET = Sheet("effort", write_exposure.filled, _effort, _about_effort)
CIRCUMSTANCE = Sheet("circumstance", write_circumstance.filled, _circumstance, _about_circumstance)
NIGHT = Sheet("night", _filled_night, _night, _nothing)


def sheet_of(entry: Entry) -> Sheet:
    """The form for that entry; raise `Refused` for a kind that has none."""
    match entry.kind:
        case EntryKind.EPISODE:
            return EPISODE
        case EntryKind.DAY_NOTE:
            return NIGHT
        case EntryKind.CIRCUMSTANCE:
            return CIRCUMSTANCE
        case EntryKind.EXPOSURE:
            return EFFORT_SHEET if entry.body.get("exposure") == EFFORT else EXPOSURE
    raise Refused("id: there is nothing in this entry that can be changed by hand.")


def in_words(entry: Entry, desk: Desk) -> tuple[tell.Named, ...]:
    """All that an entry says."""
    t = show_of(desk.request).words
    return tell.in_full(entry, t, words_for(diary(), desk.person, (entry,)))


def merged(sheet: Sheet, desk: Desk, base: Entry | None, stands: Entry) -> dict[str, str]:
    """What was typed, over what stands there now: a field that the person did not touch shows the newer."""
    newer = sheet.filled(stands)
    if base is None:
        return {**newer, **desk.fields}
    shown = sheet.filled(base)
    touched = {n: v for n, v in desk.fields.items() if n not in shown or v.strip() != shown[n]}
    return {**newer, **{n: v for n, v in touched.items() if v or n in shown}}


def same_already(sheet: Sheet, desk: Desk, raw: Mapping[str, Any]) -> None:
    """Raise `Standing` where the day or night has that word already: it is one or the other."""
    if sheet not in (EXPOSURE, NIGHT):
        return
    kind = EntryKind.EXPOSURE if sheet is EXPOSURE else EntryKind.DAY_NOTE
    key = ("exposure", "day") if sheet is EXPOSURE else ("night",)
    about = datetime.fromisoformat(raw["start"])
    for entry in newest(diary(), desk.person, (kind,), start=about - timedelta(days=2)):
        if all(entry.body.get(name) == raw["body"][name] for name in key) and entry.id != desk.fields.get(
            "id"
        ):
            raise Standing(entry)


def fresh(desk: Desk) -> str:
    """The id that a new form carries, so that sending it twice stores it once."""
    return new_id(desk.now)
