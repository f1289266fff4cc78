"""The columns of the risk tables in the reference pages: of what each is made, and what is believed of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from uncramp.model import Prior, Recipe

HEAD = ("column in", "made of", "contrast", "matters", "rate ratio if it does", "why")
NINETY = 1.645
"""Standard deviations on either side that hold 90 % of a normal distribution."""
SUMMARIES = {
    "any": "whether there was any",
    "none": "whether there was none",
    "sum": "all of a day",
    "max": "the most of a day",
    "average": "mean of the last {} days, the newest counting most",
    "holds": "whether it holds",
    "against_usual": "against the usual of that sport",
    "per_hour": "for each hour",
    "hours_since": "hours since the last one",
    "bouts": "how many in {} days",
    "earlier_cramp": "whether there was a cramp before in the same bout",
}


def rows(recipes: Iterable[Recipe], named: Callable[[Iterable[str]], str]) -> Iterator[tuple[str, ...]]:
    """One row a column under `HEAD`; `named` gives sources their links."""
    for recipe in recipes:
        yield (
            " and ".join(recipe.tables),
            _made_of(recipe),
            f"{recipe.high_words}, not {recipe.low_words}",
            f"{100 * recipe.prior.inclusion:.0f} %",
            _ratio(recipe.prior),
            f"{recipe.prior.why} ({named(recipe.prior.sources) if recipe.prior.sources else 'no source'})",
        )


def _made_of(recipe: Recipe) -> str:
    of = " ".join(f"`{part}`" for part in (recipe.exposure or recipe.fact, recipe.field) if part)
    how = SUMMARIES[recipe.summary].format(recipe.span)
    before = ", the day before" if recipe.span == 1 else ""
    later = f", up to {recipe.lags[-1]} days later" if recipe.lags[-1] else ""
    also = "".join(f", or the mean of {days} days" for days in recipe.summed)
    return f"{of}: {how}{before}{later}{also}"


def _ratio(prior: Prior) -> str:
    """The middle of what is believed, and 90 % of it."""
    low, middle, high = (math.exp(prior.mean + z * prior.sd) for z in (-NINETY, 0.0, NINETY))
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"
