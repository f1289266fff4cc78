"""A diary as version 1 of the tables was released, in the words of SQL that it was made with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

TABLES = """
CREATE TABLE person (id {t} NOT NULL, name TEXT NOT NULL, created {t} NOT NULL, PRIMARY KEY (id)) {s};
CREATE TABLE setting (key {t} NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key)) {s};
CREATE TABLE entry (
    id {t} NOT NULL, person {t} NOT NULL, kind {t} NOT NULL, start {t} NOT NULL, "end" {t},
    offset_minutes INTEGER NOT NULL, body TEXT NOT NULL, origin TEXT NOT NULL, recorded {t} NOT NULL,
    replaces {t}, PRIMARY KEY (id), FOREIGN KEY(person) REFERENCES person (id)
) {s};
CREATE INDEX entry_by_person_and_time ON entry (person, start);
CREATE INDEX entry_by_replaced ON entry (replaces);
CREATE TABLE login (
    token_sha256 {t} NOT NULL, person {t} NOT NULL, created {t} NOT NULL, last_seen {t} NOT NULL,
    PRIMARY KEY (token_sha256), FOREIGN KEY(person) REFERENCES person (id)
) {s};
CREATE TABLE origin (
    id {t} NOT NULL, person {t} NOT NULL, name TEXT NOT NULL, created {t} NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(person) REFERENCES person (id)
) {s};
CREATE TABLE token (
    token_sha256 {t} NOT NULL, person {t} NOT NULL, name TEXT NOT NULL, created {t} NOT NULL,
    PRIMARY KEY (token_sha256), FOREIGN KEY(person) REFERENCES person (id)
) {s};
"""
PERSON = "5f0c7a3e-1f8b-4a55-9d8e-3c1d2b7a9e10"
ROWS = f"""
INSERT INTO person VALUES ('{PERSON}', 'Ada', '2026-11-01T08:00:00.000000+00:00');
INSERT INTO person VALUES ('other', 'Ben', '2026-11-02T08:00:00.000000+00:00');
INSERT INTO setting VALUES ('passphrase', '$argon2id$kept');
INSERT INTO setting VALUES ('day_begins', '05:00');
INSERT INTO login VALUES (
    'hash', '{PERSON}', '2026-11-03T08:00:00.000000+00:00', '2026-11-04T08:00:00.000000+00:00'
);
INSERT INTO entry VALUES (
    '019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a01', '{PERSON}', 'episode', '2026-11-20T02:41:10.004000+00:00',
    '2026-11-20T02:43:02.731000+00:00', 60,
    '{{"bouts":[{{"end":"2026-11-20T02:43:02.731Z","start":"2026-11-20T02:41:10.004Z"}}],"muscle":"hamstring","side":"right"}}',
    'phone', '2026-11-20T02:43:05.000000+00:00', NULL
);
INSERT INTO entry VALUES (
    '019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a02', '{PERSON}', 'episode', '2026-11-20T02:41:10.004000+00:00',
    '2026-11-20T02:43:02.731000+00:00', 60,
    '{{"bouts":[{{"end":"2026-11-20T02:43:02.731Z","start":"2026-11-20T02:41:10.004Z"}}],"muscle":"hamstring","side":"left"}}',
    'phone', '2026-11-20T08:00:00.000000+00:00', '019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a01'
);
"""


def make_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.executescript(TABLES.format(t="TEXT", s="STRICT") + ROWS)
        raw.execute("PRAGMA application_id=1970168690")
        raw.execute("PRAGMA user_version=1")


def make_on_server(address: str) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        wanted = TABLES.format(t='TEXT COLLATE "C"', s="") + ROWS
        wanted += "INSERT INTO setting VALUES ('tables_version', '1');"
        for statement in wanted.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()


def make(address: str) -> None:
    if address.startswith("sqlite"):
        make_file(Path(address.removeprefix("sqlite:///")))
    else:
        make_on_server(address)
