"""What a phone kept without a server, as the phone itself exports it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from uncramp.model import Entry, EntryKind, Refused

FORMAT, VERSION = "entries", 1
NEEDED = frozenset({"id", "kind", "start", "offset_minutes", "origin", "recorded", "body"})
KNOWN = NEEDED | {"end", "replaces"}


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001
    """The first field says whose it is; the name of the file, which people change, says nothing."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and start[1:].lstrip().startswith(b'"uncramp"')


def entries(path: Path) -> Iterator[Entry | Refused]:
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        yield Refused("the file", f"it cannot be read as JSON ({problem}); export it anew.")
        return
    if not isinstance(whole, dict) or whole.get("uncramp") != FORMAT:
        yield Refused("the file", "it is not an export of entries.")
    elif whole.get("version") != VERSION:
        yield Refused("version", f"expected {VERSION}; a newer file needs a newer uncramp.")
    elif whole.get("demo"):
        yield Refused("demo", "it was written in a demo, whose diary is invented; no real one takes it.")
    elif not isinstance(whole.get("entries"), list):
        yield Refused("entries", "expected a list.")
    else:
        for number, record in enumerate(whole["entries"]):
            yield _entry(record, f"entries[{number}]")


def _entry(record: Any, where: str) -> Entry | Refused:
    """The record as an entry. Only its shape is seen to here; ranges are the same for all importers."""
    if not isinstance(record, Mapping):
        return Refused(where, "expected an object.")
    if missing := sorted(NEEDED - set(record)):
        return Refused(where, f"{missing[0]} is missing.")
    if strange := sorted(set(record) - KNOWN):
        return Refused(where, f"{strange[0][:60]}: there is no such field.")
    if not isinstance(record["id"], str) or not isinstance(record["body"], Mapping):
        return Refused(where, "expected an id that is text, and a body that is an object.")
    try:
        return Entry(
            id=record["id"],
            person="",
            kind=EntryKind(record["kind"]),
            start=_time(record["start"]),
            end=None if record.get("end") is None else _time(record["end"]),
            offset_minutes=record["offset_minutes"],
            body=record["body"],
            origin=record["origin"],
            recorded=_time(record["recorded"]),
            replaces=record.get("replaces"),
        )
    except (TypeError, ValueError, OverflowError) as problem:
        return Refused(where, f"{problem}.")


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]}: expected a time in UTC, such as 2026-11-22T03:10:05.120Z")
    return moment.astimezone(UTC)
