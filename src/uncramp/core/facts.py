"""Three-valued facts and the one rule language over them.

Truth is `True`, `False` or `None` (unknown), combined as in Kleene's strong logic of three values
(Kleene 1952, Introduction to Metamathematics, section 64). Rules know `any_of` and `all_of` and no "none of":
every rule is monotone, so a further true fact can only add.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from uncramp.model import Answer, Answers, AnyOf, Fact, FactKind, Rule, Threshold, Vocabulary, names_in

STAGE_FACT = "cramping_now"
"""Decides between the stages `cramping` and `released`."""


def read_answers(raw: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[dict[str, Answer], list[str]]:
    """The valid answers in `raw` and, for each that is not, one sentence that names it and the mend.

    `None` and absence both mean unknown.
    """
    answers: dict[str, Answer] = {}
    problems: list[str] = []
    for key, value in raw.items():
        if key not in vocabulary.facts:
            problems.append(f"{_shown(key)} is not a fact; `uncramp facts` lists them.")
            continue
        if value is None:
            continue
        try:
            answers[key] = _read(value, vocabulary.facts[key])
        except ValueError as problem:
            problems.append(f"{key}: {problem}")
    return answers, problems


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _read(value: object, fact: Fact) -> Answer:
    match fact.kind:
        case FactKind.YES_NO:
            if isinstance(value, bool):
                return value
            raise ValueError(f"expected true, false or null, not {_shown(value)}.")
        case FactKind.NUMBER:
            return _read_number(value, fact)
        case FactKind.ONE_OF:
            return _read_choice(value, fact)
        case FactKind.MANY_OF:
            if not isinstance(value, list | tuple):
                raise ValueError(
                    f"expected a list of {_choices(fact)}, [] for none of them, not {_shown(value)}."
                )
            return tuple(sorted({_read_choice(item, fact) for item in value}))


def _read_number(value: object, fact: Fact) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number in {fact.unit}, not {_shown(value)}.")
    low, high = fact.low or 0, fact.high or 0
    if not low <= value <= high or math.isnan(value):
        raise ValueError(f"expected {low:g} to {high:g} {fact.unit}, not {_shown(value)}.")
    return float(value)


def _read_choice(value: object, fact: Fact) -> str:
    if isinstance(value, str) and value in dict(fact.choices):
        return value
    raise ValueError(f"expected one of {_choices(fact)}, not {_shown(value)}.")


def _choices(fact: Fact) -> str:
    return ", ".join(choice for choice, _ in fact.choices)


def _says_something(answer: Answer | None) -> bool:
    """Whether it is more than a no. The number 0 says something: weak since today is 0 days."""
    return not (answer is None or answer is False or answer == ())


class _Memory(dict[str, bool | None]):
    """Finds the truth of each name once."""

    def __init__(self, find: Callable[[str], bool | None]) -> None:
        self._find = find

    def __missing__(self, name: str) -> bool | None:
        value = self[name] = self._find(name)
        return value


class Stated:
    """What a person stated, made to agree with itself, and the truth of every name over it (each found once).

    Agreement always goes towards the worrying side. A fact that is asked only if its parent is true makes an
    unanswered or denied parent true when it is itself true; it counts as false when it is unanswered and the
    parent is denied. `notes` says in words what had to be reconciled.
    """

    def __init__(self, answers: Answers, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.answers: dict[str, Answer] = dict(answers)
        self._known = _Memory(self._find)
        self._open: dict[str, set[str]] = {}
        self.notes = [*self._affirm_parents()]
        self._known.clear()
        self._deny_children()
        self._known.clear()
        self.notes += self.contradictions(beside_red_flag=False)

    def contradictions(self, beside_red_flag: bool) -> list[str]:
        """What to say of answers that do not fit together, or that play down a red flag."""
        return [
            c.say
            for c in self.vocabulary.contradictions
            if c.beside_red_flag is beside_red_flag and all(self.answers.get(f) is True for f in c.facts)
        ]

    def _affirm_parents(self) -> Iterator[str]:
        facts = self.vocabulary.facts
        for fact in facts.values():
            parent = facts.get(fact.only_if)
            if parent is None or not fact.implies_parent or not _says_something(self.answers.get(fact.id)):
                continue
            if self.answers.get(parent.id) is False:
                yield (
                    f'You said no to "{parent.question}" and also answered "{fact.question}". '
                    "We go by the more worrying answer."
                )
            self.answers[parent.id] = True

    def _deny_children(self) -> None:
        for fact in self.vocabulary.facts.values():
            unanswered = fact.only_if and fact.kind is FactKind.YES_NO and fact.id not in self.answers
            if unanswered and self.truth(fact.only_if) is False:
                self.answers[fact.id] = False

    def truth(self, rule: Rule) -> bool | None:
        """Whether `rule` holds: true, false, or `None` where unanswered facts leave it open."""
        known = self._known
        if isinstance(rule, str):
            return known[rule]
        decides = isinstance(rule, AnyOf)
        found: bool | None = not decides
        for part in rule.parts:
            value = known[part] if type(part) is str else self.truth(part)
            if value is decides:
                return decides
            if value is None:
                found = None
        return found

    def partly_open(self, rule: Rule) -> bool:
        """Whether one of several alternatives is open, whatever the others are."""
        return isinstance(rule, AnyOf) and any(self.truth(part) is None for part in rule.parts)

    def _find(self, name: str) -> bool | None:
        if sign := self.vocabulary.signs.get(name):
            return self.truth(sign.rule)
        if threshold := self.vocabulary.thresholds.get(name):
            return self._crossed(threshold)
        fact, _, choice = name.partition(":")
        if fact == "stage":
            return None if self.stage is None else self.stage == choice
        answer = self.answers.get(fact)
        if answer is None or isinstance(answer, bool):
            return answer
        return choice in answer if isinstance(answer, tuple) else answer == choice

    def _crossed(self, threshold: Threshold) -> bool | None:
        """A number missing under a true parent counts as its worst case: its thresholds hold."""
        value = self.answers.get(threshold.fact)
        if isinstance(value, float):
            if threshold.at_least is not None:
                return value >= threshold.at_least
            return threshold.below is not None and value < threshold.below
        fact = self.vocabulary.facts[threshold.fact]
        parent = self.truth(fact.only_if) if fact.only_if else None
        return parent if parent is False or fact.worst_case_if_missing else None

    @property
    def stage(self) -> str | None:
        """Where in the course of a cramp the person stands, `None` while unknown; a tear comes first."""
        if self.truth("suspected_strain"):
            return "suspected_strain"
        if self.answers.get("recovering") is True:
            return "recovering"
        return {True: "cramping", False: "released"}.get(self.answers.get("cramping_now"))  # type: ignore[arg-type]

    def unknown(self) -> tuple[str, ...]:
        """The facts that are unanswered and apply: a number whose parent is denied does not."""
        return tuple(
            fact.id
            for fact in self.vocabulary.facts.values()
            if fact.id not in self.answers and not (fact.only_if and self.truth(fact.only_if) is False)
        )

    def open_facts(self, rule: Rule) -> set[str]:
        """The unanswered facts whose answer could still make `rule` true, a parent before its child."""
        if self.truth(rule) is not None:
            return set()
        if isinstance(rule, str):
            return self._open.get(rule) or self._open_facts_of(rule)
        found: set[str] = set()
        for part in rule.parts:
            if not isinstance(part, str):
                found |= self.open_facts(part)
            elif self._known[part] is None:
                found |= self._open.get(part) or self._open_facts_of(part)
        return found

    def _open_facts_of(self, name: str) -> set[str]:
        sign = self.vocabulary.signs.get(name)
        found = self.open_facts(sign.rule) if sign else self._ask(self._fact_of(name))
        self._open[name] = found
        return found

    def _ask(self, fact_id: str) -> set[str]:
        parent = self.vocabulary.facts[fact_id].only_if
        return self._open_facts_of(parent) if parent and self.truth(parent) is None else {fact_id}

    def reasons(self, rule: Rule) -> tuple[str, ...]:
        """The facts that the person stated and that make `rule` true, in the order of the vocabulary."""
        stated = set(self._stated(rule))
        return tuple(fact for fact in self.vocabulary.facts if fact in stated)

    def _stated(self, rule: Rule) -> Iterator[str]:
        if not self.truth(rule):
            return
        if not isinstance(rule, str):
            for part in rule.parts:
                yield from self._stated(part)
        elif sign := self.vocabulary.signs.get(rule):
            yield from self._stated(sign.rule)
        elif (fact := self._fact_of(rule)) in self.answers:
            yield fact

    def _fact_of(self, name: str) -> str:
        if name.startswith("stage:"):
            return STAGE_FACT
        threshold = self.vocabulary.thresholds.get(name)
        return threshold.fact if threshold else name.partition(":")[0]


def facts_in(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """Every fact that `rule` can look at, through signs and thresholds."""
    for name in names_in(rule):
        if sign := vocabulary.signs.get(name):
            yield from facts_in(sign.rule, vocabulary)
        elif name.startswith("stage:"):
            yield STAGE_FACT
        else:
            threshold = vocabulary.thresholds.get(name)
            yield threshold.fact if threshold else name.partition(":")[0]
