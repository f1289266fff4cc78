"""`uncramp demo` as a process: a diary that is invented, says so, touches no other and leaves nothing."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from uncramp.actions import demo, home
from uncramp.actions.check import Refused
from uncramp.actions.entries import newest
from uncramp.actions.export import export
from uncramp.actions.restore import restore
from uncramp.core.nights import nights
from uncramp.core.simulate import Wanted
from uncramp.diary.connection import open_diary
from uncramp.diary.people import first_person, people
from uncramp.diary.whole import is_demo
from uncramp.importers import pocket
from uncramp.model import EntryKind
from uncramp.model import Refused as NotTaken

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
SOON = 60.0


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process with its port; `folder` has its own home, and stands for the place of temporary files."""
    (folder / "home").mkdir(exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    log = folder / "said.txt"
    command = [sys.executable, "-m", "uncramp", "demo", "--port", "0", *arguments]
    environment = {
        **os.environ,
        "UNCRAMP_HOME": str(folder / "home"),
        # Nobody is there: whoever asked it would fail.
        "UNCRAMP_DATABASE": "postgresql://nobody@127.0.0.1:9/real",
        "TMPDIR": str(folder / "tmp"),
    }
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            deadline = time.monotonic() + SOON
            while process.poll() is None and time.monotonic() < deadline:
                if found := re.search(r"uncramp is at http://127\.0\.0\.1:(\d+)/", log.read_text()):
                    yield process, int(found[1])
                    return
                time.sleep(0.05)
            pytest.fail(log.read_text())
        finally:
            process.terminate()
            process.wait(timeout=60)


def page(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_an_invented_diary_says_so_and_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    truth = tmp_path / "truth.json"
    with running(tmp_path, "--truth", str(truth)) as (process, port):
        assert "Demo diary: invented data." in page(port, "/history")
        cramps = json.loads(page(port, "/api/v1/entries?kind=episode"))["entries"]
        assert len(cramps) > 40
        assert {cramp["origin"] for cramp in cramps} == {"demo"}
        [folder] = (tmp_path / "tmp").iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        process.send_signal(how)
        process.wait(timeout=SOON)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []
    assert json.loads(truth.read_text())["per_week"] == 3.0


def test_the_port_of_ones_own_diary_is_refused() -> None:
    command = [sys.executable, "-m", "uncramp", "demo", "--port", "8321"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SOON, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "own diary" in done.stderr


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "²"])
def test_a_seed_is_a_whole_number(seed: str) -> None:
    command = [sys.executable, "-m", "uncramp", "demo", f"--seed={seed}"]
    assert subprocess.run(command, capture_output=True, timeout=SOON, check=False).returncode == 2


@pytest.fixture
def put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder for a demo in this process; afterwards it works on the diary of before."""
    for name in (home.HOME, home.DATABASE):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    yield tmp_path
    home.close_diaries()


def make(folder: Path, now: datetime = NOW, seed: int = 3, wanted: Wanted | None = None) -> None:
    demo.make_demo(folder, now, lambda _wall: 0, np.random.default_rng(seed), wanted)


def test_it_works_on_its_own_file_and_on_no_other(put_back: Path) -> None:
    make(put_back, wanted=Wanted(nights=20, efforts=4))
    assert home.diary_address() == f"sqlite:///{put_back / home.FILE}"
    assert is_demo(home.diary())
    assert [name for _, name in people(home.diary())] == [demo.NAME]


def test_what_is_exported_from_it_is_refused_by_a_real_diary(put_back: Path) -> None:
    make(put_back, wanted=Wanted(nights=20, efforts=4))
    file = put_back / "demo.export"
    file.write_bytes(b"".join(export(home.diary(), people(home.diary())[0][0])))
    real = open_diary(f"sqlite:///{put_back / 'real.sqlite'}")
    person = first_person(real, NOW)
    with pytest.raises(Refused, match="never mixed"):
        restore(real, person, file)
    assert newest(real, person) == ()
    real.close()


def test_what_a_browser_saved_of_a_demo_is_no_import(tmp_path: Path) -> None:
    file = tmp_path / "uncramp-diary.json"
    file.write_text('{"uncramp": "entries", "version": 1, "demo": true, "entries": [{}]}', encoding="utf-8")
    [refused] = pocket.entries(file)
    assert isinstance(refused, NotTaken)
    assert refused.where == "demo"


def test_where_a_diary_is_already_no_demo_is_begun(put_back: Path) -> None:
    (put_back / home.FILE).write_bytes(b"somebody's")
    before = os.environ[home.HOME]
    with pytest.raises(FileExistsError):
        make(put_back)
    assert (put_back / home.FILE).read_bytes() == b"somebody's"
    assert os.environ[home.HOME] == before


@pytest.mark.parametrize("hour", [0, 4, 7, 12, 23])
def test_it_ends_with_the_last_night_and_nothing_of_it_is_in_the_future(put_back: Path, hour: int) -> None:
    now = NOW.replace(hour=hour)
    make(put_back, now)
    person = people(home.diary())[0][0]
    entries = newest(home.diary(), person)
    assert all(entry.recorded <= now and entry.start <= now for entry in entries)
    last = (now - timedelta(hours=4)).date() - timedelta(days=1)
    found = nights(entries, last - timedelta(days=179), last)
    assert len([night for night in found if night.word]) > 130
    assert found[0].word or found[1].word or found[2].word
    efforts = [one for one in entries if one.body.get("exposure") == "effort"]
    assert 58 <= len(efforts) <= 60
    assert any(entry.kind is EntryKind.CIRCUMSTANCE for entry in entries)
