"""Killed in the middle of an export, a restore, a backup or a migration, there is always a whole diary."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.diary import version_1
from tests.diary.entries import EPISODE, NIGHT, an_entry
from uncramp.actions import backup, export, home
from uncramp.diary.connection import open_diary
from uncramp.diary.entries import newest, put_all
from uncramp.diary.people import first_person
from uncramp.exporters import diary_file

MANY = 300
SCRIPT = Path(__file__).with_name("keeping.py")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a diary of many entries, and beside it an export, a backup and a diary of version 1."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / "home"))
    me = home.owner(NIGHT)
    put_all(home.diary(), [an_entry(me, n, n, body={**EPISODE, "note": "x" * 500}) for n in range(MANY)])
    (tmp_path / "in.uncramp").write_bytes(b"".join(export.export(home.diary(), me)))
    (tmp_path / "in.uncramp-backup").write_bytes(backup.nightly(NIGHT).read_bytes())
    version_1.make_file(tmp_path / "version-1.sqlite")
    home.close_diaries()
    return tmp_path


def kill(action: str, folder: Path, seconds: float) -> None:
    command = [sys.executable, str(SCRIPT), action, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        # From when on it is in the middle of it: the first turn has been through.
        while (line := process.stdout.readline()) != b"once\n":
            assert line
        time.sleep(seconds)
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("action", ["exporting", "restoring", "backing_up", "putting_back"])
def test_a_kill_leaves_a_whole_diary(folder: Path, action: str) -> None:
    for _ in range(3):
        kill(action, folder, random.uniform(0, 0.3))
        diary = open_diary(f"sqlite:///{folder / 'home' / 'diary.sqlite'}")
        many = len(newest(diary, first_person(diary, NIGHT)))
        diary.close()
        # While it is restored again and again, it is either all there or not yet.
        assert many in ({0, MANY} if action == "restoring" else {MANY})
        with closing(sqlite3.connect(folder / "home" / "diary.sqlite")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert all(one.whole for one in backup.listed())
        if (out := folder / "out.uncramp").exists():
            assert len(diary_file.load(out.read_bytes())[1]) == MANY


def test_a_kill_in_a_migration_leaves_the_old_diary_or_the_new_one(folder: Path) -> None:
    looked = 0
    for _ in range(40):
        kill("migrating", folder, random.uniform(0, 0.05))
        if not (folder / "old.sqlite").exists():
            # Killed while the script laid the next old diary in its place.
            continue
        diary = open_diary(f"sqlite:///{folder / 'old.sqlite'}")
        assert len(newest(diary, version_1.PERSON)) == 1
        diary.close()
        with closing(sqlite3.connect(folder / "old.sqlite")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        looked += 1
        if looked == 4:
            return
    pytest.fail("there was never a diary to look at")
