"""`uncramp demo`: the pages with the diary of somebody made up."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from uncramp.cli import serve
from uncramp.cli.command import new_command

PORT = serve.PORT + 1
"""Not that of one's own diary: to the browser another port is another place, with a memory of its own."""
SEED = 27


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "demo",
        run,
        "Look at a demo: the pages with half a year of an invented diary. Yours, if there is one, is not "
        "touched, and nothing of the demo stays.",
        "uncramp demo --seed 3",
    )
    made.add_argument(
        "--port",
        type=serve.read_port,
        default=PORT,
        metavar="N",
        help=f"the port (0: any free one; otherwise {PORT})",
    )
    made.add_argument(
        "--seed",
        type=_seed,
        default=SEED,
        metavar="N",
        help=f"another number, another person; otherwise {SEED}",
    )
    made.add_argument(
        "--truth", type=Path, metavar="FILE", help="write to FILE, as JSON, what made this person cramp"
    )


def _seed(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no seed; use a whole number such as 3")


def run(arguments: argparse.Namespace) -> int:
    from tempfile import TemporaryDirectory

    from uncramp.actions.check import Refused
    from uncramp.actions.home import close_diaries
    from uncramp.actions.library import refuse_broken_knowledge

    if arguments.port == serve.PORT:
        raise Refused(
            f"Port {serve.PORT} is the one of your own diary; give the demo another, such as {PORT}."
        )
    refuse_broken_knowledge()
    _leave_in_order()
    with TemporaryDirectory(prefix="uncramp-demo-", ignore_cleanup_errors=True) as folder:
        try:
            _fill(Path(folder), arguments.seed, arguments.truth)
            return serve.on_this_machine(arguments.port, demo=True)
        finally:
            close_diaries()


def _fill(folder: Path, seed: int, truth_file: Path | None) -> None:
    print(f"Inventing half a year of a diary (seed {seed}) ...", flush=True)
    # Half a second to import, which nobody should wait for without a word.
    import numpy as np

    from uncramp.actions.demo import make_demo

    truth = make_demo(folder, datetime.now().astimezone(), _offset_of, np.random.default_rng(seed))
    if truth_file:
        truth_file.write_text(json.dumps(truth.as_json(), indent=2) + "\n", encoding="utf-8")


def _offset_of(wall: datetime) -> int:
    """By the rules of this machine's own zone, summer time too."""
    offset = wall.astimezone().utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _leave_in_order() -> None:
    """Let the folder be removed also where the program is ended from outside or its window is closed."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, leave)
