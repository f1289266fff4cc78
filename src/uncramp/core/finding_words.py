"""A finding in plain words: one line that stands alone, and the lines that say what to doubt. Pure.

Words of association: "more cramps followed", never "it causes".
"""

from __future__ import annotations

from uncramp.core.finding import Finding, Findings, Follows, Spread
from uncramp.core.risk import Outcome

LIKELY = 0.5
NOT_CHANGED = {
    "did_not_change": "It did not change",
    "never_written": "It was never written down",
    "no_cramps": "No cramp was written down",
    "no_rows": "Nothing was written of any night",
}


def line(finding: Finding, outcome: Outcome = "rest") -> str:
    """The first line of a finding: what went together, how sure that is, and how much."""
    followed = "followed" if outcome == "rest" else "came in"
    with_it = finding.contrast.high_words
    if finding.verdict == "raises":
        return f"More cramps {followed} {with_it}: probably ({percent(finding.raises)}).{_times(finding)}"
    if finding.verdict == "lowers":
        return f"Fewer cramps {followed} {with_it}: probably ({percent(finding.lowers)}).{_times(finding)}"
    if finding.verdict == "no_important_difference":
        return f"About as many cramps {followed} {with_it} as {finding.contrast.low_words}."
    if finding.why == "may_be_consequence":
        more = "More" if finding.raises >= finding.lowers else "Fewer"
        return f"{more} cramps went with {with_it}, but nobody can tell which came first."
    if finding.why in NOT_CHANGED:
        return f"{finding.name}: cannot tell. {NOT_CHANGED[finding.why]}."
    return f"{finding.name}: cannot tell yet{_leaning(finding)}{_how_long(finding, outcome)}."


def doubts(finding: Finding) -> tuple[str, ...]:
    """What else could lie behind the finding, a sentence each; none where nothing speaks for it."""
    said = [_consequence(finding.follows_cramps)] if finding.follows_cramps else []
    for other in finding.confused_with:
        if other.why == "instead":
            said.append(f"{other.name} may be the one instead; one of the two: {percent(other.either)}.")
        else:
            said.append(f"{other.name} went up and down with it, so the two cannot be told apart.")
    if finding.unknown_nights and _moves_much(finding):
        low, high = finding.unknown_nights.low, finding.unknown_nights.high
        said.append(
            f"The nights that nobody wrote of could move it to anything from {ratio(low)} to "
            f"{ratio(high)} times."
        )
    return tuple(said)


def heading(found: Findings) -> str:
    """What all of it rests on."""
    rows, one = ("nights", "night") if found.outcome == "rest" else ("bouts of exercise", "bout of exercise")
    word = one if found.rows == 1 else rows
    cramps = "1 cramp" if found.cramps == 1 else f"{found.cramps} cramps"
    return f"{found.rows} {word}, {found.known_rows} of them known, with {cramps}."


def fakes(found: Findings) -> str:
    """How often a fake would have looked as strong; "" where there were none."""
    if found.fakes is None or not found.fakes.count:
        return ""
    many = f"{found.fakes.count} shuffled copies of your own columns were put among them"
    if found.fakes.called:
        return f"{many}, and {found.fakes.called} looked real: read the lines above with doubt."
    return f"{many}; none looked real. The strongest reached {percent(found.fakes.strongest)}."


def percent(share: float) -> str:
    """In whole percent; never 0 or 100, since no diary is that sure."""
    whole = round(100 * share)
    if whole >= 100:
        return "over 99 %"
    return f"{whole} %" if whole >= 1 else "under 1 %"


def ratio(value: float) -> str:
    """With two figures: 0.45, 1.3, 12."""
    if value >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _times(finding: Finding) -> str:
    return f" {times(finding.rate_ratio)}" if finding.rate_ratio else ""


def times(spread: Spread) -> str:
    """A rate ratio with its interval."""
    middle, low, high = ratio(spread.median), ratio(spread.low), ratio(spread.high)
    return f"About {middle} times as many ({low} to {high})."


def _leaning(finding: Finding) -> str:
    if finding.probability < LIKELY:
        return ""
    more = "more" if finding.raises >= finding.lowers else "fewer"
    return f", perhaps {more} cramps with it ({percent(max(finding.raises, finding.lowers))})"


def _how_long(finding: Finding, outcome: Outcome) -> str:
    rows = "nights" if outcome == "rest" else "bouts"
    if finding.nights_needed:
        return f"; about {finding.nights_needed} more {rows}"
    return f"; three years of such {rows} would hardly show it"


def _moves_much(finding: Finding) -> bool:
    """Whether the nights nobody wrote of could take a sure finding back to about nothing."""
    if finding.verdict not in ("raises", "lowers") or finding.unknown_nights is None:
        return False
    low, high = finding.unknown_nights.low, finding.unknown_nights.high
    return low < 1.25 if finding.verdict == "raises" else high > 0.8


def _consequence(follows: Follows) -> str:
    if follows.how == "same_day":
        return f"It may be a consequence: on {follows.days} days it was written after the first cramp."
    if follows.how == "began":
        return (
            "It may be a consequence: it began in a spell with many cramps, which may have passed by itself."
        )
    if follows.how == "several":
        return "It may be a consequence: nights with several cramps had it hardly oftener than others."
    if follows.how == "strong":
        return (
            "It may be a consequence, done because of the cramp: there were about "
            f"{ratio(follows.ratio)} times as many with it, and only on the day itself."
        )
    return "It may be a consequence: it was more often so on the day after a cramp."
