"""The safety gate: remedies x facts x stage -> offer < change < ask < withhold. The strictest wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from uncramp.core.facts import Stated
from uncramp.model import Because, Disposition, RedFlag, Remedy, RemedyRule, RemedyVerdict, Verdict


def verdicts(
    remedies: Iterable[Remedy], red_flags: Iterable[RedFlag], stated: Stated
) -> tuple[RemedyVerdict, ...]:
    """What this person may be shown of each remedy, and why.

    What a raised red flag withholds is withheld; an open red flag counts as the remedy's `when_unknown`.
    """
    flags = [(flag, value) for flag in red_flags if (value := stated.truth(flag.rule)) is not False]
    raised = [flag for flag, value in flags if value]
    still_open = [flag for flag, value in flags if value is None]
    return tuple(_verdict(remedy, raised, still_open, stated) for remedy in remedies)


def _verdict(
    remedy: Remedy, raised: list[RedFlag], still_open: list[RedFlag], stated: Stated
) -> RemedyVerdict:
    found = [*_rules_that_speak(remedy, stated)]
    strictest = max((verdict for verdict, _, _ in found), default=Verdict.OFFER)
    flags = [flag for flag in raised if remedy.id in flag.withholds]
    hidden = dict.fromkeys(_short(flag) for flag in still_open if remedy.id in flag.withholds)
    verdict = Verdict.WITHHOLD if flags else max(strictest, remedy.when_unknown if hidden else strictest)
    # A withheld remedy needs only the reasons for that; every other also needs how it has to be done.
    least = Verdict.WITHHOLD if verdict is Verdict.WITHHOLD else Verdict.CHANGE
    because = [
        Because(said, rule.because if known else rule.words, known, rule.sources)
        for said, rule, known in found
        if said >= least
    ]
    because += [
        Because(verdict, f"Not while this is open: {flag.name}.", True, flag.sources) for flag in flags
    ]
    if hidden and remedy.when_unknown >= least:
        words = "signs of " + ", ".join(hidden)
        because.append(Because(remedy.when_unknown, words, False, ()))
    return RemedyVerdict(remedy, verdict, tuple({reason.words: reason for reason in because}.values()))


def _rules_that_speak(remedy: Remedy, stated: Stated) -> Iterator[tuple[Verdict, RemedyRule, bool]]:
    """What each rule that holds, or may hold, makes of the remedy, and whether that is known."""
    for rule in remedy.rules:
        value = stated.truth(rule.rule)
        if value:
            yield rule.verdict, rule, True
        elif value is None and rule.when_unknown is not Verdict.OFFER:
            yield rule.when_unknown, rule, False


def _short(flag: RedFlag) -> str:
    return "an emergency" if flag.disposition is Disposition.EMERGENCY else flag.short
