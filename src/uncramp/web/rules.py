"""A rule as words: what has to be true for it."""

from __future__ import annotations

from dataclasses import dataclass

from uncramp.actions.library import knowledge
from uncramp.model import AnyOf, Rule, Threshold
from uncramp.web.words import Words


@dataclass(frozen=True)
class RuleWords:
    """`joined` is any, all or always; each part is a name's words or a rule in the rule."""

    joined: str
    parts: tuple[str | RuleWords, ...]
    name: str = ""


def rule_words(rule: Rule, words: Words, expand: bool = False) -> RuleWords:
    """`rule` with the words of its facts and thresholds; `expand` also opens its signs."""
    parts = (rule,) if isinstance(rule, str) else rule.parts
    joined = "any" if isinstance(rule, str | AnyOf) else "all"
    spoken = tuple(part_words(part, words, expand) for part in parts)
    if len(spoken) == 1 and isinstance(spoken[0], RuleWords):
        return spoken[0]
    return RuleWords(joined if parts else "always", spoken)


def part_words(part: Rule, words: Words, expand: bool) -> str | RuleWords:
    if not isinstance(part, str):
        return rule_words(part, words, expand)
    sign = knowledge().vocabulary.signs.get(part)
    if sign and expand:
        opened = rule_words(sign.rule, words, expand)
        return RuleWords(opened.joined, opened.parts, words.of_knowledge(sign.words))
    return words.of_knowledge(sign.words) if sign else name_words(part, words)


def name_words(name: str, words: Words) -> str:
    """The words of a fact, a threshold, `fact:choice` or `stage:...`."""
    vocabulary = knowledge().vocabulary
    fact, _, choice = name.partition(":")
    if threshold := vocabulary.thresholds.get(name):
        return words.of_knowledge(threshold.words)
    if fact == "stage":
        return words(f"stage.{choice}")
    asked = vocabulary.facts[fact]
    said = dict(asked.choices).get(choice)
    return words.of_knowledge(f"{asked.question} {said}" if said else asked.question)


def threshold_words(threshold: Threshold, words: Words) -> str:
    """Where exactly the cut lies."""
    fact = knowledge().vocabulary.facts[threshold.fact]
    key, cut = ("at_least", threshold.at_least) if threshold.below is None else ("below", threshold.below)
    question, unit = (words.of_knowledge(text) for text in (fact.question, fact.unit))
    return words(f"rule.{key}", fact=question, cut=f"{cut:g}", unit=unit)
