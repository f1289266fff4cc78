"""Tokens that may only add, and the door that they open for one line into the diary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from uncramp.actions import entries, tokens
from uncramp.actions.check import Refused
from uncramp.actions.entry_form import FARTHEST_OFFSET
from uncramp.actions.home import diary
from uncramp.actions.log import FIELDS, log
from uncramp.actions.own_clock import OwnClock
from uncramp.web.asked import one, read_form
from uncramp.web.guard import person_of, whose_of
from uncramp.web.routes.entries import text_of
from uncramp.web.show import country_of, show_of

router = APIRouter()

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["what"],
                    "properties": {
                        "what": {"enum": list(FIELDS)},
                        "id": {"type": "string", "format": "uuid"},
                        "offset_minutes": {
                            "type": "integer", "minimum": -FARTHEST_OFFSET, "maximum": FARTHEST_OFFSET
                        },
                    },
                }
            }
        },
    }
}  # fmt: skip


@router.get("/tokens")
def page(request: Request) -> Response:
    return show_tokens(request)


@router.post("/tokens")
async def new(request: Request) -> Response:
    """A new token. It stands on this one answer and nowhere else, so there is no way back to it."""
    name = one(await read_form(request), "name")
    return await run_in_threadpool(_new, request, name)


def _new(request: Request, name: str) -> Response:
    try:
        made = tokens.new(person_of(request), name, request.app.state.clock())
    except Refused as refused:
        fault = str(refused).partition(": ")[2]
        return show_tokens(request, 422, name=name[: tokens.LONGEST_NAME], fault=fault)
    return show_tokens(request, made=made)


@router.post("/tokens/revoke")
async def revoke(request: Request) -> Response:
    name = one(await read_form(request), "name")
    await run_in_threadpool(tokens.revoke, person_of(request), name)
    return RedirectResponse("/tokens", status_code=303)


def show_tokens(
    request: Request, status: int = 200, made: str = "", name: str = "", fault: str = ""
) -> Response:
    there = [(one.name, _day(one.created), _day(one.last_used)) for one in tokens.listed(person_of(request))]
    return show_of(request).page(
        "tokens",
        status,
        country=country_of(request),
        there=there,
        made=made,
        typed=name,
        fault=fault,
        address=str(request.base_url).rstrip("/"),
    )


def _day(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


@router.post("/api/v1/log", openapi_extra=BODY)
async def write(request: Request) -> Response:
    """One line into the diary, as `uncramp log` writes it; for shortcuts, tags, watches and the home."""
    text = await text_of(request)
    return await run_in_threadpool(_write, request, entries.read_body(text))


def _write(request: Request, what: Mapping[str, Any]) -> Response:
    now = _of_their_clock(request.app.state.clock(), what.get("offset_minutes"))
    name = whose_of(request).token
    said = {field: value for field, value in what.items() if field != "offset_minutes"}
    try:
        made = log(diary(), person_of(request), said, now, tokens.origin_of(name), adds_only=bool(name))
    except entries.OtherBody as stands:
        return JSONResponse({"problems": [str(stands)]}, 409)
    if name:
        # The same whether it was written just now or stood there: a token reads nothing.
        return JSONResponse({"ids": [said["id"]] if said.get("id") else []}, 201)
    return JSONResponse({"ids": [entry.id for entry in made]}, 201 if made else 200)


def _of_their_clock(now: datetime, minutes: object) -> datetime:
    """`now` by the clock of who sends, of this machine where that is not said."""
    if minutes is None:
        return now.astimezone(OwnClock())
    if isinstance(minutes, bool) or not isinstance(minutes, int) or abs(minutes) > FARTHEST_OFFSET:
        raise Refused(f"offset_minutes: expected minutes east of UTC, at most {FARTHEST_OFFSET}.")
    return now.astimezone(timezone(timedelta(minutes=minutes)))
