"""Run as a process it keeps one action up until it is killed: python tests/diary/keeping.py ACTION FOLDER.

The home is what UNCRAMP_HOME names. It says when it has begun.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from uncramp.actions import backup, export, home, restore, whole_file
from uncramp.diary.connection import open_diary
from uncramp.diary.whole import take_all

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def exporting(folder: Path) -> None:
    parts = export.export(home.diary(), home.owner(NOW))
    whole_file.write_whole(folder / "out.uncramp", parts, over=True)


def restoring(folder: Path) -> None:
    take_all(home.diary(), home.owner(NOW))
    restore.restore(home.diary(), home.owner(NOW), folder / "in.uncramp")


def backing_up(folder: Path) -> None:  # noqa: ARG001
    backup.nightly(NOW)


def putting_back(folder: Path) -> None:
    backup.restore_backup(folder / "in.uncramp-backup", datetime.now(UTC), replace=True)
    home.diary()


def migrating(folder: Path) -> None:
    path, new = folder / "old.sqlite", folder / "new.sqlite"
    shutil.copy(folder / "version-1.sqlite", new)
    for old in sorted(folder.glob("old.sqlite*")):
        old.unlink()
    # In one step: a copy cut short by the kill would look like a migration gone wrong.
    new.rename(path)
    open_diary(f"sqlite:///{path}").close()


ACTIONS = {act.__name__: act for act in (exporting, restoring, backing_up, putting_back, migrating)}

if __name__ == "__main__":
    os.write(1, b"begun\n")
    while True:
        ACTIONS[sys.argv[1]](Path(sys.argv[2]))
        os.write(1, b"once\n")
