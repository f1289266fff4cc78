"""The people who have a diary here: names, passphrases, and who is who."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from uncramp.actions import passphrase, people
from uncramp.actions.check import Refused
from uncramp.web.asked import Form, one, read_form
from uncramp.web.guard import person_of, session_of, whose_of
from uncramp.web.show import country_of, show_of

router = APIRouter()

Change = Callable[[Request, Form], None]


@router.get("/people")
def page(request: Request) -> Response:
    return show_people(request)


@router.get("/whose.json")
def whose(request: Request) -> Response:
    """Whose diary is open: so pages that are the same for everybody know in whose name they write."""
    return JSONResponse({"person": person_of(request)})


@router.post("/people/add")
async def add(request: Request) -> Response:
    return await changed(request, _add)


@router.post("/people/rename")
async def rename(request: Request) -> Response:
    return await changed(request, _rename)


@router.post("/people/passphrase")
async def set_passphrase(request: Request) -> Response:
    """Set the passphrase of the person whose diary is open, change it, or take it away."""
    return await changed(request, _set_passphrase)


async def changed(request: Request, change: Change) -> Response:
    """Do it and show the page again; what cannot be done is said at its form, with the names as typed."""
    form = await read_form(request)
    try:
        await run_in_threadpool(change, request, form)
    except Refused as refused:
        typed = {field: one(form, field) for field in ("name", "own") if field in form}
        return await run_in_threadpool(show_people, request, 422, change.__name__, refused.problems, typed)
    return RedirectResponse("/people", status_code=303)


def show_people(
    request: Request,
    status: int = 200,
    wrong: str = "",
    problems: tuple[str, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    me = person_of(request)
    everyone = whose_of(request).everyone
    return show_of(request).page(
        "people",
        status,
        country=country_of(request),
        everyone=everyone,
        me=next(person for person in everyone if person.id == me),
        unnamed=not everyone[0].name,
        wrong=wrong,
        problems=[problem.partition(": ")[2] or problem for problem in problems],
        typed={"own": "", "name": "", **(typed or {})},
        shortest=passphrase.SHORTEST,
    )


def _add(request: Request, form: Form) -> None:
    now, new = request.app.state.clock(), one(form, "passphrase")
    me = person_of(request)
    if new:
        passphrase.refuse_weak(new)
    if "own" in form:
        if me != whose_of(request).everyone[0].id:
            raise Refused("own: only who came first can say their name.")
        people.rename_first(one(form, "own"), one(form, "name"), now)
    made = people.add(one(form, "name"), now)
    if new:
        passphrase.set_passphrase(new, made)


def _rename(request: Request, form: Form) -> None:
    people.rename(person_of(request), one(form, "name"), request.app.state.clock())


def _set_passphrase(request: Request, form: Form) -> None:
    me = person_of(request)
    if passphrase.is_set(me):
        ask_for_the_old_one(request, me, one(form, "old"))
    if one(form, "do") == "remove":
        passphrase.remove_passphrase(me)
        return
    new = one(form, "new")
    passphrase.refuse_weak(new)
    if new != one(form, "again"):
        raise Refused("again: the two were not the same; nothing was changed. Try again.")
    session = session_of(request)
    passphrase.set_passphrase(new, me, session.id if session else "")


def ask_for_the_old_one(request: Request, me: str, old: str) -> None:
    """Whoever finds the page open must not be able to lock its owner out, or to erase what is theirs; nor to
    guess without end."""
    tries, now = request.app.state.tries, request.app.state.clock()
    who = request.client.host if request.client else ""
    name = people.as_compared(next((p.name for p in whose_of(request).everyone if p.id == me), ""))
    if wait := tries.begin(who, now, name):
        seconds = math.ceil(wait.total_seconds())
        raise Refused(f"old: too many tries. Wait {seconds} seconds, then try again.")
    if not passphrase.is_right(old, me):
        raise Refused("old: that is not the passphrase so far; nothing was changed.")
    tries.succeeded(who, name)
