"""What the program is, and what it is not."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions.library import knowledge
from uncramp.web.show import country_of, show_of

router = APIRouter()


@router.get("/about")
async def about(request: Request) -> Response:
    country = country_of(request)
    return show_of(request).page("about", country=country, version=knowledge().version)
