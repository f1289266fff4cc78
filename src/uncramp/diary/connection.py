"""A diary is opened here: a file of our own made with care, a foreign or newer one refused and left alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.schema import CreateIndex, CreateTable

from uncramp.diary import schema
from uncramp.diary.backup_file import BACKUPS, backups_of, way_back
from uncramp.diary.faults import DiaryUnusable
from uncramp.diary.migrations import steps_from

BUSY_SECONDS = 5.0
"""How long a writer waits for another program that holds the file, such as `uncramp import`."""

# FULL: what was acknowledged is on the disk. secure_delete: what was erased is gone from the file too.
PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}",
)
WRITES = "uncramp_writes"
DAMAGE = "malformed", "not a database", "disk I/O"
"""What SQLite says of a file that is no longer whole."""
FILE_URL = "sqlite:///"
PROBE = "probe"


class Diary:
    """An open diary. Both ways in raise `DiaryUnusable` where the disk or the database fails."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        # SQLite has one writer at a time: waiting here is fair and costs less than trying again.
        self._writers = Lock() if engine.dialect.name == "sqlite" else nullcontext()
        self._failed = False
        self._glancing = Lock()
        self._eye: PoolProxiedConnection | None = None

    @property
    def is_file(self) -> bool:
        """Whether it lies on this machine's disk: to read a little of it is not worth waiting for."""
        return self.engine.dialect.name == "sqlite"

    def glance(self, question: str) -> Sequence[Any]:
        """The rows of one small question, without what a transaction costs: for what every request asks."""
        if not self.is_file:
            with self.read() as connection:
                return connection.exec_driver_sql(question).all()
        with self._glancing, self._plainly():
            try:
                self._eye = self._eye or self.engine.raw_connection()
                found: list[Any] = self._eye.cursor().execute(question).fetchall()
            except (sqlite3.Error, DBAPIError):
                self._shut_eye()
                raise
            return found

    def _shut_eye(self) -> None:
        if self._eye is not None:
            with suppress(sqlite3.Error):
                self._eye.invalidate()
            self._eye = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the diary."""
        with self._plainly(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, alone: bool = False) -> Iterator[Connection]:
        """A connection whose work is on the disk when the block ends, or undone if it raises.

        `alone`: what it reads must not be written by anybody else before it has written. In a file there is
        one writer anyway.
        """
        with self._plainly(), self._writers, self.engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                if alone and self.engine.dialect.name != "sqlite":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({schema.APPLICATION_ID})")
                yield connection

    def examine(self) -> None:
        """Raise `DiaryUnusable` unless it can be read and written now.

        After a failure that takes a real look: every page is read and something is written to the disk.
        """
        failed = self._failed
        with self.write() as connection:
            if failed and self.engine.dialect.name == "sqlite":
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
                if found != "ok":
                    raise DiaryUnusable(f"{self.name} is damaged ({found}). {self._way_back()}")
            if failed:
                connection.execute(schema.setting.delete().where(schema.setting.c.key == PROBE))
                connection.execute(schema.setting.insert(), {"key": PROBE, "value": "x" * 10_000})
        self._failed = False

    def close(self) -> None:
        with self._glancing:
            self._shut_eye()
        self.engine.dispose()

    def _way_back(self) -> str:
        return way_back(Path(self.engine.url.database or ""))

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            # Not the disk's fault but ours: it must not be taken for a bad moment that passes.
            raise
        except (DBAPIError, sqlite3.Error) as problem:
            self._failed = True
            said = str(problem.orig if isinstance(problem, DBAPIError) else problem)
            back = f" {self._way_back()}" if any(sign in said for sign in DAMAGE) else ""
            raise DiaryUnusable(f"{self.name} cannot be used just now: {said}.{back}") from problem
        except DiaryUnusable:
            self._failed = True
            raise


def open_diary(url: str) -> Diary:
    """The diary at `sqlite:////path/to/file` or `postgresql://...`, made if there is none.

    Raise `DiaryUnusable` for what is damaged, not ours, or of a newer uncramp; such a file is not touched.
    """
    try:
        if url.startswith(FILE_URL):
            # Not parsed: a folder may have a question mark in its name.
            return _open_file(Path(url.removeprefix(FILE_URL)))
        return _open_server(make_url(url))
    except (ArgumentError, NoSuchModuleError, ImportError) as problem:
        raise DiaryUnusable(f"This is no address of a diary that uncramp can open: {problem}.") from problem


# ---- SQLite --------------------------------------------------------------------------------------


def _open_file(path: Path) -> Diary:
    name = f"The diary {path}"
    try:
        if not path.exists():
            _make_file(path)
        _migrate(path, _refuse_foreign(path))
    except (OSError, sqlite3.Error) as problem:
        raise DiaryUnusable(
            f"{name} cannot be opened ({problem}). It was not changed; look at the disk. {way_back(path)}"
        ) from problem
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Diary(engine, name)


def _prepare(raw: Any, _record: object) -> None:
    # We begin and end transactions ourselves; left to itself, Python's driver would begin them too late.
    raw.isolation_level = None
    for pragma in PRAGMAS:
        raw.execute(pragma)


def _begin(connection: Connection) -> None:
    # A reader that turns into a writer half-way can be refused, so writers say at once that they write.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_file(path: Path) -> None:
    """A new, empty diary that appears at `path` whole or not at all."""
    if Path(f"{path}-wal").exists():
        raise DiaryUnusable(
            f"The diary {path} is gone, but {path.name}-wal, which belongs to it, is still there. "
            f"Put the diary back in its place, or move that file away to begin anew. {way_back(path)}"
        )
    if any(backups_of(path)):
        raise DiaryUnusable(
            f"The diary {path} is gone, but there are backups of it. {way_back(path)} "
            f"To begin anew, move the folder {path.parent / BACKUPS} away."
        )
    new = path.with_name(f"{path.name}.new-{uuid4().hex}")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as raw:
            _fill(raw)
        _publish(new, path)
    finally:
        new.unlink(missing_ok=True)


def _fill(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA journal_mode=WAL")
    for pragma in PRAGMAS:
        raw.execute(pragma)
    raw.execute("BEGIN IMMEDIATE")
    for statement in _statements():
        raw.execute(statement)
    raw.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
    raw.execute(f"PRAGMA user_version={schema.VERSION}")
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _statements() -> Iterator[str]:
    dialect = create_engine("sqlite://").dialect
    for table in schema.tables.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))


def _publish(new: Path, path: Path) -> None:
    """Give the file its name, unless another program that starts at the same time was faster."""
    with suppress(FileExistsError):
        try:
            path.hardlink_to(new)
        except FileExistsError:
            raise
        except OSError:
            # A disk without hard links, such as a memory stick.
            new.rename(path)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _migrate(path: Path, version: int) -> None:
    """Bring the tables of an earlier uncramp to today's: all of it, or nothing if it is cut short."""
    if version == schema.VERSION:
        return
    with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as raw:
        for pragma in PRAGMAS:
            raw.execute(pragma)
        raw.execute("BEGIN IMMEDIATE")
        # Another program that started at the same time may have been faster.
        [now] = raw.execute("PRAGMA user_version").fetchone()
        for statement in steps_from(now, "sqlite"):
            raw.execute(statement)
        raw.execute(f"PRAGMA user_version={schema.VERSION}")
        raw.execute("COMMIT")


def _refuse_foreign(path: Path) -> int:
    """The version of its tables. Raise `DiaryUnusable` unless it is a diary that this uncramp understands."""
    if path.stat().st_size == 0:
        raise DiaryUnusable(
            f"The diary {path} has been emptied: it has 0 bytes. It was not changed; "
            f"move it away to begin anew. {way_back(path)}"
        )
    with closing(sqlite3.connect(path)) as raw:
        [owner] = raw.execute("PRAGMA application_id").fetchone()
        [version] = raw.execute("PRAGMA user_version").fetchone()
    if owner != schema.APPLICATION_ID:
        raise DiaryUnusable(f"{path} is not a diary of uncramp. It was not changed; move it away.")
    if version > schema.VERSION:
        raise DiaryUnusable(_newer(f"The diary {path}", version))
    return int(version)


def _newer(name: str, version: int) -> str:
    return (
        f"{name} was written by a newer uncramp (its tables are version {version}, this one knows "
        f"{schema.VERSION}). It was not changed; install the newer uncramp again."
    )


# ---- PostgreSQL ----------------------------------------------------------------------------------

VERSION_KEY = "tables_version"
FIRST_TABLES = {"person", "entry", "setting", "login"}
"""What a diary of every version has."""


def _open_server(address: URL) -> Diary:
    name = f"The diary on {address.host or 'the database server'}"
    diary = Diary(create_engine(address, pool_pre_ping=True), name)
    try:
        _make_or_know_tables(diary)
    except BaseException:
        diary.close()
        raise
    return diary


def _make_or_know_tables(diary: Diary) -> None:
    ours = set(schema.tables.tables)
    # Two servers that start at once must not both make the tables.
    with diary.write(alone=True) as connection:
        there = set(inspect(connection).get_table_names())
        if not there & ours:
            schema.tables.create_all(connection)
            row = {"key": VERSION_KEY, "value": str(schema.VERSION)}
            connection.execute(schema.setting.insert(), row)
        version = _read_version(connection) if there >= FIRST_TABLES else None
        if version is not None and version < schema.VERSION:
            for statement in steps_from(version, "postgresql"):
                connection.exec_driver_sql(statement)
            key = schema.setting.c.key == VERSION_KEY
            connection.execute(schema.setting.update().where(key).values(value=str(schema.VERSION)))
    if there & ours and version is None:
        raise DiaryUnusable(f"{diary.name}: the database has tables that are not a diary of uncramp.")
    if version is not None and version > schema.VERSION:
        raise DiaryUnusable(_newer(diary.name, version))


def _read_version(connection: Connection) -> int | None:
    key = schema.setting.c.key == VERSION_KEY
    found = connection.execute(schema.setting.select().where(key)).one_or_none()
    return int(found.value) if found and found.value.isdecimal() else None
