"""What the answer page shows of a check, and what it must not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from uncramp.actions.check import Checked, shown_remedies
from uncramp.actions.library import knowledge
from uncramp.model import (
    Check,
    Disposition,
    Group,
    Outcome,
    Reason,
    RemedyVerdict,
)
from uncramp.web.asked import Asked, upcoming

NOW = frozenset({"cramping", "released"})
PREVENTION = "prevention"


@dataclass(frozen=True)
class Said:
    """One answer that is a reason: the question, and what was answered where that was not just yes."""

    question: str
    answer: str


@dataclass(frozen=True)
class Card:
    """A remedy that may be shown: how it has to be done, and for whom it is not."""

    verdict: RemedyVerdict
    how: tuple[str, ...]
    not_if: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    checked: Checked
    outcome: Outcome
    main: tuple[Reason, ...]
    also: tuple[Reason, ...]
    left: int
    open_groups: tuple[Group, ...]
    now: tuple[Card, ...]
    later: tuple[Card, ...]
    other: tuple[Card, ...]
    more: bool

    @property
    def check(self) -> Check:
        return self.checked.check

    @property
    def symbol(self) -> str:
        """Its own while questions are open: the sign of self-care would say too much."""
        nothing_yet = self.check.disposition == 0 and not self.check.settled
        return "open" if nothing_yet else self.outcome.symbol

    @property
    def emergency(self) -> bool:
        return self.check.disposition is Disposition.EMERGENCY

    @property
    def soon(self) -> bool:
        return self.check.disposition >= Disposition.URGENT

    def said(self, reason: Reason) -> tuple[Said, ...]:
        return tuple(said(fact, self.checked) for fact in reason.because)


def result(asked: Asked, checked: Checked) -> Result:
    """Only the most urgent reasons say what to do: what a milder one advises may be wrong beside them."""
    check = checked.check
    main = tuple(r for r in check.reasons if r.red_flag.disposition is check.disposition)
    milder = tuple(r for r in check.reasons if 0 < r.red_flag.disposition < check.disposition)
    cards = () if check.disposition is Disposition.EMERGENCY else remedy_cards(checked)
    return Result(
        checked=checked,
        outcome=checked.outcome,
        main=main if check.settled or check.disposition > 0 else (),
        also=milder,
        left=len(check.ask_next),
        open_groups=groups_of(check.ask_next),
        now=tuple(sorted((c for c in cards if helps_now(c, check.stage)), key=fit(check.stage))),
        later=tuple(c for c in cards if not helps_now(c, check.stage) and prevents(c)),
        other=tuple(c for c in cards if not helps_now(c, check.stage) and not prevents(c)),
        more=can_sharpen(asked, checked),
    )


def remedy_cards(checked: Checked) -> tuple[Card, ...]:
    return tuple(remedy_card(shown) for shown in shown_remedies(checked))


def remedy_card(shown: RemedyVerdict) -> Card:
    """The known reasons as sentences, the unanswered ones as what it is not for."""
    return Card(
        verdict=shown,
        how=tuple(b.words for b in shown.because if b.known),
        not_if=tuple(b.words for b in shown.because if not b.known and b.words),
    )


def helps_now(card: Card, stage: str) -> bool:
    return bool({*NOW, stage} & set(card.verdict.remedy.when))


def fit(stage: str) -> Callable[[Card], tuple[int, bool, int]]:
    """The freest first; of equals, what is made for just this stage."""

    def key(card: Card) -> tuple[int, bool, int]:
        when = card.verdict.remedy.when
        return card.verdict.verdict, stage not in when, len(when)

    return key


def prevents(card: Card) -> bool:
    return card.verdict.remedy.prevention or PREVENTION in card.verdict.remedy.when


def groups_of(facts: Iterable[str]) -> tuple[Group, ...]:
    """The groups that `facts` belong to, in the order of the questions."""
    vocabulary = knowledge().vocabulary
    wanted = {vocabulary.facts[fact].group for fact in facts}
    return tuple(group for group in vocabulary.groups.values() if group.id in wanted)


def can_sharpen(asked: Asked, checked: Checked) -> bool:
    """Whether there are questions left that only change what is shown."""
    return upcoming(replace(asked, sharpen=True), checked) is not None


def said(fact_id: str, checked: Checked) -> Said:
    fact = knowledge().vocabulary.facts[fact_id]
    answer = checked.answers.get(fact_id)
    if isinstance(answer, float):
        return Said(fact.question, f"{answer:g} {fact.unit}")
    chosen = answer if isinstance(answer, tuple) else (answer,)
    words = [words for choice, words in fact.choices if choice in chosen]
    return Said(fact.question, ", ".join(words))
