"""Where the diary lies, and that nobody who does not need it pays for it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.diary.entries import NIGHT
from uncramp.actions import home
from uncramp.diary.whole import take_everything

HEAVY = "{'sqlalchemy', 'psycopg', 'platformdirs'}"


def test_home_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / "deep" / "home"))
    assert stat.S_IMODE(home.home().stat().st_mode) == 0o700
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    before = tmp_path.stat().st_mode
    assert home.home() == tmp_path
    assert tmp_path.stat().st_mode == before


def test_without_a_name_it_is_the_systems_own_folder_for_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNCRAMP_HOME")
    for variable in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert home.home().name == "uncramp"
    assert tmp_path in home.home().parents


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(home.DiaryUnusable, match="UNCRAMP_HOME"):
        home.diary()


def test_the_diary_is_opened_once_and_has_one_owner(own_diary: str) -> None:
    assert home.diary_address() == own_diary
    assert home.diary() is home.diary()
    assert home.owner(NIGHT) == home.owner(NIGHT)


def test_it_is_at_hand_only_while_somebody_is_known_for_else_somebody_would_be_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    assert not home.is_at_hand()
    home.owner(NIGHT)
    assert home.is_at_hand()
    take_everything(home.diary())
    assert not home.is_at_hand()
    home.close_diaries()


@pytest.mark.parametrize("module", ["uncramp.web.app", "uncramp.actions.check", "uncramp.cli"])
def test_what_starts_brings_no_database_with_it(module: str, tmp_path: Path) -> None:
    program = f"import sys, {module}; sys.exit(bool({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 0
