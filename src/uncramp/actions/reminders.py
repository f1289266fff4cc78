"""Reminders of the evening's questions: what a person chose, a calendar's feed, and an address that rings."""

from __future__ import annotations

import json
import logging
import re
import secrets
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from uncramp.actions.check import Refused
from uncramp.actions.doors import told
from uncramp.actions.home import DiaryUnusable, diary
from uncramp.actions.own_clock import OwnClock
from uncramp.actions.push import NotDelivered, push, push_address
from uncramp.core.nights import ONE_DAY
from uncramp.core.reminders import Pause, Reminders, Ring, due, in_hours
from uncramp.exporters.calendar_feed import Bell, feed

if TYPE_CHECKING:
    from uncramp.diary.connection import Diary
    from uncramp.diary.tokens import Token

log = logging.getLogger("uncramp.web")

Form = Mapping[str, Sequence[str]]

WORDS = {Ring.EVENING: "Tonight: five seconds", Ring.MORNING: "Last night: five seconds"}
"""All that ever rings. Whoever reads it over a shoulder learns nothing."""
KEY, SENT = "reminders", "reminders_sent"
SEE_LOG = "Why, stands in the log of uncramp."
CALENDAR, TOKEN = "calendar", r"[A-Za-z0-9_-]{43}"
NO_PAUSE, UNTIL_ENDED, FROM_TO = "no", "now", "dates"
LONGEST_PAUSE, LONGEST_ZONE = timedelta(days=366), 60
USED_EVERY = timedelta(hours=1)
"""How exactly it is kept when the feed was last fetched."""


@dataclass(frozen=True)
class Chosen:
    """What a person chose, and where and by whose clock it rings."""

    reminders: Reminders = field(default_factory=Reminders)
    push: str = ""
    zone: str = ""
    """The name of the person's time zone, empty for that of this machine."""
    changed: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def wall(self, now: datetime) -> datetime:
        """`now` by the person's own clock."""
        return now.astimezone(_clock(self.zone))


def _clock(zone: str) -> Any:
    from uncramp.actions.wall_clock import clock_of

    return clock_of(zone, "") or OwnClock()


# ---- what was chosen -----------------------------------------------------------------------------


def chosen(opened: Diary, person: str) -> Chosen:
    """What the person chose, nothing where they never did."""
    from uncramp.diary.choices import choices_of

    return _kept(choices_of(opened, person).get(KEY, ""))


def keep(opened: Diary, person: str, form: Form, now: datetime) -> Chosen:
    """Let what stands in the form hold; raise `Refused` with each field that cannot be used."""
    from uncramp.diary.choices import choose

    before = chosen(opened, person)
    made = read(form, before, now)
    choose(opened, person, KEY, _to_keep(made))
    return made


def read(form: Form, before: Chosen, now: datetime) -> Chosen:
    """What the form says; raise `Refused` with a sentence for each field that cannot be used."""
    faults: list[str] = []
    zone = _text(form, "zone")[:LONGEST_ZONE]
    today = now.astimezone(_clock(zone)).date()
    quiet = _hours(form, faults)
    made = Reminders(
        evening=_time(form, "evening", faults),
        morning=_time(form, "morning", faults),
        days=frozenset(int(day) for day in form.get("day", ()) if re.fullmatch("[0-6]", day)),
        quiet=quiet,
        pause=_pause(form, before.reminders.pause, today, faults),
    )
    for ring in Ring:
        at = made.at(ring)
        if at is not None and in_hours(at, quiet):
            faults.append(f"{ring.value}: it lies in your quiet hours; change one of the two.")
    if (made.evening or made.morning) and not made.days:
        faults.append("days: choose at least one, or leave both hours empty.")
    address = _text(form, "push")
    try:
        address = push_address(address) if address else ""
    except Refused as refused:
        faults += refused.problems
    if faults:
        raise Refused(*faults)
    return Chosen(made, address, zone, now)


def _text(form: Form, name: str) -> str:
    return " ".join(form.get(name, ("",))[-1].split())


def _time(form: Form, name: str, faults: list[str]) -> time | None:
    text = _text(form, name)
    if not text:
        return None
    # Some browsers send seconds too.
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9])?", text)
    if not found:
        faults.append(f"{name}: expected an hour such as 21:30, or nothing.")
        return None
    return time(int(found[1]), int(found[2]))


def _hours(form: Form, faults: list[str]) -> tuple[time, time] | None:
    first, last = _time(form, "quiet_from", faults), _time(form, "quiet_to", faults)
    if (first is None) != (last is None) and not faults:
        missing = "quiet_from" if first is None else "quiet_to"
        faults.append(f"{missing}: quiet hours have a beginning and an end; give both, or neither.")
    if first is None or last is None:
        return None
    if first == last:
        faults.append("quiet_to: it is the same as the beginning; give another hour, or leave both empty.")
    return first, last


def _pause(form: Form, before: Pause | None, today: date, faults: list[str]) -> Pause | None:
    match _text(form, "pause"):
        case "now":
            goes_on = before is not None and before.last is None
            return before if goes_on else Pause(today)
        case "dates":
            first, last = _date(form, "pause_from", faults), _date(form, "pause_to", faults)
            if first is None or last is None:
                return None
            if not timedelta() <= last - first <= LONGEST_PAUSE:
                faults.append("pause_to: expected a day after the first, within a year.")
            return Pause(first, last)
    return None


def _date(form: Form, name: str, faults: list[str]) -> date | None:
    try:
        found = date.fromisoformat(_text(form, name))
    except ValueError:
        found = date.min
    if not 1970 <= found.year <= 2099:
        faults.append(f"{name}: expected a day such as 2026-11-22.")
        return None
    return found


def _to_keep(made: Chosen) -> str:
    r = made.reminders
    return json.dumps(
        {
            "evening": r.evening and f"{r.evening:%H:%M}",
            "morning": r.morning and f"{r.morning:%H:%M}",
            "days": sorted(r.days),
            "quiet": r.quiet and [f"{hour:%H:%M}" for hour in r.quiet],
            "pause": r.pause and [r.pause.first.isoformat(), r.pause.last and r.pause.last.isoformat()],
            "push": made.push,
            "zone": made.zone,
            "changed": made.changed.astimezone(UTC).isoformat(timespec="seconds"),
        }
    )


def _kept(text: str) -> Chosen:
    if not text:
        return Chosen()
    kept = json.loads(text)
    quiet, pause = kept["quiet"], kept["pause"]
    return Chosen(
        Reminders(
            evening=kept["evening"] and time.fromisoformat(kept["evening"]),
            morning=kept["morning"] and time.fromisoformat(kept["morning"]),
            days=frozenset(kept["days"]),
            quiet=(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None,
            pause=pause and Pause(date.fromisoformat(pause[0]), pause[1] and date.fromisoformat(pause[1])),
        ),
        kept["push"],
        kept["zone"],
        datetime.fromisoformat(kept["changed"]),
    )


def check_kept(text: str) -> None:
    """Raise `ValueError`, or what comes of a wrong type, unless `text` can stand under `KEY`."""
    made = _kept(text)
    pause, days = made.reminders.pause, made.reminders.days
    far = pause is not None and pause.last is not None and pause.last - pause.first > LONGEST_PAUSE
    fits = days <= set(range(7)) and len(made.zone) <= LONGEST_ZONE and 1970 <= made.changed.year <= 2099
    if far or not fits or made != _kept(_to_keep(made)):
        raise ValueError(text)
    if made.push:
        push_address(made.push)


def check_sent(text: str) -> None:
    """Raise `ValueError`, or what comes of a wrong type, unless `text` can stand under `SENT`."""
    _sent(text)
    if not isinstance(json.loads(text).get("fault", ""), str):
        raise ValueError(text)


# ---- the feed for a calendar ---------------------------------------------------------------------


def new_address(opened: Diary, person: str, now: datetime) -> str:
    """The secret part of a new address for the person's calendar. It is given here and never again.

    The address before it leads nowhere any more.
    """
    from uncramp.diary.tokens import Token, add_token

    end_address(opened, person)
    made = secrets.token_urlsafe(32)
    add_token(opened, Token(_hash(made), person, CALENDAR, CALENDAR, now))
    return made


def address_of(opened: Diary, person: str) -> Token | None:
    """What is known of the person's address, `None` if there is none. What it is, is not known any more."""
    from uncramp.diary.tokens import tokens_of

    return next(iter(tokens_of(opened, person, CALENDAR)), None)


def end_address(opened: Diary, person: str) -> None:
    """Let the person's address lead nowhere any more."""
    from uncramp.diary.tokens import revoke_token

    revoke_token(opened, person, CALENDAR, CALENDAR)


def feed_at(opened: Diary, token: str, now: datetime) -> bytes | None:
    """The calendar at that address, `None` where there is none."""
    from uncramp.diary.tokens import token_used, token_with

    if not re.fullmatch(TOKEN, token):
        return None
    found = token_with(opened, _hash(token), CALENDAR)
    if found is None:
        return None
    if found.last_used is None or now - found.last_used >= USED_EVERY:
        token_used(opened, found.token_sha256, now)
    made = chosen(opened, found.person)
    return feed(_bells(made, found.person), made.changed)


def _bells(made: Chosen, person: str) -> list[Bell]:
    r = made.reminders
    if not r.days or (r.pause and r.pause.last is None):
        return []
    since = made.wall(made.changed).date()
    bells = []
    for ring in Ring:
        if at := r.at(ring):
            name = sha256(f"{person} {ring.value}".encode()).hexdigest()[:32]
            bells.append(
                Bell(f"{name}@reminders.invalid", WORDS[ring], since, at, r.days, _left_out(r, since))
            )
    return bells


def _left_out(reminders: Reminders, since: date) -> tuple[date, ...]:
    """The days of the pause on which it would ring."""
    pause = reminders.pause
    if pause is None or pause.last is None:
        return ()
    first = max(pause.first, since)
    days = (first + ONE_DAY * n for n in range((pause.last - first).days + 1))
    return tuple(day for day in days if day.weekday() in reminders.days)


def _hash(token: str) -> str:
    # 256 random bits, as with sessions: no salt or slow hash could make it harder to guess.
    return sha256(token.encode()).hexdigest()


# ---- the address that rings ----------------------------------------------------------------------


def ring_due(now: datetime) -> None:
    """Ring for everybody for whom it is time, once for each day and kind."""
    from uncramp.diary.choices import everybody_with

    opened = diary()
    for person, kept in everybody_with(opened, KEY).items():
        try:
            _ring_for(opened, person, kept, now)
        except DiaryUnusable:
            raise
        except Exception as fault:
            # One person's must not keep it from the others. Its own words could quote what a person wrote.
            where = "".join(traceback.format_list(traceback.extract_tb(fault.__traceback__)))
            log.error("The reminder of one person cannot be used: %s\n%s", type(fault).__name__, where)


def _ring_for(opened: Diary, person: str, kept: str, now: datetime) -> None:
    from uncramp.diary.choices import choices_of

    made = _kept(kept)
    if not made.push:
        return
    here, sent = made.wall(now), _sent(choices_of(opened, person).get(SENT, ""))
    # The diary is read only where something is due at all.
    if not due(made.reminders, sent, (), here):
        return
    for ring, day in due(made.reminders, sent, _written(opened, person, here), here).items():
        if _is_ours(opened, person, ring, day):
            ring_once(opened, person, made.push, ring)


def ring_once(opened: Diary, person: str, address: str, ring: Ring = Ring.EVENING) -> str:
    """Send the words there; gives what went wrong, empty if nothing, and keeps it for the page.

    Behind a sign-in the reason stands in the log alone: it would tell who else answers in this network.
    """
    from uncramp.diary.choices import change_choice

    fault = ""
    try:
        push(address, WORDS[ring])
    except (NotDelivered, Refused) as problem:
        log.warning("A reminder did not get there: %s", problem)
        fault = SEE_LOG if told().locked else str(problem)
    change_choice(opened, person, SENT, lambda old: json.dumps({**json.loads(old or "{}"), "fault": fault}))
    return fault


def last_fault(opened: Diary, person: str) -> str:
    """Why the last one did not get there; empty if it did."""
    from uncramp.diary.choices import choices_of

    return str(json.loads(choices_of(opened, person).get(SENT, "") or "{}").get("fault", ""))


def _written(opened: Diary, person: str, here: datetime) -> set[Ring]:
    """Of what is nothing left to ask."""
    from uncramp.actions.days import today

    found = today(opened, person, here)
    answered = all(value is not None for _, value in found.answers)
    written = {Ring.EVENING} if answered else set()
    return written | ({Ring.MORNING} if found.last_night.word else set())


def _sent(kept: str) -> dict[Ring, date]:
    there = json.loads(kept or "{}")
    return {ring: date.fromisoformat(there[ring.value]) for ring in Ring if ring.value in there}


def _is_ours(opened: Diary, person: str, ring: Ring, day: date) -> bool:
    """Whether this server is the one that rings: of two that look after one diary only the first does.

    It is written down before it rings, so that what goes wrong rings never rather than twice.
    """
    from uncramp.diary.choices import change_choice

    first = False

    def mark(old: str) -> str:
        nonlocal first
        first = _sent(old).get(ring, date.min) < day
        return json.dumps({**json.loads(old or "{}"), ring.value: day.isoformat()}) if first else old

    change_choice(opened, person, SENT, mark)
    return first
