"""Signing in and out, where the program is reached from another device."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from uncramp.actions import people
from uncramp.actions import sign_in as action
from uncramp.actions.home import DiaryUnusable
from uncramp.actions.sign_in import Answer
from uncramp.web.asked import one, read_form
from uncramp.web.guard import chosen_cookie, session_cookie, session_of, token_of
from uncramp.web.show import YEAR, country_of, show_of

if TYPE_CHECKING:
    from uncramp.diary.people import Known

router = APIRouter()
log = logging.getLogger("uncramp.web")

FORGET = '"cache", "storage"'
"""What the browser throws away at the sign-out: kept pages, the phone's diary, the worker, the outbox."""


@router.get("/sign-in")
def form(request: Request) -> Response:
    """The form; for who is signed in the way out, unless they ask with `?switch` for somebody else's turn."""
    everyone, query = everybody(request), request.query_params
    if not asks(request, everyone):
        return RedirectResponse("/", status_code=303)
    back = safe_way(query.get("next", ""))
    if session_of(request) and "switch" not in query:
        return show_of(request).page("sign_out", country=country_of(request), back=back)
    return show_form(request, everyone, back, query.get("name", ""))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    everyone = await run_in_threadpool(everybody, request)
    if not asks(request, everyone):
        return RedirectResponse("/", status_code=303)
    fields = await read_form(request)
    back, name = safe_way(one(fields, "next")), one(fields, "name")
    chosen = people.named(name, everyone)
    if not request.app.state.doors.locked and chosen and not chosen.locked:
        return await run_in_threadpool(choose, request, chosen.id, back)
    who = request.client.host if request.client else ""
    answer = await run_in_threadpool(let_in, request, one(fields, "passphrase"), name, who)
    if not answer.token:
        return refused(request, everyone, back, name, who, math.ceil(answer.wait.total_seconds()))
    log.info("Signed in from %s.", who)
    page, secure = RedirectResponse(back, status_code=303), request.app.state.doors.locked
    cookie, age = session_cookie(request.scope, request.app.state.doors), int(action.ABSOLUTE.total_seconds())
    page.set_cookie(cookie, answer.token, max_age=age, secure=secure, httponly=True, samesite="strict")
    return page


def asks(request: Request, everyone: tuple[Known, ...]) -> bool:
    """Whether there is anything to say: who one is, or a passphrase."""
    return request.app.state.doors.locked or len(everyone) > 1 or any(one.locked for one in everyone)


def let_in(request: Request, passphrase: str, name: str, who: str) -> Answer:
    state = request.app.state
    return action.sign_in(passphrase, who, token_of(request), state.tries, state.clock(), name)


def choose(request: Request, person: str, back: str) -> Response:
    """Open the diary of a person without a passphrase, on this machine; a session of somebody else ends."""
    action.sign_out(token_of(request))
    page = RedirectResponse(back, status_code=303)
    page.delete_cookie(
        session_cookie(request.scope, request.app.state.doors), httponly=True, samesite="strict"
    )
    page.set_cookie(chosen_cookie(request.scope), person, max_age=YEAR, httponly=True, samesite="strict")
    return page


def everybody(request: Request) -> tuple[Known, ...]:
    """All who have a diary here; nobody while it cannot be read, so that the page still opens."""
    try:
        return people.everybody(request.app.state.clock())
    except DiaryUnusable as trouble:
        log.error("%s", trouble)
        return ()


def show_form(
    request: Request,
    everyone: tuple[Known, ...],
    back: str,
    name: str,
    status: int = 200,
    fault: str = "",
    seconds: int = 0,
) -> Response:
    # Who they are is said on this machine only.
    listed = () if request.app.state.doors.locked else everyone
    return show_of(request).page(
        "sign_in",
        status,
        country=country_of(request),
        back=back,
        typed=name[: people.LONGEST_NAME],
        several=len(everyone) > 1,
        listed=listed,
        fault=fault,
        seconds=seconds,
    )


def refused(
    request: Request, everyone: tuple[Known, ...], back: str, name: str, who: str, seconds: int
) -> Response:
    """The form again: the passphrase was wrong, or it is too early for the next try."""
    status, fault = (429, "wait") if seconds else (403, "wrong")
    log.warning("Not signed in from %s: %s.", who, "too many tries" if seconds else "a wrong passphrase")
    page = show_form(request, everyone, back, name, status, fault, seconds)
    if seconds:
        page.headers["Retry-After"] = str(seconds)
    return page


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    await run_in_threadpool(action.sign_out, token_of(request))
    page, doors = RedirectResponse("/", status_code=303), request.app.state.doors
    cookie = session_cookie(request.scope, doors)
    page.delete_cookie(cookie, secure=doors.locked, httponly=True, samesite="strict")
    page.headers["Clear-Site-Data"] = FORGET
    return page


def safe_way(wanted: str) -> str:
    """`wanted` if it is the path of a page of ours, else the first page: a link must not lead elsewhere."""
    # Browsers read \ as /, and leave out tabs and line ends before they look at an address.
    plain = wanted.isprintable() and "\\" not in wanted
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if plain and ours and wanted.isascii() and len(wanted) < 2000 else "/"
