"""Signing in and out. Who is signed in has a token, which is a cookie of the browser and nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from uncramp.actions import passphrase, people
from uncramp.actions.home import diary
from uncramp.actions.tries import Tries

if TYPE_CHECKING:
    from uncramp.diary.people import Known

IDLE = timedelta(days=30)
"""A session that nobody used for so long has ended."""
ABSOLUTE = timedelta(days=180)
"""After so long one signs in anew, however often the session was used."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly the last use is kept: not every page need write to the diary."""

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in."""

    id: str
    """The hash of the token."""
    person: str


@dataclass(frozen=True)
class Whose:
    """Whose diary a browser has open, and how it came to that."""

    person: str = ""
    """The id; empty where nobody's is open."""
    session: Session | None = None
    token: str = ""
    """The name of the token that a program came with; empty for a browser."""
    everyone: tuple[Known, ...] = ()
    """All who have a diary here; nobody where the browser may not know."""


@dataclass(frozen=True)
class Answer:
    """What came of a try: a token, or how long to wait, or neither when the passphrase was wrong."""

    token: str = ""
    wait: timedelta = timedelta()


def sign_in(words: str, address: str, old_token: str, tries: Tries, now: datetime, name: str = "") -> Answer:
    """A new token for the right passphrase of who has that name. A session that the browser still had ends.

    Where there is one person only, no name is asked for, and one that is sent is not looked at.
    """
    from uncramp.diary.logins import Login, add_login, end_login, end_old_logins

    everyone = people.everybody(now)
    several = len(everyone) > 1
    if wait := tries.begin(address, now, people.as_compared(name) if several else ""):
        return Answer(wait=wait)
    person = people.named(name, everyone) if several else everyone[0]
    if not passphrase.is_right(words, person.id if person else None) or person is None:
        return Answer()
    tries.succeeded(address, people.as_compared(name) if several else "")
    end_old_logins(diary(), now - ABSOLUTE, now - IDLE)
    if old_token:
        end_login(diary(), _hash(old_token))
    # Never a token that came from outside: one that somebody planted is worth nothing.
    token = secrets.token_urlsafe(TOKEN_BYTES)
    add_login(diary(), Login(_hash(token), person.id, now, now))
    return Answer(token)


def session(token: str, now: datetime) -> Session | None:
    """Whose token this is, `None` if it is nobody's or has ended."""
    from uncramp.diary.logins import end_login, login_of, seen_again

    if not token:
        return None
    found = login_of(diary(), _hash(token))
    if found is None:
        return None
    if now - found.created >= ABSOLUTE or now - found.last_seen >= IDLE:
        end_login(diary(), found.token_sha256)
        return None
    if now - found.last_seen >= SEEN_EVERY:
        seen_again(diary(), found.token_sha256, now)
    return Session(found.token_sha256, found.person)


def whose(token: str, chosen: str, locked: bool, now: datetime) -> Whose:
    """Whose diary is open for a browser with that token, which chose the person `chosen` before.

    Behind `locked` doors that of who is signed in, and of nobody else. On this machine the choice holds, or
    else it is that of who came first; but a diary with a passphrase opens only with it.
    """
    found = session(token, now)
    if locked and found is None:
        return Whose()
    everyone = people.everybody(now)
    if found:
        return Whose(found.person, found, everyone=everyone)
    wanted = next((person for person in everyone if person.id == chosen), everyone[0])
    return Whose("" if wanted.locked else wanted.id, everyone=everyone)


def sign_out(token: str) -> None:
    """End the session of this token, if there is one."""
    from uncramp.diary.logins import end_login

    if token:
        end_login(diary(), _hash(token))


def _hash(token: str) -> str:
    # The token is random, 256 bits: no salt or slow hash could make it harder to guess.
    return sha256(token.encode("utf-8", "replace")).hexdigest()
