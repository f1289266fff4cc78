"""A fresh diary for each test, once in a file and once in PostgreSQL where that can be started."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest

from uncramp.diary.connection import Diary, open_diary

STARTER = "postgres"
"""Who runs the server where we are root, which it refuses to be run by."""


@cache
def postgres_programs() -> Path | None:
    """The folder with `initdb`; Debian keeps it out of the way."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, reached by a socket in its folder and by nobody else."""
    programs = postgres_programs()
    if programs is None or (os.geteuid() == 0 and not _is_user(STARTER)):
        without = pytest.fail if os.environ.get("UNCRAMP_REQUIRE_BROWSER") == "1" else pytest.skip
        without("no PostgreSQL on this machine")
    # Not pytest's folder: that is closed to the user who runs the server.
    folder = Path(tempfile.mkdtemp(prefix="uncramp-postgres-"))
    as_starter: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, STARTER)
        as_starter = ["runuser", "-u", STARTER, "--"]

    def call(program: str, *arguments: str) -> None:
        command = [*as_starter, str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = str(folder / "data")
    call("initdb", "-D", data, "-A", "trust", "-U", "uncramp", "-E", "UTF8", "--no-sync")
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off"
    call("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", settings, "start")
    try:
        yield f"postgresql+psycopg://uncramp@/{{}}?host={folder}"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _is_user(name: str) -> bool:
    import pwd

    return any(user.pw_name == name for user in pwd.getpwall())


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a diary that is not there yet would lie."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'diary.sqlite'}"
    server: str = request.getfixturevalue("postgres_server")
    name = f"diary_{uuid4().hex}"
    create_database(server, name)
    return server.format(name)


def create_database(server: str, name: str) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()


@pytest.fixture
def diary(address: str) -> Iterator[Diary]:
    opened = open_diary(address)
    yield opened
    opened.close()


@pytest.fixture
def own_diary(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The program's own diary is an empty one for this test, in a file and in PostgreSQL."""
    from uncramp.actions import home

    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    if address.startswith("postgresql"):
        monkeypatch.setenv("UNCRAMP_DATABASE", address)
    yield home.diary_address()
    home.close_diaries()
