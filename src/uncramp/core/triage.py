"""Facts and red flags -> how soon somebody should look at it, why, and what to ask next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import itemgetter

from uncramp.core.facts import STAGE_FACT, Stated
from uncramp.core.safety import verdicts
from uncramp.model import (
    Answers,
    Check,
    Disposition,
    FactKind,
    LookAlike,
    Reason,
    RedFlag,
    Rulebook,
    Vocabulary,
)

WITHIN = ("now", "today", "3 days", "2 weeks")
"""Soonest first; `None` (no hurry) comes after all."""

Level = tuple[int, int]


def level(disposition: Disposition, within: str | None) -> Level:
    """How urgent, so that a greater level is more urgent: the disposition, of equals the soonest."""
    return disposition, -(WITHIN.index(within) if within else len(WITHIN))


def check(answers: Answers, rulebook: Rulebook, unrecognised_medicines: Iterable[str] = ()) -> Check:
    """The whole answer to what a person stated.

    While a medicine is not recognised, no medicine fact counts as false: it might be any of them.
    """
    vocabulary = rulebook.vocabulary
    unrecognised = tuple(unrecognised_medicines)
    stated = Stated(_without_denied_medicines(answers, vocabulary, unrecognised), vocabulary)
    truths = [(flag, stated.truth(flag.rule)) for flag in rulebook.red_flags]
    raised = _without_reassurance(sorted((f for f, t in truths if t), key=_urgency, reverse=True))
    still_open = [f for f, t in truths if t is None]
    disposition, within = disposition_of(raised)
    could_be = max([disposition, *(f.disposition for f in still_open)])
    return Check(
        disposition=disposition,
        within=within,
        settled=could_be == disposition,
        could_be=could_be,
        stage=stated.stage or "unknown",
        reasons=tuple(Reason(flag, stated.reasons(flag.rule)) for flag in raised),
        look_alikes=_look_alikes(raised, rulebook.look_alikes, stated),
        remedies=verdicts(rulebook.remedies, raised, still_open, stated),
        # What was denied and is open again only through an unknown medicine would be denied again.
        ask_next=tuple(
            fact
            for fact in _ask_next(still_open, level(disposition, within), stated)
            if answers.get(fact) is not False
        ),
        unknown_facts=stated.unknown(),
        clot_items=_clot_items(stated),
        notes=(
            *stated.notes,
            *(stated.contradictions(beside_red_flag=True) if disposition > Disposition.SELF_CARE else ()),
            *(_unrecognised_note(name) for name in unrecognised),
        ),
        outcome=rulebook.outcomes[disposition],
        version=rulebook.version,
    )


def disposition_of(raised: Iterable[RedFlag]) -> tuple[Disposition, str | None]:
    """The most urgent advice wins, of equals the soonest; no flag means self-care."""
    most = max(raised, key=_urgency, default=None)
    return (most.disposition, most.within) if most else (Disposition.SELF_CARE, None)


def _without_reassurance(raised: list[RedFlag]) -> list[RedFlag]:
    """What is plain is not said beside what is not."""
    worrying = [flag for flag in raised if flag.disposition > Disposition.SELF_CARE]
    return worrying or raised


def _urgency(flag: RedFlag) -> Level:
    return level(flag.disposition, flag.within)


def _without_denied_medicines(
    answers: Answers, vocabulary: Vocabulary, unrecognised: tuple[str, ...]
) -> Answers:
    if not unrecognised:
        return answers
    return {
        fact: answer
        for fact, answer in answers.items()
        if answer is not False or not vocabulary.groups[vocabulary.facts[fact].group].medicines
    }


def _unrecognised_note(name: str) -> str:
    return (
        f'We do not know the medicine "{name}". '
        "Until a pharmacist has looked at it, we take the careful side."
    )


def _look_alikes(
    raised: Iterable[RedFlag], look_alikes: Iterable[LookAlike], stated: Stated
) -> tuple[LookAlike, ...]:
    named = {flag.look_alike for flag in raised}
    return tuple(x for x in look_alikes if x.id in named or stated.truth(x.rule))


def _ask_next(still_open: Iterable[RedFlag], current: Level, stated: Stated) -> tuple[str, ...]:
    """The unanswered facts that could still change the answer, the most urgent first."""
    most: dict[str, Level] = {}
    for urgency, flag in sorted(((_urgency(f), f) for f in still_open), key=itemgetter(0), reverse=True):
        if urgency <= current:
            break
        for fact in stated.open_facts(flag.rule):
            most.setdefault(fact, urgency)
    in_order = [fact for fact in stated.vocabulary.facts if fact in most]
    return tuple(sorted(in_order, key=most.__getitem__, reverse=True))


def _clot_items(stated: Stated) -> tuple[tuple[str, bool], ...]:
    """The items that doctors count for a clot in the leg, as answered, for the doctor to read.

    Never a total, never in pregnancy or after a birth (the count is not valid there), and nothing
    here can lower the urgency: it is only listed. Items: NICE NG158, table 1.
    """
    if stated.truth("pregnant_or_after_birth") is not False or not stated.truth("suspected_clot"):
        return ()
    items = [f.id for f in stated.vocabulary.facts.values() if f.wells and f.kind is FactKind.YES_NO]
    return tuple((fact, bool(stated.answers[fact])) for fact in items if fact in stated.answers)


def next_screen(
    so_far: Check, vocabulary: Vocabulary, passed: Collection[str] = ()
) -> tuple[str, tuple[str, ...]] | None:
    """The next group to ask and its facts that matter, but for those in `passed` (asked, and not known).

    `None` when nothing that is left could change the answer.
    """
    wanted = [fact for fact in so_far.ask_next if fact not in passed]
    if not wanted:
        return None
    group = vocabulary.facts[wanted[0]].group
    # Whether it cramps now changes no urgency but all of the advice: it is asked along with its group.
    if STAGE_FACT in so_far.unknown_facts and STAGE_FACT not in passed:
        wanted.append(STAGE_FACT)
    return group, tuple(f for f in vocabulary.facts if f in wanted and vocabulary.facts[f].group == group)
