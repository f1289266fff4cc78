"""`uncramp pocket`: the offline part as a folder, or as one file."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import say

MEGABYTE = 1_000_000


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "pocket",
        run,
        "Write relief, check and guide as files for a phone: a folder, or one file that needs no server.",
        "uncramp pocket uncramp.html      or      uncramp pocket public/",
    )
    made.add_argument("path", type=Path, metavar="PATH", help="a folder, or a file that ends in .html")
    made.add_argument(
        "--country",
        metavar="CODE",
        default="",
        help="the country whose emergency number it shows, such as GB",
    )


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions.check import Refused, emergency_number

    country = arguments.country.upper()
    if country and emergency_number(country) is None:
        raise Refused(f"--country {arguments.country}: not a country we know a number of; use GB, US, DE ...")
    say("Drawing the pictures and writing the pages: some seconds ...")
    # Pages belong to the web: named, not imported, so that the two shells stay strangers.
    path, size = import_module("uncramp.web.pocket").write(arguments.path, country)
    say(f"Wrote {path} ({size / MEGABYTE:.1f} MB).")
    if path.is_dir():
        say("Put the folder on any https host, open it once on the phone, and add it to the home screen.")
    else:
        say("Send it to the phone and open it there. What it writes down stays in that browser.")
    return 0
