"""One trigger by itself: its days, the hours before each cramp, and what more nights would show, as drawings
with the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from uncramp.actions import evidence
from uncramp.actions.trigger_days import AtLag, ColumnOf, Strip, by_lag, contrast_of, strips
from uncramp.web import found as in_words
from uncramp.web import trigger_charts
from uncramp.web.found import plain, said
from uncramp.web.tell import day_words
from uncramp.web.trigger_charts import Span
from uncramp.web.words import Words

if TYPE_CHECKING:
    from uncramp.core.finding import Finding

FLAT = 0.05
"""A curve that stays below it is not drawn: its one line of words says so."""


@dataclass(frozen=True)
class Drawn:
    """A drawing and the same as lines of a table."""

    drawing: Markup
    lines: tuple[tuple[Markup | str, ...], ...]


@dataclass(frozen=True)
class DaysShown:
    """Plain counts at the likeliest lag as a drawing, and at each lag as lines."""

    lag: int
    drawing: Markup
    unsaid: int
    lines: tuple[AtLag, ...]
    kind: str
    chances: dict[str, str]


def studies(trigger_id: str) -> evidence.Card | None:
    """What is known from studies, where it is one of ours."""
    return evidence.card(trigger_id) if trigger_id in evidence.ids() else None


def curve(found: Finding | None, outcome: str, t: Words) -> Drawn | None:
    """What more nights would show; nothing where it is told already or never will be."""
    points = [(one.nights, one.chance) for one in found.curve] if found else []
    if (
        found is None
        or found.verdict != "cannot_tell"
        or max((chance for _, chance in points), default=0) < FLAT
    ):
        return None
    unit = t(f"triggers.one.more.{outcome}")
    drawing = trigger_charts.curve(t("triggers.one.curve"), t("triggers.one.curve_about"), unit, points)
    return Drawn(drawing, tuple((str(n), in_words.percent(chance, t)) for n, chance in points))


def days(of: ColumnOf, found: Finding | None, t: Words) -> DaysShown | None:
    """Nights with and without it; nothing where it never changed."""
    contrast = contrast_of(of)
    if found and found.contrast.low is not None and found.contrast.high is not None:
        contrast = (found.contrast.low, found.contrast.high)
    if contrast is None or contrast[0] == contrast[1]:
        return None
    lines = by_lag(of, *contrast)
    chances = {lag: chance for lag, chance in (found.lag if found else {}).items() if lag != "sum"}
    best = max(lines, key=lambda one: (chances.get(str(one.lag), 0.0), -one.lag))
    rows = [
        (
            in_words.first_up(plain(words, of.column.of, t)),
            one.share,
            t("triggers.one.of", cramp=one.with_cramp, known=one.known),
        )
        for words, one in ((of.column.high_words, best.high), (of.column.low_words, best.low))
    ]
    drawing = trigger_charts.shares(t("triggers.one.days"), t("triggers.one.days_about"), rows)
    told = {lag: in_words.percent(chance, t) for lag, chance in (found.lag if found else {}).items()}
    return DaysShown(best.lag, drawing, best.unsaid, lines, of.column.kind, told)


def before(of: ColumnOf, t: Words) -> Drawn | None:
    """The last cramps with what came in the 48 hours before each; nothing where there was none."""
    some = strips(of)
    if not some:
        return None
    most = max((mark.value for one in some for mark in one.marks), default=1.0)
    rows = [
        trigger_charts.StripRow(
            name=t("dates.moment", day=day_words(one.day, t), time=one.time),
            marks=tuple(Span(mark.begin, mark.end, mark.whole_day, mark.value / most) for mark in one.marks),
            unknown=tuple(Span(mark.begin, mark.end, True) for mark in one.unknown),
        )
        for one in some
    ]
    hours = [t("triggers.one.hours_before", hours=n) for n in (48, 36, 24, 12)] + [t("triggers.one.cramp")]
    drawing = trigger_charts.strips(t("triggers.one.before"), t("triggers.one.before_about"), hours, rows)
    lines = tuple(
        (row.name, Markup("; ").join(said_before(one, of, t)), f"/history/{one.entry}")
        for row, one in zip(rows, some, strict=True)
    )
    return Drawn(drawing, lines)


def said_before(strip: Strip, of: ColumnOf, t: Words) -> list[Markup]:
    """The marks of a strip in words, the one nearest to the cramp first."""
    told = []
    for mark in sorted(strip.marks, key=lambda one: one.begin):
        day, n = (
            ("triggers.one.some_time", {})
            if mark.whole_day
            else ("triggers.one.hours", {"n": round(mark.begin)})
        )
        amount = how_much(mark.value, of, t)
        told.append(Markup(": ").join(filter(None, [said(t, day, **n), amount])))
    if strip.unknown:
        told.append(said(t, "triggers.one.partly_unknown"))
    return told or [said(t, "triggers.one.nothing_before")]


def how_much(value: float, of: ColumnOf, t: Words) -> Markup:
    """The amount of a number, nothing for a yes."""
    if of.column.kind == "yes_no":
        return Markup()
    return Markup(" ").join(
        filter(None, [escape(in_words.amount(value)), in_words.named(of.column.unit, of.column.of, t)])
    )
