"""The diary: the interface that the phone writes to, and whether it can be used."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from uncramp.actions import entries
from uncramp.actions.check import Refused
from uncramp.actions.home import DiaryUnusable, diary, examine_diary
from uncramp.actions.tokens import origin_of
from uncramp.web.guard import person_of as person_of
from uncramp.web.guard import whose_of
from uncramp.web.show import show_of

WRITING = ThreadPoolExecutor(1, "writing")
"""Where a diary in a file is written."""
NO_STORE = {"Cache-Control": "no-store"}
WRITER = "x-uncramp-person"
"""In whose name a phone sends what was written on it: perhaps not that of who is signed in now."""


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


router = APIRouter()


async def keep_in_turn(request: Request, entry_id: str, text: str) -> bool:
    """`keep` in a thread, where it waits for the disk and holds up nobody.

    A file has one writer at a time: one thread for all costs less than several that wait for each other.
    """
    if not diary().is_file:
        return await run_in_threadpool(keep, request, entry_id, text)
    return await asyncio.get_running_loop().run_in_executor(WRITING, keep, request, entry_id, text)


@router.put("/api/v1/entries/{entry_id}")
async def put(request: Request, entry_id: str) -> Response:
    text = await text_of(request)
    if (writer := request.headers.get(WRITER)) and writer != person_of(request):
        words = show_of(request).words("whose.other_writer")
        return JSONResponse({"problems": [words], "why": "person"}, 409)
    try:
        new = await keep_in_turn(request, entry_id, text)
    except entries.OtherBody as other:
        return JSONResponse({"problems": [str(other)]}, 409)
    return JSONResponse({"id": entry_id}, 201 if new else 200)


def keep(request: Request, entry_id: str, text: str) -> bool:
    raw = entries.read_body(text)
    me, token = person_of(request), whose_of(request).token
    if not token:
        return entries.put(diary(), me, entry_id, raw)
    added = entries.add(diary(), me, entry_id, raw, origin_of(token), request.app.state.clock())
    if added is None:
        raise HTTPException(403)
    return added


@router.get("/api/v1/entries")
def listed(
    request: Request, kind: Annotated[list[str] | None, Query()] = None, since: str | None = None
) -> Response:
    """The newest version of each; with `since` only of what begins from then on."""
    refuse_windows(request)
    start = entries.moment_named(since) if since else None
    found = entries.newest(diary(), person_of(request), entries.kinds_named(kind or ()), start=start)
    return JSONResponse({"entries": [entries.as_json(entry) for entry in found]})


@router.get("/api/v1/entries/{entry_id}")
def one(request: Request, entry_id: str) -> Response:
    refuse_windows(request)
    return JSONResponse(entries.as_json(entries.one(diary(), person_of(request), entry_id)))


@router.get("/health")
def health() -> Response:
    """Whether the diary can be read and written; for whoever watches over the server."""
    try:
        examine_diary()
    except DiaryUnusable:
        return JSONResponse({"diary": "unusable"}, 503, NO_STORE)
    return JSONResponse({"diary": "usable"}, headers=NO_STORE)
