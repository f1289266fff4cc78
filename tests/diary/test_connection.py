"""How a diary is opened, and what is refused and left alone."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from tests.databases import create_database
from tests.diary.entries import NIGHT, an_entry
from uncramp.diary import schema
from uncramp.diary.connection import Diary, open_diary
from uncramp.diary.entries import newest, put
from uncramp.diary.faults import DiaryUnusable
from uncramp.diary.people import first_person
from uncramp.diary.settings import set_setting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "diary.sqlite"


def open_file(path: Path) -> Diary:
    return open_diary(f"sqlite:///{path}")


def test_a_new_file_is_for_its_owner_alone_and_leaves_no_scraps(path: Path) -> None:
    diary = open_file(path)
    put(diary, an_entry(first_person(diary, NIGHT)))
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["diary.sqlite", "diary.sqlite-shm", "diary.sqlite-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    diary.close()


def test_the_file_is_opened_with_all_care(path: Path) -> None:
    diary = open_file(path)
    wanted = {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "secure_delete": 1,
        "busy_timeout": 5000, "application_id": schema.APPLICATION_ID, "user_version": schema.VERSION,
    }  # fmt: skip
    for enter in (diary.read, diary.write):
        with enter() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert found == wanted
    with diary.read() as connection:
        tables = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table'").scalars()
        assert all(sql.rstrip().endswith("STRICT") for sql in tables)
    diary.close()


def test_a_word_is_refused_in_a_column_of_numbers(path: Path) -> None:
    diary = open_file(path)
    me = first_person(diary, NIGHT)
    with pytest.raises(IntegrityError):
        put(diary, an_entry(me, offset_minutes="an hour"))
    assert newest(diary, me) == ()
    diary.close()


def test_an_entry_of_nobody_is_refused(address: str) -> None:
    diary = open_diary(address)
    with pytest.raises(IntegrityError):
        put(diary, an_entry("nobody"))
    diary.close()


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a?b=c#d %41 é"
    folder.mkdir()
    open_file(folder / "diary.sqlite").close()
    assert (folder / "diary.sqlite").exists()


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE theirs (x)")


def newer(path: Path) -> None:
    open_file(path).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {schema.VERSION + 1}")


def no_database(path: Path) -> None:
    path.write_bytes(b"This is a letter to my grandmother.\n" * 300)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def header_damaged(path: Path) -> None:
    open_file(path).close()
    whole = bytearray(path.read_bytes())
    whole[:100] = bytes(100)
    path.write_bytes(whole)


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (foreign, "is not a diary of uncramp"),
        (newer, "newer uncramp"),
        (no_database, "not a database"),
        (emptied, "0 bytes"),
        (header_damaged, "not a d"),
        (a_folder, "cannot be opened"),
    ],
)
def test_what_is_not_our_diary_is_named_and_left_as_it_is(
    path: Path, make: Callable[[Path], None], says: str
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    for _ in range(2):
        with pytest.raises(DiaryUnusable, match=says) as refused:
            open_file(path)
        assert str(path) in str(refused.value)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert before == (path.read_bytes() if path.is_file() else b"")


def test_a_diary_that_vanished_is_not_begun_anew_beside_its_own_log(path: Path) -> None:
    diary = open_file(path)
    put(diary, an_entry(first_person(diary, NIGHT)))
    path.unlink()
    with pytest.raises(DiaryUnusable, match=r"is gone, but diary\.sqlite-wal"):
        open_file(path)
    diary.close()


@pytest.mark.parametrize(
    "address", ["", "nonsense", "nosuch://x/y", "postgresql+nosuch://x/y", "sqlite:////no/such/place/d"]
)
def test_an_address_that_leads_nowhere_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(DiaryUnusable):
        open_diary(address)


def test_a_database_server_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(DiaryUnusable, match="cannot be used just now"):
        open_diary(f"postgresql+psycopg://uncramp@/diary?host={tmp_path}")


def test_a_database_of_others_and_a_newer_one_are_refused(postgres_server: str) -> None:
    create_database(postgres_server, "theirs")
    create_database(postgres_server, "newer")
    diary = open_diary(postgres_server.format("newer"))
    set_setting(diary, "tables_version", str(schema.VERSION + 1))
    diary.close()
    with pytest.raises(DiaryUnusable, match="newer uncramp"):
        open_diary(postgres_server.format("newer"))
    engine = create_engine(postgres_server.format("theirs"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE entry (x integer)")
    engine.dispose()
    with pytest.raises(DiaryUnusable, match="not a diary of uncramp"):
        open_diary(postgres_server.format("theirs"))


def test_a_file_that_another_program_holds_is_said_to_be_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uncramp.diary.connection.PRAGMAS", ("PRAGMA busy_timeout=50",))
    diary = open_file(path)
    me = first_person(diary, NIGHT)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DiaryUnusable, match="locked"):
            put(diary, an_entry(me))
        # Who only reads need not wait.
        assert newest(diary, me) == ()
        with pytest.raises(DiaryUnusable):
            diary.examine()
    put(diary, an_entry(me))
    diary.examine()
    diary.close()


def test_a_full_disk_is_said_to_be_so_and_takes_nothing_half(path: Path) -> None:
    diary = open_file(path)
    me = first_person(diary, NIGHT)
    with diary.write() as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {size}")
    with pytest.raises(DiaryUnusable, match="full"):
        put(diary, an_entry(me, body={"note": "x" * 100_000}))
    with pytest.raises(DiaryUnusable):
        diary.examine()
    assert newest(diary, me) == ()
    with diary.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    diary.examine()
    put(diary, an_entry(me))
    diary.close()


def test_a_damaged_page_is_found_and_never_repaired_by_forgetting(path: Path) -> None:
    diary = open_file(path)
    me = first_person(diary, NIGHT)
    for number in range(200):
        put(diary, an_entry(me, number))
    diary.close()
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 :] = b"\xa5" * (len(whole) - 4096 * 3)
    path.write_bytes(whole)
    diary = open_file(path)
    with pytest.raises(DiaryUnusable):
        newest(diary, me)
    with pytest.raises(DiaryUnusable):
        diary.examine()
    diary.close()
    assert path.stat().st_size == len(whole)


def test_a_body_or_a_time_that_is_damaged_is_said_to_be_so(path: Path) -> None:
    diary = open_file(path)
    me = first_person(diary, NIGHT)
    for column in ("body", "start"):
        put(diary, an_entry(me))
        with diary.write() as connection:
            connection.exec_driver_sql(f"UPDATE entry SET {column} = 'x'")
        with pytest.raises(DiaryUnusable):
            newest(diary, me)
        with diary.write() as connection:
            connection.exec_driver_sql("DELETE FROM entry")
    diary.close()


def test_what_was_deleted_is_gone_from_the_file(path: Path) -> None:
    diary = open_file(path)
    me = first_person(diary, NIGHT)
    put(diary, an_entry(me, body={"note": "secret-that-was-planted"}))
    with diary.write() as connection:
        connection.exec_driver_sql("DELETE FROM entry")
    with diary.engine.connect() as connection:
        connection.rollback()
    diary.close()
    assert b"secret-that-was-planted" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_programs_that_open_it_at_the_same_time_make_one_diary(path: Path) -> None:
    command = (
        "import sys; from datetime import UTC, datetime; from uncramp.diary.connection import open_diary;"
        "from uncramp.diary.people import first_person;"
        "print(first_person(open_diary('sqlite:///' + sys.argv[1]), datetime(2026, 11, 22, tzinfo=UTC)))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", command, str(path)], stdout=subprocess.PIPE) for _ in range(4)
    ]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert [process.returncode for process in started] == [0] * 4
    assert not list(path.parent.glob("*.new-*"))
