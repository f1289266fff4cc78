"""Entries of the diary in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from uncramp.actions.history import EFFORT, remedy_words
from uncramp.actions.library import knowledge
from uncramp.actions.whole_entry import day_of, lasted, seizings, taken_away, wall_clock
from uncramp.model import Answer, Asked, Entry, EntryKind
from uncramp.web.words import Words, catalogue

LONGEST_EXCERPT = 60


@dataclass(frozen=True)
class Part:
    """A few words; `own` are those that a person or a file brought."""

    words: str
    own: bool = False


@dataclass(frozen=True)
class Line:
    """An entry in one line. `time` is by the clock of the place, empty where no hour is known."""

    id: str
    kind: str
    time: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class DayOfLines:
    day: date
    words: str
    lines: tuple[Line, ...]


def days(entries: Iterable[Entry], t: Words, asked: Mapping[str, Asked]) -> tuple[DayOfLines, ...]:
    """The entries under the days that they stand under, in the order in which they come."""
    return tuple(
        DayOfLines(day, day_words(day, t), tuple(line(entry, t, asked) for entry in some))
        for day, some in groupby(entries, day_of)
    )


def line(entry: Entry, t: Words, asked: Mapping[str, Asked]) -> Line:
    return Line(entry.id, entry.kind.value, clock(entry), tuple(_parts(entry, t, asked)))


def clock(entry: Entry) -> str:
    """The time of day, empty for what stands under a day only."""
    if entry.kind in (EntryKind.DAY_NOTE, EntryKind.CIRCUMSTANCE) or entry.body.get("timed") is False:
        return ""
    return f"{wall_clock(entry):%H:%M}"


# ---- times and lengths ---------------------------------------------------------------------------


def day_words(day: date, t: Words) -> str:
    """A date with its day of the week."""
    weekday, month = t(f"dates.short_days.{day.weekday()}"), t(f"dates.short_months.{day.month}")
    return t("dates.day", weekday=weekday, day=day.day, month=month, year=day.year)


def moment_words(moment: datetime, t: Words) -> str:
    return t("dates.moment", day=day_words(moment.date(), t), time=f"{moment:%H:%M}")


def month_words(first: date, t: Words) -> str:
    return t("dates.month", month=t(f"dates.months.{first.month}"), year=first.year)


def length_words(seconds: int | None, t: Words) -> str:
    if seconds is None:
        return t("history.length_unknown")
    if seconds < 90:
        return t("history.seconds", n=seconds)
    return t("history.minutes", minutes=number_words(round(seconds / 60, 1)))


def number_words(value: float) -> str:
    return f"{value:.1f}" if value % 1 else f"{value:.0f}"


# ---- what an entry says --------------------------------------------------------------------------


def _parts(entry: Entry, t: Words, asked: Mapping[str, Asked]) -> Iterable[Part]:
    body = entry.body
    if taken_away(entry):
        return [Part(t("history.taken_away"))]
    match entry.kind:
        case EntryKind.EPISODE:
            parts = _episode(entry, t)
        case EntryKind.DAY_NOTE:
            parts = [Part(t(f"history.nights.{body['word']}"))]
        case EntryKind.EXPOSURE if body["exposure"] == EFFORT:
            parts = _effort(body["effort"], t)
        case EntryKind.EXPOSURE:
            parts = _exposure(body, t, asked)
        case EntryKind.CIRCUMSTANCE:
            parts = _circumstance(body, t)
        case _:
            parts = [Part(t("history.kinds.walk"))]
    note = body.get("note")
    return [*parts, Part(_excerpt(note), own=True)] if note and isinstance(note, str) else parts


def _episode(entry: Entry, t: Words) -> list[Part]:
    body, parts = entry.body, [Part(t("history.line_cramp"))]
    parts.append(place_words(body.get("side"), body.get("muscle"), t))
    if (seconds := lasted(seizings(entry))) is not None:
        parts.append(Part(length_words(seconds, t)))
    if body.get("asleep") is not None:
        parts.append(Part(t("history.asleep" if body["asleep"] else "history.awake")))
    return parts


def place_words(side: str | None, muscle: str | None, t: Words) -> Part:
    """The muscle, and which one where that is known."""
    key = f"history.muscles.{muscle}"
    if key not in catalogue():
        return Part(spaced(muscle), own=True)
    return Part(t(f"history.of_side.{side}", muscle=t(key)) if side else t(key))


def _effort(effort: Mapping[str, Any], t: Words) -> list[Part]:
    parts = [Part(t("history.kinds.effort")), Part(spaced(effort.get("sport")), own=True)]
    if effort.get("minutes"):
        parts.append(Part(t("history.minutes", minutes=number_words(effort["minutes"]))))
    return parts


def _exposure(body: Mapping[str, Any], t: Words, asked: Mapping[str, Asked]) -> list[Part]:
    return [exposure_name(body["exposure"], t, asked), *exposure_value(body, t, asked)]


def exposure_name(name: str, t: Words, asked: Mapping[str, Asked]) -> Part:
    if name in knowledge().exposures:
        return Part(t.of_knowledge(knowledge().exposures[name].short))
    return Part(asked[name].short if name in asked else spaced(name), own=True)


def exposure_value(body: Mapping[str, Any], t: Words, asked: Mapping[str, Asked]) -> list[Part]:
    value, name = body["value"], body["exposure"]
    if isinstance(value, bool):
        return [Part(t("yes") if value else t("no"))]
    unit = body.get("unit") or (asked[name].unit if name in asked else "")
    if name in knowledge().exposures:
        # "1 drinks" would be no English, and other languages have more forms.
        return [Part(f"{t.of_knowledge(unit)}: {number_words(value)}" if unit else number_words(value))]
    return [Part(f"{unit}: {number_words(value)}" if unit else number_words(value), own=True)]


def _circumstance(body: Mapping[str, Any], t: Words) -> list[Part]:
    parts = [*fact_words(body["fact"], body["value"], t)]
    if body["from"]:
        parts.append(Part(t("history.from", day=day_words(date.fromisoformat(body["from"]), t))))
    if body.get("to"):
        parts.append(Part(t("history.to", day=day_words(date.fromisoformat(body["to"]), t))))
    elif body.get("ended"):
        parts.append(Part(t("history.ended")))
    return parts


def fact_words(name: str, answer: Answer, t: Words) -> list[Part]:
    """A fact and what is so of it; its bare name where this knowledge does not have it."""
    fact = knowledge().vocabulary.facts.get(name)
    if fact is None:
        return [Part(spaced(name), own=True)]
    said = t.of_knowledge(fact.short[:1].upper() + fact.short[1:])
    if isinstance(answer, bool):
        return [Part(said if answer else t("history.is_not", what=said))]
    if isinstance(answer, (int, float)):
        return [Part(f"{said}: {number_words(answer)} {t.of_knowledge(fact.unit)}".strip())]
    choices = dict(fact.choices)
    chosen = (answer,) if isinstance(answer, str) else answer or ()
    return [Part(said), *(Part(t.of_knowledge(choices.get(one, one))) for one in chosen)]


def remedy_name(name: str, t: Words) -> Part:
    known = remedy_words().get(name)
    return Part(t.of_knowledge(known)) if known else Part(spaced(name), own=True)


def spaced(name: str | None) -> str:
    """An id as words, for what has none here."""
    return (name or "").removeprefix("own.").replace("_", " ")


def _excerpt(note: str) -> str:
    plain = " ".join(note.split())
    return plain if len(plain) <= LONGEST_EXCERPT else plain[: LONGEST_EXCERPT - 1].rstrip() + "…"


def notice(entry: Entry, t: Words) -> str:
    """What to think of beside what was just written, empty for nothing."""
    body = entry.body
    if taken_away(entry):
        return ""
    if entry.kind is EntryKind.EPISODE or body.get("word") == "cramp":
        return t("write.after_cramp")
    asked = knowledge().exposures.get(body.get("exposure", ""))
    if asked and asked.if_yes and body["value"] is True:
        return t.of_knowledge(asked.if_yes)
    over = body.get("to") or body.get("ended")
    return after_birth(t) if body.get("fact") == "pregnant" and body["value"] and over else ""


def after_birth(t: Words) -> str:
    """What outlasts a pregnancy, and where the check asks for it."""
    birth = knowledge().vocabulary.facts["gave_birth_recently"]
    return t("write.after_birth", question=t.of_knowledge(birth.question))


# ---- an entry in full ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """A name and what stands under it."""

    name: str
    values: tuple[Part, ...]


def in_full(entry: Entry, t: Words, asked: Mapping[str, Asked]) -> tuple[Named, ...]:
    """Everything that a version says, but for what is not known."""
    if taken_away(entry):
        return ()
    body = entry.body
    found: list[tuple[str, Iterable[Part]]] = [("when", _when(entry, t))]
    match entry.kind:
        case EntryKind.EPISODE:
            found += _episode_in_full(entry, t)
        case EntryKind.EXPOSURE if body["exposure"] == EFFORT:
            found += _effort_in_full(body["effort"], t)
        case EntryKind.EXPOSURE:
            found += [("what", [exposure_name(body["exposure"], t, asked)])]
            found += [("value", exposure_value(body, t, asked))]
        case EntryKind.DAY_NOTE:
            found += [("what", [Part(t(f"history.nights.{body['word']}"))])]
        case EntryKind.CIRCUMSTANCE:
            found += [("what", fact_words(body["fact"], body["value"], t)), ("until", _until(body, t))]
    if isinstance(body.get("note"), str):
        found.append(("note", [Part(body["note"], own=True)]))
    found.append(("origin", [Part(entry.origin, own=True)]))
    return tuple(Named(t(f"history.names.{name}"), tuple(values)) for name, values in found if values)


def _when(entry: Entry, t: Words) -> list[Part]:
    if entry.kind is EntryKind.CIRCUMSTANCE:
        since = entry.body["from"]
        return [Part(day_words(date.fromisoformat(since), t) if since else t("history.length_unknown"))]
    if entry.kind is EntryKind.DAY_NOTE:
        return [Part(day_words(day_of(entry), t))]
    if not clock(entry):
        hour = [Part(t("history.hour_unknown"))] if entry.kind is EntryKind.EPISODE else []
        return [Part(day_words(day_of(entry), t)), *hour]
    offset = f"{'−' if entry.offset_minutes < 0 else '+'}{abs(entry.offset_minutes) // 60:02}"
    offset += f":{abs(entry.offset_minutes) % 60:02}"
    return [Part(t("history.at_the_place", when=moment_words(wall_clock(entry), t), offset=offset))]


def _until(body: Mapping[str, Any], t: Words) -> list[Part]:
    if not body.get("to"):
        return [Part(t("history.length_unknown" if body.get("ended") else "history.still"))]
    return [Part(day_words(date.fromisoformat(body["to"]), t))]


def _episode_in_full(entry: Entry, t: Words) -> list[tuple[str, Iterable[Part]]]:
    body, bouts = entry.body, seizings(entry)
    found: list[tuple[str, Iterable[Part]]] = [
        ("place", [place_words(body.get("side"), body.get("muscle"), t)]),
        ("side", [] if body.get("side") else [Part(t("history.sides.unknown"))]),
        ("length", [Part(length_words(lasted(bouts), t))]),
    ]
    if body.get("asleep") is not None:
        found.append(("asleep", [Part(t("yes") if body["asleep"] else t("no"))]))
    if body.get("doing"):
        found.append(("doing", [Part(spaced(body["doing"]), own=True)]))
    scores = (key for key in ("pain", "soreness") if body.get(key) is not None)
    found += [(key, [Part(t("history.of_ten", n_of=number_words(body[key])))]) for key in scores]
    found += [(key, [remedy_name(name, t) for name in body.get(key) or ()]) for key in ("used", "helped")]
    return found


def _effort_in_full(effort: Mapping[str, Any], t: Words) -> list[tuple[str, Iterable[Part]]]:
    found: list[tuple[str, Iterable[Part]]] = [("sport", [Part(spaced(effort.get("sport")), own=True)])]
    numbers = (("minutes", "history.minutes"), ("distance_km", "history.km"), ("drink_ml", "history.ml"))
    for key, words in numbers:
        if effort.get(key) is not None:
            found.append((key, [Part(t(words, minutes=number_words(effort[key])))]))
    if effort.get("session_rpe") is not None:
        found.append(("hard", [Part(t("history.of_ten", n_of=number_words(effort["session_rpe"])))]))
    said = (key for key in ("hot", "warm_up", "unusual") if effort.get(key) is not None)
    found += [(key, [Part(t("yes") if effort[key] else t("no"))]) for key in said]
    return found
