"""`uncramp forecast`: how likely a cramp is tonight, where that can be told."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person
from uncramp.cli.paper import say
from uncramp.cli.triggers import table_of, wait_a_little

if TYPE_CHECKING:
    from uncramp.core.foretold import Forecast, Tonight, WhatIf


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "forecast",
        run,
        "Say how likely a cramp is tonight; where your diary does not allow it, say why.",
        "uncramp forecast --csv nights.csv --last 30 --json",
    )
    made.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="a table instead of your diary: date,cramps,...",
    )
    made.add_argument(
        "--last",
        metavar="N",
        help="learn from all but the last N nights and foretell each of these from the ones before it",
    )
    made.add_argument("--json", action="store_true", help="for another program")
    add_person(made)


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import forecast
    from uncramp.actions.check import Refused

    last = _number(arguments.last)
    table = table_of(arguments)
    if last or not forecast.are_kept(table):
        wait_a_little(len(table.dates))
    if last:
        _say_all(forecast.forecasts_in(table, last), arguments.json)
        return 0
    found = forecast.forecast_in(table)
    if found is None:
        raise Refused("The diary is empty: write of a night first, such as with `uncramp log quiet`.")
    if arguments.json:
        print(json.dumps(forecast.as_json(found), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print(found)
    return 0


def _number(text: str | None) -> int:
    from uncramp.actions.check import Refused

    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise Refused("--last: expected a number of nights such as 30.")
    return int(text[:9])


def _say_all(found: tuple[Forecast, ...], as_json: bool) -> None:
    from uncramp.actions.forecast import all_as_json

    if as_json:
        print(json.dumps(all_as_json(found), ensure_ascii=False, indent=2, allow_nan=False))
        return
    for one in found:
        print(f"{one.date}  {_chance(one)}")
    if found:
        say(f"Your own average: {_percent(found[0].base_rate)}.")


def _print(found: Tonight) -> None:
    now = found.tonight
    if not now.shown:
        say(f"Night of {now.date}: nothing to tell. {now.why}")
        say(f"Your own average: a cramp in {_percent(now.base_rate)} of nights.")
        return
    usual = _percent(now.base_rate)
    say(f"Night of {now.date}: a cramp with a chance of {_chance(now)}; your own average is {usual}.")
    for what in found.what_if:
        say(f"- {_asked(what)}", indent="  ")
    if found.skill:
        say(f"It did better than your own average on {found.skill.nights} nights that it had not seen.")


def _asked(what: WhatIf) -> str:
    low, high = what.steps[0], what.steps[-1]
    less, more = (
        ("no", "yes") if what.yes_no else (f"{step.value:.3g} {what.unit}".rstrip() for step in (low, high))
    )
    when = {0: "that night", 1: "the night after that"}.get(
        what.nights_later, f"{what.nights_later} nights later"
    )
    return (
        f"{what.name}: on days like this with {less} it was {_percent(low.probability)} {when}, "
        f"with {more} {_percent(high.probability)}."
    )


def _chance(one: Forecast) -> str:
    return f"{_percent(one.probability)} ({_percent(one.low)} to {_percent(one.high)})"


def _percent(share: float) -> str:
    from uncramp.core.finding_words import percent

    return percent(share)
