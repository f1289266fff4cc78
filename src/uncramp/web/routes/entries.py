"""The diary: the interface that the phone writes to, and what was written as a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from uncramp.actions import entries
from uncramp.actions.check import Refused
from uncramp.actions.entry_form import EntryForm
from uncramp.actions.history import LATEST, Episode, latest
from uncramp.actions.home import DiaryUnusable, diary, examine_diary, owner
from uncramp.web.guard import session_of
from uncramp.web.show import country_of, show_of
from uncramp.web.words import Words

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
    show = show_of(request)
    episodes = [told(episode, show.words) for episode in latest(diary(), person_of(request))]
    page = show.page("history", country=country_of(request), episodes=episodes, most=LATEST)
    page.headers.update(NO_STORE)
    return page


@dataclass(frozen=True)
class Told:
    """An episode in words: when, and each line's name and words."""

    id: str
    time: str
    said: str
    lines: tuple[tuple[str, str], ...]


def told(episode: Episode, t: Words) -> Told:
    lines = [
        (t("history.side"), t(f"history.sides.{episode.side or 'unknown'}")),
        (t("history.length"), _lasted(episode.seconds, t)),
    ]
    times = len(episode.seizings)
    if times > 1:
        lines.append((t("history.bouts"), str(times)))
    for bout in episode.seizings:
        if bout.technique:
            words = t.of_knowledge(bout.technique)
            lasted = f" {_lasted(bout.seconds, t)}" if times > 1 else ""
            lines.append(
                (t("history.technique" if bout.released else "history.technique_not"), words + lasted)
            )
    lines.append((t("history.origin"), episode.origin))
    time = episode.when.isoformat(timespec="minutes")[:16]
    return Told(episode.id, time, time.replace("T", " "), tuple(lines))


def _lasted(seconds: int | None, t: Words) -> str:
    if seconds is None:
        return t("history.length_unknown")
    if seconds < 90:
        return t("history.seconds", n=seconds)
    return t("history.minutes", minutes=f"{seconds / 60:.1f}")


@router.get("/health")
def health() -> Response:
    """Whether the diary can be read and written; for whoever watches over the server."""
    try:
        examine_diary()
    except DiaryUnusable:
        return JSONResponse({"diary": "unusable"}, 503, NO_STORE)
    return JSONResponse({"diary": "usable"}, headers=NO_STORE)
