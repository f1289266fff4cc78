"""The diary of one person out: whole, as a file that restores it, or as a table to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from uncramp.actions.entries import as_json, newest, wire_time
from uncramp.core.nights import day_of_entry, local
from uncramp.exporters import diary_file, plain_csv
from uncramp.model import Entry

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary
    from uncramp.diary.whole import Whole

FIRST = ("date", "time", "until", "day", "kind")
"""The columns that every row of the table has: by the clock on the wall, and the day that it belongs to."""


def export(diary: Diary, person: str) -> Iterator[bytes]:
    """Everything of the person, part by part. The same diary gives the same bytes."""
    from uncramp.diary.whole import whole_of

    whole = whole_of(diary, person)
    return diary_file.dump(whole.name, whole.demo, _records(whole))


def export_csv(diary: Diary, person: str) -> bytes:
    """The newest version of each entry as a row of a table, the first day first."""
    entries = sorted(newest(diary, person), key=lambda entry: (entry.start, entry.id))
    return plain_csv.table(FIRST, map(_row, entries))


def _records(whole: Whole) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in sorted(whole.choices):
        yield "choice", {"key": key, "value": whole.choices[key]}
    for entry in whole.entries:
        yield "entry", as_json(entry)
    for stone in whole.stones:
        yield (
            "tombstone",
            {"id": stone.id, "kind": stone.kind, "day": stone.day, "recorded": wire_time(stone.recorded)},
        )


def _row(entry: Entry) -> dict[str, object]:
    begun = local(entry.start, entry.offset_minutes)
    # Where only the day is known, the hour that stands for it is not shown: nobody said it.
    timed = entry.body.get("timed") is not False and entry.kind.value not in ("day_note", "circumstance")
    row: dict[str, object] = dict(_cells(entry.body, ""))
    return row | {
        "date": begun.date().isoformat(),
        "time": begun.strftime("%H:%M") if timed else None,
        "until": local(entry.end, entry.offset_minutes).strftime("%H:%M") if timed and entry.end else None,
        "day": entry.body.get("from") or day_of_entry(entry).isoformat(),
        "kind": entry.kind.value.replace("_", " "),
    }


def _cells(value: Any, name: str) -> Iterator[tuple[str, object]]:
    """What the body says, under names in plain words; a list of words is one cell, of others their number."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            words = str(key).replace("_", " ")
            # A column of the row itself has the same name as one of its facts now and then.
            words = f"said {words}" if not name and words in FIRST else words
            yield from _cells(inner, f"{name} {words}".strip())
    elif isinstance(value, list):
        if all(isinstance(inner, str) for inner in value):
            yield name, " ".join(inner.replace("_", " ") for inner in value) or None
        else:
            yield name, len(value)
    else:
        yield name, value
