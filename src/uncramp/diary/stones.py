"""Tombstones: what was taken away is known again when an old file or a slow phone brings it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from uncramp.diary.schema import entry, tombstone

AT_ONCE = 500
"""Ids in one question; databases take some thousands."""


@dataclass(frozen=True)
class Stone:
    """One version that was taken away, and nothing of what it said. `recorded` is when it was."""

    id: str
    person: str
    kind: str
    day: str
    recorded: datetime


def stones_at(connection: Connection, ids: Iterable[str | None]) -> dict[str, Stone]:
    """The tombstones that have these ids, by id."""
    wanted = sorted({name for name in ids if name})
    found: dict[str, Stone] = {}
    for part in range(0, len(wanted), AT_ONCE):
        query = select(tombstone).where(tombstone.c.id.in_(wanted[part : part + AT_ONCE]))
        found |= {row.id: stone_in(row) for row in connection.execute(query)}
    return found


def stone_in(row: Row[Any]) -> Stone:
    return Stone(**row._mapping)


def bury(connection: Connection, stones: Sequence[Stone]) -> None:
    """Put these tombstones up, and take away what lies under them: the entries of their ids, and older
    versions that replace one of these, down to the last.

    Of two tombstones of one id the later one stands. One that another person put up is left alone, and keeps
    nobody's own entry from going.
    """
    while stones:
        stones = list({one.id: one for one in sorted(stones, key=lambda one: one.recorded)}.values())
        there = stones_at(connection, [stone.id for stone in stones])
        mine = [one for one in stones if one.id not in there or there[one.id].person == one.person]
        _empty(connection, [one for one in stones if one.id in there and there[one.id].person != one.person])
        later = [one for one in mine if one.id not in there or there[one.id].recorded < one.recorded]
        if not later:
            return
        for part in range(0, len(later), AT_ONCE):
            _set(connection, later[part : part + AT_ONCE])
        stones = _older_versions(connection, later)


def stragglers(connection: Connection) -> list[Stone]:
    """Tombstones for older versions of what was taken away that came in at the same moment."""
    under = and_(
        tombstone.c.person == entry.c.person,
        or_(
            tombstone.c.id == entry.c.id,
            and_(tombstone.c.id == entry.c.replaces, entry.c.recorded <= tombstone.c.recorded),
        ),
    )
    found = connection.execute(select(entry.c.id.label("of"), tombstone).join(tombstone, under))
    return [_stone_for(row) for row in found]


def _set(connection: Connection, stones: Sequence[Stone]) -> None:
    of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    insert = of(tombstone)
    upsert = insert.on_conflict_do_update(
        index_elements=[tombstone.c.id],
        set_={name: insert.excluded[name] for name in ("kind", "day", "recorded")},
    )
    connection.execute(upsert, [vars(stone) for stone in stones])
    _empty(connection, stones)


def _empty(connection: Connection, stones: Sequence[Stone]) -> None:
    """Take away the entries of these ids, each only if it is of who put up its tombstone."""
    for person in sorted({stone.person for stone in stones}):
        ids = [stone.id for stone in stones if stone.person == person]
        for part in range(0, len(ids), AT_ONCE):
            of = entry.c.id.in_(ids[part : part + AT_ONCE])
            connection.execute(delete(entry).where(of, entry.c.person == person))


def _older_versions(connection: Connection, stones: Sequence[Stone]) -> list[Stone]:
    """Tombstones for what replaces one of these and was recorded before it was taken away."""
    found: list[Stone] = []
    for part in range(0, len(stones), AT_ONCE):
        ids = [stone.id for stone in stones[part : part + AT_ONCE]]
        under = and_(tombstone.c.id == entry.c.replaces, tombstone.c.person == entry.c.person)
        query = (
            select(entry.c.id.label("of"), tombstone)
            .join(tombstone, under)
            .where(tombstone.c.id.in_(ids), entry.c.recorded <= tombstone.c.recorded)
        )
        found += [_stone_for(row) for row in connection.execute(query)]
    return found


def _stone_for(row: Row[Any]) -> Stone:
    """The tombstone in `row`, for the version named there."""
    values = dict(row._mapping)
    of = values.pop("of")
    return replace(Stone(**values), id=of)
