"""Signing in and out, where the program is reached from another device."""

from __future__ import annotations

import logging
import math
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from uncramp.actions import sign_in as action
from uncramp.web.asked import one, read_form
from uncramp.web.guard import COOKIE, session_of, token_of
from uncramp.web.show import country_of, show_of

router = APIRouter()
log = logging.getLogger("uncramp.web")

FORGET = '"cache", "storage"'
"""What the browser throws away at the sign-out: kept pages, the phone's diary, the worker, the outbox."""


@router.get("/sign-in")
async def form(request: Request) -> Response:
    if not request.app.state.doors.locked:
        return RedirectResponse("/", status_code=303)
    name = "sign_out" if session_of(request) else "sign_in"
    back = safe_way(request.query_params.get("next", ""))
    return show_of(request).page(name, country=country_of(request), back=back, fault="", seconds=0)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    if not request.app.state.doors.locked:
        return RedirectResponse("/", status_code=303)
    fields = await read_form(request)
    back, state = safe_way(one(fields, "next")), request.app.state
    who = request.client.host if request.client else ""
    answer = await run_in_threadpool(
        action.sign_in, one(fields, "passphrase"), who, token_of(request.scope), state.tries, state.clock()
    )
    if not answer.token:
        return refused(request, back, who, math.ceil(answer.wait.total_seconds()))
    log.info("Signed in from %s.", who)
    page = RedirectResponse(back, status_code=303)
    age = int(action.ABSOLUTE.total_seconds())
    page.set_cookie(COOKIE, answer.token, max_age=age, secure=True, httponly=True, samesite="strict")
    return page


def refused(request: Request, back: str, who: str, seconds: int) -> Response:
    """The form again: the passphrase was wrong, or it is too early for the next try."""
    status, fault = (429, "wait") if seconds else (403, "wrong")
    log.warning("Not signed in from %s: %s.", who, "too many tries" if seconds else "a wrong passphrase")
    page = show_of(request).page(
        "sign_in", status, country=country_of(request), back=back, fault=fault, seconds=seconds
    )
    if seconds:
        page.headers["Retry-After"] = str(seconds)
    return page


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    await run_in_threadpool(action.sign_out, token_of(request.scope))
    page = RedirectResponse("/", status_code=303)
    page.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
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
