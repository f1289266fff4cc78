"""The nights of a month, and counts of nights and cramps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from uncramp.actions.calendar import month
from uncramp.actions.counts import ALL, LENGTHS, Counts, counts
from uncramp.actions.home import diary
from uncramp.web.charts import PATTERNS, Bar, Stack, columns, rows, stacks
from uncramp.web.guard import person_of
from uncramp.web.show import country_of, show_of
from uncramp.web.tell import day_words, month_words, place_words
from uncramp.web.words import Words

router = APIRouter()

NOON = 12


# These are no coroutines: they wait for the disk.
@router.get("/calendar")
def calendar(request: Request) -> Response:
    show, now = show_of(request), request.app.state.clock().astimezone()
    found = month(diary(), person_of(request), request.query_params.get("month", "")[:7], now)
    return show.page(
        "calendar",
        country=country_of(request),
        month=found,
        title=month_words(found.first, show.words),
        day_words=lambda day: day_words(day, show.words),
    )


@router.get("/counts")
def counted(request: Request, length: str = "", until: str = "") -> Response:
    show, now = show_of(request), request.app.state.clock().astimezone()
    found = counts(diary(), person_of(request), length[:4], until[:10], now)
    return show.page(
        "counts",
        country=country_of(request),
        found=found,
        tables=tables(found, show.words) if found else (),
        lengths=LENGTHS,
        day_words=lambda day: day_words(day, show.words),
        stack=stack(found, show.words) if found else "",
        patterns=PATTERNS,
        span_name=lambda span: span_name(span.first, found.length if found else "", show.words),
    )


@dataclass(frozen=True)
class Table:
    """Cramps by something: its key, the drawing, a name and a number for each line, and of how many it is
    not known."""

    key: str
    drawing: Markup
    lines: tuple[tuple[str, int, bool], ...]
    unknown: int
    all: int


def tables(found: Counts, t: Words) -> tuple[Table, ...]:
    # The night stands in the middle: from noon to noon.
    hours = tuple(str((NOON + n) % 24) for n in range(24))
    by_hour = tuple((hour_words(hour), found.hours.counts[hour], False) for hour in hours)
    drawn = tuple(
        Bar(name if int(hours[n]) % 6 == 0 else "", many) for n, (name, many, _) in enumerate(by_hour)
    )
    title, about = t("counts.hour.title"), t("counts.hour.about")
    told = tuple(line for line in by_hour if line[1])
    by_side = tuple((t(f"counts.sides.{key}"), many, False) for key, many in found.sides.counts.items())
    by_place = tuple(
        (part.words, many, part.own)
        for key, many in found.places.counts.items()
        for part in (place_words(None, key, t),)
    )
    return (
        Table("hour", columns("hour", title, about, drawn), told, found.hours.unknown, found.hours.all),
        _in_rows("side", by_side, found.sides.unknown, found.sides.all, t),
        _in_rows("place", by_place, found.places.unknown, found.places.all, t),
    )


def _in_rows(key: str, lines: tuple[tuple[str, int, bool], ...], unknown: int, every: int, t: Words) -> Table:
    bars = [Bar(name, many) for name, many, _ in lines]
    if unknown:
        bars.append(Bar(t("history.sides.unknown"), unknown, known=False))
    drawing = rows(key, t(f"counts.{key}.title"), t(f"counts.{key}.about"), bars)
    return Table(key, drawing, lines, unknown, every)


def hour_words(hour: str) -> str:
    return f"{int(hour):02}:00"


def stack(found: Counts, t: Words) -> Markup:
    bars = [
        Stack(
            span_name(one.first, found.length, t, short=True), one.cramp, one.quiet, one.unknown, one.enough
        )
        for one in found.spans
    ]
    return stacks("nights", t("counts.nights.title"), t("counts.nights.about"), bars)


def span_name(first: date, length: str, t: Words, short: bool = False) -> str:
    """The year, or the week by the day that it begins with."""
    if length == ALL:
        return str(first.year)
    month_name = t(f"dates.short_months.{first.month}")
    key = "dates.short" if short else "dates.long"
    return t(key, day=first.day, month=month_name, year=first.year)
