"""Erased is erased: the words that were planted are in no file any more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.diary.entries import EPISODE, NIGHT, an_entry, uuid
from uncramp.actions import backup, erase, home, upkeep
from uncramp.actions.removal import take_away
from uncramp.cli import main
from uncramp.diary import connection, removal
from uncramp.diary.choices import choose
from uncramp.diary.entries import newest, put
from uncramp.diary.people import add_person, people

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
WORDS = (b"planted-note", b"planted-choice", b"planted-name")


def plant(words: str = "planted") -> str:
    """A person with such words everywhere, and so much that pages are freed and used again."""
    person = add_person(home.diary(), f"{words}-name", NIGHT)
    first = 1000 * len(people(home.diary()))
    for number in range(first, first + 60):
        put(home.diary(), an_entry(person, number, body={**EPISODE, "note": f"{words}-note " * 50}))
    take_away(home.diary(), person, uuid(first), NIGHT)
    choose(home.diary(), person, "zone", f"{words}-choice")
    return person


def found(folder: Path, words: tuple[bytes, ...] = WORDS) -> list[str]:
    """The files under `folder` with any of the words, and the backups that unpack to them."""
    from uncramp.diary.backup_file import Key, unframe

    there = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".uncramp-backup":
                content = b"".join(unframe(content, Key()))
            if any(word in content for word in words):
                there.append(path.name)
    return there


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    home.owner(NIGHT)
    yield tmp_path
    home.close_diaries()


def test_of_who_is_erased_nothing_is_left_and_of_the_others_everything(folder: Path) -> None:
    # What the others took away a moment ago is emptied at the next opening: 59 of 60 are left.
    person, other = plant(), plant("others")
    made = backup.nightly(NOW)
    home.close_diaries()
    backup.restore_backup(made, NOW, replace=True)
    (folder / "diary.sqlite.half-left").write_bytes(b"planted-note")
    (folder / "backups" / "x.half-1").write_bytes(b"planted-note")
    assert len(found(folder)) == 5
    done = erase.erase(person)
    assert found(folder) == []
    assert [path.name for path in done.anew] == [made.name]
    assert len(newest(home.diary(), other)) == 59
    assert "diary.sqlite" in found(folder, (b"others-note",))
    assert made.name in found(folder, (b"others-note",))
    home.close_diaries()
    backup.restore_backup(made, NOW, replace=True)
    assert len(newest(home.diary(), other)) == 59
    assert person not in dict(people(home.diary()))


def test_while_the_diary_is_open_elsewhere_it_is_gone_from_the_log_too(folder: Path) -> None:
    person = plant()
    assert found(folder)
    erase.erase(person)
    home.diary()
    assert found(folder) == []


def test_while_somebody_else_reads_it_is_said_not_to_be_out_of_the_file_and_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant()
    with closing(sqlite3.connect(folder / "diary.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        monkeypatch.setattr(connection, "PRAGMAS", (*connection.PRAGMAS, "PRAGMA busy_timeout=50"))
        home.close_diaries()
        with pytest.raises(SystemExit) as left:
            main(["erase", "--person", "planted-name", "--yes"])
        assert left.value.code == 1
        assert "Not yet out of the file" in capsys.readouterr().out
        upkeep.sweep(NOW)
        assert found(folder)
        reader.execute("COMMIT")
        upkeep.sweep(NOW)
        assert found(folder) == []


def test_while_somebody_else_writes_the_file_is_left_for_later_without_a_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant()
    monkeypatch.setattr(connection, "PRAGMAS", (*connection.PRAGMAS, "PRAGMA busy_timeout=50"))
    home.close_diaries()
    with closing(sqlite3.connect(folder / "diary.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert not removal.settle(home.diary(), whole=True)
        writer.execute("COMMIT")
    assert removal.settle(home.diary(), whole=True)


@pytest.mark.usefixtures("folder")
def test_a_backup_that_cannot_be_opened_is_deleted() -> None:
    person = plant()
    made = backup.nightly(NOW)
    made.write_bytes(made.read_bytes()[:-1])
    done = erase.erase(person)
    assert done.deleted == (made,)
    assert not made.exists()


def test_all_is_everybody_and_every_backup(folder: Path) -> None:
    plant()
    plant("others")
    backup.nightly(NOW)
    with pytest.raises(SystemExit) as left:
        main(["erase", "--all", "--yes"])
    assert left.value.code == 0
    assert found(folder, (*WORDS, b"others-")) == []
    assert backup.listed() == ()
    assert people(home.diary()) == ()
    # And the owner is somebody new.
    assert home.owner(NOW) == people(home.diary())[0][0]


def test_without_the_word_nothing_is_erased(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant()
    made = backup.nightly(NOW)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(SystemExit) as left:
        main(["erase", "--person", "planted-name"])
    assert left.value.code == 1
    assert str(made) in capsys.readouterr().out
    assert found(folder)


def test_in_any_database_the_person_is_gone(own_diary: str) -> None:
    assert own_diary
    home.owner(NIGHT)
    person = plant()
    erase.erase(person)
    assert person not in dict(people(home.diary()))
    assert newest(home.diary(), person) == ()
