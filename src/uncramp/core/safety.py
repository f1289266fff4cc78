"""The safety gate: remedies x facts x stage -> offer < change < ask < withhold. The strictest wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from uncramp.core.facts import Stated
from uncramp.model import Because, Disposition, RedFlag, Remedy, RemedyVerdict, Verdict


def verdicts(
    remedies: Iterable[Remedy],
    raised: Sequence[RedFlag],
    still_open: Iterable[RedFlag],
    stated: Stated,
) -> tuple[RemedyVerdict, ...]:
    """What this person may be shown of each remedy, and why.

    What a raised red flag withholds is withheld; an open red flag counts as the remedy's `when_unknown`.
    """
    could_withhold: dict[str, dict[str, None]] = {}
    for flag in still_open:
        short = _short(flag)
        for remedy_id in flag.withholds:
            could_withhold.setdefault(remedy_id, {})[short] = None
    return tuple(_verdict(r, raised, could_withhold.get(r.id, {}), stated) for r in remedies)


def _short(flag: RedFlag) -> str:
    return "an emergency" if flag.disposition is Disposition.EMERGENCY else flag.short


def _verdict(
    remedy: Remedy, raised: Sequence[RedFlag], could_withhold: Iterable[str], stated: Stated
) -> RemedyVerdict:
    """`could_withhold` has the short words of the open red flags that would withhold it."""
    because = [*_reasons(remedy, stated)]
    for flag in raised:
        if remedy.id in flag.withholds:
            words = f"Not while this is open: {flag.name}."
            because.append(Because(Verdict.WITHHOLD, words, True, flag.sources))
    if could_withhold and remedy.when_unknown is not Verdict.OFFER:
        words = "signs of " + ", ".join(could_withhold)
        because.append(Because(remedy.when_unknown, words, False, ()))
    verdict = max([reason.verdict for reason in because], default=Verdict.OFFER)
    if verdict is Verdict.WITHHOLD:
        # Only the reasons for that; every other remedy also needs to say how it has to be done.
        because = [reason for reason in because if reason.verdict is Verdict.WITHHOLD]
    return RemedyVerdict(remedy, verdict, tuple({reason.words: reason for reason in because}.values()))


def _reasons(remedy: Remedy, stated: Stated) -> Iterator[Because]:
    """What the rules that hold, or may hold, make of the remedy.

    Where unknown is stricter than true (a medicine), a rule that holds by one part and is open in another
    counts as both: else a further true fact would bring the medicine back.
    """
    truth = stated.truth
    for rule in remedy.rules:
        value = truth(rule.rule)
        if value:
            yield rule.if_true
            if rule.when_unknown > rule.verdict and stated.partly_open(rule.rule):
                yield rule.if_unknown
        elif value is None and rule.when_unknown is not Verdict.OFFER:
            yield rule.if_unknown
