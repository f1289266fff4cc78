"""`uncramp people` and `uncramp token`, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_cli import run

TWICE = "otter lamp fence moss\n" * 2


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))


def test_people_are_added_renamed_and_listed_with_whether_they_have_a_passphrase() -> None:
    assert "no name yet" in run("people").stdout
    assert run("people", "rename", "Anna").returncode == 0
    assert run("people", "add", "Ben").returncode == 0
    assert run("people", "rename", "ben", "Benno").returncode == 0
    assert run("passphrase", "--person", "Benno", given=TWICE).returncode == 0
    assert run("people", "list").stdout == "Anna: no passphrase\nBenno: with a passphrase\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("people", "add", "Ben"), 1, "people rename"),
        (("people", "rename", "Zoe", "Ann"), 1, "nobody here is called 'Zoe'"),
        (("people", "rename", "a", "b", "c"), 2, "quotes"),
        (("people", "nonsense"), 2, "invalid choice"),
        (("token", "new"), 2, "NAME"),
        (("token", "revoke", "watch"), 1, "no token called 'watch'"),
        (("token", "list", "--person", "Zoe"), 1, "nobody here is called 'Zoe'"),
        (("passphrase", "--person", "Zoe"), 1, "nobody here is called 'Zoe'"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_is_made_listed_without_its_words_and_revoked() -> None:
    made = run("token", "new", "kitchen button").stdout.splitlines()[0]
    assert made.startswith("uncramp_")
    listed = run("token", "list").stdout
    assert listed.startswith("kitchen button: made ")
    assert made not in listed
    assert run("token", "revoke", "kitchen button").returncode == 0
    assert "none yet" in run("token").stdout
