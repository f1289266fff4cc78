"""Guided relief on the terminal: a step, a warning, and all of it at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from uncramp.cli.check import print_number, title_of
from uncramp.cli.paper import head, say
from uncramp.model import Disposition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uncramp.actions.check import Checked
    from uncramp.actions.sheet import Ending, Sheet, Shown
    from uncramp.model import Protocol


def print_first(place: Protocol) -> None:
    """Where to be, and when not to pull."""
    say(place.safe)
    say(place.stop)
    sys.stdout.flush()


def print_sheet(sheet: Sheet, partner: bool, country: str) -> None:
    """All steps in their order, with when to stop and what to do then."""
    from uncramp.actions.sheet import said_to

    head(f"A cramp in the back of the thigh: {sheet.place.title.lower()}")
    print_first(sheet.place)
    if sheet.now.check.disposition >= Disposition.URGENT:
        print_warning(sheet.now, country)
    head("While it cramps: one after the other, until it lets go")
    for number, shown in enumerate(sheet.steps, 1):
        print_step(shown, partner, f"{number}. ")
    head("Something is wrong")
    say(said_to(sheet.place.steps["wrong"], partner))
    _print_endings(sheet.wrong)
    print()
    print_number(country)
    for flag in sheet.limits:
        head(flag.name)
        for line in flag.do:
            say(f"- {line}", indent="  ")
    head("It let go")
    print_step(sheet.released, partner)
    _print_endings(sheet.ticked)
    for shown in sheet.after:
        print()
        print_step(shown, partner)
    head("Last")
    say(said_to(sheet.last, partner))
    say(sheet.last.more)
    print()
    say(sheet.now.outcome.safety_net)


def _print_endings(endings: Iterable[Ending]) -> None:
    before: tuple[str, ...] = ()
    for ending in endings:
        colon = "" if ending.words.endswith("?") else ":"
        say(f"- {ending.words}{colon} {title_of(ending.outcome, ending.within)}.", indent="  ")
        if ending.do:
            say("    As just said." if ending.do == before else f"    {' '.join(ending.do)}")
        before = ending.do


def print_step(shown: Shown, partner: bool, number: str = "") -> None:
    """A step, the finer points below it, and whom it is not for."""
    from uncramp.actions.sheet import said_to

    lead = " " * len(number)
    say(f"{number}{said_to(shown.step, partner)}", indent=lead)
    for line in (shown.step.more, *shown.cautions):
        if line:
            say(f"{lead}{line}")
    if shown.not_if:
        say(f"{lead}Not if: {'; '.join(shown.not_if)}.")


def print_warning(checked: Checked, country: str) -> None:
    """How soon to be seen, the number, and what to do until then."""
    from uncramp.actions.check import main_reasons

    print()
    say(f"== {title_of(checked.outcome, checked.check.within)} ==")
    say(checked.outcome.words)
    if checked.check.disposition >= Disposition.URGENT:
        print_number(country)
    for reason in main_reasons(checked):
        head(f"{reason.red_flag.name}  [{reason.red_flag.id}]")
        for line in reason.red_flag.do:
            say(f"- {line}", indent="  ")
        say(reason.red_flag.say)
