"""What programs come in with. Only the hash of each token is here, as it is with sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select, update

from uncramp.diary.connection import Diary
from uncramp.diary.schema import token


@dataclass(frozen=True)
class Token:
    token_sha256: str
    person: str
    name: str
    purpose: str
    created: datetime
    last_used: datetime | None = None


def add_token(diary: Diary, made: Token) -> None:
    with diary.write() as connection:
        connection.execute(token.insert(), vars(made))


def token_with(diary: Diary, token_sha256: str, purpose: str) -> Token | None:
    """The token with that hash, if it is for that purpose."""
    query = select(token).where(token.c.token_sha256 == token_sha256, token.c.purpose == purpose)
    with diary.read() as connection:
        row = connection.execute(query).one_or_none()
    return Token(**row._mapping) if row else None


def tokens_of(diary: Diary, person: str, purpose: str) -> tuple[Token, ...]:
    """The person's tokens for that purpose, the oldest first."""
    query = select(token).where(token.c.person == person, token.c.purpose == purpose)
    with diary.read() as connection:
        rows = connection.execute(query.order_by(token.c.created, token.c.token_sha256)).all()
    return tuple(Token(**row._mapping) for row in rows)


def token_used(diary: Diary, token_sha256: str, now: datetime) -> None:
    with diary.write() as connection:
        connection.execute(update(token).where(token.c.token_sha256 == token_sha256).values(last_used=now))


def revoke_token(diary: Diary, person: str, name: str, purpose: str) -> bool:
    """End the person's token of that name; false if there is none."""
    with diary.write() as connection:
        wanted = and_(token.c.person == person, token.c.name == name, token.c.purpose == purpose)
        return connection.execute(delete(token).where(wanted)).rowcount > 0
