"""What was written, to be read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from uncramp.actions.entries import newest
from uncramp.actions.library import knowledge
from uncramp.model import Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

LATEST = 20


@dataclass(frozen=True)
class Seizing:
    """One bout: how long it held (`None`: not known), and what was done when it let go."""

    seconds: int | None
    released: bool
    technique: str


@dataclass(frozen=True)
class Episode:
    """One cramp as a person reads of it; `when` is by the clock of the place where it was."""

    id: str
    when: datetime
    side: str
    seizings: tuple[Seizing, ...]
    origin: str

    @property
    def seconds(self) -> int | None:
        """How long it cramped in all; `None` where that is not known of every bout."""
        known = [seizing.seconds for seizing in self.seizings if seizing.seconds is not None]
        return sum(known) if len(known) == len(self.seizings) else None


def latest(diary: Diary, person: str) -> tuple[Episode, ...]:
    """The latest cramps, the last one first."""
    return tuple(map(_episode, newest(diary, person, (EntryKind.EPISODE,), LATEST)))


def _episode(entry: Entry) -> Episode:
    body = entry.body
    return Episode(
        id=entry.id,
        when=entry.start + timedelta(minutes=entry.offset_minutes),
        side=body.get("side") or "",
        seizings=tuple(_seizing(bout, body.get("protocol")) for bout in body["bouts"]),
        origin=entry.origin,
    )


def _seizing(bout: dict[str, Any], protocol: str | None) -> Seizing:
    seconds = None
    if bout.get("end"):
        lasted = datetime.fromisoformat(bout["end"]) - datetime.fromisoformat(bout["start"])
        seconds = round(lasted.total_seconds())
    return Seizing(seconds, bout.get("released") is True, _words_of(protocol, bout.get("technique")))


def _words_of(protocol: str | None, technique: str | None) -> str:
    """What the person was told to do; the bare id of what this knowledge does not have."""
    if technique is None:
        return ""
    place = knowledge().protocols.get(protocol or "")
    step = place.steps.get(technique) if place else None
    return step.say if step else technique
