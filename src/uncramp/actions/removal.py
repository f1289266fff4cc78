"""Taking an entry away, bringing it back, and emptying it when the time to undo is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from uncramp.actions import writing
from uncramp.core.nights import day_of_entry

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary
    from uncramp.model import Entry

UNDO_WITHIN = timedelta(minutes=10)
"""So long an entry that was taken away can be brought back. Then it is emptied, with all its versions."""


def take_away(diary: Diary, person: str, entry_id: str, now: datetime) -> Entry:
    """The version that says that the entry is gone."""
    gone = writing.take_away(diary, person, entry_id, now)
    sweep(diary, now)
    return gone


def undo(diary: Diary, person: str, entry_id: str, now: datetime) -> Entry:
    """The entry as it was before it was taken away; raise `Refused` where nothing of it is left."""
    return writing.undo(diary, person, entry_id, now)


def sweep(diary: Diary, now: datetime) -> int:
    """Empty what was taken away and can no longer be brought back; how many versions were."""
    from uncramp.diary import removal

    return removal.sweep(diary, now, UNDO_WITHIN, day_of_entry)
