"""What was taken away is emptied, with all its versions, when the time to undo it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from uncramp.diary.connection import Diary
from uncramp.diary.entries import TAKEN_AWAY, family_of
from uncramp.diary.schema import entry as table
from uncramp.diary.stones import Stone, bury, stragglers
from uncramp.diary.versions import newest_of
from uncramp.model import Entry


def sweep(diary: Diary, before: datetime, day_of: Callable[[Entry], date]) -> int:
    """Empty every entry that was taken away before that moment; how many versions were.

    Of each version, and of each that is still to come in, a tombstone stays. `day_of` says on which day an
    entry stands.
    """
    with diary.read() as connection:
        # Nearly always there is nothing to do, and nobody has to wait for a writer.
        if not connection.execute(_said(before).limit(1)).first() and not stragglers(connection):
            return 0
    emptied = 0
    with diary.write(alone=True) as connection:
        late = stragglers(connection)
        # A version that came in under a tombstone goes even if the stone is there already.
        bury_again(connection, late)
        for row in connection.execute(_said(before)).all():
            stones = _stones_of(connection, row, before, day_of)
            bury(connection, stones)
            emptied += len(stones)
    settle(diary)
    return emptied + len(late)


def settle(diary: Diary, whole: bool = False) -> None:
    """Write what was deleted over in the file too, and empty its log; `whole`: write the file anew."""
    if diary.engine.dialect.name != "sqlite":
        return
    raw = diary.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if whole:
            # Not into a folder for scraps: what is left of it there could be read.
            cursor.execute("PRAGMA temp_store=MEMORY")
            cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.close()
    finally:
        raw.close()


def bury_again(connection: Connection, stones: list[Stone]) -> None:
    ids = [stone.id for stone in stones]
    if ids:
        connection.execute(table.delete().where(table.c.id.in_(ids)))
        bury(connection, stones)


def _said(before: datetime) -> Select[Any]:
    """The versions that say that an entry is gone, and that nothing replaces."""
    later = table.alias("later")
    replaced = select(later.c.id).where(later.c.replaces == table.c.id, later.c.person == table.c.person)
    said = select(table).where(table.c.body == TAKEN_AWAY, table.c.recorded <= before)
    return said.where(~replaced.exists()).order_by(table.c.id)


def _stones_of(
    connection: Connection, row: Row[Any], before: datetime, day_of: Callable[[Entry], date]
) -> list[Stone]:
    """Tombstones for the whole family, none where another version is the newest."""
    versions = family_of(connection, row.id)
    newest = next((one for one in versions if one.id in newest_of(versions)), None)
    if newest is None or newest.body.get("deleted") is not True or newest.recorded > before:
        return []
    kept = next((one for one in versions if one.body.get("deleted") is not True), newest)
    ids = {one.id for one in versions} | {one.replaces for one in versions if one.replaces}
    day = day_of(kept).isoformat()
    return [Stone(name, newest.person, newest.kind.value, day, newest.recorded) for name in sorted(ids)]
