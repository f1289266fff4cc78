"""What an entry must look like to be let into the diary: every field, its range, and nothing else.

The forms are also the schema that the interface publishes to its own tests.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge
from uncramp.core.facts import read_answers
from uncramp.model import Entry, EntryKind, FactKind

FARTHEST_OFFSET = 14 * 60
MOST_BOUTS, MOST_TECHNIQUES, MOST_ANSWERS, MOST_MARKS = 200, 100, 500, 500
LONGEST_NOTE = 2000
EFFORT = "effort"
"""The exposure that is a bout of exercise."""
LONGEST_TEXT, DEEPEST, LARGEST_BODY = 10_000, 8, 100_000
"""Characters, levels, characters. The longest night that we know of takes under 20,000."""

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
NAME = r"^[a-z0-9_.:@-]{1,60}$"
DATE = r"(19[7-9][0-9]|20[0-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = rf"^{DATE}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,6}})?Z$"
DAY = rf"^{DATE}$"
PLAIN = r"^[^\x00-\x1f\x7f]*$"

Form = TypeVar("Form", bound=BaseModel)


def _read_time(value: object) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(TIME, value):
        raise ValueError("expected a time in UTC from 1970 to 2099 like 2026-11-22T03:10:05.120Z")
    return datetime.fromisoformat(value)


def _read_day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(DAY, value):
        raise ValueError("expected a day from 1970 to 2099 like 2026-11-22")
    return date.fromisoformat(value)


TimeText = Annotated[str, Field(pattern=TIME)]
DayText = Annotated[str, Field(pattern=DAY)]
Time = Annotated[datetime, BeforeValidator(_read_time, json_schema_input_type=TimeText)]
Day = Annotated[date, BeforeValidator(_read_day, json_schema_input_type=DayText)]
Id = Annotated[str, Field(pattern=UUID)]
Name = Annotated[str, Field(pattern=NAME)]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class TechniqueForm(_Form):
    id: Name
    start: Time
    end: Time | None = None


class AnswerForm(_Form):
    id: Name
    at: Time
    marks: Annotated[list[Name], Field(max_length=MOST_MARKS)] = []


class BoutForm(_Form):
    start: Time
    end: Time | None = None
    released: bool | None = None
    technique: Name | None = None
    techniques: Annotated[list[TechniqueForm], Field(max_length=MOST_TECHNIQUES)] = []
    answers: Annotated[list[AnswerForm], Field(max_length=MOST_ANSWERS)] = []


class EpisodeForm(_Form):
    """`timed` is false where only the night is known and the start stands for it."""

    muscle: Name
    timed: bool | None = None
    doing: Name | None = None
    effort: Id | None = None
    used: Annotated[list[Name], Field(max_length=MOST_MARKS)] = []
    helped: Annotated[list[Name], Field(max_length=MOST_MARKS)] = []
    soreness: Annotated[float, Field(ge=0, le=10)] | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] | None = None
    side: Literal["left", "right", "both"] | None
    bouts: Annotated[list[BoutForm], Field(min_length=1, max_length=MOST_BOUTS)]
    protocol: Name | None = None
    as_: Annotated[Literal["self", "partner"] | None, Field(alias="as")] = None
    facts: dict[str, Any] = {}
    asleep: bool | None = None
    pain: Annotated[float, Field(ge=0, le=10)] | None = None
    knowledge: Name | None = None


class CircumstanceForm(_Form):
    """`from` is null where the first day is not known, `ended` true where it stopped on a day not known."""

    fact: Name
    value: Any
    from_: Annotated[Day | None, Field(alias="from")]
    to: Day | None = None
    ended: Literal[True] | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] | None = None


class DayNoteForm(_Form):
    """What is known of a night; where nothing is, there is no note."""

    night: Day
    word: Literal["cramp", "quiet"]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] | None = None


class EffortForm(_Form):
    """A bout of exercise, typed in. `session_rpe`: how hard it was in all, 0 to 10 (Foster 2001)."""

    sport: Name
    minutes: Annotated[float, Field(gt=0, le=2880)] | None = None
    session_rpe: Annotated[float, Field(ge=0, le=10)] | None = None
    distance_km: Annotated[float, Field(ge=0, le=2000)] | None = None
    hot: bool | None = None
    drink_ml: Annotated[float, Field(ge=0, le=20_000)] | None = None
    warm_up: bool | None = None
    unusual: bool | None = None


class ExposureForm(_Form):
    """What happened on a day: `value` is true or false, or a number in `unit`. `timed`: it has an hour."""

    exposure: Name
    day: Day
    value: Annotated[bool | float, Field(union_mode="left_to_right")]
    unit: Annotated[str, Field(max_length=60, pattern=PLAIN)] | None = None
    timed: bool | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] | None = None
    effort: EffortForm | None = None


class GoneForm(_Form):
    """A version that says: the person took this away."""

    deleted: Literal[True]


SHAPES: dict[str, type[BaseModel]] = {
    "episode": EpisodeForm,
    "circumstance": CircumstanceForm,
    "day_note": DayNoteForm,
    "exposure": ExposureForm,
}


class EntryForm(_Form):
    """The body of `PUT /api/v1/entries/{id}`."""

    kind: Literal["episode", "exposure", "walk", "day_note", "circumstance"]
    start: Time
    end: Time | None = None
    offset_minutes: Annotated[int, Field(ge=-FARTHEST_OFFSET, le=FARTHEST_OFFSET)]
    origin: Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
    recorded: Time
    replaces: Id | None = None
    body: dict[str, Any]


def read_entry(person: str, entry_id: str, raw: object) -> Entry:
    """The entry that `raw` describes; raise `Refused` with a sentence for each field that cannot be used."""
    form, problems = _read_form(entry_id, raw)
    problems += _body(form)
    if problems:
        raise Refused(*problems)
    return _entry(person, entry_id, form)


def read_kept(person: str, entry_id: str, raw: object) -> Entry:
    """An entry that was in a diary before. Its shape is looked at, but not whether today's knowledge has all
    that it names: what was once let in is never lost by a newer uncramp."""
    form, problems = _read_form(entry_id, raw)
    if "deleted" in form.body:
        _read(GoneForm, form.body, "body.")
    elif shape := SHAPES.get(form.kind):
        _read(shape, form.body, "body.")
    if problems:
        raise Refused(*problems)
    return _entry(person, entry_id, form)


def _read_form(entry_id: str, raw: object) -> tuple[EntryForm, list[str]]:
    if not re.fullmatch(UUID, entry_id):
        raise Refused("id: expected a UUID in small letters like 019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b.")
    _refuse_dirt(raw)
    form = _read(EntryForm, raw, "")
    problems = [*_order("", form.start, form.end)]
    if form.replaces == entry_id:
        problems.append("replaces: an entry cannot replace itself.")
    return form, problems


def _entry(person: str, entry_id: str, form: EntryForm) -> Entry:
    return Entry(
        id=entry_id,
        person=person,
        kind=EntryKind(form.kind),
        start=form.start.astimezone(UTC),
        end=form.end and form.end.astimezone(UTC),
        offset_minutes=form.offset_minutes,
        body=form.body,
        origin=form.origin,
        recorded=form.recorded.astimezone(UTC),
        replaces=form.replaces,
    )


def _body(form: EntryForm) -> list[str]:
    if "deleted" in form.body:
        _read(GoneForm, form.body, "body.")
        return [] if form.replaces else ["replaces: what is taken away is named here; give its id."]
    match form.kind:
        case "episode":
            return _episode(form)
        case "circumstance":
            return _circumstance(form)
        case "day_note":
            _read(DayNoteForm, form.body, "body.")
        case "exposure":
            return _exposure(form)
    return []


def _exposure(form: EntryForm) -> list[str]:
    body = _read(ExposureForm, form.body, "body.")
    if (body.exposure == EFFORT) != (body.effort is not None):
        return [f"body.effort: an exposure called {EFFORT}, and only that, has one."]
    asked = knowledge().exposures.get(body.exposure)
    if asked is None:
        # A person's own, or one of a newer uncramp: what it is stands in the person's settings.
        return []
    number = asked.kind is FactKind.NUMBER
    if number == isinstance(body.value, bool):
        return [f"body.value: expected {'a number' if number else 'true or false'} for {body.exposure}."]
    if number and not asked.low <= body.value <= asked.high:
        return [f"body.value: expected {asked.low:g} to {asked.high:g} {asked.unit}."]
    return []


def _read(form: type[Form], raw: object, before: str) -> Form:
    try:
        return form.model_validate(raw)
    except ValidationError as error:
        raise Refused(*(_sentence(fault, before) for fault in error.errors()[:20])) from error


def _sentence(fault: Any, before: str) -> str:
    """One of pydantic's faults in our words: the place, and what is expected there."""
    place = ".".join(str(part)[:60] for part in fault["loc"])
    where = f"{before}{place}" if place else before.rstrip(".") or "the entry"
    if fault["type"] == "extra_forbidden":
        return f"{where}: there is no such field; leave it out."
    words: str = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {words[0].lower()}{words[1:]}."


def _order(place: str, start: datetime, end: datetime | None) -> list[str]:
    if end is not None and end < start:
        return [f"{place}end: it ends before it begins; the end is at or after the start."]
    return []


def _episode(form: EntryForm) -> list[str]:
    body = _read(EpisodeForm, form.body, "body.")
    problems: list[str] = []
    for number, bout in enumerate(body.bouts):
        place = f"body.bouts.{number}."
        problems += _order(place, bout.start, bout.end)
        for n, used in enumerate(bout.techniques):
            problems += _order(f"{place}techniques.{n}.", used.start, used.end)
        for n, answer in enumerate(bout.answers):
            problems += _marks(f"{place}answers.{n}.marks", answer)
    if form.start != body.bouts[0].start:
        problems.append("start: it is not that of the first bout.")
    if form.end != body.bouts[-1].end:
        problems.append("end: it is not that of the last bout.")
    return problems + _facts("body.facts.", body.facts)


def _marks(place: str, answer: AnswerForm) -> list[str]:
    facts = knowledge().vocabulary.facts
    strange = [mark for mark in answer.marks if mark not in facts]
    return [f"{place}: {mark} is not a fact; `uncramp facts` lists them." for mark in strange[:3]]


def _circumstance(form: EntryForm) -> list[str]:
    body = _read(CircumstanceForm, form.body, "body.")
    problems = []
    if body.to is not None and body.from_ is not None and body.to < body.from_:
        problems.append("body.to: it ends before it begins.")
    if body.value is None:
        problems.append("body.value: what is not known is not written down; leave the entry out.")
    return problems + _facts("body.", {body.fact: body.value})


def _facts(place: str, raw: dict[str, Any]) -> list[str]:
    _, problems = read_answers(raw, knowledge().vocabulary)
    return [place + problem for problem in problems[:20]]


def _refuse_dirt(raw: object) -> None:
    """Raise `Refused` for text that no database or reader takes, numbers without end, and bottomless pits."""
    if _characters(raw, ()) > LARGEST_BODY:
        raise Refused(f"the entry has more than {LARGEST_BODY:,} characters.")


def _characters(value: object, place: tuple[object, ...]) -> int:
    """How many characters there are in it, names of fields too."""
    if len(place) > DEEPEST:
        raise Refused(f"{_words_of(place)}: nested deeper than {DEEPEST} levels.")
    match value:
        case str():
            return _length(value, place)
        case dict():
            names = sum(_length(str(name), (*place, name)) for name in value)
            return names + sum(_characters(inner, (*place, name)) for name, inner in value.items())
        case list():
            return sum(_characters(inner, (*place, number)) for number, inner in enumerate(value))
        case float() if not math.isfinite(value):
            raise Refused(f"{_words_of(place)}: not a number; leave it out if it is not known.")
        case int() if abs(value) > 2**53:
            raise Refused(f"{_words_of(place)}: a whole number over 2^53 is not kept exactly everywhere.")
    return 0


def _length(text: str, place: tuple[object, ...]) -> int:
    if len(text) > LONGEST_TEXT:
        raise Refused(f"{_words_of(place)}: longer than {LONGEST_TEXT:,} characters.")
    if "\0" in text:
        raise Refused(f"{_words_of(place)}: has a NUL character, which is no text.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused(f"{_words_of(place)}: has half of a character (a lone surrogate).") from None
    return len(text)


def _words_of(place: tuple[object, ...]) -> str:
    words = ".".join(str(part)[:60] for part in place) or "the entry"
    return words.encode("ascii", "backslashreplace").decode()
