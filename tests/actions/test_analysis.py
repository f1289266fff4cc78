"""The processes that work an answer out: begun once, given up where they are of no use, never for ever."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from uncramp.actions import analysis

ASKED = ("triggers", "somebody", "rest", 1)


@pytest.fixture(autouse=True)
def nothing_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    analysis.stop()
    analysis._failed.clear()
    yield
    analysis.stop()
    analysis._failed.clear()


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module in place of the one that works out; a test writes what it does."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(analysis, "MODULE", "works")
    return tmp_path / "works.py"


def ended(key: str = "key") -> str:
    """What is said of it once its process is over."""
    process = next(work.process for work in analysis._begun.values() if work.key == key)
    process.wait(30)
    return analysis.begin(*ASKED, key)


@pytest.mark.parametrize(
    ("does", "how"),
    [("raise SystemExit(1)", "broke"), ("1 / 0", "broke"), ("", "lost"),
     pytest.param("import os; os.kill(os.getpid(), 9)", "killed",
                  marks=pytest.mark.skipif(sys.platform == "win32", reason="has no such signal"))],
)  # fmt: skip
def test_a_process_that_ends_without_an_answer_is_not_begun_again_by_itself(
    works: Path, does: str, how: str
) -> None:
    works.write_text(does, encoding="utf-8")
    assert analysis.begin(*ASKED, "key") == ""
    assert ended() == how
    assert analysis.begin(*ASKED, "key") == how
    assert not analysis._begun


def test_it_is_begun_again_where_somebody_asks_for_it_or_the_diary_is_another(works: Path) -> None:
    works.write_text("raise SystemExit(1)", encoding="utf-8")
    analysis.begin(*ASKED, "key")
    assert ended() == "broke"
    assert analysis.begin(*ASKED, "key", again=True) == ""
    assert ended() == "broke"
    assert analysis.begin(*ASKED, "another") == ""


def test_an_answer_that_is_kept_is_no_failure(works: Path) -> None:
    works.write_text("", encoding="utf-8")
    analysis.begin(*ASKED, "key")
    analysis.keep("key", "{}")
    assert ended() == ""


def test_while_one_is_at_work_no_second_is_begun_and_nobody_waits(works: Path) -> None:
    works.write_text("import time; time.sleep(60)", encoding="utf-8")
    begun = time.monotonic()
    assert [analysis.begin(*ASKED, "key") for _ in range(3)] == ["", "", ""]
    assert time.monotonic() - begun < 10
    assert len(analysis._begun) == 1


def test_what_was_asked_of_an_older_diary_is_given_up(works: Path) -> None:
    works.write_text("import time; time.sleep(60)", encoding="utf-8")
    analysis.begin(*ASKED, "older")
    [older] = analysis._begun.values()
    analysis.begin(*ASKED, "newer")
    assert older.process.poll() is not None
    assert [work.key for work in analysis._begun.values()] == ["newer"]
    assert analysis._failed == {}


def test_one_that_takes_too_long_is_ended(works: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works.write_text("import time; time.sleep(60)", encoding="utf-8")
    analysis.begin(*ASKED, "key")
    [work] = analysis._begun.values()
    monkeypatch.setattr(analysis, "LONGEST", -1.0)
    assert analysis.begin(*ASKED, "key") == "late"
    assert work.process.poll() is not None


def test_a_machine_that_can_begin_nothing_is_told_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_asked: str) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(analysis, "_process", full)
    assert analysis.begin(*ASKED, "key") == "killed"
