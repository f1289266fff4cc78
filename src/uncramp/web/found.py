"""A finding in the words of the pages: one line that stands alone, what to doubt, and the numbers behind it.

Words of association: "more cramps followed", never "it causes".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from uncramp.web.words import Words

if TYPE_CHECKING:
    from uncramp.core.finding import Finding, Findings, Range, Spread

WORTH_NAMING = 0.05
OWN = ("own", "file")
SILENT = ("no_cramps", "no_rows", "did_not_change", "never_written")
"""Reasons why there is nothing to compare at all."""


@dataclass(frozen=True)
class Card:
    """A finding as it is shown. `line` says all to who reads nothing else; `numbers` are terms with their
    words."""

    trigger: str
    name: Markup
    verdict: str
    line: Markup
    how_much: Markup
    doubts: tuple[Markup, ...]
    careful: bool
    """Whether its doubts are for everybody to see, and not only for who asks how it is known."""
    numbers: tuple[tuple[str, Markup], ...]


def card(found: Finding, all_of_them: Findings, t: Words) -> Card:
    return Card(
        trigger=found.trigger,
        name=name_of(found, t),
        verdict=found.verdict,
        line=line(found, all_of_them.outcome, t),
        how_much=how_much(found, t),
        doubts=doubts(found, t),
        careful=found.verdict in ("raises", "lowers") or found.why == "may_be_consequence",
        numbers=tuple(numbers(found, all_of_them, t)),
    )


def said(t: Words, key: str, /, **values: object) -> Markup:
    """The words under `key` with `values` in their places, of which some may be marked up already."""
    shown = {name: value if name == "n" else f"\ue000{name}\ue001" for name, value in values.items()}
    words = escape(t(key, **shown))
    for name, value in values.items():
        words = words.replace(f"\ue000{name}\ue001", escape(value))
    return words


# ---- names -----------------------------------------------------------------------------------------


def name_of(found: Finding, t: Words) -> Markup:
    return named(found.name, found.of, t)


def named(name: str, of: str, t: Words) -> Markup:
    """Of our knowledge, or as the person called it."""
    if of in OWN:
        return Markup("<bdi>{}</bdi>").format(name)
    return escape(t.of_knowledge(name))


def days_of(words: str, name: str, of: str, t: Words) -> Markup:
    """The words of one side of the contrast; a name at their end that is the person's own is kept apart."""
    if of in OWN and words.endswith(name):
        before = words.removesuffix(name)
        return (escape(t.of_knowledge(before)) if before else Markup()) + named(name, of, t)
    return escape(t.of_knowledge(words))


def plain(words: str, of: str, t: Words) -> str:
    """For a drawing, which takes no marks."""
    return words if of in OWN else t.of_knowledge(words)


def high_days(found: Finding, t: Words, first_up_too: bool = False) -> Markup:
    """The side of the contrast that a verdict is about; `first_up_too`: as the beginning of a line."""
    words = found.contrast.high_words
    return days_of(first_up(words) if first_up_too else words, found.name, found.of, t)


def first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def low_days(found: Finding, t: Words) -> Markup:
    return days_of(found.contrast.low_words, found.name, found.of, t)


# ---- the line --------------------------------------------------------------------------------------


def line(found: Finding, outcome: str, t: Words) -> Markup:
    """What went together with cramps, and whether that can be told."""
    if found.verdict in ("raises", "lowers"):
        return said(t, f"found.line.{found.verdict}.{outcome}", days=high_days(found, t))
    if found.verdict == "no_important_difference":
        return said(t, "found.line.no_important_difference", name=name_of(found, t))
    if found.why == "may_be_consequence":
        return said(t, f"found.line.which_first.{leaning(found)}", days=high_days(found, t))
    if found.why in SILENT:
        return said(t, f"found.line.{found.why}", name=name_of(found, t))
    leans = f"perhaps_{leaning(found)}" if is_likely(found) else "cannot_tell"
    first = said(t, f"found.line.{leans}", name=name_of(found, t))
    return Markup(" ").join([first, how_long(found, outcome, t)])


def how_long(found: Finding, outcome: str, t: Words) -> Markup:
    if found.nights_needed:
        return said(t, f"found.line.needed.{outcome}", n=found.nights_needed)
    return said(t, f"found.line.hardly.{outcome}")


def how_much(found: Finding, t: Words) -> Markup:
    """How many times as many, or which way it leans; empty where neither can be said."""
    called = found.verdict in ("raises", "lowers") or found.why == "may_be_consequence"
    if called and found.rate_ratio:
        return said(t, "found.compared", times=times(found.rate_ratio, t), days=low_days(found, t))
    if found.verdict == "no_important_difference" and found.diary_alone:
        return said(t, "found.within", times=span(found.diary_alone, t))
    if is_likely(found):
        return said(t, f"found.perhaps.{leaning(found)}", percent=percent(max(found.raises, found.lowers), t))
    return Markup()


def is_likely(found: Finding) -> bool:
    """Whether it leans to one side, and nobody can be sure."""
    from uncramp.core.finding_words import LIKELY

    return found.verdict == "cannot_tell" and found.why == "few" and found.probability >= LIKELY


def leaning(found: Finding) -> str:
    return "more" if found.raises >= found.lowers else "fewer"


def times(spread: Spread, t: Words) -> Markup:
    """A rate ratio with its interval; where all of it is below 1, as that much fewer."""
    if spread.high < 1:
        said_so = {"percent": less(spread.median), "low": less(spread.high), "high": less(spread.low)}
        return said(t, "found.fewer", **said_so)
    middle, low, high = ratio(spread.median), ratio(spread.low), ratio(spread.high)
    return said(t, "found.times", middle=middle, low=low, high=high)


def span(interval: Range, t: Words) -> Markup:
    return said(t, "found.span", low=ratio(interval.low), high=ratio(interval.high))


def less(value: float) -> str:
    """How many percent fewer a ratio below 1 is."""
    return f"{min(99, round(100 * (1 - value)))}"


def ratio(value: float) -> str:
    """With two figures, as in the terminal."""
    from uncramp.core.finding_words import ratio as told

    return told(value)


def amount(value: float) -> str:
    """An amount of something, no finer than it can be told: 0.5, 2, 15, 285."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def percent(share: float, t: Words) -> str:
    """In whole percent; never 0 or 100, since no diary is that sure."""
    whole = round(100 * share)
    if whole >= 100:
        return t("found.over_99")
    return t("found.percent", whole=whole) if whole >= 1 else t("found.under_1")


# ---- doubts ----------------------------------------------------------------------------------------


def doubts(found: Finding, t: Words) -> tuple[Markup, ...]:
    """What else could lie behind it, a sentence each, as in the terminal."""
    from uncramp.core.finding_words import doubts as told

    # A name of the person's own is kept apart, and is in no language of ours.
    own = [other.name for other in found.confused_with if other.trigger.startswith("own.")]
    held = tuple(
        replace(other, name=f"\ue000{own.index(other.name)}\ue001") if other.name in own else other
        for other in found.confused_with
    )
    return tuple(_with_names(t.of_knowledge(one), own) for one in told(replace(found, confused_with=held)))


def _with_names(sentence: str, own: Sequence[str]) -> Markup:
    words = escape(sentence)
    for n, name in enumerate(own):
        words = words.replace(f"\ue000{n}\ue001", Markup("<bdi>{}</bdi>").format(name))
    return words


# ---- the numbers -----------------------------------------------------------------------------------


def numbers(found: Finding, all_of_them: Findings, t: Words) -> Iterator[tuple[str, Markup]]:
    """Terms and what stands behind them, for who asks how it is known."""
    unit = "nights" if all_of_them.outcome == "rest" else "bouts"
    sure = {"percent": percent(found.probability, t), "prior": percent(found.prior, t)}
    yield t("found.terms.sure"), said(t, "found.sure", **sure)
    yield t("found.terms.compared"), _contrast(found, t)
    if found.rate_ratio:
        yield t("found.terms.times"), said(t, "found.if_it_matters", times=times(found.rate_ratio, t))
    if found.diary_alone:
        share = percent(found.from_diary, t)
        yield t("found.terms.alone"), said(t, "found.alone", times=span(found.diary_alone, t), percent=share)
    if found.lag and all_of_them.outcome == "rest":
        yield t("found.terms.lag"), lags(found, t)
    if found.attributable_per_30:
        yield t("found.terms.per_30"), _per_30(found.attributable_per_30, unit, t)
    if found.why not in SILENT:
        least = found.smallest_detectable
        key = "found.smallest" if least else "found.smallest_none"
        yield t("found.terms.smallest"), said(t, key, times=ratio(least or 0))
    if found.ghosts:
        own, strong = percent(found.ghosts.own, t), percent(found.ghosts.as_strong, t)
        yield t("found.terms.ghost"), said(t, "found.ghost", own=own, share=strong)
    known = {"known": found.known_rows, "rows": all_of_them.rows}
    yield t("found.terms.written"), said(t, f"found.written.{unit}", **known)
    if found.unknown_nights:
        unknown = found.unknown_nights
        moved = {"low": ratio(unknown.low), "high": ratio(unknown.high)}
        yield t("found.terms.unknown"), said(t, f"found.unknown.{unit}", n=unknown.nights, **moved)


def _contrast(found: Finding, t: Words) -> Markup:
    contrast = found.contrast
    words = said(t, "found.instead", high=high_days(found, t, first_up_too=True), low=low_days(found, t))
    if contrast.unit and contrast.low is not None and contrast.high is not None:
        unit = named(contrast.unit, found.of, t)
        amounts = {"low": amount(contrast.low), "high": amount(contrast.high), "unit": unit}
        words += " " + said(t, "found.amounts", **amounts)
    return words


def lags(found: Finding, t: Words) -> Markup:
    """When it shows, the likeliest first."""
    ranked = sorted(found.lag.items(), key=lambda one: (-one[1], one[0]))
    told = [
        said(t, f"found.lag.{lag}", percent=percent(chance, t))
        for lag, chance in ranked
        if chance >= WORTH_NAMING
    ]
    return Markup("; ").join(told)


def _per_30(spread: Spread, unit: str, t: Words) -> Markup:
    sign = -1 if spread.median < 0 else 1
    low, high = sorted((sign * spread.low, sign * spread.high))
    told = {"middle": f"{abs(spread.median):.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}"}
    return said(t, f"found.thirty.{unit}_{'fewer' if sign < 0 else 'more'}", **told)
