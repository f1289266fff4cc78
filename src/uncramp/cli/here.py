"""The time by the clock of this machine, and whose diary a command is about."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from uncramp.actions.own_clock import OwnClock


def now() -> datetime:
    """The time by the clock on the wall."""
    return datetime.now(UTC).astimezone(OwnClock())


def add_person(made: argparse.ArgumentParser) -> None:
    """Let the command say whose diary it is about."""
    made.add_argument("--person", metavar="NAME", default="", help="whose diary, where several have one")


def person_of(arguments: argparse.Namespace) -> str:
    """The id of whose diary it is; raise `Refused` where nobody has that name."""
    from uncramp.actions.people import find

    return find(arguments.person, now())
