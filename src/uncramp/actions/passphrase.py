"""Each person's passphrase. It is kept as an Argon2id hash, in the diary."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused
from uncramp.actions.home import diary, owner
from uncramp.actions.people import everybody

if TYPE_CHECKING:
    from argon2 import PasswordHasher

GIVEN, GIVEN_FILE = "UNCRAMP_PASSPHRASE", "UNCRAMP_PASSPHRASE_FILE"

SHORTEST, LONGEST = 8, 1000
SAME_LETTERS = 3
"""Fewer different letters than this is a pattern: `aaaaaaaa`, `12121212`."""

# Each takes 64 MiB and a third of a second of a core.
_AT_ONCE = BoundedSemaphore(2)


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with 64 MiB, 3 rounds, 4 lanes: RFC 9106's choice for little memory."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def common() -> frozenset[str]:
    """What is tried first by everybody who guesses."""
    lines = Path(__file__).with_name("common_passphrases.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_set(person: str) -> bool:
    from uncramp.diary.people import passphrase_of

    return bool(passphrase_of(diary(), person))


def somebody_has_one(now: datetime) -> bool:
    """Whether anybody could sign in from another device."""
    return any(person.locked for person in everybody(now))


def is_right(passphrase: str, person: str | None) -> bool:
    """Whether this is that person's passphrase; `None` is nobody.

    One that is not set is never right. To find that out takes as long as for one that is wrong: who guesses
    must not learn which names there are.
    """
    from argon2.exceptions import Argon2Error, InvalidHashError

    from uncramp.diary.people import passphrase_of, set_passphrase_of

    kept = passphrase_of(diary(), person) if person else ""
    if len(passphrase) > LONGEST:
        return False
    with _AT_ONCE:
        if not kept or person is None:
            _hasher().hash(_bytes(passphrase))
            return False
        try:
            _hasher().verify(kept, _bytes(passphrase))
        except (Argon2Error, InvalidHashError):
            return False
        if _hasher().check_needs_rehash(kept):
            set_passphrase_of(diary(), person, _hasher().hash(_bytes(passphrase)))
    return True


def set_passphrase(passphrase: str, person: str, but: str = "") -> None:
    """Make this the person's passphrase, and end all their sessions but the one with the id `but`.

    Raise `Refused` for one that is easily guessed.
    """
    refuse_weak(passphrase)
    with _AT_ONCE:
        made = _hasher().hash(_bytes(passphrase))
    _keep(made, person, but)


def remove_passphrase(person: str) -> None:
    """Let the person have none, and end all their sessions: from elsewhere nobody can open the diary then."""
    _keep("", person, "")


def _keep(made: str, person: str, but: str) -> None:
    from uncramp.diary.logins import end_logins_of
    from uncramp.diary.people import set_passphrase_of

    set_passphrase_of(diary(), person, made)
    end_logins_of(diary(), person, but)


def refuse_weak(passphrase: str) -> None:
    if len(passphrase) < SHORTEST:
        raise Refused(
            f"A passphrase needs {SHORTEST} characters or more. Four or five words that do not belong "
            "together are easy to keep and hard to guess."
        )
    if len(passphrase) > LONGEST:
        raise Refused(f"That is longer than {LONGEST} characters; take a shorter one.")
    if passphrase.lower() in common() or len(set(passphrase.lower())) < SAME_LETTERS:
        raise Refused(
            "That is one of the first that anybody would try. Four or five words that do not belong together "
            "are easy to keep and hard to guess."
        )


def given() -> str:
    """The passphrase that a service was given, empty if none. It is taken out of the environment."""
    if path := os.environ.get(GIVEN_FILE):
        try:
            return Path(path).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as problem:
            raise Refused(f"The file {path}, named in {GIVEN_FILE}, cannot be read: {problem}.") from problem
    return os.environ.pop(GIVEN, "")


def take_given(now: datetime) -> bool:
    """Let the first person's passphrase be what a service was given; `False` if none was given."""
    if not (passphrase := given()):
        return False
    # The same one again is no change, and must not sign everybody out at each start.
    if not is_right(passphrase, owner(now)):
        set_passphrase(passphrase, owner(now))
    return True


def _bytes(passphrase: str) -> bytes:
    # A lone surrogate, which JSON and forms can smuggle in, has no UTF-8.
    return passphrase.encode("utf-8", "surrogatepass")
