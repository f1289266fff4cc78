"""The command line as a person uses it: a process, its words and its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    "relief", "check", "card", "guide", "why", "facts", "serve", "pocket", "passphrase", "import", "review",
    "reference", "people", "token",
    "log", "today", "history", "demo", "triggers", "forecast", "simulate",
    "export", "restore", "backup", "erase",
)  # fmt: skip


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "uncramp", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_the_answer_to_a_pop_is_to_be_seen_today_and_names_no_stretch() -> None:
    done = run("check", "--facts", "-", given='{"pop": true}')
    assert done.returncode == 0
    assert "GET MEDICAL HELP TODAY" in done.stdout
    assert "112 · 911 · 999 · 000" in done.stdout
    assert "Gentle stretch" not in done.stdout


def test_json_is_one_object_and_medicines_may_be_named() -> None:
    done = run("check", "--facts", "-", "--json", "--medicine", "Lasix", "--medicine", "Zzyx", given="{}")
    answer = json.loads(done.stdout)
    assert answer["medicines"]["recognised"]["Lasix"] == ["loop_diuretic", "water_tablet"]
    assert answer["medicines"]["unrecognised"] == ["Zzyx"]


def test_a_chosen_country_shows_its_number() -> None:
    done = run("check", "--facts", "-", "--country", "gb", given='{"chest_pain": true}')
    assert "United Kingdom: 999" in done.stdout


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("{", "line 1"),
        ("[]", "list"),
        ('{"age": 300}', "age"),
        ('{"age": NaN}', "NaN"),
        ('{"nonsense": true}', "nonsense"),
        ('{"pop": "<script>alert(1)</script>"}', "pop"),
        ("x" * 1_100_000, "longer"),
    ],
)
def test_bad_input_exits_1_with_one_sentence_and_no_traceback(given: str, named: str) -> None:
    done = run("check", "--facts", "-", given=given)
    assert done.returncode == 1
    assert done.stdout == ""
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 500


def test_a_missing_or_binary_file_exits_1_and_is_named(tmp_path: Path) -> None:
    missing = run("check", "--facts", str(tmp_path / "none.json"))
    assert missing.returncode == 1
    assert "none.json" in missing.stderr
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    done = run("check", "--facts", str(binary))
    assert done.returncode == 1
    assert "UTF-8" in done.stderr
    folder = run("check", "--facts", str(tmp_path))
    assert folder.returncode == 1


def test_wrong_usage_exits_2() -> None:
    for arguments in (["check", "--nonsense"], [], ["serve", "--port", "x"], ["serve", "--port", "70000"]):
        assert run(*arguments).returncode == 2, arguments


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example: uncramp" in done.stdout


def test_an_unknown_topic_or_id_exits_1_and_says_what_there_is() -> None:
    assert "what_to_do_now" in run("guide", "nonsense").stderr
    assert "dehydration" in run("why", "dehydratoin").stderr
    assert run("why", "nonsense").returncode == 1


def test_every_fact_is_listed_in_the_form_that_is_held_fixed() -> None:
    facts = json.loads(run("facts", "--json").stdout)
    assert len(facts) > 150
    for fact in facts:
        assert {"id", "question", "kind", "unit", "range", "choices", "group"} <= set(fact)
        assert fact["kind"] in ("yes_no", "number", "one_of", "many_of")
        assert (fact["kind"] == "number") == (fact["range"] is not None)


def test_a_plain_night_cramp_is_asked_through_in_at_most_eight_screens() -> None:
    # Enter for none of these; where a number is asked for: 2 minutes, 45 years.
    lines = ["", "", "", "", "2", "", "", "", "45", "", ""]
    done = run("check", given="\n".join([*lines, "", "", ""]))
    assert done.returncode == 0, done.stderr
    assert "LOOK AFTER IT YOURSELF" in done.stdout
    assert "9. " not in done.stdout


def test_one_can_go_back_be_unsure_and_leave() -> None:
    back = run("check", given="1\nb\nq\n")
    assert back.returncode == 0
    unsure = run("check", given="?\n" * 12)
    assert "NOTHING WORRYING SO FAR" in unsure.stdout
    assert 'open questions could still make it: "Call for emergency help now"' in unsure.stdout
    cut_off = run("check", given="")
    assert cut_off.returncode == 1
    assert "nothing was decided" in cut_off.stderr


def test_the_guide_the_evidence_and_the_review_print() -> None:
    assert "You may have read" in run("guide", "why").stdout
    assert "We follow" in run("why", "dehydration").stdout
    assert "reviewed_by" in run("review").stdout
    assert "what_is_happening" in run("guide").stdout


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m uncramp review | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.returncode == 1
    assert str(port) in done.stderr


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    path.write_text('{"pop": true}', encoding="utf-8-sig")
    assert run("check", "--facts", str(path)).returncode == 0


def test_a_raised_digit_is_no_number_and_no_crash() -> None:
    done = run("check", given="²\nq\n")
    assert done.returncode == 0
    assert "Type numbers from 1" in done.stdout


def test_an_answer_that_could_only_come_sooner_says_so() -> None:
    facts: dict[str, object] = {
        f["id"]: False for f in json.loads(run("facts", "--json").stdout) if f["kind"] == "yes_no"
    }
    facts |= {"age": 50, "cramp_minutes": 2, "feet_numb_or_burning": True}
    del facts["limp"]
    done = run("check", "--facts", "-", given=json.dumps(facts))
    assert "could still make it: sooner" in done.stdout
