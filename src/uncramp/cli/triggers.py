"""`uncramp triggers`: what goes together with one's own cramps, and how sure that is."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person, person_of
from uncramp.cli.paper import head, say

if TYPE_CHECKING:
    from uncramp.core.finding import Finding, Findings
    from uncramp.core.risk import RiskTable

SEED = 1
FEW = 14
BEGIN = (
    "There is nothing to tell yet. Write each day whether the last night was quiet (`uncramp log quiet`) or "
    "had a cramp (`uncramp log cramp`), and two or three things that you suspect, also when it was none "
    "(`uncramp log alcohol 0`). What you leave out stays unknown. It takes 5 cramps and 14 known nights to "
    "begin with."
)
ASSOCIATION = (
    "These went together in your diary. That one brings the other is not shown by it: "
    "try it out, one thing at a time, before you change much."
)


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "triggers",
        run,
        "Say what went together with your cramps, how sure that is, and how many more nights it takes "
        "where nobody can tell yet.",
        "uncramp triggers --csv nights.csv",
    )
    made.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="a table instead of your diary: date,cramps,... with a line a night, an empty cell for unknown",
    )
    made.add_argument(
        "--outcome",
        choices=("rest", "effort"),
        help="cramps at rest, night by night (rest, as usual), or during exercise (effort)",
    )
    made.add_argument(
        "--seed", type=read_seed, default=SEED, metavar="N", help=f"of chance; otherwise {SEED}"
    )
    made.add_argument(
        "--table", type=Path, metavar="FILE", help="only write the table behind it to FILE, as CSV"
    )
    made.add_argument("--json", action="store_true", help="for another program")
    add_person(made)


def read_seed(text: str) -> int:
    """A seed: a whole number from 0."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no seed; use a whole number such as 3")


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import triggers

    table = table_of(arguments)
    if arguments.table:
        return _write_table(arguments.table, table)
    if not triggers.are_kept(table, arguments.seed):
        wait_a_little(len(table.dates))
    found = triggers.findings_in(table, arguments.seed)
    if arguments.json:
        print(json.dumps(triggers.as_json(found), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print(found)
    return 0


def table_of(arguments: argparse.Namespace) -> RiskTable:
    """The table that the command is about: of a file, or of the diary."""
    from uncramp.actions.check import Refused
    from uncramp.actions.risk import risk_table, table_in

    wanted = getattr(arguments, "outcome", None)
    if arguments.csv is None:
        from uncramp.actions.home import diary

        person = person_of(arguments)
        return risk_table(diary(), person, wanted or "rest")
    table = table_in(arguments.csv)
    if wanted and wanted != table.outcome:
        mend = "add a column minutes" if wanted == "effort" else "leave the column minutes out"
        raise Refused(f"{arguments.csv}: this is a table of {table.outcome}, and not of {wanted}; {mend}.")
    return table


def wait_a_little(rows: int) -> None:
    """Say that it takes a while, where it does."""
    if rows:
        print("Working it out. This takes some seconds the first time ...", file=sys.stderr, flush=True)


def _write_table(path: Path, table: RiskTable) -> int:
    from uncramp.actions.risk import as_csv
    from uncramp.actions.whole_file import write_whole

    write_whole(path, [as_csv(table).encode()])
    say(f"{path}: {len(table.dates)} lines.")
    return 0


def _print(found: Findings) -> None:
    from uncramp.core.finding_words import NOT_CHANGED, fakes, heading

    say(heading(found))
    if found.rows < FEW and all(one.why in NOT_CHANGED for one in found.findings):
        say(BEGIN)
        return
    for title, some in _groups(found):
        if some:
            head(title)
            for finding in some:
                _print_one(finding, found)
    _print_silent(found)
    print()
    if words := fakes(found):
        say(words)
    if any(finding.verdict in ("raises", "lowers") for finding in found.findings):
        say(ASSOCIATION)


def _groups(found: Findings) -> tuple[tuple[str, list[Finding]], ...]:
    told = found.findings
    open_ones = [one for one in told if one.verdict == "cannot_tell"]
    return (
        ("What went together with your cramps", [one for one in told if one.verdict in ("raises", "lowers")]),
        ("Nobody can tell which came first", [one for one in open_ones if one.why == "may_be_consequence"]),
        ("Nobody can tell yet", [one for one in open_ones if one.why == "few" and _in_sight(one)]),
        ("Made no difference to speak of", [one for one in told if one.verdict == "no_important_difference"]),
        (
            "Too little to show in three years, if they matter",
            [one for one in open_ones if one.why == "few" and not _in_sight(one)],
        ),
    )


def _print_silent(found: Findings) -> None:
    """Those of which there is nothing to learn, together: there may be many."""
    from uncramp.core.finding_words import NOT_CHANGED

    silent = [one for one in found.findings if one.why in NOT_CHANGED]
    if silent:
        head("Nothing to learn from")
    for why, words in NOT_CHANGED.items():
        if names := "; ".join(one.name for one in silent if one.why == why):
            say(f"{words}: {names}.")


def _in_sight(finding: Finding) -> bool:
    from uncramp.core.finding_words import LIKELY

    return finding.nights_needed is not None or finding.probability >= LIKELY


def _print_one(finding: Finding, found: Findings) -> None:
    from uncramp.core.finding_words import doubts, line, percent

    if finding.why == "few" and not _in_sight(finding):
        say(f"- {finding.name} ({percent(finding.probability)})")
        return
    say(f"- {line(finding, found.outcome)}", indent="  ")
    if finding.verdict in ("raises", "lowers") or finding.why == "may_be_consequence":
        for doubt in doubts(finding):
            say(f"    {doubt}")
