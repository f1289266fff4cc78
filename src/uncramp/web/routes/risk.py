"""How likely a cramp is tonight and in the next nights, where the diary allows to say so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from uncramp.actions.findings_at_hand import forecast_at_hand
from uncramp.actions.home import diary
from uncramp.web import found as in_words
from uncramp.web.guard import person_of
from uncramp.web.risk_charts import Night, Point, calibration, nights
from uncramp.web.routes.triggers import NO_STORE, address, as_of, once_more, refresh_of, today
from uncramp.web.show import country_of, show_of
from uncramp.web.tell import day_words
from uncramp.web.words import Words

if TYPE_CHECKING:
    from uncramp.core.foretold import Forecast, Skill, Tonight, WhatIf
    from uncramp.core.risk import Column

router = APIRouter()


@dataclass(frozen=True)
class NightShown:
    day: str
    chance: str
    low: str
    high: str


@dataclass(frozen=True)
class Asked:
    """One thing to ask "what if" of: its values with the chance on nights like these."""

    trigger: str
    name: Markup
    low: Markup
    high: Markup
    when: str
    steps: tuple[tuple[str, str, float], ...]
    chosen: int | None


# It is no coroutine: it waits for the disk.
@router.get("/risk")
def risk(request: Request, what: str = "", step: str = "", stay: str = "", again: str = "") -> Response:
    show, day = show_of(request), today(request)
    at_hand = forecast_at_hand(diary(), person_of(request), day, bool(again))
    if again:
        return once_more("/risk")
    ask = Ask(day, what, step, {column.id: column for column in at_hand.table.columns})
    values = shown(at_hand.answer, ask, show.words) if at_hand.answer else {}
    page = show.page(
        "risk",
        country=country_of(request),
        at_hand=at_hand,
        as_of=as_of(at_hand, show.words),
        refresh=refresh_of(at_hand, stay),
        address=address,
        **values,
    )
    page.headers.update(NO_STORE)
    return page


@dataclass(frozen=True)
class Ask:
    """Which day is today, which "what if" was chosen, and the columns by their ids."""

    day: date
    what: str
    step: str
    columns: Mapping[str, Column]


def shown(told: Tonight, ask: Ask, t: Words) -> dict[str, Any]:
    day = ask.day
    ahead = [one for one in (told.tonight, *told.next_nights) if one.date >= day.isoformat()]
    first = told.tonight
    return {
        "shown": first.shown and bool(ahead),
        "why": why(first, bool(ahead), t),
        "base": in_words.percent(first.base_rate, t),
        "usual": usual(first),
        "tonight": ahead[0] if ahead and ahead[0].date == day.isoformat() else None,
        "nights": tuple(night(one, t) for one in ahead),
        "drawing": picture(ahead, t) if first.shown and ahead else "",
        "skill": told.skill,
        "skill_words": skill_words(told.skill, t),
        "calibrated": calibrated(told.skill, t),
        "thirds": thirds(told.skill, t),
        "asked": tuple(asked(one, ask, t) for one in told.what_if if one.trigger in ask.columns)
        if ahead
        else (),
        "asked_day": day_words(date.fromisoformat(first.date), t),
    }


def why(first: Forecast, ahead: bool, t: Words) -> str:
    """The reason why nothing is shown; empty where it is."""
    if not first.shown:
        return t.of_knowledge(first.why)
    return "" if ahead else t("risk.too_old")


def usual(one: Forecast) -> str:
    """Whether the interval lies above or below the own average, or holds it."""
    return "more" if one.low > one.base_rate else "less" if one.high < one.base_rate else "usual"


def night(one: Forecast, t: Words) -> NightShown:
    low, high = in_words.percent(one.low, t), in_words.percent(one.high, t)
    day = day_words(date.fromisoformat(one.date), t)
    return NightShown(day, in_words.percent(one.probability, t), low, high)


def picture(ahead: list[Forecast], t: Words) -> Markup:
    some = [Night(_short(one.date, t), one.probability, one.low, one.high) for one in ahead]
    return nights(t("risk.plot"), t("risk.plot_about"), ahead[0].base_rate, some)


def _short(day: str, t: Words) -> str:
    return t(f"dates.short_days.{date.fromisoformat(day).weekday()}")


def skill_words(skill: Skill | None, t: Words) -> str:
    """How it did on nights that it had not seen."""
    if skill is None:
        return t("risk.skill.none")
    way = "better" if skill.low > 0 else "perhaps" if skill.gain > 0 else "no_better"
    return t(f"risk.skill.{way}", nights=skill.nights, cramps=skill.cramps)


def calibrated(skill: Skill | None, t: Words) -> Markup | str:
    if skill is None or not skill.calibration:
        return ""
    points = [
        Point(one.said, one.seen, one.nights, *by_chance(one.said, one.nights)) for one in skill.calibration
    ]
    words = [t(f"risk.calibration.{key}") for key in ("title", "about", "said", "seen")]
    return calibration(words[0], words[1], words[2], words[3], points)


def thirds(skill: Skill | None, t: Words) -> tuple[tuple[str, str, str, int], ...]:
    """What was said, what happened, what could have happened by chance alone, and of how many nights."""
    told = []
    for one in skill.calibration if skill else ():
        low, high = (in_words.percent(share, t) for share in by_chance(one.said, one.nights))
        wide = t("risk.between", low=low, high=high)
        told.append((in_words.percent(one.said, t), in_words.percent(one.seen, t), wide, one.nights))
    return tuple(told)


def by_chance(share: float, nights: int) -> tuple[float, float]:
    """Between which shares of `nights` nine in ten would lie, were `share` the true one (binomial)."""
    share = min(max(share, 1e-9), 1 - 1e-9)
    below, likely = 0.0, []
    for many in range(nights + 1):
        before = below
        ways = math.lgamma(nights + 1) - math.lgamma(many + 1) - math.lgamma(nights - many + 1)
        below += math.exp(ways + many * math.log(share) + (nights - many) * math.log1p(-share))
        if below >= 0.05 and before < 0.95:
            likely.append(many / max(nights, 1))
    return likely[0], likely[-1]


def asked(one: WhatIf, ask: Ask, t: Words) -> Asked:
    column = ask.columns[one.trigger]
    steps = tuple(
        (_value(one, n, t), in_words.percent(at.probability, t), at.probability)
        for n, at in enumerate(one.steps)
    )
    chosen = int(ask.step) if ask.what == one.trigger and ask.step.isdecimal() and len(ask.step) < 3 else None
    low, high = (
        in_words.days_of(words, column.name, column.of, t) for words in (column.low_words, column.high_words)
    )
    return Asked(
        trigger=one.trigger,
        name=in_words.named(column.name, column.of, t),
        low=low,
        high=high,
        when=t(f"risk.later.{one.nights_later}"),
        steps=steps,
        chosen=chosen if chosen is not None and chosen < len(steps) else None,
    )


def _value(one: WhatIf, n: int, t: Words) -> str:
    if one.yes_no:
        return t("yes") if n else t("no")
    value = in_words.amount(one.steps[n].value)
    return f"{value} {t.of_knowledge(one.unit)}" if one.unit else value
