"""Files into the diary: read, see what is new, keep all of it or, if that is cut short, nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from uncramp import model
from uncramp.actions.check import Refused
from uncramp.actions.entries import as_json
from uncramp.importers import HEAD, IMPORTERS
from uncramp.model import Entry

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

LARGEST_FILE = 100_000_000
"""Bytes. A year of one person takes under one million."""


@dataclass(frozen=True)
class Imported:
    """What was in the files: all entries read, how many of them are new or there already, and the rest."""

    read: tuple[Entry, ...]
    new: int
    unchanged: int
    refused: tuple[model.Refused, ...]


def run(diary: Diary, person: str, paths: Iterable[Path], store: bool = True) -> Imported:
    """Import the files at `paths`; raise `Refused` for one that nothing here can read.

    A bad record is listed and the rest imported. Without `store` the diary stays as it is.
    """
    from uncramp.diary import entries as kept

    found = [record for path in paths for record in _records(path, person)]
    refused = [record for record in found if isinstance(record, model.Refused)]
    read = tuple(record for record in found if isinstance(record, Entry))
    became = kept.put_all(diary, read, store)
    refused += [
        model.Refused(entry.id, "another entry in the diary has this id.") for entry, put in became if not put
    ]
    new = sum(put is kept.Put.STORED for _, put in became)
    unchanged = sum(put is kept.Put.SAME for _, put in became)
    return Imported(read, new, unchanged, tuple(map(_printable, refused)))


def as_lines(imported: Imported) -> Iterator[dict[str, Any]]:
    """What was read, an object each, in the form that is held fixed for other programs."""
    for entry in imported.read:
        whole = as_json(entry)
        yield {key: whole[key] for key in ("kind", "start", "end", "offset_minutes", "body", "origin")}


def summary(imported: Imported) -> dict[str, Any]:
    refused = [{"where": record.where, "why": record.why} for record in imported.refused]
    return {"summary": {"new": imported.new, "unchanged": imported.unchanged, "refused": refused}}


def _printable(record: model.Refused) -> model.Refused:
    """`record` without what a terminal would obey or could not show: it quotes a file of anybody's."""
    return model.Refused(_escaped(record.where), _escaped(record.why))


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _records(path: Path, person: str) -> Iterator[Entry | model.Refused]:
    """Every record of a file, entries with their person and seen to be such as the diary takes."""
    try:
        importer = _importer_of(path)
        for record in importer.entries(path):
            yield record if isinstance(record, model.Refused) else _admitted(record, person)
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}.") from problem


def _importer_of(path: Path) -> ModuleType:
    if path.stat().st_size > LARGEST_FILE:
        raise Refused(f"{path}: larger than {LARGEST_FILE // 1_000_000} MB; split it.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    for importer in IMPORTERS:
        if importer.recognises(head, path.name):
            return importer
    raise Refused(f"{path}: this is no file that uncramp can read; it reads what a phone exports.")


def _admitted(entry: Entry, person: str) -> Entry | model.Refused:
    from uncramp.actions.entry_form import read_entry

    raw = as_json(entry)
    entry_id = raw.pop("id")
    try:
        return read_entry(person, entry_id, raw)
    except Refused as refused:
        return model.Refused(str(entry_id)[:60], " ".join(refused.problems))
