"""What was written, by the row of the nights that it belongs to, and what of it came before the first cramp.

Pure. An exposure with an hour belongs to the day by the clock of the place, one without to the day it names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from uncramp.core.nights import CHANGE, WORDS, Word, date_in, is_deleted, local, night_of_entry
from uncramp.model import Entry, EntryKind

# Looked up once: there may be 50,000 entries.
EXPOSURE, EPISODE, CIRCUMSTANCE = EntryKind.EXPOSURE, EntryKind.EPISODE, EntryKind.CIRCUMSTANCE
EFFORT = "effort"
"""The exposure that is a bout of exercise."""
AT_REST = frozenset({None, "resting", "sitting", "standing", "walking", "other"})
"""What one can be doing when a cramp counts for the night and not for exercise."""
ABED, UP = 16, 20
"""Hours after the date changed (20:00, and midnight) from which somebody asleep, or still awake, has the day
behind them: what they say of that day without an hour came before a cramp. Our choice."""
ALWAYS = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Day:
    """All that was written of a waking day and the night that follows it; `exposures` by what they are.

    Exposures are in no order: what is made of them does not depend on it.
    """

    exposures: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    episodes: tuple[Entry, ...] = ()
    notes: tuple[Entry, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.exposures or self.episodes or self.notes)


NOTHING = Day()


@dataclass(frozen=True)
class Written:
    """A diary by the numbers of its days (`date.toordinal`).

    `entries` are all that were given, also those that were replaced since; `replaced` are the ids that some
    entry replaces.
    """

    change: int
    entries: Mapping[str, Entry]
    replaced: frozenset[str]
    days: Mapping[int, Day]
    circumstances: tuple[Entry, ...]


def written(entries: Iterable[Entry], change: int = CHANGE) -> Written:
    """The newest versions among `entries` by day; the same entry twice counts once."""
    by_id = {entry.id: entry for entry in entries}
    exposures: dict[int, dict[str, list[Entry]]] = {}
    others: dict[int, list[Entry]] = {}
    circumstances = []
    for entry in standing(by_id):
        if entry.kind is CIRCUMSTANCE:
            circumstances.append(entry)
        elif (row := row_of(entry, change)) is None:
            continue
        elif entry.kind is EXPOSURE:
            of_day = exposures.get(row)
            if of_day is None:
                of_day = exposures[row] = {}
            name = entry.body["exposure"]
            if name in of_day:
                of_day[name].append(entry)
            else:
                of_day[name] = [entry]
        else:
            others.setdefault(row, []).append(entry)
    days = {row: _day(some, others.get(row, ())) for row, some in exposures.items()}
    days |= {row: _day({}, some) for row, some in others.items() if row not in exposures}
    replaced = frozenset(entry.replaces for entry in by_id.values() if entry.replaces)
    return Written(change, by_id, replaced, days, tuple(sorted(circumstances, key=_by_record)))


def with_entry(before: Written, entry: Entry) -> tuple[Written, frozenset[int] | None]:
    """The same diary with one more entry, and the days it touched; `None` where all may have changed."""
    old = before.entries.get(entry.replaces) if entry.replaces else None
    if _is_tangled(before, entry, old):
        return written((*before.entries.values(), entry), before.change), None
    days = dict(before.days)
    touched = set()
    for one, there in ((old, False), (entry, True)):
        row = row_of(one, before.change) if one and not is_deleted(one) else None
        if one is None or row is None:
            continue
        touched.add(row)
        days[row] = _changed(days.get(row, NOTHING), one, there)
        if days[row].is_empty:
            del days[row]
    entries = {**before.entries, entry.id: entry}
    replaced = before.replaced | ({entry.replaces} if entry.replaces else frozenset())
    return replace(before, entries=entries, replaced=replaced, days=days), frozenset(touched)


def _is_tangled(before: Written, entry: Entry, old: Entry | None) -> bool:
    """Whether it takes more than its own days to say what holds now."""
    known = entry.id in before.entries or entry.id in before.replaced
    lost = entry.replaces and (old is None or entry.replaces in before.replaced)
    circumstances = CIRCUMSTANCE in (entry.kind, old and old.kind)
    return bool(known or lost or circumstances)


def standing(by_id: Mapping[str, Entry]) -> Iterator[Entry]:
    """The entries that nothing among them replaces; of two that replace the same one the later recorded."""
    latest: dict[str, Entry] = {}
    for entry in by_id.values():
        if entry.replaces and (
            entry.replaces not in latest or _by_record(entry) > _by_record(latest[entry.replaces])
        ):
            latest[entry.replaces] = entry
    for entry in by_id.values():
        beaten = entry.replaces and latest[entry.replaces].id != entry.id
        if entry.id not in latest and not beaten and entry.body.get("deleted") is not True:
            yield entry


def row_of(entry: Entry, change: int) -> int | None:
    """The number of the day that an entry belongs to, `None` for what belongs to none."""
    if entry.kind is not EXPOSURE:
        night = night_of_entry(entry, change)
        return night.toordinal() if night else None
    named = _number_of(entry.body.get("day"))
    if named and entry.body.get("timed") is False:
        return named
    by_clock = (entry.start + _shift(entry.offset_minutes - 60 * change)).toordinal()
    # A start that is days away from the day that was named is no hour of that day.
    return named if named and abs(named - by_clock) > 1 else by_clock


@lru_cache
def _shift(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


@lru_cache(maxsize=10_000)
def _number_of(day: object) -> int | None:
    found = date_in({"day": day}, "day")
    return found.toordinal() if found else None


def _by_record(entry: Entry) -> tuple[datetime, str]:
    return entry.recorded, entry.id


def _by_start(entry: Entry) -> tuple[datetime, str]:
    return entry.start, entry.id


def _day(exposures: Mapping[str, Sequence[Entry]], others: Iterable[Entry]) -> Day:
    others = list(others)
    episodes = [one for one in others if one.kind is EPISODE]
    notes = [one for one in others if one.kind is EntryKind.DAY_NOTE]
    return Day(exposures, tuple(sorted(episodes, key=_by_start)), tuple(sorted(notes, key=_by_record)))


def _changed(day: Day, entry: Entry, there: bool) -> Day:
    """`day` with `entry`, or without it."""
    exposures: dict[str, list[Entry]] = {name: list(some) for name, some in day.exposures.items()}
    others = [one for one in (*day.episodes, *day.notes) if one.id != entry.id]
    if entry.kind is not EXPOSURE:
        return _day(exposures, [*others, entry] if there else others)
    name = entry.body["exposure"]
    exposures[name] = [one for one in exposures.get(name, ()) if one.id != entry.id]
    exposures[name] += [entry] if there else []
    return _day({name: some for name, some in exposures.items() if some}, others)


# ---- cramps --------------------------------------------------------------------------------------


def is_rest(episode: Entry) -> bool:
    """Whether a cramp counts for the night: it came in no bout of exercise."""
    return not episode.body.get("effort") and episode.body.get("doing") in AT_REST


def cramps_of(day: Day) -> float:
    """How many cramps at rest: 0 where the night was said to be quiet, NaN where nobody wrote of it.

    A note that there was a cramp, without one that was written down, counts for one: it is the least.
    """
    found = sum(is_rest(one) for one in day.episodes)
    if found:
        return float(found)
    word = WORDS.get(day.notes[-1].body.get("word", "")) if day.notes else None
    return 1.0 if word is Word.CRAMP else 0.0 if word is Word.QUIET else math.nan


@dataclass(frozen=True)
class Cut:
    """When the first cramp of a day began. `day_over`: what has no hour came before it all the same."""

    at: datetime = NEVER
    day_over: bool = True

    def keeps(self, entry: Entry) -> bool | None:
        """Whether it came before the cramp; `None` where it cannot be placed.

        What has no hour came before a cramp if it was written down before the cramp.
        """
        if entry.body.get("timed") is not False:
            return entry.start < self.at
        return True if self.day_over or entry.recorded <= self.at else None


NO_CUT = Cut()


def cut_of(day: Day, row: int, change: int) -> Cut:
    """What the cramps of that day and its night cut off: nothing where it has none at rest."""
    if not day.episodes:
        return NO_CUT
    cuts = [_cut(one, row, change) for one in day.episodes if is_rest(one)]
    return min(cuts, key=lambda cut: (cut.at, cut.day_over), default=NO_CUT)


def _cut(episode: Entry, row: int, change: int) -> Cut:
    wall = local(episode.start, episode.offset_minutes)
    asleep = episode.body.get("asleep")
    if asleep is None:
        asleep = wall.hour < change + 3
    begun = datetime.combine(date.fromordinal(row), datetime.min.time()) + timedelta(hours=change)
    if episode.body.get("timed") is not False:
        hours = (wall - begun) / timedelta(hours=1)
        return Cut(episode.start, hours >= (ABED if asleep else UP))
    if not asleep:
        return Cut(ALWAYS, day_over=False)
    # Only the night is known: it may have been at any time from midnight on.
    midnight = begun + timedelta(hours=24 - change, minutes=-episode.offset_minutes)
    return Cut(midnight.replace(tzinfo=UTC), day_over=True)
