"""A copy of a whole diary in a file: made in one step while others write, looked at, and put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from uncramp.diary import schema
from uncramp.diary.connection import PRAGMAS, Diary
from uncramp.diary.faults import DiaryUnusable

BESIDE = ".before-restore-"
"""In the name of the file that was put aside when a backup was put back."""
OPENS = {"login", "token"}
"""The tables of what opens a diary besides the passphrase."""


def path_of(diary: Diary) -> Path | None:
    """The file of the diary, `None` for one in a database server."""
    found = diary.engine.url.database if diary.engine.dialect.name == "sqlite" else None
    return Path(found) if found else None


def copy(path: Path, to: Path) -> Mapping[str, int]:
    """Copy the diary at `path` and say how many rows each table has; raise `DiaryUnusable` for a damaged one.

    In one step: in several, each write of another would begin it anew.
    """
    _make_private(to)
    try:
        with closing(sqlite3.connect(path, timeout=30)) as old, closing(sqlite3.connect(to)) as new:
            old.backup(new, pages=-1)
            # One file with nothing beside it.
            new.execute("PRAGMA journal_mode=DELETE")
        return rows_in(to)
    except sqlite3.Error as problem:
        raise DiaryUnusable(f"The diary {path} cannot be copied ({problem}).") from problem


def rows_in(path: Path) -> Mapping[str, int]:
    """How many rows each table of a copy has; raise `DiaryUnusable` unless every page of it is sound."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True)) as raw:
            [owner] = raw.execute("PRAGMA application_id").fetchone()
            [version] = raw.execute("PRAGMA user_version").fetchone()
            if owner != schema.APPLICATION_ID or version > schema.VERSION:
                raise DiaryUnusable("It is no diary that this uncramp understands; install the newest one.")
            [found] = raw.execute("PRAGMA integrity_check(1)").fetchone()
            orphans = raw.execute("PRAGMA foreign_key_check").fetchone()
            if found != "ok" or orphans:
                raise DiaryUnusable(f"The copy is damaged ({found}{', rows of nobody' if orphans else ''}).")
            return {name: _count(raw, name) for name in sorted(_tables(raw))}
    except sqlite3.Error as problem:
        raise DiaryUnusable(f"The copy cannot be read ({problem}).") from problem


def refuse_additions(path: Path) -> None:
    """Raise `DiaryUnusable` where the copy has more in it than uncramp makes.

    A trigger would run with each of our own changes, and a table that we do not know is never erased.
    """
    # Two tables of the first version are made anew by the next.
    known = {*schema.tables.tables, "origin", "token"}
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True)) as raw:
        for kind, name in raw.execute("SELECT type, name FROM sqlite_master ORDER BY type, name"):
            ours = kind == "index" or (kind == "table" and (name in known or name.startswith("sqlite_stat")))
            if not ours:
                raise DiaryUnusable(f"Not all in it was made by uncramp: it has the {kind} {name[:60]!r}.")


def without(path: Path, person: str) -> None:
    """Take a person out of the copy at `path`, so that nothing of theirs is left in its bytes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA secure_delete=ON")
        raw.execute("PRAGMA temp_store=MEMORY")
        tables = _tables(raw)
        raw.execute("BEGIN IMMEDIATE")
        for name in ("entry", "choice", "tombstone", "token", "login", "origin"):
            if name in tables:
                raw.execute(f"DELETE FROM {name} WHERE person = ?", (person,))  # noqa: S608
        raw.execute("DELETE FROM person WHERE id = ?", (person,))
        raw.execute("COMMIT")
        raw.execute("VACUUM")


def put_back(copied: Path, path: Path, stamp: str) -> Path | None:
    """Let the copy be the diary at `path`; where the diary that was there lies now, `None` for none.

    Sessions, tokens and calendar addresses are left out: some of them were ended since the copy was made.
    At every moment there is a whole diary at `path`, or none and the old one beside it. Raise `DiaryUnusable`
    where another program has the diary open: it would go on to write into the old one.
    """
    with closing(sqlite3.connect(copied, isolation_level=None)) as raw:
        for pragma in PRAGMAS:
            raw.execute(pragma)
        raw.execute("PRAGMA journal_mode=WAL")
        for name in OPENS & _tables(raw):
            raw.execute(f"DELETE FROM {name}")  # noqa: S608
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _sync(copied)
    beside = _put_aside(path, stamp) if path.exists() else None
    for end in ("-wal", "-shm"):
        # What belonged to the old file would be taken for a part of the new one.
        log = Path(f"{path}{end}")
        if log.exists():
            log.replace(f"{beside or f'{path}{BESIDE}{stamp}'}{end}")
    copied.replace(path)
    _sync(path.parent)
    return beside


def _put_aside(path: Path, stamp: str) -> Path:
    """Give the file a second name, with everything in it that stood in its log."""
    _refuse_open(path)
    beside = Path(f"{path}{BESIDE}{stamp}")
    with suppress(FileExistsError):
        try:
            beside.hardlink_to(path)
        except FileExistsError:
            raise
        except OSError:
            # A disk without hard links, such as a memory stick.
            shutil.copy2(path, beside)
    return beside


def _refuse_open(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as raw:
            # Only who has the file alone can end its log; and then all of it stands in the one file.
            raw.execute("PRAGMA journal_mode=DELETE")
            raw.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as problem:
        if "locked" in str(problem):
            raise DiaryUnusable(
                f"The diary {path} is open in another program. Nothing was changed; "
                "end `uncramp serve` and try again."
            ) from problem
    except sqlite3.DatabaseError:
        # So damaged that it cannot be asked: it is put aside as it is.
        return


def _tables(raw: sqlite3.Connection) -> set[str]:
    return {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _count(raw: sqlite3.Connection, name: str) -> int:
    quoted = name.replace('"', '""')
    [found] = raw.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608
    return int(found)


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _sync(path: Path) -> None:
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
