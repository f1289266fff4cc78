"""`uncramp relief`: guided through a cramp in the terminal, or all of it on paper."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.sheet import print_first, print_sheet

if TYPE_CHECKING:
    from uncramp.actions.episode import Mine


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "relief",
        run,
        "It cramps now: be guided through it, or print what to do.",
        "uncramp relief bed --side left      or      uncramp relief floor --print",
    )
    made.add_argument(
        "place",
        nargs="?",
        default="anywhere",
        metavar="PLACE",
        help="where you are: bed, floor, standing, sitting, car, plane, water, pregnant, frail or partner",
    )
    made.add_argument("--side", choices=("left", "right"), help="which leg")
    made.add_argument("--partner", action="store_true", help="speak to the person who helps")
    made.add_argument("--print", action="store_true", help="print all steps and do not wait for answers")
    made.add_argument(
        "--fact",
        metavar="ID=VALUE",
        action="append",
        default=[],
        help="something true of you, such as pregnant=yes or age=70; may be given several times",
    )
    made.add_argument(
        "--country",
        metavar="CODE",
        default="",
        help="your country, such as GB, for its emergency number",
    )


def run(arguments: argparse.Namespace) -> int:
    began = time.time()
    from uncramp.actions import relief, sheet

    place = relief.protocol(arguments.place)
    given = sheet.facts_of(arguments.fact)
    if arguments.print or not sys.stdin.isatty():
        me = known_of_me()
        made = sheet.sheet(place, {**me.facts, **given}, me.order)
        print_sheet(made, arguments.partner, arguments.country)
        return 0
    # The first words before the diary is opened, which takes a second.
    print_first(place)
    me = known_of_me()
    from uncramp.cli.guided import Guided
    from uncramp.cli.terminal import Board, can_renew, reader

    return Guided(
        began=began,
        place=place,
        facts={**me.facts, **given},
        order=me.order,
        side=arguments.side,
        partner=arguments.partner,
        country=arguments.country,
        clock=time.time,
        read=reader(sys.stdin.fileno()),
        board=Board(can_renew()),
    ).run()


def known_of_me() -> Mine:
    """What the diary says; one that fails is no reason to wait with relief."""
    from uncramp.actions.episode import DiaryUnusable, Mine, mine

    try:
        return mine(datetime.now(UTC).astimezone())
    except DiaryUnusable as problem:
        print(f"uncramp: what your diary says of you is not used here: {problem}", file=sys.stderr)
        return Mine()
