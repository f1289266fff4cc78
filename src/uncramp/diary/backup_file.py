"""A backup as a file: packed, locked if somebody wants that, and in a frame that finds every damage.

The first line says what it is, the second has the SHA-256 of the first and of all that follows.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

BACKUPS = "backups"
NAME = re.compile(r"diary-(\d{4}-\d{2}-\d{2})\.uncramp-backup")
ATTEMPTS, TOO_SLOW = 5, "Excessive work"
PLAIN, LOCKED, BY_WORDS = "plain", "age", "age-passphrase"
FIRST = {way: f"uncramp-backup 1 {way}\n".encode() for way in (PLAIN, LOCKED, BY_WORDS)}
LARGEST = 2**30
"""Bytes that a backup may have, and may unpack to; a longer one was not made by uncramp."""
PIECE = 2**16


class Unreadable(Exception):
    """The backup cannot be used; the message says what is wrong with it, and what to do."""


@dataclass(frozen=True)
class Key:
    """What locks a backup and opens it: an age recipient (`age1...`) and its identity, or a passphrase."""

    recipient: str = ""
    passphrase: str = ""
    identity: str = ""


def recognises(head: bytes) -> bool:
    return head.startswith(b"uncramp-backup ")


def frame(content: bytes, key: Key) -> bytes:
    """The file with `content` in it; raise `Unreadable` for a recipient that is none."""
    packed = zlib.compress(content, 6)
    way = LOCKED if key.recipient else BY_WORDS if key.passphrase else PLAIN
    if way != PLAIN:
        # Half a megabyte to import, which nobody pays for who locks nothing.
        import pyrage

        try:
            packed = (
                pyrage.encrypt(packed, [pyrage.x25519.Recipient.from_str(key.recipient)])
                if way == LOCKED
                else pyrage.passphrase.encrypt(packed, key.passphrase)
            )
        except pyrage.RecipientError as problem:
            raise Unreadable(f"{key.recipient[:80]!r} is no recipient of age ({problem}).") from problem
    first = FIRST[way]
    return first + _mark(first, packed) + packed


def way_of(whole: bytes) -> str:
    """How it is locked; raise `Unreadable` unless it is whole to the last byte."""
    for way, first in FIRST.items():
        if whole.startswith(first):
            size = len(first) + 65
            if whole[len(first) : size] != _mark(first, whole[size:]):
                raise Unreadable("it is damaged or was cut short; take an older one, or another copy.")
            return way
    if re.match(rb"uncramp-backup (\d+) ", whole) and not whole.startswith(b"uncramp-backup 1 "):
        raise Unreadable("it was made by a newer uncramp, or its first line is damaged.")
    raise Unreadable("it is no backup of uncramp, or its first line is damaged.")


def unframe(whole: bytes, key: Key, most: int = LARGEST) -> Iterator[bytes]:
    """What is in it, piece by piece, so that a small file cannot fill the memory.

    Raise `Unreadable` where it is damaged, locked with another key, or has more than `most` bytes in it.
    """
    way = way_of(whole)
    packed = whole[len(FIRST[way]) + 65 :]
    if way != PLAIN:
        packed = _unlocked(packed, way, key)
    try:
        for piece in _unpacked(packed):
            most -= len(piece)
            if most < 0:
                raise Unreadable("it unpacks to more than any diary has, or than there is room for.")
            yield piece
    except zlib.error as problem:
        raise Unreadable(f"it cannot be unpacked ({problem}).") from problem


def _unpacked(packed: bytes) -> Iterator[bytes]:
    unpack = zlib.decompressobj()
    for start in range(0, len(packed), PIECE):
        rest = packed[start : start + PIECE]
        while rest:
            yield unpack.decompress(rest, 16 * PIECE)
            rest = unpack.unconsumed_tail
    yield unpack.flush()
    if not unpack.eof:
        raise Unreadable("it cannot be unpacked to its end.")


def can_open(way: str, key: Key) -> bool:
    return way == PLAIN or bool(key.identity if way == LOCKED else key.passphrase)


def backups_of(diary: Path) -> Sequence[Path]:
    """The backups of the diary at that place, the newest first; they may be damaged."""
    folder = diary.parent / BACKUPS
    found = (path for path in folder.glob("*.uncramp-backup") if NAME.fullmatch(path.name))
    return sorted(found, key=lambda path: path.name, reverse=True)


def newest_good(diary: Path) -> Path | None:
    """The newest backup that is whole."""
    for path in backups_of(diary):
        try:
            way_of(path.read_bytes())
        except (OSError, Unreadable):
            continue
        return path
    return None


def way_back(diary: Path) -> str:
    """A sentence that names the newest good backup, and what puts it back."""
    if (found := newest_good(diary)) is None:
        return f"There is no good backup in {diary.parent / BACKUPS}; put one that you have in its place."
    quoted = f'"{found}"' if " " in str(found) else str(found)
    return f"To put back the newest good backup: `uncramp restore {quoted}`."


def _mark(first: bytes, packed: bytes) -> bytes:
    seen = sha256(first)
    seen.update(packed)
    return f"{seen.hexdigest()}\n".encode()


def _unlocked(packed: bytes, way: str, key: Key) -> bytes:
    import pyrage

    if not can_open(way, key):
        raise Unreadable(
            "it is locked: name the file with your age identity by --identity."
            if way == LOCKED
            else "it is locked by a passphrase: set UNCRAMP_BACKUP_PASSPHRASE."
        )
    try:
        if way == BY_WORDS:
            return _by_words(packed, key.passphrase)
        return bytes(pyrage.decrypt(packed, [pyrage.x25519.Identity.from_str(key.identity)]))
    except (pyrage.DecryptError, pyrage.IdentityError) as problem:
        raise Unreadable(f"this key does not open it ({problem}).") from problem


def _by_words(packed: bytes, passphrase: str) -> bytes:
    """Raise `pyrage.DecryptError`; `Unreadable` where this machine would take too long over it.

    age measures how fast the machine is at this moment, and opens nothing that would take it over 16 seconds.
    A machine that is busy for a second is asked again.
    """
    import pyrage

    for _ in range(ATTEMPTS):
        try:
            return bytes(pyrage.passphrase.decrypt(packed, passphrase))
        except pyrage.DecryptError as problem:
            if TOO_SLOW not in str(problem):
                raise
    raise Unreadable(
        "this machine is too slow or too busy just now to open what a passphrase locks: try again when it "
        "does nothing else, or open it on a faster one."
    )
