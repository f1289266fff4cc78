"""`uncramp check`: from a file, or question by question."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import head, say
from uncramp.model import Disposition

LONGEST_LIST = 6
"""Of things a person would have to rule out before trying a remedy; nobody reads more."""

if TYPE_CHECKING:
    from uncramp.actions.check import Checked, Screen
    from uncramp.model import Fact, Outcome, Reason, RemedyVerdict


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "check",
        run,
        "Say what you feel, and get the right next step with its reasons.",
        "uncramp check      or      uncramp check --facts me.json --medicine Lasix --json",
    )
    made.add_argument(
        "--facts",
        metavar="FILE",
        help="a JSON object of facts (- reads it from the input); without it you are asked",
    )
    made.add_argument(
        "--medicine",
        metavar="NAME",
        action="append",
        default=[],
        help="a medicine you take, by its usual name; may be given several times",
    )
    made.add_argument(
        "--country",
        metavar="CODE",
        default="",
        help="your country, such as GB, for its emergency number",
    )
    made.add_argument("--json", action="store_true", help="print the whole answer for another program")


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import check

    if arguments.facts is None:
        checked = _ask(arguments.medicine)
    else:
        checked = check.run(check.read_facts(_text_of(arguments.facts), arguments.facts), arguments.medicine)
    if arguments.json:
        print(json.dumps(check.as_json(checked), ensure_ascii=False, indent=2))
    else:
        _print_checked(checked, arguments.country)
    return 0


def _text_of(name: str) -> str:
    """The text of a file, or of the input for `-`; `Refused` where it is no text."""
    from uncramp.actions.check import LARGEST_FILE, Refused

    try:
        if name == "-":
            return sys.stdin.read(LARGEST_FILE + 1)
        with Path(name).open(encoding="utf-8-sig") as file:
            return file.read(LARGEST_FILE + 1)
    except UnicodeDecodeError as error:
        raise Refused(f"{name}: not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise Refused(f"{name}: {error.strerror or error}.") from error


def _ask(medicines: list[str]) -> Checked:
    """Ask screen by screen; an answer can be taken back with `b`."""
    from uncramp.actions import check
    from uncramp.actions.medicines import split_names

    say(
        "Answer with the numbers of what is true, such as 1 3. "
        "Enter alone: none of these. ?: not sure. b: back. q: leave."
    )
    answers: dict[str, Any] = {}
    names = tuple(medicines)
    before: list[tuple[dict[str, Any], frozenset[str], tuple[str, ...]]] = []
    passed: frozenset[str] = frozenset()
    while True:
        checked = check.run(answers, names)
        screen = check.next_screen(checked, passed)
        if screen is None:
            return checked
        said = _ask_screen(screen, len(before) + 1)
        if said is None:
            answers, passed, names = before.pop() if before else ({}, frozenset(), tuple(medicines))
            continue
        before.append((answers, passed, names))
        answers = answers | said
        # What was asked once and is not known is not asked again.
        passed |= {fact.id for fact in screen.facts}
        if screen.group.medicines:
            names += split_names(input("Names of your medicines, with commas between (Enter: none): "))


def _ask_screen(screen: Screen, place: int) -> dict[str, Any] | None:
    """The answers of one screen; `None` to go back."""
    from uncramp.actions import check
    from uncramp.model import FactKind

    print()
    say(f"{place}. {screen.group.title}")
    marks = [fact for fact in screen.facts if fact.kind is FactKind.YES_NO]
    for number, fact in enumerate(marks, 1):
        say(f"{number:3}  {fact.question}", indent="     ")
    picked = _ask_marks(len(marks))
    if picked in ("b", "?"):
        return None if picked == "b" else {}
    yes = [marks[int(word) - 1].id for word in picked.split()]
    typed = [fact for fact in screen.facts if fact.kind in (FactKind.NUMBER, FactKind.ONE_OF)]
    said = check.answers_of_screen(screen, yes, {fact.id: _ask_typed(fact) for fact in typed})
    # Lists of choices are not asked for here, so nothing is known of them.
    return {fact: answer for fact, answer in said.items() if not isinstance(answer, list)}


def _ask_marks(most: int) -> str:
    """Numbers from 1 to `most` with blanks between, or `b` or `?`."""
    while most:
        line = input("> ").replace(",", " ").strip().lower()
        if line == "q":
            sys.exit(0)
        if line in ("b", "?") or all(word.isdecimal() and 1 <= int(word) <= most for word in line.split()):
            return line
        say(f"Type numbers from 1 to {most}, or Enter for none of these.")
    return ""


def _ask_typed(fact: Fact) -> str:
    """A number or a choice as text, asked again until it fits; empty is not known."""
    from uncramp.actions import check
    from uncramp.model import FactKind

    hint = (
        f"{fact.low:g} to {fact.high:g} {fact.unit}"
        if fact.kind is FactKind.NUMBER
        else ", ".join(c for c, _ in fact.choices)
    )
    while True:
        text = input(f"{fact.question} ({hint}; Enter: not known) ").strip()
        try:
            if text:
                value = check.read_number(text, fact) if fact.kind is FactKind.NUMBER else text
                check.run({fact.id: value})
            return text
        except check.Refused as refused:
            say(str(refused))


def _print_checked(checked: Checked, country: str) -> None:
    from uncramp.actions import check
    from uncramp.actions.medicines import near_names

    answer = checked.check
    print()
    say(f"== {title_of(checked.outcome, answer.within)} ==")
    say(checked.outcome.words)
    if answer.ask_next:
        _print_open_questions(checked)
    if answer.disposition >= Disposition.URGENT:
        print_number(country)
    for reason in check.main_reasons(checked):
        _print_reason(checked, reason)
    if others := check.other_reasons(checked):
        say("Also tell them about: " + "; ".join(reason.red_flag.name for reason in others) + ".")
    for note in answer.notes:
        say(f"! {note}")
    for name, near in near_names(checked.medicines.unrecognised).items():
        if near:
            say(f'! Did you mean {" or ".join(near)} by "{name}"? Then ask again with that name.')
    _print_look_alikes(checked)
    _print_remedies("What you can do", checked, check.remedies_for_now(checked))
    _print_remedies("Later, against the next one", checked, check.remedies_for_later(checked))
    head("If things change")
    say(checked.outcome.safety_net)
    print()
    say(
        "uncramp is not a medical device, and no clinician has reviewed it. "
        "`uncramp why ID` shows the evidence of anything named here."
    )


def title_of(outcome: Outcome, within: str | None) -> str:
    """How soon somebody should look at it, in capitals."""
    from uncramp.actions.words import WITHIN

    title = outcome.title.upper()
    return title if within in (None, "now", "today") else f"{title} {WITHIN[str(within)].upper()}"


def _print_open_questions(checked: Checked) -> None:
    """How many questions are open, what they could make of it, and which come first."""
    from uncramp.actions.check import outcome_of

    left = checked.check.ask_next
    could_be = "sooner" if checked.check.settled else f'"{outcome_of(checked.check.could_be).title}"'
    first = "; ".join(checked.short(fact) for fact in left[:5])
    say(
        f"{len(left)} open question{'s' if len(left) > 1 else ''} could still make it: {could_be}. "
        f"Not known so far: {first}{'; ...' if len(left) > 5 else '.'}"
    )


def _print_look_alikes(checked: Checked) -> None:
    from uncramp.actions.check import further_look_alikes

    found = further_look_alikes(checked)
    if found:
        head("What else can feel like this")
    for x in found:
        say(f"- {x.name}. {x.differs}", indent="  ")
    if checked.check.clot_items:
        head("For the doctor, as answered")
    for fact, yes in checked.check.clot_items:
        say(f"- {checked.question(fact)} {'yes' if yes else 'no'}", indent="  ")


def print_number(country: str) -> None:
    """The emergency number of the country, or the common ones side by side."""
    from uncramp.actions.check import COMMON_NUMBERS, emergency_number

    found = emergency_number(country) if country else None
    if found:
        say(f"Emergency number in {found.name}: {found.number}")
    else:
        say(
            f"Emergency numbers: {' · '.join(COMMON_NUMBERS)} (whichever is yours; --country CODE shows one)."
        )


def _print_reason(checked: Checked, reason: Reason) -> None:
    head(f"{reason.red_flag.name}  [{reason.red_flag.id}]")
    for line in reason.red_flag.do:
        say(f"- {line}", indent="  ")
    say(reason.red_flag.say)
    asked = "; ".join(checked.question(fact) for fact in reason.because)
    if asked:
        say(f"Because of your answer to: {asked}")


def _print_remedies(title: str, checked: Checked, shown: Sequence[RemedyVerdict]) -> None:
    """Each remedy with how it is done; those that hang on many unknown things are only named."""
    from uncramp.actions import check

    if shown:
        head(title)
    later = []
    for r in shown:
        unknown = check.not_if(checked, r)
        if len(unknown) > LONGEST_LIST:
            later.append(f"{r.remedy.name} [{r.remedy.id}]")
            continue
        say(f"- {r.remedy.name}  [{r.remedy.id}]. {r.remedy.what}", indent="  ")
        for because in r.because:
            if because.known:
                say(f"    {because.words}")
        if unknown:
            say(f"    Not if: {'; '.join(unknown)}.")
    if later:
        say("- Not for everybody, and we know too little of you to say. First look at `uncramp why ID`:")
        say(f"    {'; '.join(later)}.")
