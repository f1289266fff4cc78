"""What has worked for you: how soon a cramp let go with each technique, and whether one is fastest.

numpy is imported only where there is something to compare: nobody in pain waits for it at a first walk.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from uncramp.model import Entry, EntryKind

if TYPE_CHECKING:
    from uncramp.stats.release import Floats, Prior

ENOUGH_BOUTS = 8
"""Fewer bouts, or bouts with one technique only, say nothing."""

ENOUGH_TRIES = 3
"""Bouts in which a technique must have been used to be compared with others."""

MOST_COMPARED = 30
"""Techniques; no protocols have more, and a diary with thousands must not fill the memory."""

NAMED_FROM = 0.62
"""The probability of being the fastest from which one is named; docs/adr tells what was measured."""

NAMED_LEAD = math.log(1.25)
"""How much faster than the next one it must seem, on the log scale: less than a quarter does not matter."""

INTERVAL = 0.9

# Seconds since a bout began, at which the common shape of the hazard may change.
EDGES = (0.0, 20.0, 45.0, 90.0, 180.0)

DRAWS = 3000

LONGEST = 3600.0
"""Seconds of a bout that are counted; what is longer is a phone put down, not a cramp timed."""

STILL_IN_USE = 15.0
"""Seconds between putting a technique down and "it let go" in which it still counts as in use."""


@dataclass(frozen=True)
class Tried:
    """One technique. Times are seconds from a bout's beginning to its release, if it were used from then on;
    they and `fastest`, the probability of being the fastest, are None where nothing can be said."""

    technique: str
    bouts: int
    released: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    fastest: float | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence to be looked up by its key, and what to fill in."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Worked:
    """What all bouts together say.

    `more_bouts` are wanted before anything is said. `unknown` bouts do not say which technique was in use, or
    when it let go; `skipped` ones could not be read. `order` are the techniques to begin the next walk with,
    the others follow in the protocol's own order; empty means that order alone.
    """

    bouts: int
    more_bouts: int
    unknown: int
    skipped: int
    tried: tuple[Tried, ...]
    best: str | None = None
    probability: float | None = None
    order: tuple[str, ...] = ()
    says: tuple[Sentence, ...] = ()


class _Unreadable(ValueError):
    """A bout that does not say when what was done."""


@dataclass(frozen=True)
class _Use:
    """One technique from `entry` to `leave`, in seconds since its bout began."""

    technique: str
    entry: float
    leave: float


@dataclass(frozen=True)
class _Bout:
    """`released` at the end of the last use; not `known` if it let go nobody knows with what, or when."""

    uses: tuple[_Use, ...]
    released: bool
    known: bool = True


def worked(episodes: Iterable[Entry]) -> Worked:
    """What the newest versions of a person's `episodes` say; what cannot be read is skipped and counted."""
    bouts, skipped = _bouts(episodes)
    used = [bout for bout in bouts if bout.uses]
    known = [bout for bout in used if bout.known]
    tried = _counted(known)
    more = max(0, ENOUGH_BOUTS - len(known))
    found = Worked(len(known), more, len(bouts) - len(known), skipped, tried)
    if not more and len(tried) > 1:
        found = _compared(found, *_tables(used, [one.technique for one in tried[:MOST_COMPARED]]))
    return replace(found, says=tuple(_sentences(found)))


def as_json(found: Worked) -> dict[str, Any]:
    """`found` as plain data: seconds to a tenth, probabilities to a hundredth."""
    return {
        "bouts": found.bouts,
        "more_bouts": found.more_bouts,
        "unknown": found.unknown,
        "skipped": found.skipped,
        "interval": INTERVAL,
        "techniques": [
            {
                "technique": one.technique,
                "bouts": one.bouts,
                "released": one.released,
                "seconds": None
                if one.median is None or one.low is None or one.high is None
                else {"median": round(one.median, 1), "low": round(one.low, 1), "high": round(one.high, 1)},
                "fastest": None if one.fastest is None else round(one.fastest, 2),
            }
            for one in found.tried
        ],
        "best": found.best,
        "probability": None if found.probability is None else round(found.probability, 2),
        "order": list(found.order),
        "says": [{"key": sentence.key, "values": dict(sentence.values)} for sentence in found.says],
    }


def prior() -> Prior:
    """What is thought of release rates before the first cramp.

    Half of the cramps let go within a minute; for nine in ten people between 5 seconds and 12 minutes.
    Techniques may be all alike or differ several times (half normal, 1 on the log scale). What time alone
    does may be nothing, or a steady rise or fall by half as much again from bin to bin.
    """
    from uncramp.stats.release import Prior

    return Prior(
        mean=-math.log(60 / math.log(2)),
        sd=1.5,
        slope=0.5,
        spreads=((0.1, 0.17), (0.3, 0.21), (0.6, 0.25), (1.0, 0.23), (1.5, 0.14)),
        steps=((0.1, 0.5), (0.4, 0.5)),
    )


def _compared(found: Worked, releases: Floats, exposure: Floats) -> Worked:
    """`found` with times for the techniques that the tables hold, and the best one if there is one."""
    import numpy as np

    from uncramp.stats import release

    edges = np.array(EDGES)
    uniforms = release.lattice(DRAWS, release.uniforms_needed(*releases.shape))
    draws = release.posterior(releases, exposure, prior(), uniforms)
    tails = ((1 - INTERVAL) / 2, 0.5, (1 + INTERVAL) / 2)
    low, median, high = release.quantiles(release.medians(draws, edges), draws.weights, tails).tolist()
    modelled, others = found.tried[: len(releases)], found.tried[len(releases) :]
    timed = [replace(one, median=median[k], low=low[k], high=high[k]) for k, one in enumerate(modelled)]
    among = np.array([one.bouts >= ENOUGH_TRIES for one in modelled])
    if among.sum() < 2:
        return replace(found, tried=(*timed, *others))
    chances = release.chance_fastest(draws, among).tolist()
    tried = [replace(one, fastest=chances[k] if among[k] else None) for k, one in enumerate(timed)]
    found = replace(found, tried=(*tried, *others))
    first = chances.index(max(chances))
    if chances[first] < NAMED_FROM or release.lead(draws, among)[first] < NAMED_LEAD:
        return found
    best = tried[first].technique
    return replace(found, best=best, probability=chances[first], order=(best,))


def _tables(used: Sequence[_Bout], techniques: Sequence[str]) -> tuple[Floats, Floats]:
    """Releases and exposure of each technique in each bin.

    A bout that let go nobody knows with what is left out whole: to leave out its release and keep its seconds
    would make all techniques look slow. So that bouts given up do not weigh more than before, they count only
    as much as there are known ones among those that let go.
    """
    import numpy as np

    from uncramp.stats import release

    let_go = [bout.known for bout in used if bout.released]
    given_up = sum(let_go) / len(let_go) if let_go else 1.0
    rows = [
        (
            techniques.index(use.technique),
            use.entry,
            use.leave,
            1.0 if bout.released else given_up,
            float(bout.released and use is bout.uses[-1]),
        )
        for bout in used
        for use in bout.uses
        if bout.known and use.technique in techniques
    ]
    thing, entry, leave, weight, released = np.array(rows).T
    return release.cells(
        thing.astype(np.int64), entry, leave, weight, released, np.array(EDGES), len(techniques)
    )


def _counted(known: Iterable[_Bout]) -> tuple[Tried, ...]:
    """In how many bouts each technique was used and how many it ended, the most used first."""
    used: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for bout in known:
        used.update({use.technique for use in bout.uses})
        if bout.released:
            ended[bout.uses[-1].technique] += 1
    ranked = sorted(used, key=lambda technique: (-used[technique], technique))
    return tuple(Tried(technique, used[technique], ended[technique]) for technique in ranked)


def _sentences(found: Worked) -> Iterable[Sentence]:
    if found.more_bouts:
        yield Sentence("worked.too_early", {"more": found.more_bouts, "bouts": found.bouts})
    elif len(found.tried) < 2:
        yield Sentence("worked.only_one", {"technique": found.tried[0].technique})
    elif found.best and found.probability is not None:
        tenths = min(9, int(found.probability * 10))
        yield Sentence("worked.best", {"technique": found.best, "of_ten": tenths, "bouts": found.bouts})
        yield Sentence("worked.not_by_lot")
    else:
        yield Sentence("worked.cannot_tell", {"bouts": found.bouts})
        yield Sentence("worked.not_by_lot")
    if not found.more_bouts and len(found.tried) > 1:
        for one in found.tried:
            if one.bouts < ENOUGH_TRIES:
                yield Sentence("worked.too_few_tries", {"technique": one.technique, "bouts": one.bouts})
    if found.unknown:  # None of them is taken for a bout in which nothing helped.
        yield Sentence("worked.unknown", {"bouts": found.unknown})
    if found.skipped:
        yield Sentence("worked.skipped", {"bouts": found.skipped})


def _bouts(episodes: Iterable[Entry]) -> tuple[list[_Bout], int]:
    """All bouts that can be read, and how many bodies or bouts cannot."""
    bouts, skipped = [], 0
    for entry in episodes:
        if entry.kind is not EntryKind.EPISODE:
            continue
        body: object = entry.body
        raw = body.get("bouts") if isinstance(body, Mapping) else None
        if not isinstance(raw, list):
            skipped += 1
            continue
        for one in raw:
            try:
                bouts.append(_bout(one))
            except _Unreadable:
                skipped += 1
    return bouts, skipped


def _bout(raw: object) -> _Bout:
    """One bout of a body; raise `_Unreadable` if it is none."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("released"), bool):
        raise _Unreadable
    begun = _time(raw.get("start"))
    if begun is None:
        raise _Unreadable
    spans = [_span(one, begun) for one in _list(raw, "techniques")]
    end = _seconds(raw.get("end"), begun)
    if not raw["released"]:
        seen = [_seconds(one.get("at"), begun) for one in _list(raw, "answers") if isinstance(one, Mapping)]
        return _Bout(_uses(spans, end if end is not None else _latest(spans, seen)), released=False)
    if end is None and spans:
        end = spans[-1][2]
    uses = _uses(spans, end)
    if end is None or end > LONGEST or not uses or not _ended_by(uses[-1], raw.get("technique"), end):
        return _Bout(uses, released=True, known=False)
    return _Bout((*uses[:-1], replace(uses[-1], leave=end)), released=True)


def _ended_by(last: _Use, technique: object, end: float) -> bool:
    """Was `last` in use when it let go, as the bout itself says? One that says nothing leaves it unknown."""
    return last.technique == technique and end - last.leave <= STILL_IN_USE


_Span = tuple[str, float, float | None]


def _span(raw: object, begun: datetime) -> _Span:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str) or not raw["id"]:
        raise _Unreadable
    entry, leave = _seconds(raw.get("start"), begun), _seconds(raw.get("end"), begun)
    if entry is None or (leave is not None and leave < entry):
        raise _Unreadable
    return raw["id"], entry, leave


def _uses(spans: Sequence[_Span], end: float | None) -> tuple[_Use, ...]:
    """What was in use when: the next technique ends the one before, and the bout's end ends the last.

    A last use with no end that anybody knows is left out; those before it stand.
    """
    uses = []
    for (technique, entry, leave), after in zip(spans, [*spans[1:], None], strict=False):
        stops = [s for s in (leave, after[1] if after else end, end, LONGEST) if s is not None]
        if after and after[1] < entry:
            raise _Unreadable
        if (leave is not None or after or end is not None) and min(stops) > entry:
            uses.append(_Use(technique, entry, min(stops)))
    return tuple(uses)


def _latest(spans: Sequence[_Span], answers: Iterable[float | None]) -> float | None:
    """The last sign of somebody being there, if the bout itself does not say when it was given up."""
    signs = [*(s for _, entry, leave in spans for s in (entry, leave)), *answers]
    return max((s for s in signs if s is not None), default=None)


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    found = raw.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise _Unreadable
    return found


def _seconds(raw: object, begun: datetime) -> float | None:
    """Seconds since `begun`; None if absent. A clock set back during a bout makes it unreadable."""
    at = _time(raw)
    if at is None:
        return None
    seconds = (at - begun).total_seconds()
    if seconds < 0:
        raise _Unreadable
    return seconds


def _time(raw: object) -> datetime | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise _Unreadable
    try:
        at = datetime.fromisoformat(raw)
    except ValueError as error:
        raise _Unreadable from error
    if at.tzinfo is None:
        raise _Unreadable
    return at
