"""The web application, put together in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from uncramp.actions.check import Refused
from uncramp.actions.library import refuse_broken_knowledge
from uncramp.web.guard import HEADERS, Guard
from uncramp.web.routes import about, check, guide, home, review, why
from uncramp.web.show import Show, country_of, show_of
from uncramp.web.words import Words

STATIC = Path(__file__).parent / "static"
NOUNS = (home, check, guide, why, about, review)


@asynccontextmanager
async def broken_knowledge_stops_the_start(_app: FastAPI) -> AsyncIterator[None]:
    refuse_broken_knowledge()
    yield


def create_app(pseudo: bool = False) -> FastAPI:
    """The application; `pseudo` shows it in the test language."""
    app = FastAPI(
        title="uncramp",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=broken_knowledge_stops_the_start,
    )
    app.state.show = Show(Words(pseudo))
    for noun in NOUNS:
        app.include_router(noun.router)
    app.mount("/static", StaticFiles(directory=STATIC), "static")
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(Exception, our_fault)
    app.add_middleware(Guard, show=app.state.show)
    return app


async def http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    page = show_of(request).error(status, country=country_of(request))
    page.headers.update(getattr(error, "headers", None) or {})
    return page


async def unreadable(request: Request, _error: Exception) -> Response:
    return show_of(request).error(422, country=country_of(request))


async def refused(request: Request, error: Exception) -> Response:
    """What was asked for or sent cannot be used; the problems name the place and the mend."""
    problems = error.problems if isinstance(error, Refused) else ()
    status = 422 if request.method == "POST" else 404
    return show_of(request).error(status, problems=problems, country=country_of(request))


async def our_fault(request: Request, _error: Exception) -> Response:
    page = show_of(request).error(500, country=country_of(request))
    # This answer is made outside the guard, which therefore cannot add them.
    page.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return page


app = create_app()
