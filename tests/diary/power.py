"""What a power cut could leave on a disk, from a record of what a process asked the system to do.

strace writes down every call of the real, unchanged writer. From these a disk as it could be after a cut is
rebuilt: what was synced before the cut is there; of what was asked for later anything may be missing, in any
order, and a write may be torn at the border of a sector. The same holds for the names in a folder, for a
file's name is on the disk only once its folder was synced.
"""

from __future__ import annotations

import math
import random
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

CALLS = (
    "openat", "close", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink", "unlinkat", "rename",
    "renameat", "renameat2", "link", "linkat",
)  # fmt: skip
LONGEST_WRITE = 20_000
STRACE = ("strace", "-f", "-xx", "-s", str(LONGEST_WRITE), "-e", f"trace={','.join(CALLS)}", "-o")
SECTOR = 512
"""Bytes that a disk writes whole or not at all."""

LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)", re.DOTALL)
UNFINISHED = " <unfinished ...>"
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """One call: when it was begun and when done, in lines of the record, and its words as strace has them."""

    begun: int
    done: int
    name: str
    words: str

    @property
    def texts(self) -> list[bytes]:
        assert '"...' not in self.words, "a write was longer than the record holds"
        return [bytes.fromhex(text.replace("\\x", "")) for text in TEXT.findall(self.words)]

    @property
    def result(self) -> int:
        return int(self.words.rpartition(" = ")[2].split()[0])

    @property
    def first(self) -> int:
        """The first argument, where it is a number."""
        return int(re.split(r"[,)]", self.words, maxsplit=1)[0])


def read(record: Path) -> Iterator[Call]:
    """The calls that did something, by when they were begun."""
    calls: list[Call] = []
    waiting: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(record.read_text("ascii").splitlines()):
        found = LINE.match(line)
        if found is None:
            continue
        process, resumed, begun, words = found.groups()
        if resumed:
            start, words_before = waiting.pop(process)
            calls.append(Call(start, number, resumed, words_before + words))
        elif words.endswith(UNFINISHED):
            waiting[process] = (number, words.removesuffix(UNFINISHED))
        else:
            calls.append(Call(number, number, begun, words))
    return iter(sorted((call for call in calls if call.result >= 0), key=lambda call: call.begun))


@dataclass(frozen=True)
class Change:
    """Bytes put at a place of a file, or (no bytes) its end set there."""

    call: Call
    place: int
    data: bytes | None


@dataclass
class File:
    """One file, whatever its names: what was done to it, and when it was synced."""

    changes: list[Change] = field(default_factory=list)
    syncs: list[Call] = field(default_factory=list)

    @cached_property
    def safe(self) -> list[float]:
        """For each change, from when on it was sure to be on the disk."""
        return [safe_from(change.call, self.syncs) for change in self.changes]


@dataclass(frozen=True)
class Naming:
    """A name given to a file, or (no file) taken away."""

    call: Call
    name: str
    file: File | None


class Disk:
    """All that happened to the files in one folder, and what was said on the standard output."""

    def __init__(self, folder: Path, calls: Iterable[Call]) -> None:
        self.folder = folder
        self.names: dict[str, File] = {}
        self.namings: list[Naming] = []
        self.folder_syncs: list[Call] = []
        self.said: list[tuple[int, str]] = []
        self.lines = 0
        self._open: dict[int, File | None] = {}
        for call in calls:
            self.lines = max(self.lines, call.done)
            self._take(call)

    def _take(self, call: Call) -> None:
        match call.name:
            case "openat":
                self._take_open(call)
            case "close":
                self._open.pop(call.first, None)
            case "write" if call.first == 1:
                self.said.append((call.begun, call.texts[0].decode()))
            case "pwrite64" | "write" if file := self._open.get(call.first):
                assert call.name == "pwrite64", "a write whose place we do not know"
                place = int(re.findall(r", (\d+)\)", call.words)[-1])
                file.changes.append(Change(call, place, call.texts[0]))
            case "ftruncate" if file := self._open.get(call.first):
                file.changes.append(Change(call, int(re.findall(r", (\d+)\)", call.words)[0]), None))
            case "fsync" | "fdatasync" if call.first in self._open:
                found = self._open[call.first]
                (found.syncs if found else self.folder_syncs).append(call)
            case "unlink" | "unlinkat" if name := self._name(call.texts[0]):
                self._give(call, name, None)
            case "link" | "linkat" | "rename" | "renameat" | "renameat2":
                self._take_move(call)

    def _take_open(self, call: Call) -> None:
        path = call.texts[0].decode()
        self._open.pop(call.result, None)
        if path == str(self.folder):
            self._open[call.result] = None
        elif (name := self._name(call.texts[0])) and not name.endswith("-shm"):
            # The index of the log is shared memory: it is not read after a cut, but made anew.
            if name not in self.names:
                self._give(call, name, File())
            self._open[call.result] = self.names[name]

    def _take_move(self, call: Call) -> None:
        old, new = map(self._name, call.texts[:2])
        if old and new:
            self._give(call, new, self.names[old])
            if call.name.startswith("rename"):
                self._give(call, old, None)

    def _name(self, path: bytes) -> str:
        found = PurePath(path.decode())
        return found.name if found.parent == self.folder else ""

    def _give(self, call: Call, name: str, file: File | None) -> None:
        self.namings.append(Naming(call, name, file))
        if file is None:
            self.names.pop(name, None)
        else:
            self.names[name] = file

    def said_before(self, cut: int) -> set[int]:
        """The numbers that were acknowledged by then."""
        return {int(text) for when, text in self.said if when < cut}

    def after_a_cut(self, cut: int, chance: random.Random, target: Path) -> None:
        """Write into `target` one of the disks that a cut before line `cut` could leave."""
        names: dict[str, File | None] = {}
        for naming in self.namings:
            safe = safe_from(naming.call, self.folder_syncs) < cut
            if naming.call.begun < cut and (safe or chance.random() < 0.5):
                names[naming.name] = naming.file
        # Now and then nothing at all, or all of what was not synced, reached the disk.
        share = chance.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        for name, file in names.items():
            if file is not None:
                (target / name).write_bytes(self._content(file, cut, chance, share))

    def _content(self, file: File, cut: int, chance: random.Random, share: float) -> bytes:
        content = bytearray()
        for change, safe in zip(file.changes, file.safe, strict=True):
            if change.call.begun >= cut:
                break
            if safe < cut:
                _apply(content, change.place, change.data)
            elif chance.random() < share:
                _apply(content, *_torn(change, chance))
        return bytes(content)


def safe_from(call: Call, syncs: Sequence[Call]) -> float:
    """When the first sync was done that had been begun after the call was done; never, if there was none."""
    later = syncs[bisect_right(syncs, call.done, key=lambda sync: sync.begun) :]
    return later[0].done if later else math.inf


def _torn(change: Change, chance: random.Random) -> tuple[int, bytes | None]:
    """The change, or for one in four the part of it before or after a border between sectors."""
    data = change.data
    if data is None or len(data) <= SECTOR or chance.random() < 0.75:
        return change.place, data
    border = SECTOR * chance.randrange(1, -(-len(data) // SECTOR))
    return (change.place, data[:border]) if chance.random() < 0.5 else (change.place + border, data[border:])


def _apply(content: bytearray, place: int, data: bytes | None) -> None:
    end = place + len(data or b"")
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[place:]
    else:
        content[place:end] = data
