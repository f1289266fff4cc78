"""Where the diary lies, and the one way to it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from uncramp.diary.faults import DiaryUnusable

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

__all__ = ["DiaryUnusable", "close_diaries", "diary", "diary_address", "examine_diary", "home", "owner"]

HOME, DATABASE = "UNCRAMP_HOME", "UNCRAMP_DATABASE"
FILE = "diary.sqlite"

_opened: dict[str, Diary] = {}
_owners: WeakKeyDictionary[Diary, str] = WeakKeyDictionary()
_opening = Lock()


def home() -> Path:
    """The folder with all data, made for its owner alone if there is none."""
    if not (named := os.environ.get(HOME)):
        from platformdirs import user_data_path

        named = str(user_data_path("uncramp", appauthor=False))
    folder = Path(named).expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise DiaryUnusable(
            f"The folder {folder} cannot be made ({problem.strerror}); name another one in {HOME}."
        ) from problem
    return folder


def diary_address() -> str:
    """The address of the diary: what `UNCRAMP_DATABASE` names, else a file at home."""
    return os.environ.get(DATABASE) or f"sqlite:///{home() / FILE}"


def diary() -> Diary:
    """The diary, opened when it is first asked for; raise `DiaryUnusable` if it cannot be, each time anew."""
    address = diary_address()
    with _opening:
        if address not in _opened:
            # Half a second to import, which a check need not wait for.
            from uncramp.diary.connection import open_diary

            _opened[address] = open_diary(address)
        return _opened[address]


def close_diaries() -> None:
    """Let go of the files and connections; the next use opens them again."""
    with _opening:
        while _opened:
            _opened.popitem()[1].close()


def examine_diary() -> None:
    """Raise `DiaryUnusable` unless the diary can be read and written now."""
    diary().examine()


def owner(now: datetime) -> str:
    """The id of who opened the diary first: whose it is, where nobody has to sign in."""
    from uncramp.diary.people import first_person

    opened = diary()
    with _opening:
        if opened not in _owners:
            _owners[opened] = first_person(opened, now)
        return _owners[opened]
