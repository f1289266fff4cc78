"""Tokens for shortcuts, tags, watches and home automation: each may add to one diary, and read nothing."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from uncramp.actions.check import Refused
from uncramp.actions.home import diary

if TYPE_CHECKING:
    from uncramp.diary.tokens import Token

ADD = "add"
TOKEN_BYTES = 32
# So that it is known for what it is where it was pasted by mistake.
BEGINS = "uncramp_"
LONGEST_NAME, MOST = 40, 50
USED_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept."""


def new(person: str, name: str, now: datetime) -> str:
    """A new token that adds to this person's diary. It is given here and never again."""
    from uncramp.diary.tokens import Token, add_token

    there = listed(person)
    chosen = " ".join(name.split())
    if not re.fullmatch(r"[\w .,'()-]+", chosen) or len(chosen) > LONGEST_NAME:
        raise Refused(f"name: use 1 to {LONGEST_NAME} letters, digits and spaces, such as “watch”.")
    if any(one.name.casefold() == chosen.casefold() for one in there):
        raise Refused(f"name: there is one called {chosen} already; revoke it, or take another name.")
    if len(there) >= MOST:
        raise Refused(f"name: there are {MOST} already; revoke some that nobody uses.")
    made = BEGINS + secrets.token_urlsafe(TOKEN_BYTES)
    add_token(diary(), Token(_hash(made), person, chosen, ADD, now))
    return made


def listed(person: str) -> tuple[Token, ...]:
    """The person's tokens, the oldest first. What they are is not known any more."""
    from uncramp.diary.tokens import tokens_of

    return tokens_of(diary(), person, ADD)


def revoke(person: str, name: str) -> None:
    """Let the person's token of that name open nothing any more; raise `Refused` if there is none."""
    from uncramp.diary.tokens import revoke_token

    if not revoke_token(diary(), person, name, ADD):
        raise Refused(f"name: there is no token called {name[:LONGEST_NAME]!r}.")


def owner_of(token: str, now: datetime) -> Token | None:
    """Whose token this is and what it is called, `None` if it is nobody's."""
    from uncramp.diary.tokens import token_used, token_with

    found = token_with(diary(), _hash(token), ADD)
    if found and (found.last_used is None or now - found.last_used >= USED_EVERY):
        token_used(diary(), found.token_sha256, now)
    return found


def origin_of(name: str) -> str:
    """Where an entry came from that the token of that name let in."""
    return f"shortcut {name}" if name else "shortcut"


def _hash(token: str) -> str:
    # 256 random bits, as with sessions: no salt or slow hash could make it harder to guess.
    return sha256(token.encode("utf-8", "replace")).hexdigest()
