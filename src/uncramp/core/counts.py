"""How many nights had a cramp of those that are known, and when and where cramps were. Pure: it only counts.

No rate is given without the nights behind it, and a night that nobody wrote of is never taken for quiet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from uncramp.core.nights import Night, Word, local
from uncramp.model import Entry

ENOUGH_KNOWN = 3
"""Known nights of a week, under which its cramp nights say next to nothing."""
HOURS = 24
SIDES = ("left", "right", "both")


@dataclass(frozen=True)
class Span:
    """The nights from `first` to `last`, each counted once: with a cramp, quiet, or unknown."""

    first: date
    last: date
    cramp: int
    quiet: int
    unknown: int

    @property
    def known(self) -> int:
        return self.cramp + self.quiet

    @property
    def nights(self) -> int:
        return self.known + self.unknown

    @property
    def enough(self) -> bool:
        """Whether so many are known that the count may be drawn like the others."""
        return self.known >= ENOUGH_KNOWN


@dataclass(frozen=True)
class Tally:
    """Cramps by something: how many for each, and of how many it is not known."""

    counts: Mapping[str, int]
    unknown: int

    @property
    def all(self) -> int:
        return sum(self.counts.values()) + self.unknown


def span(nights: Sequence[Night]) -> Span:
    """All of `nights` together; there is at least one."""
    words = Counter(night.word for night in nights)
    return Span(nights[0].date, nights[-1].date, words[Word.CRAMP], words[Word.QUIET], words[None])


def weeks(nights: Iterable[Night]) -> tuple[Span, ...]:
    """From Monday to Sunday; the first and the last may be cut short. `nights` are in order."""
    return tuple(span(tuple(some)) for _, some in groupby(nights, lambda night: monday(night.date)))


def years(nights: Iterable[Night]) -> tuple[Span, ...]:
    """A span for each calendar year. `nights` are in order."""
    return tuple(span(tuple(some)) for _, some in groupby(nights, lambda night: night.date.year))


def by_hour(nights: Iterable[Night]) -> Tally:
    """Cramps by the hour that the clock of the place showed, "0" to "23".

    One of which only the night is known has a start that stands for it; its hour is not known.
    """
    return _tally((_hour(one) for one in _cramps(nights)), tuple(map(str, range(HOURS))))


def by_side(nights: Iterable[Night]) -> Tally:
    return _tally((one.body.get("side") for one in _cramps(nights)), SIDES)


def by_place(nights: Iterable[Night]) -> Tally:
    """Cramps by the part of the body; the most frequent first."""
    found = _tally((one.body.get("muscle") for one in _cramps(nights)), ())
    order = sorted(found.counts, key=lambda place: (-found.counts[place], place))
    return Tally({place: found.counts[place] for place in order}, found.unknown)


def monday(day: date) -> date:
    """The Monday of that week."""
    return day - timedelta(days=day.weekday())


def _cramps(nights: Iterable[Night]) -> Iterable[Entry]:
    return (episode for night in nights for episode in night.episodes)


def _hour(episode: Entry) -> str | None:
    if episode.body.get("timed") is False:
        return None
    return str(local(episode.start, episode.offset_minutes).hour)


def _tally(found: Iterable[str | None], all_of: Sequence[str]) -> Tally:
    counts = Counter(found)
    unknown = counts.pop(None, 0)
    return Tally({**dict.fromkeys(all_of, 0), **{str(key): many for key, many in counts.items()}}, unknown)
