"""`uncramp passphrase`: set or change what other devices have to give."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from uncramp.cli.command import new_command


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "passphrase",
        run,
        "Set or change the passphrase that a phone or a proxy has to give. Ends all sessions.",
        "uncramp passphrase",
    )
    made.add_argument(
        "--forgotten", action="store_true", help="set a new one without the old: who has the machine may"
    )
    made.add_argument("--person", default="", metavar="NAME", help="whose; otherwise that of who came first")


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import passphrase, people
    from uncramp.actions.check import Refused

    person = people.find(arguments.person, datetime.now(UTC))
    if (
        passphrase.is_set(person)
        and not arguments.forgotten
        and not passphrase.is_right(_ask("The passphrase so far: "), person)
    ):
        raise Refused(
            "That is not the passphrase; nothing was changed. If it is forgotten: "
            "`uncramp passphrase --forgotten`."
        )
    passphrase.set_passphrase(ask_new(), person)
    print("The passphrase is set. Every device has to sign in anew.")
    return 0


def ask_new() -> str:
    """A new passphrase, typed twice; raise `Refused` for a weak one or two that differ."""
    from uncramp.actions import passphrase
    from uncramp.actions.check import Refused

    first = _ask(f"New passphrase ({passphrase.SHORTEST} characters or more): ")
    passphrase.refuse_weak(first)
    if _ask("Once more: ") != first:
        raise Refused("The two were not the same; nothing was changed. Try again.")
    return first


def _ask(question: str) -> str:
    """One line that is not shown; from a pipe too."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass(question)
    if not (line := sys.stdin.readline()):
        raise EOFError
    return line.removesuffix("\n").removesuffix("\r")
