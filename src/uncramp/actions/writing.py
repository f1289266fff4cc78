"""Writing an entry by a form: a new one, or a version that replaces the newest; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uncramp.actions.check import Refused
from uncramp.actions.entries import history, new_id, one, wire_time
from uncramp.core.nights import is_deleted

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary
    from uncramp.model import Entry

Raw = Mapping[str, Any]
"""An entry as `PUT` takes it, still without `origin`, `recorded` and `replaces`."""
ORIGIN = "page"


class Standing(Exception):
    """Another version became the newest since the form was opened; nothing was stored."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.id)
        self.entry = entry


def newest_version(diary: Diary, person: str, entry_id: str) -> Entry:
    """The newest version of the entry that `entry_id` is one of, also one that was taken away.

    Raise `Refused` where the person has none of that id.
    """
    from uncramp.diary.versions import newest_of

    versions = history(diary, person, entry_id)
    (newest,) = newest_of(versions)
    return next(version for version in versions if version.id == newest)


def save(diary: Diary, person: str, raw: Raw, now: datetime, *, entry_id: str = "", base: str = "") -> Entry:
    """Store what `raw` says, as a new entry or in the place of the version `base`; what was stored.

    The same form sent twice, by its `entry_id`, is stored once. Raise `Standing` where another version than
    `base` is the newest, and `Refused` for what cannot be used.
    """
    from uncramp.actions.entry_form import read_entry
    from uncramp.diary import entries as kept

    entry_id = entry_id or new_id(now)
    stamp = {"origin": ORIGIN, "recorded": wire_time(now.astimezone(UTC)), "replaces": base or None}
    new = read_entry(person, entry_id, {**raw, **stamp})
    if there := _mine(diary, person, entry_id):
        if _says(there) == _says(new):
            return there
        # Sent, gone back, changed and sent again: what is meant is the change.
        return save(diary, person, raw, now, base=newest_version(diary, person, entry_id).id)
    if base:
        stands = newest_version(diary, person, base)
        if stands.id != base:
            raise Standing(stands)
        if _says(stands) == _says(new):
            return stands
    kept.put(diary, new)
    return new


def take_away(diary: Diary, person: str, entry_id: str, now: datetime) -> Entry:
    """The version that says that the entry is gone; what was there stays in its history."""
    stands = newest_version(diary, person, entry_id)
    if is_deleted(stands):
        return stands
    return save(diary, person, {**_when(stands), "body": {"deleted": True}}, now, base=stands.id)


def undo(diary: Diary, person: str, entry_id: str, now: datetime) -> Entry:
    """The entry as it was before it was taken away, as a further version."""
    stands = newest_version(diary, person, entry_id)
    if not is_deleted(stands):
        return stands
    before = [version for version in history(diary, person, stands.id) if not is_deleted(version)]
    if not before:
        raise Refused("id: of that entry nothing is left that could be brought back.")
    last = next((version for version in before if version.id == stands.replaces), before[-1])
    return save(diary, person, {**_when(last), "body": dict(last.body)}, now, base=stands.id)


def _when(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "start": wire_time(entry.start),
        "end": entry.end and wire_time(entry.end),
        "offset_minutes": entry.offset_minutes,
    }


def _says(entry: Entry) -> tuple[object, ...]:
    """All of it but who wrote it when."""
    return entry.kind, entry.start, entry.end, entry.offset_minutes, dict(entry.body)


def _mine(diary: Diary, person: str, entry_id: str) -> Entry | None:
    try:
        return one(diary, person, entry_id)
    except Refused:
        return None
