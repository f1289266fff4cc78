"""The way in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from uncramp.web.asked import one, read_form
from uncramp.web.routes.offline import tables
from uncramp.web.routes.tonight import SCRIPT_WORDS
from uncramp.web.show import country_of, remember, show_of

router = APIRouter()

WITH_NUMBERS = ("/", "/now")


@router.get("/")
async def home(request: Request) -> Response:
    """The page is everybody's; the script puts the panel of tonight in, once there is a diary."""
    show = show_of(request)
    return show.page("home", country=country_of(request), script_words=tables(show.words, SCRIPT_WORDS))


@router.post("/country")
async def country(request: Request) -> Response:
    """Remember the country, and go back to one of the pages that show its number."""
    form = await read_form(request)
    back = one(form, "back")
    page = RedirectResponse(back if back in WITH_NUMBERS else "/", status_code=303)
    remember(page, one(form, "country"))
    return page
