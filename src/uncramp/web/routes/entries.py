"""The diary: the interface that the phone writes to, and what was written as a page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from uncramp.actions import entries
from uncramp.actions.check import Refused
from uncramp.actions.entry_form import EntryForm
from uncramp.actions.history import LATEST, latest
from uncramp.actions.home import DiaryUnusable, diary, examine_diary, owner
from uncramp.web.guard import session_of
from uncramp.web.show import country_of, show_of

NO_STORE = {"Cache-Control": "no-store"}
SCHEMA = {"content": {"application/json": {"schema": EntryForm.model_json_schema()}}, "required": True}


def refuse_windows(request: Request) -> None:
    """Refuse to be opened as a page, or to be shown as a picture or a frame of one: it is for programs."""
    if request.headers.get("sec-fetch-dest", "empty") != "empty":
        raise HTTPException(403)


async def text_of(request: Request) -> str:
    """The body; that it says of itself to be JSON was seen to by the guard."""
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError:
        raise Refused("the body: it is not UTF-8.") from None


def person_of(request: Request) -> str:
    """Whose diary is open: that of who is signed in, or of the owner where nobody has to."""
    session = session_of(request)
    return session.person if session else owner(request.app.state.clock())


router = APIRouter()


@router.put("/api/v1/entries/{entry_id}", openapi_extra={"requestBody": SCHEMA})
async def put(request: Request, entry_id: str) -> Response:
    text = await text_of(request)
    try:
        # In a thread of its own it waits for the disk and holds up nobody.
        new = await run_in_threadpool(keep, request, entry_id, text)
    except entries.OtherBody as other:
        return JSONResponse({"problems": [str(other)]}, 409)
    return JSONResponse({"id": entry_id}, 201 if new else 200)


def keep(request: Request, entry_id: str, text: str) -> bool:
    return entries.put(diary(), person_of(request), entry_id, entries.read_body(text))


@router.get("/api/v1/entries")
def listed(request: Request, kind: Annotated[list[str] | None, Query()] = None) -> Response:
    refuse_windows(request)
    found = entries.newest(diary(), person_of(request), entries.kinds_named(kind or ()))
    return JSONResponse({"entries": [entries.as_json(entry) for entry in found]})


@router.get("/api/v1/entries/{entry_id}")
def one(request: Request, entry_id: str) -> Response:
    refuse_windows(request)
    return JSONResponse(entries.as_json(entries.one(diary(), person_of(request), entry_id)))


@router.get("/history")
def history(request: Request) -> Response:
    episodes = latest(diary(), person_of(request))
    page = show_of(request).page("history", country=country_of(request), episodes=episodes, most=LATEST)
    page.headers.update(NO_STORE)
    return page


@router.get("/health")
def health() -> Response:
    """Whether the diary can be read and written; for whoever watches over the server."""
    try:
        examine_diary()
    except DiaryUnusable:
        return JSONResponse({"diary": "unusable"}, 503, NO_STORE)
    return JSONResponse({"diary": "usable"}, headers=NO_STORE)
