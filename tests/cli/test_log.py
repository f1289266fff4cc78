"""Writing and reading the diary in the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from uncramp.actions.home import close_diaries
from uncramp.cli import days, here, log, main

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
Type = Callable[..., tuple[int, str]]


@pytest.fixture
def type_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Type]:
    """Types a command at eight in the morning: its exit code, and what it printed."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    times = iter(range(10_000))
    for module in (log, days, here):
        monkeypatch.setattr(module, "now", lambda: NOW + timedelta(seconds=next(times)))

    def typed(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    yield typed
    close_diaries()


def read(type_in: Type, *arguments: str) -> Any:
    return json.loads(type_in(*arguments, "--json")[1])


def test_what_was_written_is_said_in_one_line_with_the_way_back(type_in: Type) -> None:
    assert type_in("log", "quiet") == (
        0,
        "Written: a quiet night – 21 November 2026. To take it back: uncramp log undo\n",
    )
    assert type_in("log", "quiet") == (0, "Nothing new: your diary says so already.\n")
    assert type_in("log", "undo")[1].startswith("Taken back.")
    assert type_in("log", "undo") == (0, "There is nothing left to take back of what was written here.\n")


def test_what_may_be_more_than_a_cramp_leads_to_the_check(type_in: Type) -> None:
    for line in (("cramp", "--at", "03:10"), ("cramp", "--day", "2026-11-09"), ("sick_stomach", "yes")):
        said = type_in("log", *line)[1]
        assert said.count("uncramp check") == 1, line
    for line in (("sick_stomach", "no"), ("alcohol", "2"), ("quiet", "--day", "2026-11-10")):
        assert "uncramp check" not in type_in("log", *line)[1], line


def test_undo_of_a_change_says_what_holds_again(type_in: Type) -> None:
    type_in("log", "alcohol", "2")
    type_in("log", "alcohol", "3")
    assert "Your diary says again: Alcohol: 2 drinks" in type_in("log", "undo")[1]


def test_a_cramp_is_said_with_all_that_is_known_of_it(type_in: Type) -> None:
    code, words = type_in(
        "log", "cramp", "--at", "03:10", "--side", "left", "--minutes", "4", "--pain", "7", "--asleep",
        "--note", "woke me",
    )  # fmt: skip
    assert code == 0
    assert "a cramp at 03:10: left hamstring, 4 min, pain 7, asleep (woke me) – 21 November 2026" in words
    assert "awake" in type_in("log", "cramp", "--side", "right", "--awake", "--muscle", "calf")[1]


def test_of_an_hour_shown_twice_it_says_which_was_written_and_how_to_give_the_other(type_in: Type) -> None:
    code, words = type_in("log", "cramp", "--at", "02:30", "--day", "2026-10-24")
    assert code == 0
    assert "showed 02:30 twice; the first one is written." in words
    assert words.endswith("--at 2026-10-25T02:30+01:00\n")
    assert "twice" not in type_in("log", "cramp", "--at", "2026-10-25T02:30+01:00", "--side", "left")[1]


def test_an_hour_that_the_clock_skipped_is_refused_with_the_mend(type_in: Type) -> None:
    assert type_in("log", "cramp", "--at", "02:30", "--day", "2026-03-28") == (
        1,
        "uncramp: at: the clock was put forward then and never showed 02:30. Write 01:30 or 03:30.\n",
    )


def test_an_effort_is_said(type_in: Type) -> None:
    words = type_in("log", "effort", "running", "--minutes", "45", "--rpe", "6", "--hot", "--no-warm-up")[1]
    assert "running, 45 min, effort 6 of 10, in heat – 22 November 2026" in words


def test_same_writes_yesterdays_answers(type_in: Type) -> None:
    type_in("log", "alcohol", "2", "--day", "yesterday")
    assert "Alcohol: 2 drinks – 22 November" in type_in("log", "same")[1]
    assert "Nothing written" in type_in("log", "same")[1]


def test_today_shows_what_is_not_written_as_such(type_in: Type) -> None:
    words = type_in("today")[1]
    assert "Last night: not written" in words
    assert "Did you train hard today? not written" in words
    assert "uncramp log quiet" in words
    for said in (["quiet"], ["hard_exercise", "no"], ["alcohol", "0"], ["poor_sleep", "yes"]):
        type_in("log", *said)
    words = type_in("today")[1]
    assert "Last night: quiet" in words
    assert "Did you train hard today? no\n" in words
    assert "have? 0 drinks\n" in words
    assert "Nothing is open." in words


def test_today_for_another_program(type_in: Type) -> None:
    type_in("log", "cramp", "--at", "03:10")
    found = read(type_in, "today")
    assert (found["night"], found["word"], found["cramps"], found["day"]) == (
        "2026-11-21", "cramp", 1, "2026-11-22",
    )  # fmt: skip
    assert found["open"] == ["hard_exercise", "alcohol", "poor_sleep"]
    assert {answer["value"] for answer in found["answers"]} == {None}


def test_history_shows_unknown_nights_as_unknown_and_counts_only_known_ones(type_in: Type) -> None:
    type_in("log", "quiet", "--day", "2026-11-19")
    type_in("log", "cramp", "--at", "03:10", "--side", "left")
    lines = type_in("history", "--last", "4")[1].splitlines()
    assert lines[1:5] == [
        "2026-11-19  quiet",
        "2026-11-20  not written",
        "2026-11-21  cramp         a cramp at 03:10: left hamstring",
        "2026-11-22  not written",
    ]
    assert lines[-1] == "Nights with a cramp: 1 of 2 known, of 4 in all."


def test_history_of_one_kind_and_range(type_in: Type) -> None:
    type_in("log", "yoga", "yes", "--day", "2026-11-10")
    type_in("log", "quiet", "--day", "2026-11-10")
    found = read(type_in, "history", "--from", "2026-11-09", "--to", "2026-11-11", "--kind", "exposure")
    assert [night["word"] for night in found["nights"]] == [None, "quiet", None]
    assert [entry["body"]["exposure"] for entry in found["entries"]] == ["yoga"]


def test_what_was_taken_away_is_not_in_the_history(type_in: Type) -> None:
    type_in("log", "yoga", "yes")
    type_in("log", "undo")
    assert read(type_in, "history")["entries"] == []


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (["log", "moon", "1"], "exposure: there is no 'moon'"),
        (["log", "yoga"], "value: "),
        (["log", "quiet", "1"], "1: nothing stands after `quiet`"),
        (["log", "quiet", "--side", "left"], "side: quiet has no such field"),
        (["log", "undo", "--side", "left"], "undo: "),
        (["log", "cramp", "--at", "nine"], "at: "),
        (["log", "effort"], "sport: "),
        (["log", "quiet", "--person", "Nobody"], "--person: "),
        (["history", "--last", "0"], "--last: "),
        (["history", "--last", "3", "--from", "2026-11-01"], "--last: "),
        (["history", "--from", "2026-11-30"], "--from: "),
        (["history", "--to", "soon"], "--to: "),
        (["history", "--kind", "dream"], "kind: "),
    ],
)
def test_what_cannot_be_used_exits_1_and_names_the_place(type_in: Type, typed: list[str], named: str) -> None:
    code, words = type_in(*typed)
    assert code == 1
    assert words.startswith(f"uncramp: {named}")


def test_the_help_does_not_wait_for_the_database() -> None:
    """SQLAlchemy takes half a second to import."""
    script = "import sys, uncramp.cli, atexit\n"
    script += "atexit.register(lambda: print('sqlalchemy' in sys.modules, 'pydantic' in sys.modules))\n"
    script += "uncramp.cli.main(['log', '--help'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False False\n")


def test_the_clock_here_knows_when_the_clocks_change(monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "from datetime import datetime, UTC\n"
        "from uncramp.actions.own_clock import OwnClock\n"
        "for hour in range(3): \n"
        "    there = datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(OwnClock())\n"
        "    print(there.isoformat(), there.astimezone(UTC).hour)\n"
        "print(datetime(2026, 7, 1, 12, tzinfo=OwnClock()).isoformat())"
    )
    monkeypatch.setenv("TZ", "Europe/Berlin")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "2026-10-25T02:30:00+02:00 0",
        "2026-10-25T02:30:00+01:00 1",
        "2026-10-25T03:30:00+01:00 2",
        "2026-07-01T12:00:00+02:00",
    ]
    assert here.now().utcoffset() == datetime.now(UTC).astimezone().utcoffset()
