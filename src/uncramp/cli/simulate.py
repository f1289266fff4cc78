"""`uncramp simulate`: a made-up diary as a table, with its truth, to check the findings with."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.paper import say
from uncramp.cli.triggers import read_seed

NIGHTS, SEED = 365, 1
LEAST, MOST = 14, 5_000


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "simulate",
        run,
        "Invent a diary whose truth is known, as a table that `uncramp triggers --csv` reads, so that "
        "anybody can check what it finds.",
        "uncramp simulate --nights 365 --seed 3 --out nights.csv --truth truth.json",
    )
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help="the table, as CSV")
    made.add_argument("--truth", type=Path, metavar="FILE", help="what made the cramps come, as JSON")
    made.add_argument("--nights", type=_nights, default=NIGHTS, metavar="N", help=f"otherwise {NIGHTS}")
    made.add_argument(
        "--seed",
        type=read_seed,
        default=SEED,
        metavar="N",
        help=f"another number, another person; otherwise {SEED}",
    )
    made.add_argument(
        "--kind",
        choices=("grid", "life", "diary"),
        default="diary",
        help="numbers from a plain law (grid), with the traits of real diaries (life), or a person's entries "
        "(diary, as usual)",
    )


def _nights(text: str) -> int:
    if text.isascii() and text.isdecimal() and LEAST <= int(text[:9]) <= MOST:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of nights from {LEAST} to {MOST:,}")


def run(arguments: argparse.Namespace) -> int:
    import numpy as np

    from uncramp.actions.simulated import made
    from uncramp.actions.whole_file import write_whole

    found = made(arguments.kind, arguments.nights, np.random.default_rng(arguments.seed))
    write_whole(arguments.out, [found.csv.encode()])
    if arguments.truth:
        truth = {"seed": arguments.seed, **found.truth}
        write_whole(arguments.truth, [(json.dumps(truth, indent=2, allow_nan=False) + "\n").encode()])
    say(f"{arguments.out}: {arguments.nights} nights. Now try: uncramp triggers --csv {arguments.out}")
    return 0
