"""Writing and changing everything by forms, which work without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from uncramp.actions import removal, write_circumstance, write_episode, writing
from uncramp.actions.check import Refused
from uncramp.actions.entries import history
from uncramp.actions.entries import one as one_entry
from uncramp.actions.exposures import OPEN, add_own, choose_questions, exposures, questions_chosen
from uncramp.actions.home import diary
from uncramp.actions.library import knowledge
from uncramp.actions.typed import Typed, day_asked
from uncramp.actions.writing import Standing
from uncramp.core.nights import ONE_DAY, day_of, is_deleted
from uncramp.model import Entry, EntryKind
from uncramp.web import tell
from uncramp.web.asked import Form, one, read_form
from uncramp.web.guard import person_of
from uncramp.web.sheets import (
    CIRCUMSTANCE,
    EFFORT_SHEET,
    EPISODE,
    EXPOSURE,
    NIGHT,
    Desk,
    Sheet,
    facts_in,
    faults,
    fields_of,
    fresh,
    in_words,
    merged,
    same_already,
    sheet_of,
)
from uncramp.web.show import country_of, show_of

router = APIRouter()
Sent = Annotated[Form, Depends(read_form)]
GONE = {"": "It was taken away meanwhile. What you typed stands here. Save it to write it down again."}
SHEETS = {sheet.page: sheet for sheet in (EPISODE, EFFORT_SHEET, EXPOSURE, CIRCUMSTANCE, NIGHT)}


def page(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    return show_of(request).page(name, status, country=country_of(request), **values)


def desk_of(request: Request, fields: Mapping[str, str] | None = None) -> Desk:
    return Desk(request, person_of(request), fields or {})


def to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)


# ---- what to write -----------------------------------------------------------------------------------


@router.get("/write")
def what(request: Request, day: str = "") -> Response:
    return page(request, "write", day=day_asked(day))


@router.get("/write/episode")
def episode(request: Request, day: str = "") -> Response:
    desk = desk_of(request)
    return form(desk, EPISODE, write_episode.empty(desk.today, day_asked(day)))


@router.get("/write/effort")
def effort(request: Request, day: str = "") -> Response:
    desk = desk_of(request)
    return form(desk, EFFORT_SHEET, {"date": str(day_asked(day) or desk.today)})


@router.get("/write/night")
def night(request: Request, day: str = "") -> Response:
    desk = desk_of(request)
    last = day_of(desk.now.replace(tzinfo=None)) - ONE_DAY
    return form(desk, NIGHT, {"night": str(day_asked(day) or last)})


@router.get("/write/exposure")
def exposure(request: Request, what: str = "", day: str = "") -> Response:
    desk = desk_of(request, {"what": what})
    known = exposures(diary(), desk.person)
    if what not in known:
        own = {name: asked for name, asked in known.items() if name not in knowledge().exposures}
        ours = knowledge().exposures
        return page(request, "write_which", ours=ours, own=own, day=day_asked(day))
    filled = {"what": what, "date": str(day_asked(day) or day_of(desk.now.replace(tzinfo=None)))}
    return form(desk, EXPOSURE, filled)


@router.get("/write/circumstance")
def circumstance(request: Request, q: str = "", fact: str = "", name: str = "", change: str = "") -> Response:
    desk = desk_of(request, {"facts": fact})
    if change:
        return dose_changes(desk, change)
    if fact:
        filled = {"facts": fact, "from": str(desk.today), "state": "still", "note": name[:100]}
        return form(desk, CIRCUMSTANCE, filled)
    found = write_circumstance.search(q)
    groups: dict[str, list[Any]] = {}
    for one_fact in write_circumstance.offered():
        groups.setdefault(one_fact.group, []).append(one_fact)
    values: dict[str, Any] = {
        "q": q[:60],
        "found": found,
        "groups": groups,
        "today": desk.today,
        "id": fresh(desk),
    }
    return page(request, "write_search", **values)


def dose_changes(desk: Desk, entry_id: str) -> Response:
    """The form for the new dose: the same medicine from today, and the old one until the day before."""
    stands = writing.newest_version(diary(), desk.person, entry_id)
    if stands.kind is not EntryKind.CIRCUMSTANCE or is_deleted(stands):
        raise Refused("change: there is no circumstance with that id.")
    filled = {
        "facts": stands.body["fact"], "from": str(desk.today), "state": "still",
        "note": stands.body.get("note") or "", "change": stands.id,
    }  # fmt: skip
    return form(desk_of(desk.request, filled), CIRCUMSTANCE, filled)


# ---- forms -------------------------------------------------------------------------------------------


def form(
    desk: Desk,
    sheet: Sheet,
    fields: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    base: Entry | None = None,
    stands: Entry | None = None,
    status: int = 200,
) -> Response:
    """The form with what stands in it. `stands`: what is there already instead of what it was opened with."""
    values = {
        "fields": fields,
        "problems": problems or {},
        "action": f"/edit/{base.id}" if base else f"/write/{sheet.page}",
        "base": base,
        "id": fields.get("id") or fresh(desk),
        "stands": in_words(stands, desk) if stands else None,
        "today": desk.today,
        **sheet.about(desk, base),
    }
    return page(desk.request, f"write_{sheet.page}", status, **values)


@router.post("/write/{name}")
def written(request: Request, name: str, sent: Sent) -> Response:
    if name == "own":
        return own_sent(request, sent)
    if name not in SHEETS:
        raise Refused("There is no such form.")
    return take(desk_of(request, fields_of(sent)), SHEETS[name], None)


@router.get("/edit/{entry_id}")
def edit(request: Request, entry_id: str) -> Response:
    desk = desk_of(request)
    stands = writing.newest_version(diary(), desk.person, entry_id)
    if is_deleted(stands):
        return to(f"/written/{stands.id}")
    sheet = sheet_of(stands)
    return form(desk, sheet, sheet.filled(stands), base=stands)


@router.post("/edit/{entry_id}")
def edited(request: Request, entry_id: str, sent: Sent) -> Response:
    desk = desk_of(request, fields_of(sent))
    base = one_entry(diary(), desk.person, entry_id)
    if is_deleted(base):
        return to(f"/written/{entry_id}")
    return take(desk, sheet_of(base), base)


def take(desk: Desk, sheet: Sheet, base: Entry | None) -> Response:
    """Store what was sent; the same form again, with all that was typed, where that cannot be."""
    fields = desk.fields
    if "more" in fields:
        rows = str(min(int(fields.get("rows") or 0) + 3, write_episode.MOST_AGAIN))
        return form(desk, sheet, {**fields, "rows": rows}, base=base)
    try:
        return to(f"/written/{stored(desk, sheet, base).id}")
    except Standing as other:
        if is_deleted(other.entry):
            return form(desk, sheet, fields, GONE, base=None, status=409)
        kept = merged(sheet, desk, base, other.entry)
        return form(desk, sheet, kept, base=other.entry, stands=other.entry, status=409)
    except Refused as refused:
        return form(desk, sheet, fields, faults(refused), base=base, status=422)


def stored(desk: Desk, sheet: Sheet, base: Entry | None) -> Entry:
    fields, person = desk.fields, desk.person
    if sheet is CIRCUMSTANCE and base is None:
        made = write_circumstance.written(fields, facts_in(desk, None), desk.now)
        change, form_id = fields.get("change", ""), fields.get("id", "")
        new = write_circumstance.start(diary(), person, made, desk.now, instead=change, form_id=form_id)
        return new[0]
    raw = sheet.written(desk, base)
    if base is None:
        same_already(sheet, desk, raw)
    name = fields.get("id", "") if base is None else ""
    return writing.save(diary(), person, raw, desk.now, entry_id=name, base=base.id if base else "")


# ---- what was written, taking away and bringing back ---------------------------------------------------


@router.get("/written/{entry_id}")
def was_written(request: Request, entry_id: str) -> Response:
    desk = desk_of(request)
    stands = writing.newest_version(diary(), desk.person, entry_id)
    versions = history(diary(), desk.person, entry_id)
    return page(
        request,
        "written",
        entry=stands,
        gone=is_deleted(stands),
        minutes=int(removal.UNDO_WITHIN.total_seconds() // 60),
        can_undo=any(not is_deleted(version) for version in versions),
        said=in_words(stands, desk),
        notice=tell.notice(stands, show_of(request).words),
    )


@router.post("/entries/{entry_id}/take-away")
def take_away(request: Request, entry_id: str) -> Response:
    desk = desk_of(request)
    return to(f"/written/{removal.take_away(diary(), desk.person, entry_id, desk.now).id}")


@router.post("/entries/{entry_id}/undo")
def undo(request: Request, entry_id: str) -> Response:
    desk = desk_of(request)
    return to(f"/written/{removal.undo(diary(), desk.person, entry_id, desk.now).id}")


# ---- circumstances -------------------------------------------------------------------------------------


@router.get("/circumstances")
def circumstances(request: Request) -> Response:
    desk, t = desk_of(request), show_of(request).words
    kept = write_circumstance.kept(diary(), desk.person, desk.today)
    rows = [(one, tell.line(one.entry, t, {}).parts) for one in kept]
    return page(request, "circumstances", rows=rows, now=[x for x in rows if x[0].holds],
                before=[x for x in rows if not x[0].holds])  # fmt: skip


@router.post("/circumstances/{entry_id}/stop")
def stop(request: Request, entry_id: str, sent: Sent) -> Response:
    desk = desk_of(request, fields_of(sent))
    stopped = write_circumstance.stop(diary(), desk.person, entry_id, desk.today, desk.now)
    return to(f"/written/{stopped.id}")


# ---- own exposures and the questions of the evening ------------------------------------------------------


@router.get("/write/own")
def own(request: Request) -> Response:
    return page(request, "write_own", fields={}, problems={})


def own_sent(request: Request, sent: Form) -> Response:
    desk = desk_of(request, fields_of(sent))
    typed = Typed(desk.fields)
    portion = typed.number("portion", 0.001, 1000) if typed.text("portion") else 1.0
    try:
        typed.done()
        made = add_own(diary(), desk.person, typed.text("name"), typed.text("unit"), portion or 1)
    except Refused as refused:
        return page(request, "write_own", 422, fields=desk.fields, problems=faults(refused))
    return to(f"/write/exposure?what={made.id}")


@router.get("/questions")
def asked_for(request: Request) -> Response:
    person = desk_of(request).person
    chosen = questions_chosen(diary(), person)
    return questions_page(request, chosen)


@router.post("/questions")
def choose(request: Request, sent: Sent) -> Response:
    wanted = sent.get("question", ())
    if one(sent, "open"):
        wanted = (OPEN,)
    try:
        choose_questions(diary(), desk_of(request).person, wanted)
    except Refused as refused:
        return questions_page(request, wanted, faults(refused), 422)
    return questions_page(request, wanted, saved=True)


def questions_page(
    request: Request,
    chosen: Any,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    saved: bool = False,
) -> Response:
    there = exposures(diary(), desk_of(request).person)
    values = {"there": there, "ours": knowledge().exposures, "picked": set(chosen), "open": OPEN in chosen}
    return page(request, "questions", status, problems=problems or {}, saved=saved, **values)
