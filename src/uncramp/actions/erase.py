"""Everything of a person, or of everybody, gone for good: from the diary, its log and its backups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from uncramp.actions.analysis import forget
from uncramp.actions.backup import key_of, rewrite, scraps
from uncramp.actions.home import close_diaries, diary

WORD = "erase"
"""What one types to say that one means it."""


@dataclass(frozen=True)
class Erased:
    """Which backups were written anew without the person, and which files were deleted."""

    anew: tuple[Path, ...]
    deleted: tuple[Path, ...]
    out_of_the_file: bool = True
    """False while another program reads the diary: until it ends, what was erased still stands in the log."""


def erase(person: str) -> Erased:
    """Erase the person: what was written, chosen and taken away, the ways in, and the name.

    The diary is gone first: whoever is interrupted then begins again and loses nothing that was to stay.
    """
    from uncramp.diary.backup import path_of, without
    from uncramp.diary.removal import settle
    from uncramp.diary.whole import take_all

    opened = diary()
    key = key_of(opened)
    take_all(opened, person)
    out = settle(opened, whole=True)
    anew, gone = rewrite(partial(without, person=person), key) if path_of(opened) else ((), ())
    # Who the owner is must be asked anew.
    close_diaries()
    return Erased(anew, (*gone, *_without_scraps()), out)


def erase_everything() -> Erased:
    """Erase everybody, and every backup."""
    from uncramp.diary.backup import path_of
    from uncramp.diary.backup_file import backups_of
    from uncramp.diary.removal import settle
    from uncramp.diary.whole import take_everything

    opened = diary()
    take_everything(opened)
    out = settle(opened, whole=True)
    path = path_of(opened)
    gone = tuple(backups_of(path)) if path else ()
    for backup in gone:
        backup.unlink()
    close_diaries()
    return Erased((), (*gone, *_without_scraps()), out)


def what_goes() -> tuple[Path, ...]:
    """The backups and copies beside the diary that are changed or deleted with it."""
    from uncramp.actions.backup import listed

    return (*(backup.path for backup in listed()), *scraps())


def _without_scraps() -> tuple[Path, ...]:
    forget()
    gone = tuple(scraps())
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
