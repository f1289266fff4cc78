"""What was acknowledged is there after the program was killed in the middle of its work."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from tests.diary import entries
from tests.diary.entries import EPISODE, STRIDE, uuid
from uncramp.diary.connection import open_diary
from uncramp.diary.entries import entry

WRITERS = 8
ENTRY = {
    "kind": "episode",
    "start": EPISODE["bouts"][0]["start"],
    "end": EPISODE["bouts"][0]["end"],
    "offset_minutes": 60,
    "origin": "phone",
    "recorded": "2026-11-22T03:13:00.000Z",
    "body": EPISODE,
}

Kill = Callable[[Path, int, float], list[int]]
"""Writes into the diary at home from a number on, is killed after so many seconds; what was acknowledged."""


def kill_the_server(home: Path, first: int, seconds: float) -> list[int]:
    """A real `uncramp serve`, with eight phones that write to it."""
    command = [sys.executable, "-m", "uncramp", "serve", "--port", "0"]
    env = {**os.environ, "UNCRAMP_HOME": str(home)}
    acknowledged: list[int] = []
    all_write = Barrier(WRITERS + 1)
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as server:
        assert server.stdout
        port = re.search(rb":(\d+)/", server.stdout.readline())
        assert port
        arguments = [(int(port[1]), first + n * STRIDE, acknowledged, all_write) for n in range(WRITERS)]
        phones = [Thread(target=write_to, args=each) for each in arguments]
        for phone in phones:
            phone.start()
        # Not while it still starts: then nothing would be in the middle of being written.
        all_write.wait(60)
        time.sleep(seconds)
        server.send_signal(signal.SIGKILL)
    for phone in phones:
        phone.join(30)
    return acknowledged


def write_to(port: int, first: int, acknowledged: list[int], all_write: Barrier) -> None:
    """Put one entry after the other, until there is no server any more."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"}
    try:
        for number in range(first, first + STRIDE):
            connection.request("PUT", f"/api/v1/entries/{uuid(number)}", json.dumps(ENTRY), headers)
            reply = connection.getresponse()
            reply.read()
            assert reply.status == 201, reply.status
            acknowledged.append(number)
            if number == first:
                all_write.wait(60)
    except (OSError, http.client.HTTPException, BrokenBarrierError):
        all_write.abort()
    finally:
        connection.close()


def kill_the_writer(home: Path, first: int, seconds: float) -> list[int]:
    """The diary alone, in a process with eight threads; it starts four times as fast."""
    address = f"sqlite:///{home / 'diary.sqlite'}"
    command = [sys.executable, entries.__file__, address, str(first), str(WRITERS), str(STRIDE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        begun = writer.stdout.readline()
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        said = begun + writer.stdout.read()
    return [int(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]


def killed_often(home: Path, times: int, kill: Kill) -> int:
    """How many entries were acknowledged over so many kills; all are there after each."""
    home.mkdir()
    acknowledged: set[int] = set()
    for turn in range(times):
        acknowledged |= set(kill(home, turn * WRITERS * STRIDE + 1, random.uniform(0.02, 0.5)))
        diary = open_diary(f"sqlite:///{home / 'diary.sqlite'}")
        lost = [number for number in acknowledged if entry(diary, uuid(number)) is None]
        diary.close()
        assert lost == [], f"after kill {turn + 1}"
        with closing(sqlite3.connect(home / "diary.sqlite")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    return len(acknowledged)


@pytest.mark.parametrize(("kill", "times"), [(kill_the_server, 2), (kill_the_writer, 4)])
def test_nothing_acknowledged_is_lost_in_a_few_kills(tmp_path: Path, kill: Kill, times: int) -> None:
    assert killed_often(tmp_path / "home", times, kill) >= times * WRITERS


@pytest.mark.slow
@pytest.mark.parametrize(("kill", "times"), [(kill_the_server, 4), (kill_the_writer, 16)])
def test_nothing_acknowledged_is_lost_in_two_hundred_kills(tmp_path: Path, kill: Kill, times: int) -> None:
    # Ten diaries, so that reading all back does not come to take longest.
    assert sum(killed_often(tmp_path / f"home-{n}", times, kill) for n in range(10)) >= 10 * times * WRITERS
