"""Entries in and out. A change is a new entry that replaces the one before; no row is ever changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, and_, bindparam, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from uncramp.diary.connection import Diary
from uncramp.diary.faults import DiaryUnusable, OtherBody
from uncramp.diary.schema import entry as table
from uncramp.diary.schema import tombstone
from uncramp.diary.stones import Stone, bury, stones_at
from uncramp.diary.versions import newest_of
from uncramp.model import Entry, EntryKind

# Made once: to put the question together takes longer than to ask it.
INSERT: dict[str, Insert] = {
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
}
_GIVEN = {column.name: bindparam(column.name, type_=column.type) for column in table.c}
# In one step, so that a write costs nothing more where nothing was ever taken away.
_UNLESS_TAKEN_AWAY = select(*_GIVEN.values()).where(
    ~select(tombstone.c.id)
    .where(
        tombstone.c.id.in_((_GIVEN["id"], _GIVEN["replaces"])),
        or_(
            tombstone.c.id == _GIVEN["id"],
            and_(tombstone.c.person == _GIVEN["person"], tombstone.c.recorded >= _GIVEN["recorded"]),
        ),
    )
    .exists()
)
INSERT_AND_SAY: dict[str, Any] = {
    "sqlite": sqlite.insert(table),
    "postgresql": postgresql.insert(table),
}
INSERT_AND_SAY = {
    name: insert.from_select([*_GIVEN], _UNLESS_TAKEN_AWAY).on_conflict_do_nothing().returning(table.c.id)
    for name, insert in INSERT_AND_SAY.items()
}
TAKEN_AWAY = '{"deleted":true}'
"""The body of a version that says: the person took this away."""
KINDS = {kind.value: kind for kind in EntryKind}
AT_ONCE = 500
"""Ids in one question; databases take some thousands."""


class Put(Enum):
    STORED = "stored"
    SAME = "same"


def put(diary: Diary, entry: Entry) -> Put:
    """Store `entry`; when this returns, it is on the disk. The same entry again changes nothing.

    Nor does one that was taken away and swept, nor an older version of such a one: it counts as there
    already, so that whoever sends it stops. Raise `OtherBody` where another entry stands under its id.
    """
    with diary.write() as connection:
        if connection.execute(INSERT_AND_SAY[connection.dialect.name], _row(entry)).first():
            return Put.STORED
        there = connection.execute(select(table).where(table.c.id == entry.id)).one_or_none()
        same = _row(entry_in(there)) == _row(entry) if there else _swallow(connection, entry)
        if not same:
            raise OtherBody(f"Another entry has the id {entry.id}; give a new one its own.")
        return Put.SAME


def _swallow(connection: Connection, entry: Entry) -> bool:
    """Keep only a tombstone of what was taken away; false where it was another person's."""
    stones = stones_at(connection, (entry.id, entry.replaces))
    if entry.id in stones:
        return stones[entry.id].person == entry.person
    before = stones[str(entry.replaces)]
    bury(connection, [Stone(entry.id, entry.person, before.kind, before.day, before.recorded)])
    return True


def put_all(diary: Diary, new: Iterable[Entry], store: bool = True) -> tuple[tuple[Entry, Put | None], ...]:
    """Store all of `new` or, if it is cut short, nothing.

    Gives what became of each, `None` where `put` would raise. Without `store` it only says what would.
    """
    with diary.write(alone=True) if store else diary.read() as connection:
        return put_in(connection, tuple(new), store)


def put_in(
    connection: Connection, new: Sequence[Entry], store: bool = True
) -> tuple[tuple[Entry, Put | None], ...]:
    """`put_all` as a part of something larger, which ends well or not at all."""
    there = _rows_with(connection, [entry.id for entry in new])
    stones = stones_at(connection, [name for entry in new for name in (entry.id, entry.replaces)])
    buried = _swallowed(new, stones, there)
    became: list[tuple[Entry, Put | None]] = []
    rows: list[dict[str, Any]] = []
    for entry in new:
        row = _row(entry)
        stone = stones.get(entry.id) or buried.get(entry.id)
        if stone is not None and entry.id not in there:
            became.append((entry, Put.SAME if stone.person == entry.person else None))
        elif entry.id not in there:
            there[entry.id] = row
            rows.append(row)
            became.append((entry, Put.STORED))
        else:
            became.append((entry, Put.SAME if there[entry.id] == row else None))
    if store and rows:
        connection.execute(INSERT[connection.dialect.name], rows)
    if store and buried:
        bury(connection, list(buried.values()))
    return tuple(became)


def _swallowed(new: Sequence[Entry], stones: Mapping[str, Stone], there: Collection[str]) -> dict[str, Stone]:
    """Tombstones for versions among `new` of what was taken away after them, by their ids."""
    buried: dict[str, Stone] = {}
    waiting = [entry for entry in new if entry.replaces and entry.id not in stones and entry.id not in there]
    while True:
        found = {}
        for entry in waiting:
            before = stones.get(str(entry.replaces)) or buried.get(str(entry.replaces))
            if before and before.person == entry.person and entry.recorded <= before.recorded:
                found[entry.id] = Stone(entry.id, entry.person, before.kind, before.day, before.recorded)
        if not found:
            return buried
        # What replaces one of these, and stands before it in the file, is seen in the next turn.
        buried |= found
        waiting = [entry for entry in waiting if entry.id not in found]


def _rows_with(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for part in range(0, len(ids), AT_ONCE):
        query = select(table).where(table.c.id.in_(ids[part : part + AT_ONCE]))
        found |= {row.id: _row(entry_in(row)) for row in connection.execute(query)}
    return found


def entry(diary: Diary, entry_id: str) -> Entry | None:
    """The version with that id, newest or not."""
    with diary.read() as connection:
        found = connection.execute(select(table).where(table.c.id == entry_id)).one_or_none()
    return entry_in(found) if found else None


def newest(
    diary: Diary,
    person: str,
    kinds: Collection[EntryKind] = tuple(EntryKind),
    start: datetime | None = None,
    end: datetime | None = None,
    most: int | None = None,
    with_deleted: bool = True,
) -> tuple[Entry, ...]:
    """The newest versions of a person's entries that begin from `start` and before `end`, newest first.

    Those that say that an entry was taken away are among them unless `with_deleted` is false. At most
    `most` of them; the few that lost against another version of their family count among these. Entries
    that replace each other in a ring, which no honest writer makes, stand only in `history`.
    """
    wanted = {"person": person, "start": start, "end": end, "most": most}
    given = {name: value for name, value in wanted.items() if value is not None}
    stand = _standing(frozenset(kinds), frozenset(given), with_deleted)
    with diary.read() as connection:
        found = connection.execute(stand, given).all()
        gone = lost(connection, stand, given) if any(row.replaces for row in found) else frozenset()
    return tuple(entry_in(row) for row in found if row.id not in gone)


def history(diary: Diary, entry_id: str) -> tuple[Entry, ...]:
    """All versions of the entry that `entry_id` is one of, the one that was recorded first first."""
    with diary.read() as connection:
        return family_of(connection, entry_id)


def family_of(connection: Connection, entry_id: str) -> tuple[Entry, ...]:
    """`history`, seen by that connection."""
    first = select(table).where(table.c.id == entry_id)
    if (found := connection.execute(first).one_or_none()) is None:
        return ()
    of_family = select(table).where(table.c.id.in_(_family(first)))
    family = connection.execute(of_family, {"person": found.person}).all()
    mine = (entry_in(row) for row in family if row.person == found.person)
    return tuple(sorted(mine, key=lambda version: (version.recorded, version.id)))


def families(diary: Diary, person: str, kinds: Collection[EntryKind], start: datetime) -> tuple[Entry, ...]:
    """Every version, of these kinds, of what has a version that begins from `start`; recorded first first."""
    wanted = and_(
        table.c.person == bindparam("person"),
        table.c.kind.in_(sorted(kind.value for kind in kinds)),
        table.c.start >= bindparam("start"),
    )
    family = _family(select(table).where(wanted))
    versions = select(table).where(table.c.id.in_(family), table.c.person == bindparam("person"))
    with diary.read() as connection:
        found = connection.execute(versions, {"person": person, "start": start}).all()
    return tuple(sorted(map(entry_in, found), key=lambda version: (version.recorded, version.id)))


@cache
def _standing(kinds: frozenset[EntryKind], given: frozenset[str], with_deleted: bool) -> Select[Any]:
    """What nothing replaces, latest first, between the bounds that are given and at most so many.

    What one person wrote cannot replace what another did.
    """
    later = table.alias("later")
    replaced = select(later.c.id).where(later.c.replaces == table.c.id, later.c.person == table.c.person)
    stand = select(table).where(table.c.person == bindparam("person"), ~replaced.exists())
    if kinds != frozenset(EntryKind):
        stand = stand.where(table.c.kind.in_(sorted(kind.value for kind in kinds)))
    if not with_deleted:
        stand = stand.where(table.c.body != TAKEN_AWAY)
    if "start" in given:
        stand = stand.where(table.c.start >= bindparam("start"))
    if "end" in given:
        stand = stand.where(table.c.start < bindparam("end"))
    stand = stand.order_by(table.c.start.desc(), table.c.id.desc())
    return stand.limit(bindparam("most")) if "most" in given else stand


def lost(connection: Connection, stand: Select[Any], given: Mapping[str, Any]) -> frozenset[str]:
    """The ids among `stand` that a later one of the same family wins over."""
    # What nothing replaces and what replaces nothing has no family.
    stand = stand.where(table.c.replaces.is_not(None))
    # Whose they are is looked at here: asked for it, SQLite would go through all that the person wrote.
    decides = select(table.c.id, table.c.recorded, table.c.replaces, table.c.person)
    family = connection.execute(decides.where(table.c.id.in_(_family(stand))), given)
    versions = [version for version in family if version.person == given["person"]]
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


def entry_in(row: Sequence[Any]) -> Entry:
    # In the table's own order: by their names the columns take three times as long, and there are thousands.
    entry_id, person, kind, start, end, offset_minutes, body, origin, recorded, replaces = row
    try:
        said = json.loads(body)
        return Entry(
            entry_id, person, KINDS[kind], start, end, offset_minutes, said, origin, recorded, replaces
        )
    except (KeyError, ValueError) as damage:
        raise DiaryUnusable(
            f"The entry {entry_id} cannot be read ({damage}); the diary is damaged."
        ) from damage
