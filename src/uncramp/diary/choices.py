"""What one person chose: a word for each key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import and_, delete, select

from uncramp.diary.connection import Diary
from uncramp.diary.schema import choice


def choices_of(diary: Diary, person: str) -> Mapping[str, str]:
    """Everything that the person chose, by its key."""
    with diary.read() as connection:
        rows = connection.execute(select(choice.c.key, choice.c.value).where(choice.c.person == person))
        return {row.key: row.value for row in rows}


def choose(diary: Diary, person: str, key: str, value: str) -> None:
    """Let `value` hold under `key` for that person; an empty one takes the choice back."""
    with diary.write(alone=True) as connection:
        there = and_(choice.c.person == person, choice.c.key == key)
        connection.execute(delete(choice).where(there))
        if value:
            connection.execute(choice.insert(), {"person": person, "key": key, "value": value})


def change_choice(diary: Diary, person: str, key: str, change: Callable[[str], str]) -> str:
    """Let `change` make the new value from the old one, with nobody between; gives the new one."""
    with diary.write(alone=True) as connection:
        there = and_(choice.c.person == person, choice.c.key == key)
        old = connection.execute(select(choice.c.value).where(there)).scalar_one_or_none() or ""
        if (value := change(old)) != old:
            connection.execute(delete(choice).where(there))
            connection.execute(choice.insert(), {"person": person, "key": key, "value": value})
    return value


def everybody_with(diary: Diary, key: str) -> Mapping[str, str]:
    """Who chose something under `key`, and what."""
    with diary.read() as connection:
        rows = connection.execute(select(choice.c.person, choice.c.value).where(choice.c.key == key))
        return {row.person: row.value for row in rows}
