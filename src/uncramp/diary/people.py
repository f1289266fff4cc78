"""Whose diary it is."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from uncramp.diary.connection import Diary
from uncramp.diary.schema import person


def people(diary: Diary) -> tuple[tuple[str, str], ...]:
    """Id and name of everybody, who came first first."""
    with diary.read() as connection:
        rows = connection.execute(select(person.c.id, person.c.name).order_by(person.c.created, person.c.id))
        return tuple((row.id, row.name) for row in rows)


def first_person(diary: Diary, now: datetime) -> str:
    """The id of who opened the diary first; made at the first opening, so that there always is one."""
    if found := people(diary):
        return found[0][0]
    with diary.write(alone=True) as connection:
        # Somebody else may have been faster while we waited for the pen.
        query = select(person.c.id).order_by(person.c.created, person.c.id).limit(1)
        if there := connection.execute(query).scalar_one_or_none():
            return str(there)
        made = str(uuid4())
        connection.execute(person.insert(), {"id": made, "name": "", "created": now})
        return made
