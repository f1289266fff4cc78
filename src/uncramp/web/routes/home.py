"""The way in, and what to do while it cramps."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from uncramp.actions import guide
from uncramp.web.asked import one, read_form
from uncramp.web.show import country_of, remember, show_of

router = APIRouter()

POP, ALARM = "red_flag:hamstring_avulsion", "red_flag:pulmonary_embolism"
"""The checks of the first section that get a button: one into the check, one to call for help."""

WITH_NUMBERS = ("/", "/now")


@router.get("/")
async def home(request: Request) -> Response:
    return show_of(request).page("home", country=country_of(request))


@router.get("/now")
async def now(request: Request) -> Response:
    page = guide.page("what_to_do_now")
    _, *first_checks = page.sections[0].paragraphs
    values: dict[str, Any] = {
        "page": page,
        "pop": [p for p in first_checks if POP in p.evidence],
        "alarm": [p for p in first_checks if ALARM in p.evidence],
        "checks": [p for p in first_checks if not {POP, ALARM} & set(p.evidence)],
    }
    return show_of(request).page("now", country=country_of(request), **values)


@router.post("/country")
async def country(request: Request) -> Response:
    """Remember the country, and go back to one of the pages that show its number."""
    form = await read_form(request)
    back = one(form, "back")
    page = RedirectResponse(back if back in WITH_NUMBERS else "/", status_code=303)
    remember(page, one(form, "country"))
    return page
