"""`uncramp log`: one line into the diary."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person, now, person_of

if TYPE_CHECKING:
    from datetime import datetime

    from uncramp.model import Entry

ORIGIN = "command line"
UNDO = "undo"
TAKE_BACK = "To take it back: uncramp log undo"
NUMBERS = (
    ("minutes", "MINUTES", "how long it lasted"),
    ("pain", "0-10", "how bad the cramp was"),
    ("rpe", "0-10", "how hard the effort was in all"),
    ("distance", "KM", "how far the effort went"),
    ("drink", "ML", "how much you drank during the effort"),
)
MARKS = (
    ("asleep", "the cramp woke you, or did not"),
    ("hot", "the effort was in heat, or not"),
    ("warm-up", "you warmed up for the effort, or did not"),
    ("unusual", "the effort was more than you are used to, or not"),
)
FIELD_OF = {"rpe": "session_rpe", "distance": "distance_km", "drink": "drink_ml"}


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "log",
        run,
        "Write one line into your diary: a quiet night, a cramp, an effort, or an answer of the day.",
        "uncramp log quiet      or      uncramp log cramp --at 03:10 --side left      or      "
        "uncramp log alcohol 2      or      uncramp log effort running --minutes 45",
    )
    made.add_argument(
        "what",
        metavar="WHAT",
        help="quiet or cramp (the last night), same (yesterday's answers once more), effort, undo, or what "
        "the evening can ask for, such as alcohol or magnesium",
    )
    made.add_argument(
        "value", nargs="?", metavar="VALUE", help="yes, no or a number; after effort: the sport"
    )
    made.add_argument(
        "--day", metavar="DAY", help="an earlier day: 2026-11-20 or yesterday; a night counts to its evening"
    )
    made.add_argument("--at", metavar="HOUR", help="when it was: 03:10, now, or 2026-11-20T03:10")
    made.add_argument("--side", metavar="SIDE", help="left, right or both")
    made.add_argument("--muscle", metavar="MUSCLE", help="where: hamstring if not said; calf, foot, ...")
    for name, unit, words in NUMBERS:
        made.add_argument(f"--{name}", metavar=unit, help=words)
    for name, words in MARKS:
        made.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=words)
    made.add_argument("--awake", dest="asleep", action="store_false", help="the same as --no-asleep")
    made.set_defaults(asleep=None)
    made.add_argument("--note", metavar="WORDS", help="anything more, in your own words")
    made.add_argument("--json", action="store_true", help="print what was written, for another program")
    add_person(made)


def run(arguments: argparse.Namespace) -> int:
    from uncramp.actions import log
    from uncramp.actions.home import diary

    what = _what(arguments, tuple(log.FIELDS))
    person, at = person_of(arguments), now()
    if what["what"] == UNDO:
        written = log.undo(diary(), person, at, ORIGIN)
    else:
        written = log.log(diary(), person, what, at, ORIGIN)
    if arguments.json:
        from uncramp.actions.entries import as_json

        print(json.dumps({"written": [as_json(entry) for entry in written]}, ensure_ascii=False, indent=2))
    elif what["what"] == UNDO:
        print(_undone(written, person))
    else:
        print(_done(what, written, person))
        for words in dict.fromkeys(map(_caution, written)):
            print(words, end="")
        if (later := log.other_time(what, written, at)) is not None:
            print(_shown_twice(later))
    return 0


def _what(arguments: argparse.Namespace, kinds: tuple[str, ...]) -> dict[str, object]:
    """What `actions.log` takes: only what was said."""
    from uncramp.actions.check import Refused

    names = ("day", "at", "side", "muscle", "note", "asleep", "hot", "warm_up", "unusual")
    given = {name: getattr(arguments, name) for name in (*names, *(name for name, _, _ in NUMBERS))}
    said = {FIELD_OF.get(name, name): value for name, value in given.items() if value is not None}
    what, value = arguments.what.casefold(), arguments.value
    if what == UNDO and (said or value):
        raise Refused("undo: it takes back what was written last; leave the rest out.")
    if what == "effort":
        return {"what": what, **({"sport": value} if value else {}), **said}
    if what in (*kinds, UNDO) and value:
        raise Refused(f"{value[:60]}: nothing stands after `{what}`; give more by options, as --side left.")
    if what in (*kinds, UNDO):
        return {"what": what, **said}
    return {"what": "exposure", "exposure": what, **({"value": value} if value else {}), **said}


AFTER_CRAMP = (
    "Did it last more than 10 minutes, did you feel a pop, or is the leg still painful, swollen, weak or "
    "numb? Check it now."
)


def _caution(entry: Entry) -> str:
    """What to think of beside what was just written, and the way to the check; empty for nothing."""
    from uncramp.actions.library import knowledge

    asked = knowledge().exposures.get(entry.body.get("exposure", ""))
    if entry.kind == "episode" or entry.body.get("word") == "cramp":
        words = AFTER_CRAMP
    else:
        words = asked.if_yes if asked and entry.body.get("value") is True else ""
    return f"{words} Type: uncramp check\n" if words else ""


def _done(what: dict[str, object], written: tuple[Entry, ...], person: str) -> str:
    if not written and what["what"] == "same":
        return "Nothing written: yesterday has no answers that today lacks."
    if not written:
        return "Nothing new: your diary says so already."
    return f"Written: {_listed(written, person)}. {TAKE_BACK}"


def _shown_twice(later: datetime) -> str:
    return (
        f"The clock was put back then and showed {later:%H:%M} twice; the first one is written. "
        f"If it was the second, take it back and give --at {later.isoformat(timespec='minutes')}"
    )


def _undone(written: tuple[Entry, ...], person: str) -> str:
    from uncramp.core.nights import is_deleted

    if not written:
        return "There is nothing left to take back of what was written here."
    back = tuple(entry for entry in written if not is_deleted(entry))
    if back:
        return f"Taken back. Your diary says again: {_listed(back, person)}."
    return "Taken back."


def _listed(written: tuple[Entry, ...], person: str) -> str:
    from uncramp.actions.exposures import exposures
    from uncramp.actions.home import diary
    from uncramp.cli.said import said
    from uncramp.core.nights import day_of_entry

    there = exposures(diary(), person)
    days = {day_of_entry(entry) for entry in written}
    return f"{'; '.join(said(entry, there) for entry in written)} – {min(days):%d %B %Y}".replace("– 0", "– ")
