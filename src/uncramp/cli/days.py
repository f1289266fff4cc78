"""`uncramp today` and `uncramp history`: what the diary says, night by night."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person, now, person_of
from uncramp.cli.paper import say

if TYPE_CHECKING:
    from uncramp.actions.days import Day, Today
    from uncramp.model import Asked

LAST = 14
MOST = 40_000
"""Nights; more than a life has."""
UNKNOWN = "not written"


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "today",
        run_today,
        "How the last night was, and what is still to be written of today.",
        "uncramp today",
    )
    made.add_argument("--json", action="store_true", help="for another program")
    add_person(made)
    made = new_command(
        commands,
        "history",
        run_history,
        "List the nights and what was written of them. A night without a word is unknown, and not quiet.",
        "uncramp history --last 30",
    )
    made.add_argument("--from", dest="first", metavar="DAY", help="the first evening, such as 2026-11-01")
    made.add_argument("--to", dest="last", metavar="DAY", help="the last evening; otherwise today")
    made.add_argument("--last", dest="count", metavar="N", help=f"so many nights; otherwise {LAST}")
    made.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help="of what was written only: episode, exposure, day_note, circumstance or walk",
    )
    made.add_argument("--json", action="store_true", help="for another program")
    add_person(made)


# ---- today ---------------------------------------------------------------------------------------


def run_today(arguments: argparse.Namespace) -> int:
    from uncramp.actions.days import today
    from uncramp.actions.home import diary

    person = person_of(arguments)
    found = today(diary(), person, now())
    if arguments.json:
        print(json.dumps(_today_json(found), ensure_ascii=False, indent=2))
    else:
        _print_today(found)
    return 0


def _today_json(found: Today) -> dict[str, Any]:
    word = found.last_night.word
    return {
        "night": found.last_night.date.isoformat(),
        "word": word.value if word else None,
        "cramps": len(found.last_night.episodes),
        "day": found.day.isoformat(),
        "answers": [
            {"exposure": asked.id, "question": asked.question, "value": value, "unit": asked.unit or None}
            for asked, value in found.answers
        ],
        "open": [asked.id for asked, value in found.answers if value is None],
    }


def _print_today(found: Today) -> None:
    from uncramp.actions.exposures import OWN
    from uncramp.cli.said import value_said

    word = found.last_night.word
    print(f"Last night: {word.value if word else UNKNOWN}")
    for asked, value in found.answers:
        print(f"{asked.question} {value_said(value, asked.unit)}")
    print()
    still = [] if word else ["uncramp log quiet", "uncramp log cramp"]
    for asked, value in found.answers:
        if value is None:
            example = asked.unit.upper() if asked.unit else "yes"
            still.append(f"uncramp log {asked.id.removeprefix(OWN)} {example}")
    if still:
        say(f"Still to be written, if you know it: {' · '.join(still)}", indent="    ")
    else:
        print("Nothing is open.")


# ---- history -------------------------------------------------------------------------------------


def run_history(arguments: argparse.Namespace) -> int:
    from uncramp.actions.days import days
    from uncramp.actions.entries import kinds_named
    from uncramp.actions.exposures import exposures
    from uncramp.actions.home import diary

    kinds = kinds_named(arguments.kind)
    first, last = _range(arguments)
    person = person_of(arguments)
    rows = days(diary(), person, first, last, kinds)
    if arguments.json:
        print(json.dumps(_history_json(rows), ensure_ascii=False, indent=2))
    else:
        _print_history(rows, exposures(diary(), person), bool(arguments.kind))
    return 0


def _range(arguments: argparse.Namespace) -> tuple[date, date]:
    from uncramp.actions.check import Refused
    from uncramp.core.nights import day_of

    count = arguments.count or str(LAST)
    if not (count.isascii() and count.isdecimal() and 0 < int(count[:9]) <= MOST):
        raise Refused(f"--last: expected a number of nights from 1 to {MOST:,}.")
    if arguments.first and arguments.count:
        raise Refused("--last: it cannot go with --from; leave one out.")
    last = _day("--to", arguments.last) if arguments.last else day_of(now().replace(tzinfo=None))
    first = _day("--from", arguments.first) if arguments.first else last - timedelta(int(count) - 1)
    if first > last:
        raise Refused("--from: it is after the last day; name an earlier one.")
    return first, last


def _day(option: str, text: str) -> date:
    from uncramp.actions.check import Refused

    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 1970 <= found.year <= 2099:
        raise Refused(f"{option}: expected a day such as 2026-11-20.")
    return found


def _history_json(rows: tuple[Day, ...]) -> dict[str, Any]:
    from uncramp.actions.entries import as_json

    return {
        "nights": [
            {
                "date": row.night.date.isoformat(),
                "word": row.night.word.value if row.night.word else None,
                "cramps": len(row.night.episodes),
            }
            for row in rows
        ],
        "entries": [as_json(entry) for row in rows for entry in row.entries],
    }


def _print_history(rows: tuple[Day, ...], there: Mapping[str, Asked], only_some: bool) -> None:
    print(f"{'evening of':12}{'the night':14}what was written")
    for row in rows:
        word = row.night.word.value if row.night.word else UNKNOWN
        lead = f"{row.night.date.isoformat():12}{word:14}"
        for number, line in enumerate(_told(row, there, only_some) or [""]):
            say((" " * len(lead) if number else lead) + line, indent=" " * len(lead))
    known = [row.night.word for row in rows if row.night.word]
    cramps = sum(word.value == "cramp" for word in known)
    print()
    say(f"Nights with a cramp: {cramps} of {len(known)} known, of {len(rows)} in all.")


def _told(row: Day, there: Mapping[str, Asked], only_some: bool) -> list[str]:
    """The lines of a day; the word of its night stands before them already."""
    from uncramp.cli.said import said

    shown = [
        entry for entry in row.entries if only_some or entry.kind != "day_note" or entry.body.get("note")
    ]
    return [said(entry, there) for entry in shown]
