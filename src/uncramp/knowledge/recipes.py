"""`[[column]]` of a cause or a remedy: how its column of a risk table is made, and what is believed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from uncramp.model import Asked, FactKind, Prior, Recipe, Vocabulary

TABLES = ("rest", "effort")
EFFORT = "effort"
FIELDS = ("minutes", "load", "speed", "hot", "drink_ml", "warm_up", "unusual")
"""Of a bout of exercise. Load is minutes times how hard it was, speed is in km/h."""
SUMMARIES: Mapping[str, tuple[str, ...]] = {
    "any": TABLES,
    "none": TABLES,
    "sum": TABLES,
    "max": TABLES,
    "average": TABLES,
    "holds": TABLES,
    "against_usual": ("effort",),
    "per_hour": ("effort",),
    "hours_since": ("effort",),
    "bouts": ("effort",),
    "earlier_cramp": ("effort",),
}
"""How a day or a bout becomes one number, and the tables in which that has a meaning."""
LONGEST_LAG, LONGEST_SPAN = 3, 42
INCLUSION, FARTHEST_MEAN, SPREAD = (0.02, 0.6), 1.1, (0.2, 1.2)
"""What a prior may say. A mean rate ratio of more than 3, or one without doubt, is for no cause of cramps."""


def read_recipes(t: Mapping[str, Any]) -> tuple[Recipe, ...]:
    """The columns of one file. Raise `KeyError` or `TypeError` with the key that is missing or too many."""
    return tuple(_recipe(dict(one)) for one in t.get("column", ()))


def _recipe(t: dict[str, Any]) -> Recipe:
    prior = dict(t.pop("prior"))
    sources = tuple(prior.pop("sources"))
    low, high = t.pop("low"), t.pop("high")
    lists: dict[str, Any] = {name: tuple(t.pop(name)) for name in ("tables", "lags", "summed") if name in t}
    kind = FactKind(t.pop("kind", "yes_no"))
    return Recipe(
        low_words=low, high_words=high, kind=kind, prior=Prior(sources=sources, **prior), **lists, **t
    )


def recipe_faults(recipe: Recipe, exposures: Mapping[str, Asked], vocabulary: Vocabulary) -> Iterator[str]:
    """One part of a sentence for each fault of that column."""
    yield from _reads(recipe, exposures, vocabulary)
    yield from _shape(recipe, exposures)
    yield from _believed(recipe.prior)


def _reads(r: Recipe, exposures: Mapping[str, Asked], vocabulary: Vocabulary) -> Iterator[str]:
    if (r.summary == "holds") != bool(r.fact) or bool(r.fact) == bool(r.exposure):
        yield "it reads an exposure, or a fact that holds; one of them"
    fact = vocabulary.facts.get(r.fact)
    if r.fact and (fact is None or not fact.lasting or fact.kind is not FactKind.YES_NO):
        yield f"no lasting fact {r.fact!r} that is true or false"
    if r.exposure and r.exposure != EFFORT and r.exposure not in exposures:
        yield f"no exposure {r.exposure!r}"
    without = r.summary in ("hours_since", "bouts", "earlier_cramp")
    if (r.exposure == EFFORT and not without) != bool(r.field) or r.field not in ("", *FIELDS):
        yield f"no field {r.field!r}; a bout of exercise has {', '.join(FIELDS)}"


def _shape(r: Recipe, exposures: Mapping[str, Asked]) -> Iterator[str]:
    if not r.tables or not set(r.tables) <= set(SUMMARIES.get(r.summary, ())):
        yield f"no summary {r.summary!r} in the table {' or '.join(r.tables)}"
    flag = r.summary in ("any", "none", "holds", "earlier_cramp")
    if flag != (r.kind is FactKind.YES_NO) or flag == bool(r.unit):
        yield "a number, and only a number, has a unit"
    asked = exposures.get(r.exposure)
    if asked and asked.unit and asked.unit != r.unit:
        yield f"the unit is not that of {r.exposure}: {asked.unit}"
    if tuple(sorted(set(r.lags))) != r.lags or not r.lags or not 0 <= r.lags[0] <= r.lags[-1] <= LONGEST_LAG:
        yield f"lags go up from 0, at most to {LONGEST_LAG}"
    if len(r.summed) > 1 or not all(1 < days <= LONGEST_SPAN for days in r.summed):
        yield f"summed is one window of 2 to {LONGEST_SPAN} days, or none"
    if (r.summary in ("average", "bouts")) > (1 < r.span <= LONGEST_SPAN):
        yield f"what looks back needs a span of 2 to {LONGEST_SPAN} days"
    if not r.low_words or not r.high_words or r.low_words == r.high_words:
        yield "low and high need words, and not the same"


def _believed(prior: Prior) -> Iterator[str]:
    if not INCLUSION[0] <= prior.inclusion <= INCLUSION[1]:
        yield f"inclusion is a probability from {INCLUSION[0]} to {INCLUSION[1]}"
    if prior.either:
        yield "what has a file has a direction: either is for what nothing is known of"
    if not abs(prior.mean) <= FARTHEST_MEAN:
        yield f"the mean of the log rate ratio is at most {FARTHEST_MEAN} from 0"
    if not SPREAD[0] <= prior.sd <= SPREAD[1]:
        yield f"the sd of the log rate ratio is from {SPREAD[0]} to {SPREAD[1]}"
    if not prior.why.endswith("."):
        yield "why is a sentence"
