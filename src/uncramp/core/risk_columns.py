"""Which columns a person's risk tables have, and how a day becomes one number of a column. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from uncramp.core.risk import Column, Of, Outcome
from uncramp.core.risk_days import EFFORT, Cut, Day
from uncramp.model import Asked, Entry, Fact, FactKind, Prior, Recipe, Remedy, Trigger

NUMBER = FactKind.NUMBER
OWN_LAGS = (0, 1, 2, 3)
WEAK = "A guess of ours that says little: most things do not matter, and nothing is known of this one."
WEAK_YES_NO = Prior(0.1, 0.55, 0.45, WEAK, either=True)
WEAK_NUMBER = Prior(0.1, 0.6, 0.5, WEAK, either=True)
CIRCUMSTANCE = Prior(
    0.08, 0.2, 0.6, "A guess of ours: a few medicines and conditions go with cramps, and most do not."
)
NO_HARD_TRAINING = "hard_exercise"
"""A no to it, on a day without a bout of exercise, says that there was none: its minutes and load are 0."""
LOOKS_BACK = "average"
HOLDS = "holds"


@dataclass(frozen=True)
class Candidate:
    """A column and how it is made."""

    column: Column
    recipe: Recipe


def candidates(
    outcome: Outcome,
    things: Iterable[Trigger | Remedy],
    own: Iterable[Asked] = (),
    facts: Iterable[Fact] = (),
) -> tuple[Candidate, ...]:
    """The columns of a table: of our causes and remedies, of a person's own exposures, of circumstances.

    A circumstance that belongs to one of `things` is a column of that.
    """
    ours = [_ours(thing, recipe, outcome) for thing in things for recipe in thing.recipes]
    found = [one for one in ours if outcome in one.recipe.tables]
    told = {one.recipe.fact for one in found}
    found += [_own(asked, outcome) for asked in own]
    found += [_circumstance(f) for f in facts if f.kind is FactKind.YES_NO and f.id not in told]
    return tuple(found)


def _ours(thing: Trigger | Remedy, recipe: Recipe, outcome: Outcome) -> Candidate:
    of: Of = "trigger" if isinstance(thing, Trigger) else "remedy"
    return Candidate(_column(thing.id, thing.name, recipe, outcome, of), recipe)


def _own(asked: Asked, outcome: Outcome) -> Candidate:
    number = asked.kind is NUMBER
    recipe = Recipe(
        tables=("rest", "effort"),
        summary="sum" if number else "any",
        prior=WEAK_NUMBER if number else WEAK_YES_NO,
        low_words=f"days with less: {asked.short}" if number else f"days without: {asked.short}",
        high_words=f"days with more: {asked.short}" if number else f"days with: {asked.short}",
        exposure=asked.id,
        kind=asked.kind,
        unit=asked.unit,
        lags=OWN_LAGS,
        # What is said of the day of a bout without an hour may have come after it.
        span=0 if outcome == "rest" else 1,
    )
    return Candidate(_column(asked.id, asked.short, recipe, outcome, "own"), recipe)


def _circumstance(fact: Fact) -> Candidate:
    recipe = Recipe(
        tables=("rest", "effort"),
        summary=HOLDS,
        prior=CIRCUMSTANCE,
        low_words=f"days without {fact.short}",
        high_words=f"days with {fact.short}",
        fact=fact.id,
    )
    words = fact.short[:1].upper() + fact.short[1:]
    return Candidate(_column(f"circumstance.{fact.id}", words, recipe, "rest", "circumstance"), recipe)


def _column(name: str, words: str, recipe: Recipe, outcome: Outcome, of: Of) -> Column:
    rest = outcome == "rest"
    return Column(
        id=name,
        name=words,
        kind="number" if recipe.kind is NUMBER else "yes_no",
        unit=recipe.unit,
        low_words=recipe.low_words,
        high_words=recipe.high_words,
        lags=recipe.lags if rest else (0,),
        summed=recipe.summed if rest else (),
        prior=recipe.prior,
        of=of,
    )


# ---- a day's number ------------------------------------------------------------------------------


def entries_of(day: Day, recipe: Recipe) -> Sequence[Entry]:
    """What was written of that day for the recipe; a bout of exercise comes before words on training."""
    there = day.exposures.get(recipe.exposure, ())
    if there or recipe.exposure != EFFORT or recipe.summary == "any":
        return there
    said = day.exposures.get(NO_HARD_TRAINING, ())
    return said if said and not any(one.body.get("value") for one in said) else ()


def whole_day(entries: Sequence[Entry], recipe: Recipe) -> float:
    """All of a day; NaN where nobody wrote of it, or where a part of a sum is unknown.

    Amounts add up and one yes is a yes: of that a day has no more than one.
    """
    if not entries:
        return math.nan
    if recipe.field:
        return _summed_up([_number(one, recipe.field) for one in entries], recipe)
    values = [one.body["value"] for one in entries]
    if recipe.kind is not NUMBER:
        return float(any(values) is not (recipe.summary == "none"))
    if len(values) == 1 or isinstance(values[0], bool):
        return float(max(values))
    return float(max(values)) if recipe.summary == "max" else math.fsum(values)


def before_cramp(entries: Sequence[Entry], recipe: Recipe, cut: Cut) -> float:
    """The part of a day before its first cramp.

    What came after is left out. An amount of which a part is left out, or cannot be placed, is unknown: until
    noon is not a day, and days with a cramp would seem to have less. So is a no that was written afterwards:
    perhaps it was the cramp that kept somebody from it.
    """
    if recipe.stays:
        return whole_day(entries, recipe)
    kept = [(one, cut.keeps(one)) for one in entries]
    before = [one for one, it in kept if it]
    if len(before) == len(entries):
        return whole_day(entries, recipe)
    known = whole_day(before, recipe)
    decided = recipe.summary in ("any", "none") and known == _flag(True, recipe)
    return known if decided else math.nan


def _number(entry: Entry, field: str) -> float:
    """A field of a bout: NaN where it was left open, 0 for "no hard training" in place of a bout."""
    if entry.body.get("exposure") != EFFORT:
        return 0.0
    return effort_number(entry, field)


def effort_number(entry: Entry, field: str) -> float:
    """A field of a bout. Load is minutes times how hard it was from 0 to 10 (Foster and others 2001, J
    Strength Cond Res 15:109); speed is in km/h."""
    effort = entry.body.get("effort") or {}
    minutes = _float(effort.get("minutes"))
    if field == "load":
        return minutes * _float(effort.get("session_rpe"))
    if field == "speed":
        return _float(effort.get("distance_km")) / minutes * 60 if minutes > 0 else math.nan
    return _float(effort.get(field))


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _summed_up(numbers: Collection[float], recipe: Recipe) -> float:
    if recipe.summary in ("any", "none"):
        if any(number > 0 for number in numbers):
            return _flag(True, recipe)
        return math.nan if any(map(math.isnan, numbers)) else _flag(False, recipe)
    if recipe.summary == "max":
        return math.nan if any(map(math.isnan, numbers)) else max(numbers)
    return math.fsum(numbers)


def _flag(yes: bool, recipe: Recipe) -> float:
    return float(yes is not (recipe.summary == "none"))
