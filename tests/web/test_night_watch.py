"""What the server does by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from uncramp.actions import backup, upkeep
from uncramp.actions.check import Refused
from uncramp.actions.doors import Doors, tell_the_pages
from uncramp.actions.home import close_diaries, diary, is_begun
from uncramp.web import night_watch
from uncramp.web.app import create_app, served
from uncramp.web.night_watch import NightWatch

NOW = datetime(2026, 11, 22, 12, 0).astimezone()


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    monkeypatch.delenv("UNCRAMP_DOORS", raising=False)
    yield tmp_path
    close_diaries()


def test_a_test_or_another_program_that_makes_the_application_has_no_watch() -> None:
    assert create_app().state.watch is None


def test_the_server_has_one_and_a_demo_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(served().state.watch, NightWatch)
    monkeypatch.setenv("UNCRAMP_DOORS", "")
    tell_the_pages(Doors(demo=True))
    assert served().state.watch is None


def test_it_runs_while_the_server_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night_watch, "EVERY_S", 0.01)
    diary()
    seen = Event()
    app = create_app()
    app.state.watch = NightWatch(lambda: NOW, [lambda _now: seen.set()])
    with TestClient(app):
        assert seen.wait(5)
    assert not app.state.watch._thread.is_alive()


def test_it_does_nothing_and_begins_no_diary_where_nobody_keeps_one() -> None:
    done: list[datetime] = []
    NightWatch(lambda: NOW, [done.append]).look(NOW)
    assert done == []
    assert not is_begun()


def test_a_duty_that_fails_does_not_keep_the_next_from_being_done(caplog: pytest.LogCaptureFixture) -> None:
    diary()
    done: list[datetime] = []
    secret = "what a person wrote"

    def breaks(_now: datetime) -> None:
        raise RuntimeError(secret)

    with caplog.at_level(logging.ERROR, "uncramp.web"):
        NightWatch(lambda: NOW, [breaks, done.append]).look(NOW)
    assert done == [NOW]
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text


def test_the_backup_is_made_once_a_night_and_also_when_the_machine_slept_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    diary()
    made: list[datetime] = []
    monkeypatch.setattr(backup, "nightly", made.append)
    midnight = NOW.replace(hour=0)
    for hour in (0, 2, 3, 3.1, 12, 23, 24, 25, 40, 41):
        upkeep.once_a_night(midnight + timedelta(hours=hour))
    assert made == [midnight + timedelta(hours=3), midnight + timedelta(hours=40)]


def test_a_backup_that_cannot_be_made_here_is_not_tried_again_that_night(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    diary()
    tried: list[datetime] = []

    def none_here(now: datetime) -> None:
        tried.append(now)
        raise Refused("There is none to be made.")

    monkeypatch.setattr(backup, "nightly", none_here)
    upkeep.once_a_night(NOW)
    upkeep.once_a_night(NOW + timedelta(minutes=1))
    assert len(tried) == 1


def test_all_duties_can_be_done_on_an_empty_diary(own: Path, caplog: pytest.LogCaptureFixture) -> None:
    diary()
    with caplog.at_level(logging.ERROR, "uncramp.web"):
        NightWatch(lambda: datetime.now(UTC)).look(NOW)
    assert caplog.text == ""
    assert backup.known().last is not None, list(own.iterdir())
