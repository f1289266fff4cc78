"""`uncramp facts`, `uncramp review` and `uncramp reference`: the knowledge, listed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import head, say


def add(commands: Any) -> None:
    for each in (_facts, _review, _reference):
        each(commands)


def _facts(commands: Any) -> None:
    made = new_command(
        commands,
        "facts",
        _run_facts,
        "List every fact that a check understands.",
        "uncramp facts --json",
    )
    made.add_argument("--json", action="store_true", help="for another program")


def _run_facts(arguments: argparse.Namespace) -> int:
    from uncramp.actions import vocabulary

    if arguments.json:
        print(
            json.dumps(
                [vocabulary.as_json(fact) for fact in vocabulary.facts()],
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for fact in vocabulary.facts():
            say(f"{fact.id:34} {fact.question}", indent=" " * 35)
    return 0


def _review(commands: Any) -> None:
    new_command(
        commands,
        "review",
        _run_review,
        "Print every red flag and rule, for a clinician to go through and sign.",
        "uncramp review > review.txt",
    )


def _run_review(_: argparse.Namespace) -> int:
    from uncramp.actions import review

    for part in review.parts():
        head(part.title)
        for sheet in part.sheets:
            print()
            say(f"{sheet.title}   ({sheet.file})")
            for line in sheet.lines:
                say(f"[ ] {line}", indent="    ")
            signed = sheet.signed
            by, on = signed.reviewed_by or "_" * 28, signed.reviewed_on or "_" * 12
            print(f"    reviewed_by: {by}  reviewed_on: {on}")
    return 0


def _reference(commands: Any) -> None:
    made = new_command(
        commands,
        "reference",
        _run_reference,
        "Write the reference pages of the documentation from the knowledge files.",
        "uncramp reference docs/reference",
    )
    made.add_argument("folder", type=Path, metavar="FOLDER", help="where the pages go")
    made.add_argument(
        "--safety", type=Path, metavar="FILE", help="also bring the list in this document up to date"
    )


def _run_reference(arguments: argparse.Namespace) -> int:
    from uncramp.actions import reference

    for path in reference.write(arguments.folder):
        print(path)
    if arguments.safety:
        reference.write_safety(arguments.safety)
    return 0
