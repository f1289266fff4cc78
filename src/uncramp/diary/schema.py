"""The tables. One of entries, append-only; beside it a few plain ones.

Every question is answered from a person and a range of time, so a new kind of entry needs no new column.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from uncramp.diary.faults import DiaryUnusable

APPLICATION_ID = 0x756E6372
"""`uncr`: stands in the header of the SQLite file and says whose it is."""
VERSION = 2
"""Of these tables. A diary with a higher one was written by a newer uncramp and is left alone."""


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as ISO text in UTC with microseconds: it sorts, and a person can read it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        try:
            return datetime.fromisoformat(value) if value else None
        except ValueError as damage:
            raise DiaryUnusable(f"A time in the diary cannot be read ({damage}); it is damaged.") from damage


# PostgreSQL would otherwise sort by the language of the machine, SQLite always goes by bytes.
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = Instant().with_variant(Instant(collation="C"), "postgresql")

tables = MetaData()


def _table(name: str, *columns: Column[Any] | Index) -> Table:
    # Without STRICT, SQLite would store a word in a column of numbers and say nothing.
    return Table(name, tables, *columns, sqlite_strict=True)


def _person() -> Column[str]:
    return Column("person", BYTEWISE, ForeignKey("person.id"), nullable=False)


person = _table(
    "person",
    Column("id", BYTEWISE, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", MOMENT, nullable=False),
    # An Argon2id hash, empty where nobody has to sign in.
    Column("passphrase", Text, nullable=False, server_default=""),
)

entry = _table(
    "entry",
    Column("id", BYTEWISE, primary_key=True),
    _person(),
    Column("kind", BYTEWISE, nullable=False),
    Column("start", MOMENT, nullable=False),
    Column("end", MOMENT),
    Column("offset_minutes", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("recorded", MOMENT, nullable=False),
    # No foreign key: a replacement may come in before what it replaces, from another device.
    Column("replaces", BYTEWISE),
    Index("entry_by_person_and_time", "person", "start"),
    Index("entry_by_replaced", "replaces"),
)

setting = _table(
    "setting",
    Column("key", BYTEWISE, primary_key=True),
    Column("value", Text, nullable=False),
)

login = _table(
    "login",
    Column("token_sha256", BYTEWISE, primary_key=True),
    _person(),
    Column("created", MOMENT, nullable=False),
    Column("last_seen", MOMENT, nullable=False),
)

token = _table(
    "token",
    Column("token_sha256", BYTEWISE, primary_key=True),
    _person(),
    Column("name", Text, nullable=False),
    # What it opens: "add" (write entries, read nothing) or "calendar" (the reminders' feed).
    Column("purpose", BYTEWISE, nullable=False),
    Column("created", MOMENT, nullable=False),
    Column("last_used", MOMENT),
)

# What one person chose: a word for each key.
choice = _table(
    "choice",
    Column("person", BYTEWISE, ForeignKey("person.id"), primary_key=True),
    Column("key", BYTEWISE, primary_key=True),
    Column("value", Text, nullable=False),
)

# What was taken away: enough to know it again when an old file brings it back, and nothing of what it said.
tombstone = _table(
    "tombstone",
    Column("id", BYTEWISE, primary_key=True),
    _person(),
    Column("kind", BYTEWISE, nullable=False),
    Column("day", BYTEWISE, nullable=False),
    # When the person took it away.
    Column("recorded", MOMENT, nullable=False),
    Index("tombstone_by_person", "person"),
)
