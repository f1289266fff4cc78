"""What a person can state."""

from __future__ import annotations

from typing import Any

from uncramp.actions.library import knowledge
from uncramp.model import Fact


def facts() -> tuple[Fact, ...]:
    """Every fact, in the order in which they are asked."""
    return tuple(knowledge().vocabulary.facts.values())


def as_json(fact: Fact) -> dict[str, Any]:
    """A fact in the form that is held fixed for other programs."""
    return {
        "id": fact.id,
        "question": fact.question,
        "explain": fact.explain,
        "kind": fact.kind.value,
        "unit": fact.unit or None,
        "range": None if fact.low is None else [fact.low, fact.high],
        "choices": dict(fact.choices) or None,
        "group": fact.group,
        "only_if": fact.only_if or None,
    }
