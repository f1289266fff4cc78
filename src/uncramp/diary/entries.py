"""Entries in and out. A change is a new entry that replaces the one before; no row is ever changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Row, Select, and_, bindparam, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from uncramp.diary.connection import Diary
from uncramp.diary.faults import DiaryUnusable, OtherBody
from uncramp.diary.schema import entry as table
from uncramp.diary.versions import newest_of
from uncramp.model import Entry, EntryKind

# Made once: to put the question together takes longer than to ask it.
INSERT: dict[str, Insert] = {
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
}
INSERT_AND_SAY = {name: insert.returning(table.c.id) for name, insert in INSERT.items()}
AT_ONCE = 500
"""Ids in one question; databases take some thousands."""


class Put(Enum):
    STORED = "stored"
    SAME = "same"


def put(diary: Diary, entry: Entry) -> Put:
    """Store `entry`; when this returns, it is on the disk. The same entry again changes nothing.

    Raise `OtherBody` where another entry stands under its id.
    """
    with diary.write() as connection:
        if connection.execute(INSERT_AND_SAY[connection.dialect.name], _row(entry)).first():
            return Put.STORED
        there = connection.execute(select(table).where(table.c.id == entry.id)).one()
        if _row(_entry(there)) != _row(entry):
            raise OtherBody(f"Another entry has the id {entry.id}; give a new one its own.")
        return Put.SAME


def put_all(diary: Diary, new: Iterable[Entry], store: bool = True) -> tuple[tuple[Entry, Put | None], ...]:
    """Store all of `new` or, if it is cut short, nothing.

    Gives what became of each, `None` where `put` would raise. Without `store` it only says what would.
    """
    new = tuple(new)
    with diary.write(alone=True) if store else diary.read() as connection:
        there = _rows_with(connection, [entry.id for entry in new])
        became: list[tuple[Entry, Put | None]] = []
        rows: list[dict[str, Any]] = []
        for entry in new:
            row = _row(entry)
            if entry.id not in there:
                there[entry.id] = row
                rows.append(row)
                became.append((entry, Put.STORED))
            else:
                became.append((entry, Put.SAME if there[entry.id] == row else None))
        if store and rows:
            connection.execute(INSERT[connection.dialect.name], rows)
    return tuple(became)


def _rows_with(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for part in range(0, len(ids), AT_ONCE):
        query = select(table).where(table.c.id.in_(ids[part : part + AT_ONCE]))
        found |= {row.id: _row(_entry(row)) for row in connection.execute(query)}
    return found


def entry(diary: Diary, entry_id: str) -> Entry | None:
    """The version with that id, newest or not."""
    with diary.read() as connection:
        found = connection.execute(select(table).where(table.c.id == entry_id)).one_or_none()
    return _entry(found) if found else None


def newest(
    diary: Diary,
    person: str,
    kinds: Collection[EntryKind] = tuple(EntryKind),
    start: datetime | None = None,
    end: datetime | None = None,
    most: int | None = None,
) -> tuple[Entry, ...]:
    """The newest versions of a person's entries that begin from `start` and before `end`, newest first.

    At most `most` of them; the few that lost against another version of their family count among these.
    Entries that replace each other in a ring, which no honest writer makes, stand only in `history`.
    """
    wanted = {"person": person, "start": start, "end": end, "most": most}
    given = {name: value for name, value in wanted.items() if value is not None}
    stand = _standing(frozenset(kinds), frozenset(given))
    with diary.read() as connection:
        found = connection.execute(stand, given).all()
        lost = _lost(connection, stand, given) if any(row.replaces for row in found) else frozenset()
    return tuple(_entry(row) for row in found if row.id not in lost)


def history(diary: Diary, entry_id: str) -> tuple[Entry, ...]:
    """All versions of the entry that `entry_id` is one of, the one that was recorded first first."""
    first = select(table).where(table.c.id == entry_id)
    with diary.read() as connection:
        if (found := connection.execute(first).one_or_none()) is None:
            return ()
        of_family = select(table).where(table.c.id.in_(_family(first)), table.c.person == bindparam("person"))
        family = connection.execute(of_family, {"person": found.person}).all()
    return tuple(sorted(map(_entry, family), key=lambda version: (version.recorded, version.id)))


@cache
def _standing(kinds: frozenset[EntryKind], given: frozenset[str]) -> Select[Any]:
    """What nothing replaces, latest first, between the bounds that are given and at most so many.

    What one person wrote cannot replace what another did.
    """
    later = table.alias("later")
    replaced = select(later.c.id).where(later.c.replaces == table.c.id, later.c.person == table.c.person)
    stand = select(table).where(table.c.person == bindparam("person"), ~replaced.exists())
    if kinds != frozenset(EntryKind):
        stand = stand.where(table.c.kind.in_(sorted(kind.value for kind in kinds)))
    if "start" in given:
        stand = stand.where(table.c.start >= bindparam("start"))
    if "end" in given:
        stand = stand.where(table.c.start < bindparam("end"))
    stand = stand.order_by(table.c.start.desc(), table.c.id.desc())
    return stand.limit(bindparam("most")) if "most" in given else stand


def _lost(connection: Connection, stand: Select[Any], given: Mapping[str, Any]) -> frozenset[str]:
    """The ids among `stand` that a later one of the same family wins over."""
    decides = select(table.c.id, table.c.recorded, table.c.replaces).where(
        table.c.id.in_(_family(stand)), table.c.person == bindparam("person")
    )
    versions = connection.execute(decides, given).all()
    return frozenset(version.id for version in versions) - newest_of(versions)


def _family(of: Select[Any]) -> Select[Any]:
    """The ids that hang together with those in `of`, up and down, by what the same person wrote.

    Also ids that versions replace and that have not come in yet. It goes from id to id, so that many that
    replace the same one meet there, instead of each looking at all the others.
    """
    begin = of.with_only_columns(table.c.id).subquery()
    family = select(begin).cte("family", recursive=True)
    kin = or_(table.c.id == family.c.id, table.c.replaces == family.c.id)
    mine = table.c.person == bindparam("person")
    # Of the two ids in a row the one by which it was not found. Whose it is stands here and not in the join:
    # there SQLite would go by the person, who has thousands, and not by the ids, which lead to a few.
    other = case((and_(mine, table.c.id == family.c.id), table.c.replaces), (mine, table.c.id))
    family = family.union(select(other.label("id")).join(family, kin))
    return select(family.c.id)


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "person": entry.person,
        "kind": entry.kind.value,
        "start": entry.start,
        "end": entry.end,
        "offset_minutes": entry.offset_minutes,
        "body": json.dumps(
            entry.body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        ),
        "origin": entry.origin,
        "recorded": entry.recorded,
        "replaces": entry.replaces,
    }


def _entry(row: Row[Any]) -> Entry:
    try:
        return Entry(**{**row._mapping, "kind": EntryKind(row.kind), "body": json.loads(row.body)})
    except ValueError as damage:
        raise DiaryUnusable(
            f"The entry {row.id} cannot be read ({damage}); the diary is damaged."
        ) from damage
