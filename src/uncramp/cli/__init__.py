"""The command line: parse, call one action, print. Actions are imported when they run: it starts at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from uncramp import __version__
from uncramp.cli import (
    card,
    check,
    days,
    demo,
    forecast,
    guide,
    imports,
    keeping,
    lists,
    log,
    passphrase,
    people,
    pocket,
    relief,
    serve,
    simulate,
    triggers,
    why,
)

DONE, REFUSED = 0, 1


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with 0 done, 1 refused input, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        sys.exit(arguments.run(arguments))
    except BrokenPipeError:
        # Somebody closed the pipe (`| head`): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except KeyboardInterrupt:
        print()
        sys.exit(REFUSED)
    except EOFError:
        print("\nuncramp: the input ended before the last question; nothing was decided.", file=sys.stderr)
        sys.exit(REFUSED)
    except Exception as problem:
        if not _is_refusal(problem):
            raise
        print(f"uncramp: {problem}", file=sys.stderr)
        sys.exit(REFUSED)


def _is_refusal(problem: Exception) -> bool:
    from uncramp.actions.check import Refused
    from uncramp.actions.home import DiaryUnusable
    from uncramp.actions.library import BrokenKnowledge

    return isinstance(problem, Refused | BrokenKnowledge | DiaryUnusable | OSError)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="uncramp",
        description="Is it more than a cramp? What is it, what now, and how not again.",
        epilog="It cramps now: `uncramp relief`. Else begin with `uncramp check` or `uncramp serve`. "
        "It is no medical device: see `uncramp guide`.",
    )
    parser.add_argument("--version", action="version", version=f"uncramp {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (
        relief,
        check,
        card,
        guide,
        why,
        serve,
        demo,
        pocket,
        passphrase,
        people,
        imports,
        keeping,
        lists,
        log,
        days,
        triggers,
        forecast,
        simulate,
    ):
        module.add(commands)
    return parser
