"""Everything of one person: taken out whole, put in whole or not at all, and taken away for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from uncramp.diary.connection import Diary
from uncramp.diary.entries import Put, entry_in, put_in
from uncramp.diary.schema import choice, entry, login, person, setting, tables, token, tombstone
from uncramp.diary.stones import Stone, bury, stone_in
from uncramp.model import Entry

DEMO = "demo"
"""The setting that stands in a diary of made-up nights, and in no other."""
OF_A_PERSON = (entry, choice, tombstone, token, login)


@dataclass(frozen=True)
class Whole:
    """All that a person wrote, chose and took away; no passphrase, and nothing that opens a door."""

    name: str
    demo: bool
    choices: Mapping[str, str]
    entries: tuple[Entry, ...]
    stones: tuple[Stone, ...]


def whole_of(diary: Diary, person_id: str) -> Whole:
    """Everything, as it stands at one moment."""
    with diary.read() as connection:
        name = connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar_one()
        chosen = select(choice.c.key, choice.c.value).where(choice.c.person == person_id)
        entries = select(entry).where(entry.c.person == person_id).order_by(entry.c.id)
        stones = select(tombstone).where(tombstone.c.person == person_id).order_by(tombstone.c.id)
        return Whole(
            name=name,
            demo=_is_demo(connection),
            choices={row.key: row.value for row in connection.execute(chosen)},
            entries=tuple(map(entry_in, connection.execute(entries))),
            stones=tuple(map(stone_in, connection.execute(stones))),
        )


def numbers_of(diary: Diary, person_id: str) -> dict[str, int]:
    """How many lines there are of each kind of entry, with all versions, and how many were taken away."""
    by_kind = (
        select(entry.c.kind, func.count().label("many"))
        .where(entry.c.person == person_id)
        .group_by(entry.c.kind)
    )
    gone = select(func.count()).where(tombstone.c.person == person_id)
    with diary.read() as connection:
        found = {row.kind: row.many for row in connection.execute(by_kind.order_by(entry.c.kind))}
        if taken := connection.execute(gone).scalar_one():
            found["tombstone"] = taken
    return found


def put_whole(diary: Diary, person_id: str, whole: Whole) -> tuple[tuple[Entry, Put | None], ...]:
    """Put it to what the person has, all or nothing; what became of each entry.

    What the person chose here and is called here stays.
    """
    with diary.write(alone=True) as connection:
        bury(connection, whole.stones)
        became = put_in(connection, whole.entries)
        chosen = select(choice.c.key).where(choice.c.person == person_id)
        there = set(connection.execute(chosen).scalars())
        new = [
            {"person": person_id, "key": key, "value": value}
            for key, value in whole.choices.items()
            if key not in there
        ]
        if new:
            connection.execute(choice.insert(), new)
        nameless = update(person).where(person.c.id == person_id, person.c.name == "")
        if whole.name and not _is_taken(connection, whole.name):
            connection.execute(nameless.values(name=whole.name))
    return became


def is_demo(diary: Diary) -> bool:
    with diary.read() as connection:
        return _is_demo(connection)


def take_all(diary: Diary, person_id: str) -> None:
    """Take the person away, with everything."""
    with diary.write(alone=True) as connection:
        for table in OF_A_PERSON:
            connection.execute(delete(table).where(table.c.person == person_id))
        connection.execute(delete(person).where(person.c.id == person_id))


def take_everything(diary: Diary) -> None:
    """Take everybody away, and every setting but those that say what diary it is."""
    with diary.write(alone=True) as connection:
        for table in reversed(tables.sorted_tables):
            if table is not setting:
                connection.execute(delete(table))
        connection.execute(delete(setting).where(setting.c.key.not_in((DEMO, "tables_version"))))


def _is_demo(connection: Connection) -> bool:
    query = select(setting.c.value).where(setting.c.key == DEMO)
    return bool(connection.execute(query).scalar_one_or_none())


def _is_taken(connection: Connection, name: str) -> bool:
    return connection.execute(select(person.c.id).where(person.c.name == name)).first() is not None
