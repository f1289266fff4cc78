"""What was taken away is emptied, with all its versions, when the time to undo it is over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from uncramp.diary.connection import Diary
from uncramp.diary.entries import TAKEN_AWAY, family_of
from uncramp.diary.faults import DiaryUnusable
from uncramp.diary.schema import entry as table
from uncramp.diary.schema import setting
from uncramp.diary.settings import set_setting, setting_of
from uncramp.diary.stones import Stone, bury, stragglers
from uncramp.diary.versions import newest_of
from uncramp.model import Entry

FAR = timedelta(days=1)
"""No clock is ahead by so much that is only in another zone."""
AHEAD = "taken_away_ahead"
"""The setting with what was taken away by a clock that is far ahead, and when a sweep first saw it."""
STILL_IN_LOG = "still_in_log"
"""The setting that stands while what was deleted could not be taken out of the log."""
WHOLE, PART = "whole", "part"
"""What it says: whether the file has to be written anew as well."""


def sweep(diary: Diary, now: datetime, wait: timedelta, day_of: Callable[[Entry], date]) -> int:
    """Empty every entry that was taken away so long ago; how many versions were.

    Of each version, and of each that is still to come in, a tombstone stays. `day_of` says on which day an
    entry stands.
    """
    before = now - wait
    gone, ahead = _said().where(table.c.recorded <= before), _said().where(table.c.recorded > now + FAR)
    with diary.read() as connection:
        # Nearly always there is nothing to do, and nobody has to wait for a writer.
        some = (connection.execute(query.limit(1)).first() for query in (gone, ahead))
        if not any(some) and not stragglers(connection):
            return 0
    emptied = 0
    with diary.write(alone=True) as connection:
        late = stragglers(connection)
        # A version that came in under a tombstone goes even if the stone is there already.
        bury_again(connection, late)
        for row in connection.execute(gone).all():
            stones = _stones_of(connection, row, before, day_of)
            bury(connection, stones)
            emptied += len(stones)
        for row in _waited(connection, connection.execute(ahead).all(), now, wait):
            # As of now: with a date to come, it would swallow all that is written of it until then.
            stones = [replace(stone, recorded=now) for stone in _stones_of(connection, row, None, day_of)]
            bury(connection, stones)
            emptied += len(stones)
    if emptied or late:
        settle(diary)
    return emptied + len(late)


def settle(diary: Diary, whole: bool = False) -> bool:
    """Write what was deleted over in the file too, and empty its log; `whole`: write the file anew.

    False where another connection reads, and so keeps it in the log; `settle_again` then has to be asked.
    """
    if diary.engine.dialect.name != "sqlite":
        return True
    raw = diary.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if whole:
            # Not into a folder for scraps: what is left of it there could be read.
            cursor.execute("PRAGMA temp_store=MEMORY")
            cursor.execute("VACUUM")
        [[busy, *_]] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.close()
    except sqlite3.OperationalError:
        # Another program writes, or the disk is full: what is to go has gone from the tables all the same.
        busy = 1
    finally:
        raw.close()
    if busy:
        # Who keeps us from the file may keep us from this as well; the person is told in any case.
        with suppress(DiaryUnusable):
            set_setting(diary, STILL_IN_LOG, WHOLE if whole else PART)
    return not busy


def settle_again(diary: Diary) -> None:
    """Do what `settle` could not do the last time, if so it was."""
    left = setting_of(diary, STILL_IN_LOG)
    if left and settle(diary, whole=left == WHOLE):
        set_setting(diary, STILL_IN_LOG, "")


def bury_again(connection: Connection, stones: list[Stone]) -> None:
    ids = [stone.id for stone in stones]
    if ids:
        connection.execute(table.delete().where(table.c.id.in_(ids)))
        bury(connection, stones)


def _said() -> Select[Any]:
    """The versions that say that an entry is gone, and that nothing replaces."""
    later = table.alias("later")
    replaced = select(later.c.id).where(later.c.replaces == table.c.id, later.c.person == table.c.person)
    said = select(table).where(table.c.body == TAKEN_AWAY)
    return said.where(~replaced.exists()).order_by(table.c.id)


def _waited(
    connection: Connection, rows: Sequence[Row[Any]], now: datetime, wait: timedelta
) -> list[Row[Any]]:
    """Those that a sweep has seen so long ago: what they say of themselves will not be over for years."""
    here = setting.c.key == AHEAD
    kept = connection.execute(select(setting.c.value).where(here)).scalar_one_or_none()
    before = json.loads(kept or "{}")
    seen = {row.id: before.get(row.id, now.isoformat()) for row in rows}
    if seen != before:
        connection.execute(setting.delete().where(here))
        connection.execute(setting.insert(), {"key": AHEAD, "value": json.dumps(seen)})
    return [row for row in rows if now - datetime.fromisoformat(seen[row.id]) >= wait]


def _stones_of(
    connection: Connection, row: Row[Any], before: datetime | None, day_of: Callable[[Entry], date]
) -> list[Stone]:
    """Tombstones for the whole family, none where another version is the newest."""
    versions = family_of(connection, row.id)
    newest = next((one for one in versions if one.id in newest_of(versions)), None)
    if newest is None or newest.body.get("deleted") is not True or (before and newest.recorded > before):
        return []
    kept = next((one for one in versions if one.body.get("deleted") is not True), newest)
    mine = {one.id for one in versions}
    before_them = {one.replaces for one in versions if one.replaces} - mine
    # A tombstone for what another person wrote would keep them from emptying it.
    theirs = set(connection.scalars(select(table.c.id).where(table.c.id.in_(before_them))))
    ids = mine | (before_them - theirs)
    day = day_of(kept).isoformat()
    return [Stone(name, newest.person, newest.kind.value, day, newest.recorded) for name in sorted(ids)]
