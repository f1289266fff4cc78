"""Looking through what a person wrote: a page at a time, and by what stands in the bodies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from uncramp.diary.connection import Diary
from uncramp.diary.entries import entry_in, lost
from uncramp.diary.schema import entry as table
from uncramp.model import Entry, EntryKind

MOST_TEXTS = 8
"""Of so many texts the database looks for any in a body. Each takes time; more are not asked for."""
ALL = 10**9
LONG = ("bouts", "facts", "note")
LONG_IN_POSTGRES: ColumnElement[Any] = literal_column("ARRAY['bouts', 'facts', 'note']")
BRIEF: Mapping[str, ColumnElement[str]] = {
    "sqlite": func.json_remove(table.c.body, *(f"$.{name}" for name in LONG)).label("body"),
    "postgresql": cast(cast(table.c.body, JSONB).op("-")(LONG_IN_POSTGRES), Text).label("body"),
}
"""A body without what is long, as each database says it."""
TAKEN_AWAY = '{"deleted":true}'


@dataclass(frozen=True)
class Wanted:
    """What to look for: entries of `kinds` that begin from `start` and before `end`.

    `before` is the place to go on from: the start and id of the last entry that was read. `texts` has, for
    some kinds, texts of which one must stand in the body's JSON; upper and lower case are one, and more is
    found than matches where a text is not plain ASCII or there are many.
    """

    kinds: frozenset[EntryKind] = frozenset(EntryKind)
    start: datetime | None = None
    end: datetime | None = None
    before: tuple[datetime, str] | None = None
    texts: Mapping[EntryKind, tuple[str, ...]] = field(default_factory=dict)


def search(
    diary: Diary, person: str, wanted: Wanted, most: int = ALL, brief: bool = False
) -> tuple[tuple[Entry, ...], tuple[datetime, str] | None]:
    """At most `most` newest versions, latest first, and the place to go on from, `None` at the end.

    What was taken away is left out. `brief` bodies have no bouts, facts and notes, which take long to read.
    """
    texts = {kind: some for kind, some in wanted.texts.items() if len(some) <= MOST_TEXTS}
    given: dict[str, Any] = {"person": person, "most": most}
    given |= {name: at for name, at in (("start", wanted.start), ("end", wanted.end)) if at is not None}
    if wanted.before is not None:
        given |= {"before": wanted.before[0], "before_id": wanted.before[1]}
    for kind, some in texts.items():
        given |= {f"{kind}_{number}": _pattern(text) for number, text in enumerate(some)}
    counts = tuple(sorted((kind, len(some)) for kind, some in texts.items()))
    shape = diary.engine.dialect.name if brief else ""
    question = _question(wanted.kinds, frozenset(given), counts, shape)
    with diary.read() as connection:
        found = connection.execute(question, given).all()
        gone = lost(connection, question, given) if any(row.replaces for row in found) else frozenset()
    place = (found[-1].start, found[-1].id) if len(found) == most else None
    return tuple(entry_in(row) for row in found if row.id not in gone), place


def begun(diary: Diary, person: str, kinds: frozenset[EntryKind]) -> Entry | None:
    """The entry of these kinds that begins first, `None` where there is none."""
    question = _question(kinds, frozenset({"person", "most"}), (), "")
    first = question.order_by(None).order_by(table.c.start, table.c.id)
    with diary.read() as connection:
        found = connection.execute(first, {"person": person, "most": 1}).first()
    return entry_in(found) if found else None


@cache
def _question(
    kinds: frozenset[EntryKind], given: frozenset[str], texts: tuple[tuple[EntryKind, int], ...], brief: str
) -> Select[Any]:
    """Made once for each form of it: to put a question together takes longer than to ask it."""
    later = table.alias("later")
    replaced = select(later.c.id).where(later.c.replaces == table.c.id, later.c.person == table.c.person)
    columns = (BRIEF[brief] if brief and column.name == "body" else column for column in table.c)
    question = select(*columns).where(
        table.c.person == bindparam("person"), table.c.body != TAKEN_AWAY, ~replaced.exists()
    )
    if kinds != frozenset(EntryKind):
        question = question.where(table.c.kind.in_(sorted(kind.value for kind in kinds)))
    if "start" in given:
        question = question.where(table.c.start >= bindparam("start"))
    if "end" in given:
        question = question.where(table.c.start < bindparam("end"))
    if "before" in given:
        earlier = and_(table.c.start == bindparam("before"), table.c.id < bindparam("before_id"))
        # The first part says the same once more, so that the index is used for it.
        question = question.where(
            table.c.start <= bindparam("before"), or_(table.c.start < bindparam("before"), earlier)
        )
    question = question.where(*(_has_text(kind, many) for kind, many in texts))
    return question.order_by(table.c.start.desc(), table.c.id.desc()).limit(bindparam("most"))


def _has_text(kind: EntryKind, many: int) -> ColumnElement[bool]:
    there = (table.c.body.ilike(bindparam(f"{kind}_{number}"), escape="~") for number in range(many))
    return or_(table.c.kind != kind.value, *there)


def _pattern(text: str) -> str:
    """`text` as the database looks for it; `%` stands for what SQLite knows no upper and lower case of."""
    plain = re.sub(r"[^ -~]+", "%", re.sub(r"([%_~])", r"~\1", text))
    return f"%{plain}%"
