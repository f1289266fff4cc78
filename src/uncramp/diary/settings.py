"""Settings of the whole diary: a word for each key."""

from __future__ import annotations

from sqlalchemy import delete, select

from uncramp.diary.connection import Diary
from uncramp.diary.schema import setting


def setting_of(diary: Diary, key: str, default: str = "") -> str:
    """What is set under `key`, `default` where nothing is."""
    with diary.read() as connection:
        found = connection.execute(select(setting.c.value).where(setting.c.key == key)).scalar_one_or_none()
    return default if found is None else found


def set_setting(diary: Diary, key: str, value: str) -> None:
    with diary.write(alone=True) as connection:
        connection.execute(delete(setting).where(setting.c.key == key))
        connection.execute(setting.insert(), {"key": key, "value": value})
