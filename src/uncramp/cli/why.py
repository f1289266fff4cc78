"""`uncramp why`: the evidence card of one id."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import head, say

if TYPE_CHECKING:
    from uncramp.actions.evidence import Card
    from uncramp.model import Conflict, Evidence


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "why",
        run,
        "Show the evidence for a cause, a remedy or a warning sign, and where sources disagree.",
        "uncramp why dehydration",
    )
    made.add_argument(
        "id",
        nargs="?",
        metavar="ID",
        help="a cause, remedy, red flag, look-alike or conflict; without it all are listed",
    )


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import evidence

    if arguments.id is None:
        say(", ".join(evidence.ids()))
        return 0
    card = evidence.card(arguments.id)
    head(card.title)
    _print_cause(card)
    _print_remedy(card)
    _print_warning(card)
    for conflict in card.conflicts:
        _print_conflict(conflict)
    head("Sources")
    for source in card.sources:
        say(f"- {source.id}: {source.name} {source.doi or source.address}".rstrip(), indent="  ")
    return 0


def _print_cause(card: Card) -> None:
    from uncramp.actions.words import CERTAINTY, DIRECTION

    if card.trigger:
        t = card.trigger
        say("As a cause:")
        say(f"{t.summary} ({DIRECTION[t.direction]}; {CERTAINTY[t.certainty]})")
        _print_evidence(t.evidence)


def _print_remedy(card: Card) -> None:
    from uncramp.actions.words import CERTAINTY, rule_in_words

    if card.remedy is None:
        return
    say("As a remedy:")
    say(f"{card.remedy.what} ({CERTAINTY[card.remedy.certainty]})")
    for dose in card.remedy.doses:
        say(f"- {dose.text}", indent="  ")
    _print_evidence(card.remedy.evidence)
    for rule in card.remedy.rules:
        say(f"- {rule.verdict.id}, if {rule_in_words(rule.rule)}: {rule.because}", indent="  ")


def _print_evidence(evidence: Iterable[Evidence]) -> None:
    from uncramp.actions.words import CERTAINTY

    for row in evidence:
        reported = "; as reported by a secondary page" if row.flag == "SEEN-2" else ""
        whom = row.population or "population not stated"
        sources = ", ".join(row.sources) or "no source seen"
        say(f"- {row.finding} [{whom}; {CERTAINTY[row.certainty]}{reported}; {sources}]", indent="  ")


def _print_warning(card: Card) -> None:
    from uncramp.actions.check import outcome_of
    from uncramp.actions.words import rule_in_words, signs_in_words

    if flag := card.red_flag:
        say(f"{outcome_of(flag.disposition).title}, if {rule_in_words(flag.rule)}.")
        for line in signs_in_words(flag.rule):
            say(line, indent="  ")
        for line in flag.do:
            say(f"- {line}", indent="  ")
        say(flag.say)
    if card.look_alike:
        say(card.look_alike.differs)


def _print_conflict(conflict: Conflict) -> None:
    head(f"Where sources disagree: {conflict.title}")
    for claim in conflict.claims:
        say(f"- {claim.says}", indent="  ")
    say(f"We follow: {conflict.we_follow}")
    say(f"Because: {conflict.because}")
    for found in conflict.evidence:
        say(f"- {found.finding} [{', '.join(found.sources)}]", indent="  ")
