"""A rule as words: what has to be true for it."""

from __future__ import annotations

from dataclasses import dataclass

from uncramp.actions.library import knowledge
from uncramp.model import AnyOf, Rule
from uncramp.web.words import Words


@dataclass(frozen=True)
class RuleWords:
    """`joined` is any, all or always; each part is a name's words or a rule in the rule."""

    joined: str
    parts: tuple[str | RuleWords, ...]


def rule_words(rule: Rule, words: Words) -> RuleWords:
    """`rule` with the words of its facts, signs and thresholds; one name alone is joined by `any`."""
    if isinstance(rule, str):
        return RuleWords("any", (name_words(rule, words),))
    parts = tuple(
        name_words(part, words) if isinstance(part, str) else rule_words(part, words) for part in rule.parts
    )
    joined = "any" if isinstance(rule, AnyOf) else "all"
    return RuleWords(joined if parts else "always", parts)


def name_words(name: str, words: Words) -> str:
    vocabulary = knowledge().vocabulary
    named = vocabulary.signs.get(name) or vocabulary.thresholds.get(name)
    if named:
        return words.of_knowledge(named.words)
    fact, _, choice = name.partition(":")
    if fact == "stage":
        return words(f"stage.{choice}")
    asked = vocabulary.facts[fact]
    said = dict(asked.choices).get(choice)
    return words.of_knowledge(f"{asked.question} {said}" if said else asked.question)
