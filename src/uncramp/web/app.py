"""The web application, put together in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from uncramp.actions.check import Refused
from uncramp.actions.doors import Doors, told
from uncramp.actions.home import DiaryUnusable
from uncramp.actions.library import refuse_broken_knowledge
from uncramp.actions.tries import Tries
from uncramp.web.guard import Clock, Guard, log, problem
from uncramp.web.night_watch import NightWatch
from uncramp.web.routes import (
    about,
    calendar,
    check,
    data,
    entries,
    guide,
    history,
    home,
    now,
    offline,
    people,
    phone,
    pocket,
    poses,
    reminders,
    review,
    risk,
    sign_in,
    tokens,
    tonight,
    triggers,
    trust,
    why,
    worked,
    write,
)
from uncramp.web.show import Show, country_of, show_of
from uncramp.web.words import words_in

STATIC = Path(__file__).parent / "static"
NOUNS = (
    home,
    tonight,
    entries,
    data,
    history,
    calendar,
    pocket,
    now,
    check,
    offline,
    guide,
    why,
    about,
    review,
    sign_in,
    people,
    tokens,
    trust,
    phone,
    poses,
    worked,
    triggers,
    risk,
    write,
    reminders,
)


@asynccontextmanager
async def while_it_runs(app: FastAPI) -> AsyncIterator[None]:
    """Broken knowledge stops the start; then the night watch, if there is one, runs as long as the server."""
    refuse_broken_knowledge()
    watch: NightWatch | None = app.state.watch
    if watch:
        watch.start()
    yield
    if watch:
        await run_in_threadpool(watch.stop)


def by_the_clock() -> datetime:
    return datetime.now(UTC)


def create_app(pseudo: bool = False, doors: Doors | None = None, clock: Clock = by_the_clock) -> FastAPI:
    """The application behind `doors`, this machine's own if none; `pseudo` shows it in the test language."""
    app = FastAPI(
        title="uncramp",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=while_it_runs,
    )
    app.state.doors = doors or Doors()
    app.state.show = Show(words_in(pseudo), app.state.doors)
    app.state.clock = clock
    app.state.tries = Tries()
    app.state.feed_tries = Tries()
    app.state.watch = None
    # Apart from those of the sign-in: a watch with an old token must not keep anybody out.
    app.state.wrong_tokens = Tries()
    for noun in NOUNS:
        app.include_router(noun.router)
    app.mount("/static", StaticFiles(directory=STATIC), "static")
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(DiaryUnusable, not_just_now)
    # What none of these expects, the guard answers and logs.
    app.add_middleware(Guard, show=app.state.show, doors=app.state.doors, clock=clock)
    return app


def served() -> FastAPI:
    """The application behind the doors that `uncramp serve` opened in this process."""
    app = create_app(doors=told())
    if not app.state.doors.demo:
        app.state.watch = NightWatch(by_the_clock)
    return app


async def http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    page = _problem(request, status)
    page.headers.update(getattr(error, "headers", None) or {})
    return page


async def unreadable(request: Request, _error: Exception) -> Response:
    return _problem(request, 422)


async def refused(request: Request, error: Exception) -> Response:
    """What was asked for or sent cannot be used; the problems name the place and the mend."""
    problems = error.problems if isinstance(error, Refused) else ()
    return _problem(request, 404 if request.method in ("GET", "HEAD") else 422, problems)


async def not_just_now(request: Request, error: Exception) -> Response:
    """The diary cannot be read or written. Why is for the owner of this machine, and no page says it."""
    log.error("%s", error)
    return _problem(request, 503)


def _problem(request: Request, status: int, problems: tuple[str, ...] = ()) -> Response:
    country = country_of(request)
    return problem(show_of(request), request.url.path, status, problems=problems, country=country)
