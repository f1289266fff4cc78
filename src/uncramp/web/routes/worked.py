"""With what it let go for this person, and their own rules for the phone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions import relief
from uncramp.actions.circumstances import person_on
from uncramp.actions.entries import newest
from uncramp.actions.exposures import questions
from uncramp.actions.home import diary
from uncramp.actions.own_clock import date_here, day_here
from uncramp.actions.worked import INTERVAL, Tried, Worked, worked
from uncramp.model import EntryKind
from uncramp.web.routes.entries import person_of
from uncramp.web.routes.pocket import for_one
from uncramp.web.show import country_of, show_of

router = APIRouter()

NO_STORE = {"Cache-Control": "no-store"}
WIDTH = 200
"""Of a bar, in its own units."""


@dataclass(frozen=True)
class Row:
    """A technique in words, and where its interval lies on a line that all rows share."""

    words: str
    tried: Tried
    best: bool
    start: float = 0.0
    length: float = 0.0
    middle: float = 0.0


# These are no coroutines: they wait for the disk and may reckon for a while.
@router.get("/worked")
def page(request: Request) -> Response:
    person = person_of(request)
    found = worked(newest(diary(), person, (EntryKind.EPISODE,)))
    today = date_here(request.app.state.clock())
    if found.best in relief.withheld(person_on(diary(), person, today)):
        found = without_best(found)
    made = show_of(request).page(
        "worked",
        country=country_of(request),
        found=found,
        rows=rows(found),
        words_of=technique_words(),
        percent=round(100 * INTERVAL),
    )
    made.headers.update(NO_STORE)
    return made


@router.get("/pack.json")
def pack(request: Request) -> Response:
    """The rules with the person's lasting facts put in, and the technique that worked best put first."""
    person = person_of(request)
    now = request.app.state.clock()
    order = worked(newest(diary(), person, (EntryKind.EPISODE,))).order
    facts = person_on(diary(), person, date_here(now))
    asked = questions(diary(), person, day_here(now))
    return for_one(show_of(request).words, facts, order=order, asked=asked)


def without_best(found: Worked) -> Worked:
    """Nothing is named that this person is kept from."""
    return replace(found, best=None, says=tuple(one for one in found.says if one.key != "worked.best"))


def rows(found: Worked) -> tuple[Row, ...]:
    """The longest interval fills the line."""
    longest = max((one.high for one in found.tried if one.high is not None), default=0.0)
    names = technique_words()
    return tuple(
        _row(one, found.best, longest, names.get(one.technique, one.technique)) for one in found.tried
    )


def _row(one: Tried, best: str | None, longest: float, words: str) -> Row:
    if one.low is None or one.high is None or one.median is None:
        return Row(words, one, best=False)
    scale = WIDTH / longest
    return Row(
        words=words,
        tried=one,
        best=one.technique == best,
        start=round(one.low * scale, 1),
        length=round((one.high - one.low) * scale, 1),
        middle=round(one.median * scale, 1),
    )


def technique_words() -> dict[str, str]:
    """What each technique tells a person to do, in the words of the place that is offered first."""
    found: dict[str, str] = {}
    for place in relief.protocols():
        for name in place.techniques:
            found.setdefault(name, place.steps[name].say)
    return found
