"""Signing in and out. Who is signed in has a token, which is a cookie of the browser and nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from uncramp.actions import passphrase
from uncramp.actions.home import diary
from uncramp.actions.tries import Tries

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
class Answer:
    """What came of a try: a token, or how long to wait, or neither when the passphrase was wrong."""

    token: str = ""
    wait: timedelta = timedelta()


def sign_in(words: str, address: str, old_token: str, tries: Tries, now: datetime) -> Answer:
    """A new token for the right passphrase. A session that the browser still had ends."""
    from uncramp.diary.logins import Login, add_login, end_login, end_old_logins
    from uncramp.diary.people import first_person

    if wait := tries.begin(address, now):
        return Answer(wait=wait)
    if not passphrase.is_right(words):
        return Answer()
    tries.succeeded(address)
    end_old_logins(diary(), now - ABSOLUTE, now - IDLE)
    if old_token:
        end_login(diary(), _hash(old_token))
    # Never a token that came from outside: one that somebody planted is worth nothing.
    token = secrets.token_urlsafe(TOKEN_BYTES)
    add_login(diary(), Login(_hash(token), first_person(diary(), now), now, now))
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


def sign_out(token: str) -> None:
    """End the session of this token, if there is one."""
    from uncramp.diary.logins import end_login

    if token:
        end_login(diary(), _hash(token))


def _hash(token: str) -> str:
    # The token is random, 256 bits: no salt or slow hash could make it harder to guess.
    return sha256(token.encode("utf-8", "replace")).hexdigest()
