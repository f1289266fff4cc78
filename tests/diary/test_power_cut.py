"""What was acknowledged is there after the power was cut."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.diary import entries
from tests.diary.entries import uuid
from tests.diary.power import STRACE, Disk, read
from uncramp.diary.connection import open_diary
from uncramp.diary.faults import DiaryUnusable

WRITERS = 4


@dataclass
class Found:
    """What came out of many cuts."""

    cuts: int = 0
    lost: int = 0
    """Cuts after which an entry was gone that had been acknowledged."""
    damaged: int = 0


def recorded(folder: Path, most: int, *synchronous: str) -> Disk:
    """What a real writer did to the disk, four threads putting so many entries each."""
    folder.mkdir()
    record = folder.with_suffix(".strace")
    address = f"sqlite:///{folder / 'diary.sqlite'}"
    writer = (sys.executable, entries.__file__, address, "1", str(WRITERS), str(most), *synchronous)
    command = [*STRACE, str(record), *writer]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        without = pytest.fail if os.environ.get("UNCRAMP_REQUIRE_BROWSER") == "1" else pytest.skip
        without(f"strace cannot watch a process here: {done.stderr[-200:]}")
    return Disk(folder, read(record))


def cut_often(disk: Disk, cuts: int, target: Path) -> Found:
    """Cut the power again and again after the first entry was acknowledged, each time from the beginning."""
    found = Found(cuts)
    chance = random.Random(20261122)
    for _ in range(cuts):
        cut = chance.randrange(disk.said[0][0] + 1, disk.lines + 2)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        disk.after_a_cut(cut, chance, target)
        there = what_is_there(target / "diary.sqlite")
        found.damaged += there is None
        found.lost += not {uuid(number) for number in disk.said_before(cut)} <= (there or set())
    return found


def what_is_there(path: Path) -> set[str] | None:
    """The ids in the diary as the program opens it; `None` where it is damaged."""
    try:
        open_diary(f"sqlite:///{path}").close()
        with closing(sqlite3.connect(path)) as raw:
            if raw.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return None
            if raw.execute("PRAGMA foreign_key_check").fetchall():
                return None
            return {row[0] for row in raw.execute("SELECT id FROM entry")}
    except (DiaryUnusable, sqlite3.Error):
        return None


@pytest.fixture(autouse=True, scope="module")
def strace() -> None:
    if shutil.which("strace") is None:
        without = pytest.fail if os.environ.get("UNCRAMP_REQUIRE_BROWSER") == "1" else pytest.skip
        without("no strace on this machine")


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> Disk:
    """What the writer does to the disk as it is."""
    return recorded(tmp_path_factory.mktemp("careful") / "home", 75)


class Kindly(random.Random):
    """The chance that everything reaches the disk, and whole."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Any) -> Any:
        return seq[-1]


def test_the_rebuilt_disk_is_the_real_one_where_nothing_is_missing(careful: Disk, tmp_path: Path) -> None:
    careful.after_a_cut(careful.lines + 1, Kindly(), tmp_path)
    real, rebuilt = (
        {file.name: file.read_bytes() for file in folder.iterdir()} for folder in (careful.folder, tmp_path)
    )
    assert rebuilt == real
    # The log was brought into the file also while it was being written to, not only at the end.
    assert len(careful.names["diary.sqlite"].syncs) >= 3


def test_nothing_acknowledged_is_lost_in_forty_power_cuts(careful: Disk, tmp_path: Path) -> None:
    assert len(careful.said) == 75 * WRITERS
    assert cut_often(careful, 40, tmp_path / "after") == Found(cuts=40, lost=0, damaged=0)


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_a_writer_that_does_not_wait_for_the_disk_is_found_out(tmp_path: Path, synchronous: str) -> None:
    disk = recorded(tmp_path / "home", 25, synchronous)
    assert cut_often(disk, 20, tmp_path / "after").lost >= 15


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_in_a_thousand_power_cuts(tmp_path: Path) -> None:
    for turn in range(4):
        disk = recorded(tmp_path / f"home-{turn}", 200)
        found = cut_often(disk, 250, tmp_path / "after")
        assert found == Found(cuts=250, lost=0, damaged=0)
