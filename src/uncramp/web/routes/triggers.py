"""What goes together with a person's cramps: all of it, and one trigger by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from uncramp.actions.check import Refused
from uncramp.actions.findings_at_hand import AtHand, findings_at_hand, findings_of_table
from uncramp.actions.home import diary
from uncramp.actions.risk import change_of, choose_change
from uncramp.actions.trigger_days import ColumnOf, column_of
from uncramp.core.nights import day_of
from uncramp.web import found as in_words
from uncramp.web import one_trigger
from uncramp.web.asked import read_form
from uncramp.web.charts import PATTERNS
from uncramp.web.forest import Interval, Row, forest
from uncramp.web.found import Card, card, plain
from uncramp.web.guard import person_of
from uncramp.web.routes.why import has_number, names
from uncramp.web.show import country_of, show_of
from uncramp.web.tell import day_words
from uncramp.web.words import Words

if TYPE_CHECKING:
    from uncramp.core.finding import Finding, Findings, Range
    from uncramp.core.risk import Outcome

router = APIRouter()

MOST_ROWS = 8
"""Of the forest plot; what is below stands in the list."""
REFRESH = 5
"""Seconds after which a page with nothing to show looks again."""
NO_STORE = {"Cache-Control": "no-store"}


# These are no coroutines: they wait for the disk.
@router.get("/triggers")
def triggers(request: Request, outcome: str = "", stay: str = "", again: str = "") -> Response:
    show, which = show_of(request), outcome_of(outcome)
    at_hand = findings_at_hand(diary(), person_of(request), which, today(request), bool(again))
    if again:
        return once_more("/triggers" + ("?outcome=effort" if which == "effort" else ""))
    values = shown(at_hand.answer, show.words) if at_hand.answer else {}
    page = show.page(
        "triggers",
        country=country_of(request),
        outcome=which,
        at_hand=at_hand,
        as_of=as_of(at_hand, show.words),
        refresh=refresh_of(at_hand, stay),
        address=address,
        change=change_of(diary(), person_of(request)),
        **values,
    )
    page.headers.update(NO_STORE)
    return page


@router.post("/triggers/day")
async def day_ends(request: Request) -> Response:
    form = await read_form(request)
    hour = (form.get("hour") or [""])[0]
    await run_in_threadpool(choose_change, diary(), person_of(request), hour)
    return once_more("/triggers")


@router.get("/triggers/{trigger_id:path}")
def trigger(request: Request, trigger_id: str, outcome: str = "") -> Response:
    show, person = show_of(request), person_of(request)
    of = wanted(person, trigger_id, outcome)
    which = of.table.outcome
    at_hand = findings_of_table(of.table, person, today(request))
    found = (
        next((one for one in at_hand.answer.findings if one.trigger == trigger_id), None)
        if at_hand.answer
        else None
    )
    page = show.page(
        "trigger",
        country=country_of(request),
        outcome=which,
        at_hand=at_hand,
        as_of=as_of(at_hand, show.words),
        patterns=PATTERNS,
        studies=one_trigger.studies(trigger_id),
        title=in_words.named(of.column.name, of.column.of, show.words),
        prior=of.column.prior,
        card=card(found, at_hand.answer, show.words) if found and at_hand.answer else None,
        curve=one_trigger.curve(found, which, show.words),
        days=one_trigger.days(of, found, show.words),
        before=one_trigger.before(of, show.words),
        names=names,
        has_number=has_number,
    )
    page.headers.update(NO_STORE)
    return page


def wanted(person: str, trigger_id: str, outcome: str) -> ColumnOf:
    """Where nobody said which cramps are meant and it is none of rest, those of exercise."""
    try:
        return column_of(diary(), person, outcome_of(outcome), trigger_id)
    except Refused:
        if outcome:
            raise
        return column_of(diary(), person, "effort", trigger_id)


def outcome_of(named: str) -> Outcome:
    """Cramps at rest, unless those of exercise are asked for."""
    return "effort" if named == "effort" else "rest"


def today(request: Request) -> date:
    now = request.app.state.clock().astimezone()
    return day_of(now.replace(tzinfo=None))


def once_more(address: str) -> Response:
    """Back to the page, so that a page that looks again by itself does not ask anew each time."""
    return RedirectResponse(address, status_code=303, headers=NO_STORE)


def as_of(at_hand: AtHand[Any], t: Words) -> str:
    return day_words(at_hand.as_of, t) if at_hand.as_of else ""


def refresh_of(at_hand: AtHand[Any], stay: str) -> int:
    """After how many seconds the page looks again by itself; 0 where it has something to show."""
    return REFRESH if at_hand.working and at_hand.answer is None and not stay else 0


def address(trigger_id: str, outcome: str) -> str:
    """The page of one trigger."""
    return f"/triggers/{quote(trigger_id, safe='')}" + ("?outcome=effort" if outcome == "effort" else "")


# ---- all of them -------------------------------------------------------------------------------------


def shown(found: Findings, t: Words) -> dict[str, Any]:
    """The findings in their groups, and the plot of the first of them."""
    sure = [one for one in found.findings if one.verdict in ("raises", "lowers")]
    likely = [one for one in found.findings if in_words.is_likely(one)]
    same = [one for one in found.findings if one.verdict == "no_important_difference"]
    first = [one for one in found.findings if one.why == "may_be_consequence"]
    apart = {id(one) for one in (*sure, *first, *likely, *same)}
    open_ones = [one for one in found.findings if id(one) not in apart]
    drawn = [one for one in (*sure, *first, *likely, *same, *open_ones) if one.diary_alone][:MOST_ROWS]

    def cards(some: list[Finding]) -> tuple[Card, ...]:
        return tuple(card(one, found, t) for one in some)

    return {
        "found": found,
        "groups": (
            ("sure", cards(sure)),
            ("which_first", cards(first)),
            ("likely", cards(likely)),
            ("same", cards(same)),
        ),
        "open_cards": cards([one for one in open_ones if one.why not in in_words.SILENT]),
        "silent_cards": cards([one for one in open_ones if one.why in in_words.SILENT]),
        "plot": plot(drawn, t) if drawn else "",
        "plotted": tuple(plotted(one, t) for one in drawn),
        "fakes_called": found.fakes.called if found.fakes else 0,
        "strongest": in_words.percent(found.fakes.strongest, t) if found.fakes else "",
    }


def plot(drawn: list[Finding], t: Words) -> Markup:
    rows = [
        Row(
            name=in_words.first_up(plain(one.contrast.high_words, one.of, t)),
            verdict=one.verdict,
            interval=_interval(one.diary_alone),
            ghost=_interval(one.ghosts.diary_alone) if one.ghosts and one.ghosts.diary_alone else None,
        )
        for one in drawn
        if one.diary_alone
    ]
    title, about, fewer, more = (t(f"triggers.plot.{key}") for key in ("title", "about", "fewer", "more"))
    return forest(title, about, fewer, more, rows)


def _interval(given: Range | None) -> Interval:
    return Interval(given.low, given.high) if given else Interval(1, 1)


@dataclass(frozen=True)
class Plotted:
    """A line of the table beside the plot."""

    words: Markup
    verdict: str
    alone: Markup
    sure: str
    ghost: str


def plotted(one: Finding, t: Words) -> Plotted:
    alone = in_words.span(one.diary_alone, t) if one.diary_alone else Markup()
    ghost = in_words.percent(one.ghosts.own, t) if one.ghosts else ""
    words = in_words.high_days(one, t, first_up_too=True)
    return Plotted(words, one.verdict, alone, in_words.percent(one.probability, t), ghost)
