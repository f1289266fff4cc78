"""Whose diary it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, select, update

from uncramp.diary.connection import Diary
from uncramp.diary.schema import person, setting

KEY_OF_OLD = "passphrase"
"""Where the one passphrase of the diary stood as long as nobody had a diary yet."""
EVERYBODY = "SELECT id, name, passphrase FROM person ORDER BY created, id"


@dataclass(frozen=True)
class Known:
    """Somebody who has a diary here."""

    id: str
    name: str
    locked: bool
    """Whether there is a passphrase."""


Look = Callable[[tuple[Known, ...]], object]
"""Sees everybody while nobody else can write, and raises where something must not be."""


def known(diary: Diary) -> tuple[Known, ...]:
    """Everybody, who came first first."""
    return _known_in(diary.glance(EVERYBODY))


def _known_in(rows: Iterable[Any]) -> tuple[Known, ...]:
    return tuple(Known(found, name, bool(kept)) for found, name, kept in rows)


def people(diary: Diary) -> tuple[tuple[str, str], ...]:
    """Id and name of everybody, who came first first."""
    with diary.read() as connection:
        rows = connection.execute(select(person.c.id, person.c.name).order_by(person.c.created, person.c.id))
        return tuple((row.id, row.name) for row in rows)


def passphrase_of(diary: Diary, person_id: str) -> str:
    """The hash of the person's passphrase, empty where there is none or no such person."""
    with diary.read() as connection:
        query = select(person.c.passphrase).where(person.c.id == person_id)
        return connection.execute(query).scalar_one_or_none() or ""


def set_passphrase_of(diary: Diary, person_id: str, kept: str) -> None:
    with diary.write() as connection:
        connection.execute(update(person).where(person.c.id == person_id).values(passphrase=kept))


def add_person(diary: Diary, name: str, now: datetime, look: Look = bool) -> str:
    """The id of the new person."""
    made = str(uuid4())
    with diary.write(alone=True) as connection:
        look(_known_in(connection.exec_driver_sql(EVERYBODY)))
        connection.execute(person.insert(), {"id": made, "name": name, "created": now})
    return made


def name_person(diary: Diary, person_id: str, name: str, look: Look = bool) -> None:
    with diary.write(alone=True) as connection:
        look(_known_in(connection.exec_driver_sql(EVERYBODY)))
        connection.execute(update(person).where(person.c.id == person_id).values(name=name))


def first_person(diary: Diary, now: datetime) -> str:
    """The id of who opened the diary first; made at the first opening, so that there always is one."""
    if found := known(diary):
        return found[0].id
    with diary.write(alone=True) as connection:
        # Somebody else may have been faster while we waited for the pen.
        query = select(person.c.id).order_by(person.c.created, person.c.id).limit(1)
        if there := connection.execute(query).scalar_one_or_none():
            return str(there)
        made = str(uuid4())
        row = {"id": made, "name": "", "created": now, "passphrase": _take_old_passphrase(connection)}
        connection.execute(person.insert(), row)
        return made


def _take_old_passphrase(connection: Connection) -> str:
    """The hash that was set before anybody opened the diary; it is the first person's from now on."""
    there = setting.c.key == KEY_OF_OLD
    found = connection.execute(select(setting.c.value).where(there)).scalar_one_or_none()
    connection.execute(delete(setting).where(there))
    return found or ""
