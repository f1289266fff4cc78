"""`uncramp triggers`, `forecast` and `simulate`: for every table an answer or a sentence, never a crash."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncramp.actions import analysis, triggers
from uncramp.actions.erase import erase_everything
from uncramp.actions.home import close_diaries, diary, home, owner
from uncramp.cli import main

FIRST = date(2025, 1, 6)
KEYS = {
    "trigger", "contrast", "probability", "prior", "rate_ratio", "interval", "lag", "attributable_per_30",
    "smallest_detectable", "confused_with", "verdict", "nights_needed",
}  # fmt: skip
VERDICTS = {"raises", "lowers", "no_important_difference", "cannot_tell"}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A command in this process, with a home of its own: its exit code, what it said and complained of."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(left.value.code or 0), said.out, said.err

    return running


def cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}"


def table(path: Path, cramps: Iterable[float], **columns: Iterable[float]) -> str:
    lists = [list(values) for values in columns.values()]
    lines = [",".join(["date", "cramps", *columns])]
    for n, count in enumerate(cramps):
        day = FIRST + timedelta(days=n)
        lines.append(",".join([day.isoformat(), cell(count), *(cell(values[n]) for values in lists)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def strong(path: Path, nights: int = 200) -> str:
    """Five times the cramps on days with beer."""
    rng = np.random.default_rng(1)
    beer = (rng.random(nights) < 0.4).astype(float)
    return table(path, rng.poisson(0.12 * np.where(beer > 0, 5, 1)), beer=beer, tea=rng.random(nights) < 0.5)


def answer(run: Run, *arguments: str) -> dict[str, Any]:
    """What a command prints as JSON, with no number that JSON has not."""
    code, out, _ = run(*arguments, "--json")

    def refuse(name: str) -> float:
        raise AssertionError(name)

    told: dict[str, Any] = json.loads(out, parse_constant=refuse)
    assert code == 0
    return told


# ---- triggers --------------------------------------------------------------------------------------


def test_json_has_what_the_design_names(run: Run, tmp_path: Path) -> None:
    told = answer(run, "triggers", "--csv", strong(tmp_path / "t.csv"))
    assert (told["outcome"], told["rows"], told["known_rows"]) == ("rest", 200, 200)
    assert {one["trigger"] for one in told["findings"]} == {"beer", "tea"}
    for one in told["findings"]:
        assert one.keys() >= KEYS
        assert one["verdict"] in VERDICTS
    first = told["findings"][0]
    assert (first["trigger"], first["verdict"], first["contrast"]["high"]) == ("beer", "raises", 1)
    assert first["rate_ratio"]["low"] < 5 < first["rate_ratio"]["high"]


def test_plain_words_come_first_and_the_wait_is_told_on_the_other_channel(run: Run, tmp_path: Path) -> None:
    code, out, err = run("triggers", "--csv", strong(tmp_path / "t.csv"))
    assert code == 0
    assert "- More cramps followed days with beer: probably (" in out
    assert "That one brings the other is not shown" in out
    assert err.startswith("Working it out")
    again = run("triggers", "--csv", str(tmp_path / "t.csv"))
    assert again == (0, out, "")


def test_an_answer_is_kept_for_its_owner_alone_and_erased_with_the_diary(run: Run, tmp_path: Path) -> None:
    path = strong(tmp_path / "t.csv")
    first = answer(run, "triggers", "--csv", path)
    [kept] = (home() / analysis.FOLDER).iterdir()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    kept.write_text("{", encoding="utf-8")
    assert answer(run, "triggers", "--csv", path) == first
    erase_everything()
    assert list((home() / analysis.FOLDER).iterdir()) == []
    close_diaries()


def test_only_so_many_answers_are_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("facts")[0] == 0
    monkeypatch.setattr(analysis, "MOST_KEPT", 3)
    for n in range(5):
        analysis.keep(f"key{n}", "{}")
    assert len(list((home() / analysis.FOLDER).iterdir())) == 3
    assert analysis.kept("key4") == "{}"


def test_another_seed_is_another_answer(run: Run, tmp_path: Path) -> None:
    path = strong(tmp_path / "t.csv", 60)
    told = [answer(run, "triggers", "--csv", path, "--seed", seed) for seed in ("1", "2")]
    assert told[0] != told[1]
    gaps = [
        abs(
            one["probability"]
            - next(o["probability"] for o in told[1]["findings"] if o["trigger"] == one["trigger"])
        )
        for one in told[0]["findings"]
    ]
    assert max(gaps) < 0.05


def test_a_table_of_exercise_is_one_of_effort(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    hot = (rng.random(80) < 0.5).astype(float)
    path = table(tmp_path / "e.csv", rng.poisson(0.2 + 0.5 * hot), minutes=rng.integers(20, 90, 80), hot=hot)
    told = answer(run, "triggers", "--csv", path)
    assert told["outcome"] == "effort"
    assert told["findings"][0]["lag"].keys() <= {"0"}
    code, _, err = run("triggers", "--csv", path, "--outcome", "rest")
    assert (code, "leave the column minutes out" in err) == (1, True)
    assert run("forecast", "--csv", path)[0] == 1


def test_the_diary_itself_is_read_where_no_file_is_named(run: Run) -> None:
    told = answer(run, "triggers")
    assert told["rows"] == 0
    assert {one["verdict"] for one in told["findings"]} == {"cannot_tell"}
    assert answer(run, "triggers", "--outcome", "effort")["outcome"] == "effort"
    code, _, err = run("forecast")
    assert (code, "empty" in err) == (1, True)
    close_diaries()


def test_the_table_behind_it_is_written_and_read_again(run: Run, tmp_path: Path) -> None:
    path = strong(tmp_path / "t.csv", 40)
    assert run("triggers", "--csv", path, "--table", "out.csv")[0] == 0
    assert answer(run, "triggers", "--csv", "out.csv") == answer(run, "triggers", "--csv", path)
    code, _, err = run("triggers", "--csv", path, "--table", "out.csv")
    assert (code, "there already" in err) == (1, True)


# ---- odd tables ------------------------------------------------------------------------------------

HALF = [0.0, 1.0] * 40
RNG = np.random.default_rng(7)
ODD: dict[str, tuple[list[float], dict[str, list[float]]]] = {
    "no cramp": ([0.0] * 80, {"a": HALF}),
    "one cramp": ([1.0] + [0.0] * 79, {"a": HALF, "n": RNG.random(80).tolist()}),
    "a cramp every day": ([1.0] * 80, {"a": HALF}),
    "a million cramps are too many in one night": ([500.0] + [0.0] * 79, {"a": HALF}),
    "nobody knows": ([math.nan] * 80, {"a": HALF}),
    "never written": ([0.0, 0.0, 1.0, 0.0] * 20, {"a": [math.nan] * 80, "b": HALF}),
    "never another": ([0.0, 0.0, 1.0, 0.0] * 20, {"a": [1.0] * 80, "n": [7.5] * 80}),
    "a million in a cell": ([0.0, 0.0, 1.0, 0.0] * 20, {"n": [1e6, *RNG.random(79).tolist()]}),
    "one row": ([1.0], {"a": [1.0]}),
    "two rows": ([1.0, 0.0], {"a": [1.0, 0.0]}),
    "no exposure": ([0.0, 1.0] * 20, {}),
    "the same twice": ([0.0, 0.0, 1.0, 0.0] * 20, {"a": HALF, "b": HALF}),
    "nearly all unknown": (
        np.where(RNG.random(80) < 0.9, np.nan, 1.0).tolist(),
        {"a": np.where(RNG.random(80) < 0.9, np.nan, 1.0).tolist()},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_table_gets_an_honest_answer(run: Run, tmp_path: Path, name: str) -> None:
    cramps, columns = ODD[name]
    path = table(tmp_path / "t.csv", cramps, **columns)
    told = answer(run, "triggers", "--csv", path)
    assert len(told["findings"]) == len(columns)
    assert all(one["verdict"] in VERDICTS for one in told["findings"])
    assert {one["trigger"] for one in told["findings"] if one["verdict"] in ("raises", "lowers")} == set()
    now = answer(run, "forecast", "--csv", path)
    assert 0 < now["probability"] < 1
    assert now["low"] <= now["probability"] <= now["high"]
    assert run("triggers", "--csv", path)[0] == run("forecast", "--csv", path)[0] == 0


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["2025-01-06,0,1", "2025-01-06,1,0"], "also in line"),
        (["2025-01-06,0,inf"], "line 2"),
        (["2025-01-06,0,1e308"], "line 2"),
        (["2025-01-06,0,beer"], "line 2"),
        (["2025-01-06,-1,0"], "line 2"),
        (["2025-01-06,0,NaN"], "line 2"),
        (["yesterday,0,0"], "line 2"),
        (["2025-01-06,1000000,0"], "line 2"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_mend(
    run: Run, tmp_path: Path, lines: list[str], words: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["date,cramps,a", *lines]), encoding="utf-8")
    for command in ("triggers", "forecast"):
        code, out, err = run(command, "--csv", str(path))
        assert (code, out) == (1, "")
        assert words in err


def test_rows_out_of_order_and_with_gaps_are_put_right(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("date,cramps,a\n2025-01-20,1,1\n2025-01-06,0,0\n2025-01-10,,1\n", encoding="utf-8")
    told = answer(run, "triggers", "--csv", str(path))
    assert (told["rows"], told["known_rows"], told["cramps"]) == (15, 2, 1)


def test_an_empty_diary_is_told_what_to_write(run: Run) -> None:
    code, out, _ = run("triggers")
    assert code == 0
    assert "uncramp log quiet" in " ".join(out.split())
    assert "Nothing to learn from" not in out
    assert run("log", "quiet")[0] == 0
    assert "5 cramps and 14 known nights" in " ".join(run("triggers")[1].split())


@pytest.mark.slow
def test_1500_nights_with_120_exposures_are_answered(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    values = np.where(rng.random((1500, 120)) < 0.2, np.nan, (rng.random((1500, 120)) < 0.3).astype(float))
    columns = {f"x{k}": values[:, k].tolist() for k in range(120)}
    told = answer(run, "triggers", "--csv", table(tmp_path / "t.csv", rng.poisson(0.2, 1500), **columns))
    assert len(told["findings"]) == 120
    assert sum(one["verdict"] in ("raises", "lowers") for one in told["findings"]) <= 1


# ---- forecast --------------------------------------------------------------------------------------


def test_forecast_gives_tonight_or_the_last_nights(run: Run, tmp_path: Path) -> None:
    path = strong(tmp_path / "t.csv")
    now = answer(run, "forecast", "--csv", path)
    assert now["date"] == (FIRST + timedelta(days=200)).isoformat()
    assert now.keys() >= {"date", "probability", "low", "high", "interval", "base_rate", "shown", "why"}
    told = answer(run, "forecast", "--csv", path, "--last", "5")["forecasts"]
    assert [one["date"] for one in told] == [(FIRST + timedelta(days=n)).isoformat() for n in range(195, 200)]
    code, out, _ = run("forecast", "--csv", path)
    assert (code, "Night of" in out) == (0, True)


@pytest.mark.parametrize("last", ["0", "-1", "x", "200", "999999999999"])
def test_a_number_of_nights_that_there_is_not_is_refused(run: Run, tmp_path: Path, last: str) -> None:
    code, out, err = run("forecast", "--csv", strong(tmp_path / "t.csv"), f"--last={last}")
    assert (code, out) == (1, "")
    assert "--last" in err


# ---- simulate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["grid", "life", "diary"])
def test_a_simulated_diary_is_read_and_its_truth_is_told(run: Run, tmp_path: Path, kind: str) -> None:
    wanted = ("simulate", "--kind", kind, "--nights", "40", "--seed", "3")
    assert run(*wanted, "--out", "a.csv", "--truth", "a.json")[0] == 0
    assert run(*wanted, "--out", "b.csv")[0] == 0
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
    truth = json.loads((tmp_path / "a.json").read_text())
    assert (truth["kind"], truth["seed"], truth["nights"]) == (kind, 3, 40)
    assert run("triggers", "--csv", "a.csv", "--table", "c.csv")[0] == 0
    assert (tmp_path / "c.csv").read_text().splitlines()[0].startswith("date,cramps,")


def test_simulate_replaces_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine", encoding="utf-8")
    assert run("simulate", "--out", "a.csv", "--nights", "20")[0] == 1
    assert (tmp_path / "a.csv").read_text() == "mine"


# ---- in another process ----------------------------------------------------------------------------


@pytest.mark.usefixtures("run")
def test_the_page_never_waits_and_finds_the_answer_later() -> None:
    now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    person = owner(now)
    assert triggers.findings_now(diary(), person) is None
    deadline = time.monotonic() + 60
    while (found := triggers.findings_now(diary(), person)) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found is not None
    assert {one.verdict for one in found.findings} == {"cannot_tell"}
    analysis.stop()
    close_diaries()


@pytest.mark.slow
def test_the_first_answer_for_a_year_comes_within_15_seconds_and_later_ones_within_1(tmp_path: Path) -> None:
    environment = {**os.environ, "UNCRAMP_HOME": str(tmp_path / "home"), "OMP_NUM_THREADS": "1"}
    begin = [sys.executable, "-m", "uncramp"]
    make = [*begin, "simulate", "--kind", "grid", "--out", str(tmp_path / "t.csv")]
    subprocess.run(make, env=environment, check=True, capture_output=True)
    took = []
    for _ in range(3):
        before = os.times()
        command = [*begin, "triggers", "--csv", str(tmp_path / "t.csv")]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        after = os.times()
        # Of the processor, and below twice of what is promised, so that a busy machine does not fail it.
        took.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    assert took[0] < 15
    assert min(took[1:]) < 2
