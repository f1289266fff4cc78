"""`uncramp card`: the night card, for the table beside the bed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import say


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "card",
        run,
        "Make a night card to print: what to do first, and when to get help (PDF, A6, two pages).",
        "uncramp card --side left --address https://192.168.1.20:8321 --country GB",
    )
    made.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=Path("night-card.pdf"),
        metavar="FILE",
        help="where the card goes (otherwise night-card.pdf)",
    )
    made.add_argument(
        "--address",
        metavar="URL",
        help="what `uncramp serve --phone` prints: the card then has a code that opens guided relief",
    )
    made.add_argument("--side", choices=("left", "right"), help="which leg")
    made.add_argument("--place", default="bed", metavar="PLACE", help="such as bed, floor or frail (bed)")
    made.add_argument(
        "--country",
        metavar="CODE",
        default="",
        help="your country, such as GB, for its emergency number",
    )


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions.card import night_card
    from uncramp.actions.check import Refused
    from uncramp.cli.relief import known_of_me

    me = known_of_me()
    made = night_card(
        arguments.place, arguments.side, arguments.address, arguments.country, me.facts, me.order
    )
    try:
        arguments.file.write_bytes(made)
    except OSError as error:
        raise Refused(f"{arguments.file}: {error.strerror or error}; name another file.") from error
    say(f"{arguments.file}: two pages of A6. Print both sides, or fold them back to back.")
    return 0
