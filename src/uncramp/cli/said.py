"""Entries in words, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uncramp.core.nights import local
from uncramp.model import Asked, Entry, EntryKind

NOT_WRITTEN = "not written"
EFFORT = "effort"


def said(entry: Entry, there: Mapping[str, Asked]) -> str:
    """What an entry says; `there` are the exposures that the person can write down."""
    body = entry.body
    match entry.kind:
        case EntryKind.EPISODE:
            words = _cramp(entry)
        case EntryKind.DAY_NOTE:
            words = f"a {body.get('word')} night" if body.get("word") == "quiet" else "a night with a cramp"
        case EntryKind.EXPOSURE:
            words = _exposure(body, there)
        case EntryKind.CIRCUMSTANCE:
            until = f" to {body['to']}" if body.get("to") else ""
            words = f"{body.get('fact')}: {value_said(body.get('value'))}, from {body.get('from')}{until}"
        case _:
            words = "guided relief"
    return f"{words} ({body['note']})" if body.get("note") else words


def value_said(value: object, unit: str = "") -> str:
    """An answer: yes, no, or a number with its unit."""
    if value is None:
        return NOT_WRITTEN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g} {unit}".rstrip()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cramp(entry: Entry) -> str:
    body = entry.body
    sides = {"left": "left ", "right": "right ", "both": "both sides, "}
    words = [f"{sides.get(body.get('side') or '', '')}{body.get('muscle', '')}"]
    if entry.end:
        words.append(f"{(entry.end - entry.start).total_seconds() / 60:.3g} min")
    if body.get("pain") is not None:
        words.append(f"pain {body['pain']:g}")
    if body.get("asleep") is not None:
        words.append("asleep" if body["asleep"] else "awake")
    hour = f"{local(entry.start, entry.offset_minutes):%H:%M}"
    at = f"at {hour}" if body.get("timed", True) else "at an hour not known"
    return f"a cramp {at}: {', '.join(words)}"


def _exposure(body: Mapping[str, Any], there: Mapping[str, Asked]) -> str:
    name = body.get("exposure", "")
    if name == EFFORT and isinstance(effort := body.get("effort"), dict):
        return ", ".join([effort.get("sport", EFFORT), *_parts(effort)])
    asked = there.get(name)
    unit = body.get("unit") or (asked.unit if asked else "")
    return f"{asked.short if asked else name}: {value_said(body.get('value'), unit)}"


def _parts(effort: Mapping[str, Any]) -> list[str]:
    forms = {
        "minutes": "{:g} min",
        "distance_km": "{:g} km",
        "session_rpe": "effort {:g} of 10",
        "drink_ml": "drank {:g} ml",
    }
    marks = {"hot": "in heat", "warm_up": "warmed up", "unusual": "more than usual"}
    numbers = [form.format(effort[name]) for name, form in forms.items() if effort.get(name) is not None]
    return numbers + [words for name, words in marks.items() if effort.get(name)]
