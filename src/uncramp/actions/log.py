"""One line into the diary: a quiet night, a cramp, an answer of the day. Terminal and shortcuts write so."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from uncramp.actions.check import Refused
from uncramp.actions.entries import STANDS, OtherBody, new_id, wire_time
from uncramp.actions.entry_form import EFFORT, UUID, read_entry
from uncramp.actions.exposures import OWN, exposures, questions
from uncramp.actions.library import knowledge
from uncramp.actions.wall_clock import FIRST, moment, second
from uncramp.core.nights import (
    CHANGE,
    ONE_DAY,
    Word,
    day_of,
    day_of_entry,
    is_deleted,
    night_of,
    night_of_entry,
    nights,
)
from uncramp.model import Asked, Entry, EntryKind, FactKind

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary

What = Mapping[str, object]
Raw = dict[str, Any]

MUSCLES = (
    "hamstring", "calf", "foot", "quadriceps", "adductor", "glute", "shin", "hand", "abdomen", "back",
    "other",
)  # fmt: skip
SIDES = ("left", "right", "both")
MUSCLE = MUSCLES[0]
EVENING, NOON, SMALL_HOURS = time(22), time(12), time(3)
"""What stands for the hour of a night's word, of a day's answer, and of a cramp whose hour nobody knows."""
YES, NO = ("yes", "true", "on", "y"), ("no", "false", "off", "n")
NEAR = 2 * ONE_DAY
"""Around a day: no clock on earth is farther from UTC, and no night belongs to a farther day."""
UNDONE = ", undone"

COMMON = ("what", "day", "id", "note")
FIELDS = {
    "quiet": (),
    "cramp": ("side", "muscle", "at", "minutes", "pain", "asleep"),
    "same": (),
    "exposure": ("exposure", "value"),
    "effort": (
        "sport", "at", "minutes", "session_rpe", "distance_km", "hot", "drink_ml", "warm_up", "unusual",
    ),
}  # fmt: skip
"""What can be written, and what can be said of it beside `COMMON`."""


def log(
    diary: Diary, person: str, what: What, now: datetime, origin: str, adds_only: bool = False
) -> tuple[Entry, ...]:
    """Write `what` down, and give what was written: nothing if the diary says just that already.

    `now` is aware and of the person's own clock; before four in the morning the night is not over.
    Raise `Refused` with the field and the mend; where it `adds_only`, `OtherBody` with always the same words
    if what came from elsewhere stands there, whatever that says.
    """
    # A shortcut sends all its fields, also those that nobody filled in.
    what = {name: value for name, value in what.items() if value not in (None, "")}
    kind = _kind(what)
    pen = _Pen(diary, person, now, origin, adds_only)
    entry_id = _id(what)
    if entry_id and pen.has_written(entry_id):
        return ()
    raws = _WRITTEN[kind](pen, what)
    if adds_only and (pen.replaces_others(raws) or (not raws and _stands_elsewhere(pen, kind, what))):
        raise OtherBody(STANDS)
    return pen.write(raws, entry_id)


def _stands_elsewhere(pen: _Pen, kind: str, what: What) -> bool:
    """Whether there would be something to write, were it not for what others than `pen` wrote."""
    return kind != "same" and bool(_WRITTEN[kind](replace(pen, own_only=True), what))


def undo(diary: Diary, person: str, now: datetime, origin: str) -> tuple[Entry, ...]:
    """Take back what `origin` wrote last, all of it; gives the versions that say so.

    What was there before holds again, and what was new is taken away.
    """
    from uncramp.diary import entries as kept

    mine = [one for one in kept.newest(diary, person) if one.origin == origin and not is_deleted(one)]
    last = max((one.recorded for one in mine), default=None)
    pen = _Pen(diary, person, now, origin + UNDONE)
    return pen.write([_before(diary, one) for one in mine if one.recorded == last])


def other_time(what: What, written: Collection[Entry], now: datetime) -> datetime | None:
    """The second moment that `at` could mean, by the clock of `now`, where that showed it twice.

    `None` where it did not, or where `at` says which by its offset from UTC.
    """
    text = str(what.get("at") or "").strip()
    if not written or text in ("", "now") or (not _clock(text) and datetime.fromisoformat(text).tzinfo):
        return None
    later = second(next(iter(written)).start, now.tzinfo)
    return later.astimezone(now.tzinfo) if later and later <= now.astimezone(UTC) else None


def _before(diary: Diary, entry: Entry) -> Raw:
    """The version that puts in place of `entry` what it replaced."""
    from uncramp.diary import entries as kept

    old = kept.entry(diary, entry.replaces) if entry.replaces else None
    if old is None:
        return _version_of(entry, {"deleted": True})
    return {**_version_of(old, dict(old.body)), "replaces": entry.id}


# ---- who writes, and when ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pen:
    """Who writes, when by their own clock, and from where."""

    diary: Diary
    person: str
    now: datetime
    origin: str
    adds_only: bool = False
    own_only: bool = False
    """Whether it sees nothing but what came from `origin`."""

    @property
    def today(self) -> date:
        return day_of(self.now.replace(tzinfo=None))

    def has_written(self, entry_id: str) -> bool:
        """Whether the person wrote this before, so that sending it again does no harm."""
        from uncramp.diary import entries as kept

        found = kept.entry(self.diary, entry_id)
        if found and found.person != self.person:
            raise Refused("id: it is taken; make a new one.")
        return found is not None

    def around(self, day: date, *kinds: EntryKind) -> tuple[Entry, ...]:
        """What was written of the days about `day`."""
        from uncramp.diary import entries as kept

        noon = datetime.combine(day, NOON, UTC)
        found = kept.newest(self.diary, self.person, kinds, noon - NEAR, noon + NEAR)
        seen = (entry for entry in found if not self.own_only or entry.origin == self.origin)
        return tuple(entry for entry in seen if not is_deleted(entry))

    def replaces_others(self, raws: Collection[Raw]) -> bool:
        """Whether one of `raws` would stand in place of what came from elsewhere."""
        from uncramp.diary import entries as kept

        old = [kept.entry(self.diary, raw["replaces"]) for raw in raws if raw.get("replaces")]
        return any(one is not None and one.origin != self.origin for one in old)

    def answers(self, exposure: str, day: date) -> tuple[Entry, ...]:
        """What was written of an exposure on that day."""
        there = self.around(day, EntryKind.EXPOSURE)
        return tuple(
            one for one in there if one.body.get("exposure") == exposure and day_of_entry(one) == day
        )

    def at(self, day: date, hour: time) -> Raw:
        """`start` and `offset_minutes` of that hour by the person's clock."""
        return _when(datetime.combine(day, hour, self.now.tzinfo))

    def shown(self, day: date, hour: time) -> datetime:
        """When the person's clock showed that hour first; raise `Refused` where it never did."""
        found, _ = moment(datetime.combine(day, hour), self.now.tzinfo, FIRST, "at")
        return found.astimezone(self.now.tzinfo)

    def is_to_come(self, there: datetime) -> bool:
        """By the instant: two of the same clock are compared by what it shows, which may be shown twice."""
        return there.astimezone(UTC) > self.now.astimezone(UTC)

    def write(self, raws: Collection[Raw], entry_id: str = "") -> tuple[Entry, ...]:
        """Let `raws` through the same door as everything that is sent, and store all of them or none."""
        from uncramp.diary import entries as kept

        made = []
        for raw in raws:
            stamp = {"origin": self.origin, "recorded": wire_time(self.now.astimezone(UTC))}
            made.append(read_entry(self.person, entry_id or new_id(self.now), {**raw, **stamp}))
            entry_id = ""
        # Of two versions the one recorded later holds: a clock that was set back must not undo a change.
        made = [
            replace(one, recorded=_after(kept.entry(self.diary, one.replaces), one)) if one.replaces else one
            for one in made
        ]
        kept.put_all(self.diary, made)
        return tuple(made)


def _after(old: Entry | None, new: Entry) -> datetime:
    return max(new.recorded, old.recorded + timedelta(milliseconds=1)) if old else new.recorded


def _when(there: datetime) -> Raw:
    offset = there.utcoffset() or timedelta()
    return {
        "start": wire_time(there.astimezone(UTC)),
        "offset_minutes": int(offset.total_seconds() // 60),
    }


def _version_of(entry: Entry, body: Raw) -> Raw:
    """The same entry with another body."""
    return {
        "kind": entry.kind.value,
        "start": wire_time(entry.start),
        "end": entry.end and wire_time(entry.end),
        "offset_minutes": entry.offset_minutes,
        "replaces": entry.id,
        "body": body,
    }


# ---- nights --------------------------------------------------------------------------------------


def _quiet(pen: _Pen, what: What) -> list[Raw]:
    night = _day(pen, what) or pen.today - ONE_DAY
    if night >= pen.today:
        raise Refused("day: that night is not over yet; write it down in the morning.")
    (there,) = nights(pen.around(night, EntryKind.EPISODE, EntryKind.DAY_NOTE), night, night)
    if there.word is Word.CRAMP and pen.adds_only:
        raise OtherBody(STANDS)
    if there.word is Word.CRAMP:
        raise Refused(
            f"day: the night of {night} has a cramp; if it had none, take that away first, on its page "
            "or with `uncramp log undo`."
        )
    return _note(pen, night, there.note, Word.QUIET, what)


def _note(pen: _Pen, night: date, there: Entry | None, word: Word, what: What) -> list[Raw]:
    """The word of a night, unless it stands there already."""
    body = {"night": night.isoformat(), "word": word.value, **_noted(what)}
    if there is None:
        return [{"kind": "day_note", "body": body, **pen.at(night, EVENING)}]
    body = {**there.body, **body}
    return [] if body == there.body else [_version_of(there, body)]


def _cramp(pen: _Pen, what: What) -> list[Raw]:
    said = _said_of_cramp(what)
    asleep = said.get("asleep")
    began = _hour_of(pen, what, asleep)
    if began is not None:
        return _episode(pen, began, {**said, **_noted(what), "timed": True}, what)
    # Before four the night runs on, and the cramp was in it.
    running = pen.now.hour < CHANGE
    night = _day(pen, what) or (pen.today if running else pen.today - ONE_DAY)
    known = nights(pen.around(night, EntryKind.EPISODE, EntryKind.DAY_NOTE), night, night)[0]
    told = bool(said) or "minutes" in what
    note = {} if told else what
    # Any cramp makes a night one with cramps: what only adds leaves the word that stands there alone.
    enough = known.episodes or (told and pen.adds_only)
    raws = [] if enough and not _noted(note) else _note(pen, night, known.note, Word.CRAMP, note)
    if told:
        began = datetime.combine(night + ONE_DAY, SMALL_HOURS, pen.now.tzinfo)
        raws = [*_episode(pen, min(began, pen.now), {**said, **_noted(what), "timed": False}, what), *raws]
    return raws


def _said_of_cramp(what: What) -> Raw:
    """What was said of the cramp itself, each checked; only what was said."""
    said: Raw = {}
    if "side" in what:
        said["side"] = _one_of(what, "side", SIDES)
    if "muscle" in what:
        said["muscle"] = _one_of(what, "muscle", MUSCLES)
    if "pain" in what:
        said["pain"] = _number(what, "pain", 0, 10)
    if "asleep" in what:
        said["asleep"] = _yes_no(what, "asleep")
    return said


def _hour_of(pen: _Pen, what: What, asleep: bool | None) -> datetime | None:
    """When the cramp was, by the person's clock; `None` where only the night is known."""
    text = str(what.get("at") or "").strip()
    if not text:
        return None
    named = _day(pen, what)
    hour = _clock(text)
    if hour is None:
        if named is not None:
            raise Refused("at: it names a day itself; leave `day` out, or give only the hour, such as 03:10.")
        began = _moment(pen, text)
    elif named is None:
        today = pen.now.date()
        ahead = pen.is_to_come(datetime.combine(today, hour, pen.now.tzinfo))
        began = pen.shown(today - ONE_DAY if ahead else today, hour)
    else:
        # The night of a day goes on after midnight: of the two such hours the one that belongs to it.
        dates = (named, named + ONE_DAY)
        night = [day for day in dates if night_of(datetime.combine(day, hour), asleep) == named]
        began = pen.shown(night[0], hour)
    if pen.is_to_come(began):
        raise Refused("at: that is still to come; give the hour at which it was, such as 03:10.")
    return began


def _episode(pen: _Pen, began: datetime, said: Raw, what: What) -> list[Raw]:
    """The cramp, or what is new of one that is there: the same muscle at the same minute."""
    length = timedelta(minutes=_number(what, "minutes", 0, 1440)) if "minutes" in what else None
    there = [one for one in pen.around(began.date(), EntryKind.EPISODE) if _is_that(one, began, said)]
    if there:
        return _more_of(there[0], said, length)
    when = _when(began)
    # By the instant: in the meantime the clock may have been put forward or back.
    end = wire_time(began.astimezone(UTC) + length) if length is not None else None
    body = {
        "muscle": MUSCLE,
        "side": None,
        "asleep": None,
        "pain": None,
        **said,
        "bouts": [{"start": when["start"], "end": end}],
        "knowledge": knowledge().version,
    }
    return [{"kind": "episode", "end": end, "body": body, **when}]


def _is_that(entry: Entry, began: datetime, said: Raw) -> bool:
    body = entry.body
    if body.get("muscle") != said.get("muscle", MUSCLE) or body.get("timed", True) is not said["timed"]:
        return False
    if body.get("side") and said.get("side") and body["side"] != said["side"]:
        return False
    if not said["timed"]:
        asked = night_of(began.replace(tzinfo=None), said.get("asleep"))
        return night_of_entry(entry) == asked
    return abs(entry.start - began).total_seconds() < 60


def _more_of(entry: Entry, said: Raw, length: timedelta | None) -> list[Raw]:
    body = {**entry.body, **said}
    if "timed" not in entry.body and said["timed"]:
        del body["timed"]
    version = _version_of(entry, body)
    # What was timed while it cramped is better known than what somebody remembers.
    if length is not None and len(body["bouts"]) == 1 and not body.get("protocol"):
        version["end"] = wire_time(entry.start + length)
        body["bouts"] = [{**body["bouts"][0], "end": version["end"]}]
    return [] if body == entry.body else [version]


# ---- days ----------------------------------------------------------------------------------------


def _exposure(pen: _Pen, what: What) -> list[Raw]:
    there = exposures(pen.diary, pen.person)
    name = str(what.get("exposure", ""))[:60]
    asked = there.get(name) or there.get(OWN + name)
    if asked is None:
        named = knowledge().exposures if pen.adds_only else there
        known = ", ".join(one.removeprefix(OWN) for one in named)
        raise Refused(f"exposure: there is no {name!r}; there are {known}.")
    if "value" not in what:
        raise Refused("value: give yes, no or a number; what is not known is not written down.")
    return _answer(pen, asked, _day(pen, what) or pen.today, _value(asked, what["value"]), _noted(what))


def _answer(pen: _Pen, asked: Asked, day: date, value: bool | float, noted: Raw) -> list[Raw]:
    """The answer of a day, in place of another that was given without an hour."""
    body: Raw = {"exposure": asked.id, "day": day.isoformat(), "value": value, "timed": False, **noted}
    if asked.unit:
        body["unit"] = asked.unit
    there = [one for one in pen.answers(asked.id, day) if not one.body.get("timed")]
    if not there:
        return [{"kind": "exposure", "body": body, **pen.at(day, NOON)}]
    last = max(there, key=lambda one: (one.recorded, one.id))
    body = {**last.body, **body, "timed": last.body.get("timed", False)}
    return [] if body == {"timed": False, **last.body} else [_version_of(last, body)]


def _value(asked: Asked, said: object) -> bool | float:
    if asked.kind is FactKind.YES_NO:
        return _yes_no({"value": bool(said) if said in (0, 1) else said}, "value")
    if said is False or str(said).strip().casefold() in NO:
        return 0.0
    return _number({"value": said}, "value", asked.low, asked.high, asked.unit)


def _same(pen: _Pen, what: What) -> list[Raw]:
    """Yesterday's answers to what the evening asks, where today has none. Never a cramp."""
    day = _day(pen, what) or pen.today
    raws: list[Raw] = []
    for asked in questions(pen.diary, pen.person, day):
        before = pen.answers(asked.id, day - ONE_DAY)
        if before and not pen.answers(asked.id, day):
            raws += _answer(pen, asked, day, value_of(before), {})
    return raws


def value_of(answers: Collection[Entry]) -> bool | float:
    """What several entries of one exposure say of a day together: numbers add up, one yes is a yes."""
    values = [entry.body["value"] for entry in answers]
    if any(not isinstance(value, bool) for value in values):
        return float(sum(values))
    return any(values)


def _effort(pen: _Pen, what: What) -> list[Raw]:
    day = _day(pen, what)
    began = _hour_of(pen, what, asleep=False)
    if began is not None:
        day = day_of(began.replace(tzinfo=None))
    day = day or pen.today
    effort = {
        "sport": str(what.get("sport", "")).strip().casefold().replace(" ", "_"),
        **{name: _number(what, name, 0, most) for name, most in _MOST.items() if name in what},
        **{name: _yes_no(what, name) for name in ("hot", "warm_up", "unusual") if name in what},
    }
    if not effort["sport"]:
        raise Refused("sport: name it, such as running.")
    body = {"exposure": EFFORT, "day": day.isoformat(), "value": True, "timed": began is not None}
    body |= {"effort": effort, **_noted(what)}
    when = pen.at(day, NOON) if began is None else _when(began)
    there = pen.answers(EFFORT, day)
    if any(body == one.body and when["start"] == wire_time(one.start) for one in there):
        return []
    return [{"kind": "exposure", "body": body, **when}]


_WRITTEN = {"quiet": _quiet, "cramp": _cramp, "same": _same, "exposure": _exposure, "effort": _effort}
_MOST = {"minutes": 2880, "session_rpe": 10, "distance_km": 2000, "drink_ml": 20_000}


# ---- fields --------------------------------------------------------------------------------------


def _kind(what: What) -> str:
    kind = str(what.get("what", ""))
    if kind not in FIELDS:
        raise Refused(f"what: expected one of {', '.join(FIELDS)}.")
    for name in what:
        if name not in (*COMMON, *FIELDS[kind]):
            raise Refused(f"{str(name)[:60]}: {kind} has no such field; leave it out.")
    return kind


def _id(what: What) -> str:
    found = what.get("id")
    if found is not None and (not isinstance(found, str) or not re.fullmatch(UUID, found)):
        raise Refused("id: expected a UUID in small letters, or leave it out.")
    return found or ""


def _noted(what: What) -> Raw:
    return {"note": str(what["note"])} if what.get("note") else {}


def _day(pen: _Pen, what: What) -> date | None:
    """The day that was named, `None` if none was."""
    text = str(what.get("day") or "").strip().casefold()
    if not text:
        return None
    named = {"today": pen.today, "yesterday": pen.today - ONE_DAY}.get(text)
    if named is None:
        try:
            named = date.fromisoformat(text)
        except ValueError:
            raise Refused("day: expected a date such as 2026-11-20, today or yesterday.") from None
    if named > pen.today:
        raise Refused("day: that is still to come; name one that has been.")
    if named.year < 1970:
        raise Refused("day: expected one from 1970 on.")
    return named


def _clock(text: str) -> time | None:
    """The hour of the clock, `None` where the text is no such."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    return time(int(found[1]), int(found[2])) if found else None


def _moment(pen: _Pen, text: str) -> datetime:
    if text == "now":
        return pen.now
    try:
        found = datetime.fromisoformat(text)
        if found.year < 1971:
            raise ValueError(text)
        there = found.astimezone(pen.now.tzinfo) if found.tzinfo else pen.shown(found.date(), found.time())
    except Refused:
        raise
    except (ValueError, OverflowError):
        raise Refused("at: expected an hour such as 03:10, or a time such as 2026-11-20T03:10.") from None
    return there


def _one_of(what: What, name: str, known: Collection[str]) -> str:
    said = str(what[name]).strip().casefold()
    if said not in known:
        raise Refused(f"{name}: expected one of {', '.join(known)}.")
    return said


def _yes_no(what: What, name: str) -> bool:
    said = str(what[name]).strip().casefold()
    if said not in YES + NO:
        raise Refused(f"{name}: expected yes or no; what is not known is not written down.")
    return said in YES


def _number(what: What, name: str, low: float, high: float, unit: str = "") -> float:
    said = what[name]
    try:
        found = float(said) if isinstance(said, str | int | float) and not isinstance(said, bool) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or not low <= found <= high:
        raise Refused(f"{name}: expected a number from {low:g} to {high:,.0f} {unit}".rstrip() + ".")
    return found
