"""The diary of one person in again, from a file that an export wrote: all of it, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncramp.actions import exposures, people, reminders
from uncramp.actions.check import Refused
from uncramp.exporters import diary_file
from uncramp.importers import HEAD, pocket
from uncramp.model import Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary
    from uncramp.diary.whole import Whole

CHECKS: Mapping[str, Callable[[str], None]] = {
    reminders.KEY: reminders.check_kept,
    reminders.SENT: reminders.check_sent,
    exposures.QUESTIONS_KEY: exposures.check_questions,
    exposures.OWN_KEY: exposures.check_own,
}
"""What looks whether a choice can be used, by its key: one that cannot would break the pages that read it."""
LONGEST_CHOICE = 100_000
"""Characters of what a person chose under one key."""
UNUSABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
"""What comes of a choice that is not as we write it."""
MOST_SHOWN = 5


@dataclass(frozen=True)
class Restored:
    """How many entries are new or were there already, and what else could not be taken."""

    new: int
    unchanged: int
    refused: tuple[str, ...] = ()


def restore(diary: Diary, person: str, path: Path) -> Restored:
    """Put what the file at `path` holds to what the person has.

    What is there already stays as it is, and what was taken away later stays away. Raise `Refused` for a
    file that is damaged, of a newer uncramp, or of made-up nights where the diary is a real one; then
    nothing was stored.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        if diary_file.recognises(head):
            return _restore(diary, person, path, path.read_bytes())
        if pocket.recognises(head, path.name):
            return _of_a_phone(diary, person, path)
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}.") from problem
    raise Refused(
        f"{path}: this is no export of a diary and no backup, or its first line is damaged; "
        "take another copy of it."
    )


def _restore(diary: Diary, person: str, path: Path, found: bytes) -> Restored:
    from uncramp.diary.entries import Put
    from uncramp.diary.people import known
    from uncramp.diary.whole import is_demo, put_whole

    whole = _read(person, path, found)
    if whole.demo != is_demo(diary):
        words = ("a demo", "a real one") if whole.demo else ("a real diary", "a demo")
        raise Refused(
            f"{path}: it comes from {words[0]}, and this diary is {words[1]}; they are never mixed."
        )
    if people.named(whole.name, known(diary)):
        whole = replace(whole, name="")
    became = put_whole(diary, person, whole)
    taken = tuple(entry.id for entry, put in became if put is None)
    return Restored(
        new=sum(put is Put.STORED for _, put in became),
        unchanged=sum(put is Put.SAME for _, put in became),
        refused=tuple(f"{name}: another entry in the diary has this id." for name in taken),
    )


def _of_a_phone(diary: Diary, person: str, path: Path) -> Restored:
    """What a phone exported; it has no last line that finds damage, and what is bad in it is listed."""
    from uncramp.actions import import_files

    done = import_files.run(diary, person, [path])
    refused = tuple(f"{one.where}: {one.why}" for one in done.refused)
    if refused and not done.read:
        raise Refused(f"{path}: {refused[0]}")
    return Restored(done.new, done.unchanged, refused)


# ---- reading -------------------------------------------------------------------------------------


def _read(person: str, path: Path, found: bytes) -> Whole:
    from uncramp.diary.stones import Stone
    from uncramp.diary.whole import Whole

    choices: dict[str, str] = {}
    entries: list[Entry] = []
    stones: list[Stone] = []
    faults: list[str] = []
    try:
        header, records = diary_file.load(found)
    except diary_file.Damaged as damage:
        raise Refused(f"{path}: {damage} Nothing was restored.") from damage
    for number, way, record in records:
        try:
            match way:
                case "entry":
                    entries.append(_entry(person, record))
                case "choice":
                    choices |= _choice(record)
                case "tombstone":
                    stones.append(Stone(person=person, **_stone(record)))
        except Refused as refused:
            faults += [f"{path}: line {number}: {problem}" for problem in refused.problems]
    if faults:
        raise Refused(*faults[:MOST_SHOWN], "Nothing was restored; take another copy of the file.")
    return Whole(
        _name(path, header["name"]), bool(header.get("demo")), choices, tuple(entries), tuple(stones)
    )


def _name(path: Path, name: str) -> str:
    """The name in the file, empty where it has none."""
    try:
        return people.as_a_name(name) if name else ""
    except Refused as refused:
        raise Refused(f"{path}: line 1: {refused.problems[0]} Nothing was restored.") from refused


def _entry(person: str, record: Mapping[str, Any]) -> Entry:
    from uncramp.actions.entry_form import read_kept

    raw = dict(record)
    return read_kept(person, str(raw.pop("id", "")), raw)


def _choice(record: Mapping[str, Any]) -> dict[str, str]:
    key, value = record.get("key"), record.get("value")
    fits = isinstance(key, str) and isinstance(value, str) and len(record) == 2
    if (
        not fits
        or not 0 < len(str(key)) <= 200
        or len(str(value)) > LONGEST_CHOICE
        or "\0" in f"{key}{value}"
    ):
        raise Refused("a choice has a key and a value, and both are text.")
    try:
        CHECKS.get(str(key), str)(str(value))
    except (Refused, *UNUSABLE):
        raise Refused(f"the choice {key} in it cannot be read.") from None
    return {str(key): str(value)}


def _stone(record: Mapping[str, Any]) -> dict[str, Any]:
    from uncramp.actions.entry_form import TIME, UUID

    texts = {name: record.get(name) for name in ("id", "kind", "day", "recorded")}
    if len(record) != len(texts) or not all(isinstance(text, str) for text in texts.values()):
        raise Refused("a tombstone has id, kind, day and recorded, and all are text.")
    try:
        if not re.fullmatch(UUID, str(texts["id"])) or not re.fullmatch(TIME, str(texts["recorded"])):
            raise ValueError
        return {
            "id": texts["id"],
            "kind": EntryKind(str(texts["kind"])).value,
            "day": date.fromisoformat(str(texts["day"])).isoformat(),
            "recorded": datetime.fromisoformat(str(texts["recorded"])),
        }
    except ValueError:
        raise Refused("a tombstone in it cannot be read.") from None
