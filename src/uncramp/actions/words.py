"""Rules and grades in plain words."""

from __future__ import annotations

from uncramp.actions.library import knowledge
from uncramp.model import ALWAYS, AllOf, AnyOf, Rule, names_in

CERTAINTY = {
    "high": "high certainty",
    "moderate": "moderate certainty",
    "low": "low certainty",
    "very_low": "very low certainty",
}
DIRECTION = {
    "up": "goes with more cramps",
    "maybe_up": "may go with more cramps",
    "down": "goes with fewer cramps",
    "maybe_down": "may go with fewer cramps",
    "down_injury": "goes with fewer injuries, not fewer cramps",
    "helps": "helps while it cramps",
    "none": "no clear difference",
    "unclear": "unclear",
    "mixed": "studies disagree",
}
WITHIN = {
    "now": "now",
    "today": "today",
    "3 days": "within 3 days",
    "2 weeks": "within 2 weeks",
}
STAGE = {
    "cramping": "it cramps now",
    "released": "the cramp has let go",
    "suspected_strain": "the muscle may be torn",
    "recovering": "getting over a strain",
}


def rule_in_words(rule: Rule) -> str:
    """A rule as a sentence part that a clinician can read; a sign stands in brackets by its words."""
    if rule == ALWAYS:
        return "always"
    if isinstance(rule, str):
        return _name_in_words(rule)
    joint = " or " if isinstance(rule, AnyOf) else " and "
    parts = [_inner(part) for part in rule.parts]
    return joint.join(parts)


def signs_in_words(rule: Rule) -> tuple[str, ...]:
    """What each sign that `rule` names in brackets means."""
    signs = knowledge().vocabulary.signs
    named = [signs[name] for name in dict.fromkeys(names_in(rule)) if name in signs]
    return tuple(f"[{sign.words}]: {rule_in_words(sign.rule)}." for sign in named)


def _inner(rule: Rule) -> str:
    words = rule_in_words(rule)
    return f"({words})" if isinstance(rule, AnyOf | AllOf) and len(rule.parts) > 1 else words


def _name_in_words(name: str) -> str:
    v = knowledge().vocabulary
    if sign := v.signs.get(name):
        return f"[{sign.words}]"
    if threshold := v.thresholds.get(name):
        return threshold.words
    fact, _, choice = name.partition(":")
    if fact == "stage":
        return STAGE[choice]
    question = v.facts[fact].question.rstrip("?")
    return f'"{question}: {dict(v.facts[fact].choices)[choice]}"' if choice else f'"{question}"'
