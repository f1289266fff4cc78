"""Entries for the tests of risk tables: what somebody would have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from uncramp.core.risk_columns import Candidate, candidates
from uncramp.knowledge.reader import Knowledge
from uncramp.model import Asked, Entry, EntryKind, FactKind

NUMBERS = count(1)
KNOWLEDGE = Knowledge()
OWN = (
    Asked("own.ice", "Ice?", "Ice", FactKind.YES_NO),
    Asked("own.coffee", "Coffee?", "Coffee", FactKind.NUMBER, "cups", 0, 1_000_000),
)


def columns(outcome: str = "rest") -> tuple[Candidate, ...]:
    things = (*KNOWLEDGE.triggers, *KNOWLEDGE.remedies)
    facts = [KNOWLEDGE.vocabulary.facts["beta_blocker"]]
    return candidates(outcome, things, OWN, facts)  # type: ignore[arg-type]


def entry(
    kind: EntryKind,
    at: str,
    zone: str = "Europe/Berlin",
    recorded: str | None = None,
    replaces: str | None = None,
    minutes: float | None = None,
    **body: object,
) -> Entry:
    """At the time that the clock in that zone showed; recorded at noon two days later unless it is said."""
    there = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
    start = there.astimezone(UTC)
    offset = int((there.utcoffset() or timedelta()).total_seconds() // 60)
    written = datetime.fromisoformat(recorded).replace(tzinfo=ZoneInfo(zone)) if recorded else None
    return Entry(
        id=f"00000000-0000-7000-8000-{next(NUMBERS):012}",
        person="p",
        kind=kind,
        start=start,
        end=None if minutes is None else start + timedelta(minutes=minutes),
        offset_minutes=offset,
        body=body,
        origin="test",
        recorded=(written or there + timedelta(days=2)).astimezone(UTC),
        replaces=replaces,
    )


def cramp(at: str, asleep: bool | None = True, zone: str = "Europe/Berlin", **body: object) -> Entry:
    return entry(EntryKind.EPISODE, at, zone, asleep=asleep, muscle="hamstring", **body)  # type: ignore[arg-type]


def quiet(night: str, word: str = "quiet") -> Entry:
    return entry(EntryKind.DAY_NOTE, f"{night}T22:00", night=night, word=word)


def did(
    what: str, at: str, value: bool | float = True, zone: str = "Europe/Berlin", replaces: str | None = None
) -> Entry:
    """Something with its hour."""
    return entry(
        EntryKind.EXPOSURE, at, zone, replaces=replaces, exposure=what, day=at[:10], value=value, timed=True
    )


def said(what: str, day: str, value: bool | float = True, recorded: str | None = None) -> Entry:
    """Something of a day, without an hour."""
    at = f"{day}T12:00"
    return entry(EntryKind.EXPOSURE, at, recorded=recorded, exposure=what, day=day, value=value, timed=False)


def ran(at: str, minutes: float = 60, timed: bool = True, **effort: object) -> Entry:
    """A bout of exercise."""
    return entry(
        EntryKind.EXPOSURE,
        at,
        minutes=minutes if timed else None,
        exposure="effort",
        day=at[:10],
        value=True,
        timed=timed,
        effort={"sport": "running", "minutes": minutes, **effort},
    )


def holds(
    fact: str, since: str | None, until: str | None = None, value: bool = True, **more: object
) -> Entry:
    body = {"fact": fact, "value": value, "from": since, "to": until, **more}
    return entry(EntryKind.CIRCUMSTANCE, f"{since or '2026-01-01'}T00:00", **body)  # type: ignore[arg-type]
