"""What the answer page shows of a check, and what it must not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from uncramp.actions.check import (
    Checked,
    further_look_alikes,
    main_reasons,
    not_if,
    other_reasons,
    remedies_for_later,
    remedies_for_now,
)
from uncramp.actions.library import knowledge
from uncramp.model import (
    Check,
    Disposition,
    Group,
    LookAlike,
    Outcome,
    Reason,
    RemedyVerdict,
)
from uncramp.web.asked import Asked, upcoming


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
    look_alikes: tuple[LookAlike, ...]
    left: int
    open_groups: tuple[Group, ...]
    now: tuple[Card, ...]
    later: tuple[Card, ...]
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

    @property
    def unknown_medicine(self) -> bool:
        """Nothing is left to ask, and only a name that we do not know keeps the answer open."""
        return not self.check.settled and not self.left

    def said(self, reason: Reason) -> tuple[Said, ...]:
        return tuple(said(fact, self.checked) for fact in reason.because)


def result(asked: Asked, checked: Checked) -> Result:
    """Only the most urgent reasons say what to do: what a milder one advises may be wrong beside them."""
    check = checked.check
    now = remedies_for_now(checked)
    later = remedies_for_later(checked)
    return Result(
        checked=checked,
        outcome=checked.outcome,
        main=main_reasons(checked) if check.settled or check.disposition > 0 else (),
        also=other_reasons(checked),
        look_alikes=further_look_alikes(checked),
        left=len(check.ask_next),
        open_groups=groups_of(check.ask_next),
        now=tuple(remedy_card(r, checked) for r in sorted(now, key=fit(check.stage))),
        later=tuple(remedy_card(r, checked) for r in later),
        more=can_sharpen(asked, checked),
    )


def remedy_card(shown: RemedyVerdict, checked: Checked) -> Card:
    """The known reasons as sentences, the unanswered ones as what it is not for."""
    return Card(
        verdict=shown,
        how=tuple(because.words for because in shown.because if because.known),
        not_if=not_if(checked, shown),
    )


def fit(stage: str) -> Callable[[RemedyVerdict], tuple[int, bool, int]]:
    """The freest first; of equals, what is made for just this stage."""

    def key(shown: RemedyVerdict) -> tuple[int, bool, int]:
        when = shown.remedy.when
        return shown.verdict, stage not in when, len(when)

    return key


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
