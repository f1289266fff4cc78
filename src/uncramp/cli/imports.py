"""`uncramp import`: files into the diary."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person, person_of
from uncramp.cli.paper import say


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "import",
        run,
        "Read files into the diary: what a phone has exported.",
        "uncramp import uncramp-diary.json",
    )
    made.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file; several may be given")
    made.add_argument("--dry-run", action="store_true", help="only say what is in it, and store nothing")
    made.add_argument("--json", action="store_true", help="for another program")
    add_person(made)


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import import_files
    from uncramp.actions.home import diary

    person = person_of(arguments)
    imported = import_files.run(diary(), person, arguments.paths, store=not arguments.dry_run)
    if arguments.json:
        if arguments.dry_run:
            for line in import_files.as_lines(imported):
                print(json.dumps(line))
        print(json.dumps(import_files.summary(imported)))
        return 0
    say(
        f"{imported.new} new, {imported.unchanged} there already, {len(imported.refused)} refused"
        f"{' (nothing was stored)' if arguments.dry_run else ''}."
    )
    for record in imported.refused:
        say(f"- {record.where}: {record.why}", indent="  ")
    return 0
