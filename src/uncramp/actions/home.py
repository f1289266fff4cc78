"""Where the diary lies, and the one way to it."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakSet

from uncramp.diary.faults import DiaryUnusable

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

__all__ = [
    "DiaryUnusable",
    "close_diaries",
    "diary",
    "diary_address",
    "examine_diary",
    "home",
    "is_at_hand",
    "is_begun",
    "owner",
]

HOME, DATABASE = "UNCRAMP_HOME", "UNCRAMP_DATABASE"
FILE = "diary.sqlite"

_opened: dict[tuple[str, str], Diary] = {}
_tidied: WeakSet[Diary] = WeakSet()
_opening, _tidying = Lock(), Lock()


def home() -> Path:
    """The folder with all data, made for its owner alone if there is none."""
    folder = _folder(os.environ.get(HOME, ""))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise DiaryUnusable(
            f"The folder {folder} cannot be made ({problem.strerror}); name another one in {HOME}."
        ) from problem
    return folder


def _folder(named: str) -> Path:
    if not named:
        from platformdirs import user_data_path

        return user_data_path("uncramp", appauthor=False)
    return Path(named).expanduser().absolute()


def diary_address() -> str:
    """The address of the diary: what `UNCRAMP_DATABASE` names, else a file at home."""
    return os.environ.get(DATABASE) or f"sqlite:///{home() / FILE}"


def is_begun() -> bool:
    """Whether there is a diary; without looking, that is for whoever named a database."""
    return bool(os.environ.get(DATABASE)) or (home() / FILE).exists()


def diary() -> Diary:
    """The diary, opened when it is first asked for; raise `DiaryUnusable` if it cannot be, each time anew."""
    # Every request comes by here: by what names the diary it is found without a look at the disk.
    named = os.environ.get(DATABASE, ""), os.environ.get(HOME, "")
    with _opening:
        if named not in _opened:
            # Half a second to import, which a check need not wait for.
            from uncramp.diary.connection import open_diary

            _opened[named] = open_diary(diary_address())
        return _opened[named]


def is_at_hand() -> bool:
    """Whether the diary is open already, from this disk, and is somebody's: then nothing has to be written
    before a small question is answered, and it is answered at once."""
    from uncramp.diary.people import known

    named = os.environ.get(DATABASE, ""), os.environ.get(HOME, "")
    opened = _opened.get(named)
    return opened is not None and opened.is_file and opened in _tidied and bool(known(opened))


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
    # Asked each time: another program may have erased the diary of who was first.
    found = first_person(opened, now)
    with _tidying:
        if opened not in _tidied:
            _tidy(opened, now)
            _tidied.add(opened)
    return found


def _tidy(opened: Diary, now: datetime) -> None:
    """Once for each opening: empty what was taken away long enough ago."""
    from uncramp.actions.removal import sweep

    # It can wait: nobody is to be kept from the diary by it.
    with suppress(DiaryUnusable):
        sweep(opened, now)
