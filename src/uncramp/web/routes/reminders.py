"""Reminders: what a person chooses, and the feed that a calendar subscribes to."""

from __future__ import annotations

import logging
import math

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from uncramp.actions import reminders as action
from uncramp.actions.check import Refused
from uncramp.actions.home import diary
from uncramp.actions.reminders import Chosen
from uncramp.web.asked import Form, read_form
from uncramp.web.guard import person_of
from uncramp.web.show import country_of, show_of

router = APIRouter()
log = logging.getLogger("uncramp.web")

FEED = "text/calendar; charset=utf-8"
FIELDS = (
    "evening", "morning", "quiet_from", "quiet_to", "pause", "pause_from", "pause_to", "push", "zone",
)  # fmt: skip
FAULTS = (*FIELDS, "days")
KEPT, ENDED = "kept", "ended"
HERE = "/reminders"


@router.get(HERE)
def page(request: Request) -> Response:
    return shown(request, done=request.query_params.get("done", ""))


@router.post(HERE)
async def choose(request: Request) -> Response:
    form = await read_form(request)
    return await run_in_threadpool(_choose, request, form)


def _choose(request: Request, form: Form) -> Response:
    try:
        action.keep(diary(), person_of(request), form, request.app.state.clock())
    except Refused as refused:
        return shown(request, 422, form=form, problems=refused.problems)
    return RedirectResponse(f"{HERE}?done={KEPT}", status_code=303)


@router.post("/reminders/address")
def new_address(request: Request) -> Response:
    """A new address for the calendar. It stands on this one answer and nowhere else."""
    token = action.new_address(diary(), person_of(request), request.app.state.clock())
    return shown(request, made=f"{str(request.base_url).rstrip('/')}{HERE}/{token}.ics")


@router.post("/reminders/address/end")
def end_address(request: Request) -> Response:
    action.end_address(diary(), person_of(request))
    return RedirectResponse(f"{HERE}?done={ENDED}", status_code=303)


@router.post("/reminders/try")
def ring_now(request: Request) -> Response:
    """Ring once at the address that was kept, and say whether it got there."""
    person = person_of(request)
    chosen = action.chosen(diary(), person)
    if chosen.push:
        action.ring_once(diary(), person, chosen.push)
    return shown(request, done="tried" if chosen.push else "")


@router.head("/reminders/{token}.ics", include_in_schema=False)
@router.get("/reminders/{token}.ics")
def feed(request: Request, token: str) -> Response:
    """The feed. Its address is its key: a calendar cannot sign in."""
    now = request.app.state.clock()
    if found := action.feed_at(diary(), token, now):
        return Response(found, media_type=FEED, headers={"Cache-Control": "no-store"})
    who = request.client.host if request.client else ""
    # Apart from those of the sign-in: a calendar with an old address must not keep anybody out.
    if wait := request.app.state.feed_tries.begin(who, now):
        raise HTTPException(429, headers={"Retry-After": str(math.ceil(wait.total_seconds()))})
    log.warning("No calendar at the address that %s asked for.", who)
    raise HTTPException(404)


# ---- the page ------------------------------------------------------------------------------------


def shown(
    request: Request,
    status: int = 200,
    form: Form | None = None,
    problems: tuple[str, ...] = (),
    made: str = "",
    done: str = "",
) -> Response:
    """The page, with what was typed and what is wrong with it."""
    person = person_of(request)
    chosen = action.chosen(diary(), person)
    address = action.address_of(diary(), person)
    faults = {place: words for place, _, words in (problem.partition(": ") for problem in problems)}
    return show_of(request).page(
        "reminders",
        status,
        country=country_of(request),
        typed=_typed(form) if form is not None else _of(chosen),
        faults={place: words[0].upper() + words[1:] for place, words in faults.items() if place in FAULTS},
        zone=chosen.zone,
        push=chosen.push,
        trouble=action.last_fault(diary(), person),
        address=address and f"{address.created.astimezone():%Y-%m-%d}",
        fetched=address and address.last_used and f"{address.last_used.astimezone():%Y-%m-%d %H:%M}",
        made=made,
        done=done,
        only_here=not request.app.state.doors.locked,
    )


def _typed(form: Form) -> dict[str, object]:
    return {**{name: form.get(name, ("",))[-1] for name in FIELDS}, "days": set(form.get("day", ()))}


def _of(chosen: Chosen) -> dict[str, object]:
    """What was chosen, as the form has it."""
    r = chosen.reminders
    first, last = r.quiet or (None, None)
    begins, ends = (r.pause.first, r.pause.last) if r.pause else (None, None)
    how = action.FROM_TO if ends else action.UNTIL_ENDED if begins else action.NO_PAUSE
    return {
        "evening": f"{r.evening:%H:%M}" if r.evening else "",
        "morning": f"{r.morning:%H:%M}" if r.morning else "",
        "days": {str(day) for day in r.days},
        "quiet_from": f"{first:%H:%M}" if first else "",
        "quiet_to": f"{last:%H:%M}" if last else "",
        "pause": how,
        "pause_from": begins.isoformat() if begins and ends else "",
        "pause_to": ends.isoformat() if ends else "",
        "push": chosen.push,
        "zone": chosen.zone,
    }
