"""The screen of every day: last night, and a few questions about today."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from uncramp.actions.entries import as_json, moment_named
from uncramp.actions.evening import BACK, all_exposures, evening_of, has_begun, recent
from uncramp.actions.home import diary
from uncramp.actions.own_clock import day_here
from uncramp.actions.typed import day_asked
from uncramp.web.routes.entries import NO_STORE, person_of, refuse_windows
from uncramp.web.routes.offline import tables
from uncramp.web.show import country_of, show_of

router = APIRouter()

SCRIPT_WORDS = ("tonight",)
"""Tables of the catalogue that the script of the screen needs."""


@router.get("/tonight")
async def page(request: Request) -> Response:
    """A shell: what is personal is put in by the script, so that the phone can keep the page."""
    show = show_of(request)
    return show.page(
        "tonight", country=country_of(request), script_words=tables(show.words, SCRIPT_WORDS), panel=True
    )


@router.get("/today.json")
def today(request: Request, since: str | None = None, day: str = "") -> Response:
    """What the script shows beside what the phone has itself; `day` is by the clock of the phone."""
    refuse_windows(request)
    person = person_of(request)
    after = moment_named(since) if since else None
    return JSONResponse(_today(request, person, after, day_asked(day)), headers=NO_STORE)


def _today(request: Request, person: str, since: datetime | None, day: date | None) -> dict[str, Any]:
    opened, words, now = diary(), show_of(request).words.of_knowledge, request.app.state.clock()
    since = since or now - BACK
    return {
        **evening_of(opened, person, day or day_here(now), words),
        "exposures": all_exposures(opened, person, words),
        "versions": [as_json(entry) for entry in recent(opened, person, since)],
        "begun": has_begun(opened, person),
        "person": person,
    }
