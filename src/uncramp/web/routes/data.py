"""What is kept of a person, out of the program whole, kept safe, and erased."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response, StreamingResponse

from uncramp.actions import backup, erase, export, passphrase
from uncramp.actions.check import Refused
from uncramp.actions.home import DiaryUnusable, diary
from uncramp.web.asked import one, read_form
from uncramp.web.guard import COOKIE, log
from uncramp.web.routes.entries import person_of
from uncramp.web.routes.people import ask_for_the_old_one
from uncramp.web.routes.sign_in import FORGET
from uncramp.web.show import country_of, show_of

router = APIRouter()
LATEST = 12
"""Backups shown."""


@router.get("/data")
def data(request: Request) -> Response:
    return page(request)


def page(
    request: Request, status: int = 200, fault: str = "", typed: str = "", trouble: str = ""
) -> Response:
    from uncramp.diary.whole import numbers_of

    return show_of(request).page(
        "data",
        status,
        country=country_of(request),
        kinds=numbers_of(diary(), person_of(request)),
        known=backup.known(),
        backups=backup.listed()[:LATEST],
        word=erase.WORD,
        fault=fault,
        typed=typed,
        trouble=trouble,
        locked=passphrase.is_set(person_of(request)),
    )


@router.post("/data/backup")
def backup_now(request: Request) -> Response:
    try:
        backup.nightly(request.app.state.clock())
    except (Refused, DiaryUnusable) as problem:
        # It may name a path of this machine: that is for its owner.
        log.error("%s", problem)
        return page(request, 503, trouble="backup")
    return RedirectResponse("/data", status_code=303)


@router.post("/data/export")
def export_all(request: Request) -> Response:
    return attached(
        export.export(diary(), person_of(request)), "my-diary.uncramp", "application/octet-stream"
    )


@router.post("/data/csv")
def export_csv(request: Request) -> Response:
    return attached([export.export_csv(diary(), person_of(request))], "my-diary.csv", "text/csv")


def attached(parts: Iterable[bytes], name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(parts, media_type=kind, headers=headers)


@router.post("/data/erase")
async def erase_all(request: Request) -> Response:
    form = await read_form(request)
    return await run_in_threadpool(erased, request, one(form, "word"), one(form, "passphrase"))


def erased(request: Request, typed: str, words: str) -> Response:
    me = person_of(request)
    if typed.strip().lower() != erase.WORD:
        return page(request, 422, fault="word", typed=typed[:60])
    if passphrase.is_set(me):
        try:
            ask_for_the_old_one(request, me, words)
        except Refused as refused:
            return page(request, 422, fault=str(refused).partition(": ")[2], typed=typed[:60])
    done = erase.erase(me)
    answer = show_of(request).page("erased", country=country_of(request), out=done.out_of_the_file)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    # What the browser itself has kept of the diary goes too, or it would send it here again.
    answer.headers["Clear-Site-Data"] = FORGET
    return answer
