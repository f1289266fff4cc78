"""From the tables of every earlier uncramp to today's. A step and its version are one transaction."""

from __future__ import annotations

# What leads from that version of the tables to the next. SQLite and PostgreSQL both read these, and a step
# that was released is never changed again. {strict} is the word that SQLite makes a table strict with, {c}
# the order by bytes, which SQLite has anyway.
STEPS: dict[int, str] = {
    # There was one passphrase, of the diary; it is that of who opened it first. Nothing was ever written to
    # the tables origin and token.
    1: """
        ALTER TABLE person ADD COLUMN passphrase TEXT NOT NULL DEFAULT '';
        UPDATE person SET passphrase =
            coalesce((SELECT value FROM setting WHERE key = 'passphrase'), '')
            WHERE id = (SELECT id FROM person ORDER BY created, id LIMIT 1);
        DELETE FROM setting WHERE key = 'passphrase' AND EXISTS (SELECT 1 FROM person);
        DROP TABLE origin;
        DROP TABLE token;
        CREATE TABLE token (
            token_sha256 TEXT {c} NOT NULL, person TEXT {c} NOT NULL, name TEXT NOT NULL,
            purpose TEXT {c} NOT NULL, created TEXT {c} NOT NULL, last_used TEXT {c},
            PRIMARY KEY (token_sha256), FOREIGN KEY(person) REFERENCES person (id)
        ) {strict};
        CREATE TABLE choice (
            person TEXT {c} NOT NULL, key TEXT {c} NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (person, key), FOREIGN KEY(person) REFERENCES person (id)
        ) {strict};
        CREATE TABLE tombstone (
            id TEXT {c} NOT NULL, person TEXT {c} NOT NULL, kind TEXT {c} NOT NULL, day TEXT {c} NOT NULL,
            recorded TEXT {c} NOT NULL,
            PRIMARY KEY (id), FOREIGN KEY(person) REFERENCES person (id)
        ) {strict};
        CREATE INDEX tombstone_by_person ON tombstone (person);
    """,
}


def steps_from(version: int, dialect: str) -> list[str]:
    """The statements that lead from tables of that version to today's, in order, for that database."""
    strict, c = ("STRICT", "") if dialect == "sqlite" else ("", 'COLLATE "C"')
    wanted = "".join(STEPS[n] for n in sorted(STEPS) if n >= version).format(strict=strict, c=c)
    return [statement.strip() for statement in wanted.split(";") if statement.strip()]
