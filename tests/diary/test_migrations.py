"""A diary of every released version is brought to today's tables, and nothing is lost on the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests.diary import version_1
from tests.diary.entries import NIGHT, an_entry
from uncramp.diary import connection, migrations, schema
from uncramp.diary.choices import choices_of, choose
from uncramp.diary.connection import open_diary
from uncramp.diary.entries import history, newest, put
from uncramp.diary.faults import DiaryUnusable
from uncramp.diary.logins import login_of
from uncramp.diary.people import first_person, passphrase_of, people
from uncramp.diary.settings import setting_of


def test_version_1_keeps_everything(address: str) -> None:
    version_1.make(address)
    for _ in range(2):
        diary = open_diary(address)
        assert people(diary) == ((version_1.PERSON, "Ada"), ("other", "Ben"))
        assert first_person(diary, NIGHT) == version_1.PERSON
        [last] = newest(diary, version_1.PERSON)
        assert last.body["side"] == "left"
        assert [version.body["side"] for version in history(diary, last.id)] == ["right", "left"]
        assert passphrase_of(diary, version_1.PERSON) == "$argon2id$kept"
        assert passphrase_of(diary, "other") == ""
        assert setting_of(diary, "passphrase") == ""
        assert setting_of(diary, "day_begins") == "05:00"
        login = login_of(diary, "hash")
        assert login is not None
        assert login.person == version_1.PERSON
        diary.close()
    diary = open_diary(address)
    choose(diary, version_1.PERSON, "questions", "alcohol")
    put(diary, an_entry(version_1.PERSON))
    assert choices_of(diary, version_1.PERSON) == {"questions": "alcohol"}
    diary.close()


def test_a_diary_that_was_migrated_has_the_tables_of_a_new_one(address: str, tmp_path: Path) -> None:
    version_1.make(address)
    old, new = open_diary(address), open_diary(f"sqlite:///{tmp_path / 'new.sqlite'}")
    described = []
    for diary in (old, new):
        found = inspect(diary.engine)
        described.append(
            {
                name: (
                    {(column["name"], column["nullable"]) for column in found.get_columns(name)},
                    found.get_pk_constraint(name)["constrained_columns"],
                    {(index["name"], *index["column_names"]) for index in found.get_indexes(name)},
                    [key["referred_table"] for key in found.get_foreign_keys(name)],
                )
                for name in sorted(found.get_table_names())
            }
        )
        diary.close()
    assert described[0] == described[1]


def test_a_migration_that_fails_half_way_leaves_the_old_diary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "diary.sqlite"
    version_1.make_file(path)

    def broken(version: int, dialect: str) -> list[str]:
        return [*steps(version, dialect), "CREATE TABLE person (twice TEXT)"]

    steps = migrations.steps_from
    with monkeypatch.context() as patch:
        patch.setattr(connection, "steps_from", broken)
        with pytest.raises(DiaryUnusable, match="cannot be opened"):
            open_diary(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
        assert raw.execute("SELECT count(*) FROM origin").fetchone() == (0,)
    open_diary(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
