"""The diary of one person as a file: a line for each thing, and a last line that finds any damage.

The first line says what it is, the last has the SHA-256 of all lines before. The same diary gives the same
bytes: each line is JSON with its fields in order, and the lines are in the order of their ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

FORMAT, VERSION = "diary", 1
BEGIN = b'{"uncramp":"diary",'
WAYS = "choice", "entry", "tombstone"
"""What a line can be, in the order in which they come."""

Record = Mapping[str, Any]


class Damaged(ValueError):
    """The file cannot be used; the message says at which place, and what to do."""


def recognises(head: bytes) -> bool:
    return head.startswith(BEGIN)


def dump(name: str, demo: bool, records: Iterable[tuple[str, Record]]) -> Iterator[bytes]:
    """The file, line by line. `records` have the word of `WAYS` and what is said, in their order."""
    header: dict[str, Any] = {"uncramp": FORMAT, "version": VERSION, "name": name}
    if demo:
        header["demo"] = True
    seen = sha256()
    for line in (_line(header, sort=False), *(_line({way: record}) for way, record in records)):
        seen.update(line)
        yield line
    yield _line({"sha256": seen.hexdigest()})


def load(whole: bytes) -> tuple[Record, list[tuple[int, str, Record]]]:
    """The header, and every record with the number of its line and its way; raise `Damaged`."""
    lines = whole.split(b"\n")
    header = _header(lines[0])
    *body, last, after = lines if len(lines) > 2 else (b"", b"", b"")
    said = _line({"sha256": sha256(b"".join(line + b"\n" for line in body)).hexdigest()})
    if after or last + b"\n" != said:
        raise Damaged(
            "the last line does not fit what stands before it: the file was cut short or changed; "
            "take another copy of it."
        )
    return header, [(number, *_record(number, line)) for number, line in enumerate(body[1:], 2)]


def _header(line: bytes) -> Record:
    if not recognises(line):
        raise Damaged("line 1: it does not begin as a diary does; take another copy of the file.")
    header = _read(1, line)
    version = header.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Damaged(f"version: it is {version}, and this uncramp reads {VERSION}; install a newer uncramp.")
    if version != VERSION or not isinstance(header.get("name"), str):
        raise Damaged("line 1: it is damaged; take another copy of the file.")
    return header


def _record(number: int, line: bytes) -> tuple[str, Record]:
    whole = _read(number, line)
    way = next(iter(whole), "")
    record = whole.get(way)
    if way not in WAYS or len(whole) != 1 or not isinstance(record, dict):
        raise Damaged(f"line {number}: expected one of {', '.join(WAYS)}.")
    return way, record


def _read(number: int, line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
        # What no file can have in it, such as half of a letter, stands in none of ours.
        _line(found)
    except (ValueError, RecursionError):
        raise Damaged(f"line {number}: it cannot be read; take another copy of the file.") from None
    if not isinstance(found, dict):
        raise Damaged(f"line {number}: expected an object.")
    return found


def _line(value: Record, sort: bool = True) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=sort, separators=(",", ":"))
    return text.encode() + b"\n"
