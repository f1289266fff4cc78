"""Who is signed in. Only the hash of each token is here: whoever reads the diary's file cannot use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update

from uncramp.diary.connection import Diary
from uncramp.diary.schema import login


@dataclass(frozen=True)
class Login:
    token_sha256: str
    person: str
    created: datetime
    last_seen: datetime


def add_login(diary: Diary, made: Login) -> None:
    with diary.write() as connection:
        connection.execute(login.insert(), vars(made))


def login_of(diary: Diary, token_sha256: str) -> Login | None:
    """The login with that token, however old it is."""
    with diary.read() as connection:
        row = connection.execute(select(login).where(login.c.token_sha256 == token_sha256)).one_or_none()
    return Login(row.token_sha256, row.person, row.created, row.last_seen) if row else None


def seen_again(diary: Diary, token_sha256: str, now: datetime) -> None:
    with diary.write() as connection:
        connection.execute(update(login).where(login.c.token_sha256 == token_sha256).values(last_seen=now))


def end_login(diary: Diary, token_sha256: str) -> None:
    with diary.write() as connection:
        connection.execute(delete(login).where(login.c.token_sha256 == token_sha256))


def end_old_logins(diary: Diary, created_before: datetime, seen_before: datetime) -> None:
    with diary.write() as connection:
        old = or_(login.c.created < created_before, login.c.last_seen < seen_before)
        connection.execute(delete(login).where(old))


def end_logins_of(diary: Diary, person: str, but: str = "") -> None:
    """End every session of that person, except the one whose token has the hash `but`."""
    with diary.write() as connection:
        theirs = and_(login.c.person == person, login.c.token_sha256 != but)
        connection.execute(delete(login).where(theirs))
