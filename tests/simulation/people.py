"""Made-up people whose cramps let go at rates we know, many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncramp.stats import release
from uncramp.stats.release import Floats, Ints

Clock = Callable[[Floats], Floats]

_GRID = np.arange(0.0, 7200.0, 0.1)


@dataclass(frozen=True)
class Shape:
    """What time since the onset alone does to the hazard: `total` is its integral, `back` the inverse."""

    total: Clock
    back: Clock


def shape(factor: Clock) -> Shape:
    at = factor(_GRID)
    total = np.concatenate([[0.0], np.cumsum((at[1:] + at[:-1]) / 2 * np.diff(_GRID))])
    return Shape(lambda t: np.interp(t, _GRID, total), lambda h: np.interp(h, total, _GRID))


SHAPES = {
    "constant": shape(np.ones_like),
    # From twice to half the rate over three minutes, and the other way round.
    "falling": shape(lambda t: 2.0 ** (1 - np.minimum(t, 180) / 90)),
    "rising": shape(lambda t: 2.0 ** (np.minimum(t, 180) / 90 - 1)),
}


@dataclass(frozen=True)
class Habits:
    """How these people go about a cramp.

    Each has an order of techniques of their own and keeps to it in a share of the bouts; a technique is given
    `patience` seconds, then the next has its turn. Some give up, some put the phone away, and some of those
    that let go do not say with which technique.
    """

    own_order: float = 0.7
    patience: tuple[float, float] = (30.0, 90.0)
    give_up_after: float = 600.0
    put_away: float = 0.03
    unsaid: float = 0.07


@dataclass(frozen=True)
class Uses:
    """One row a period of use, in the order of time within each bout; `bout` counts over all people."""

    bout: Ints
    thing: Ints
    entry: Floats
    leave: Floats
    released: NDArray[np.bool_]
    said: NDArray[np.bool_]
    """A row each bout: whether it is said with which technique it let go."""
    let_go: NDArray[np.bool_]
    """A row each bout."""


def cramps(
    rates: Floats, of: Shape, rng: np.random.Generator, bouts: int = 25, habits: Habits | None = None
) -> Uses:
    """The `bouts` of each person, whose `rates` (people, things) are per second."""
    habits = habits or Habits()
    people, things = rates.shape
    count = people * bouts
    person = np.repeat(np.arange(people), bouts)
    order = _orders(people, things, bouts, habits, rng)
    stop = 20.0 + rng.exponential(habits.give_up_after, count)
    away = rng.random(count) < habits.put_away
    stop = np.where(away, rng.uniform(10.0, 120.0, count), stop)
    at = rng.uniform(2.0, 10.0, count)
    going = at < stop
    let_go = np.zeros(count, dtype=bool)
    rows = []
    for turn in range(200):
        thing = order[:, turn % things]
        would = of.back(of.total(at) + rng.exponential(1.0, count) / rates[person, thing])
        leave = np.minimum(np.minimum(would, at + rng.uniform(*habits.patience, count)), stop)
        now = going & (would <= leave)
        rows.append((np.flatnonzero(going), thing[going], at[going], leave[going], now[going]))
        let_go |= now
        at = leave + rng.uniform(0.0, 3.0, count)
        going = going & ~now & (at < stop)
        if not going.any():
            break
    bout, thing, entry, leave, released = (np.concatenate(column) for column in zip(*rows, strict=True))
    said = ~(let_go & (rng.random(count) < habits.unsaid))
    return Uses(bout, thing, entry, leave, released, said, let_go)


def _orders(people: int, things: int, bouts: int, habits: Habits, rng: np.random.Generator) -> Ints:
    own = rng.permuted(np.tile(np.arange(things), (people, 1)), axis=1)
    other = rng.permuted(np.tile(np.arange(things), (people * bouts, 1)), axis=1)
    keeps = rng.random(people * bouts) < habits.own_order
    return np.where(keeps[:, None], np.repeat(own, bouts, axis=0), other)


def tables(uses: Uses, people: int, things: int, edges: Floats) -> tuple[Floats, Floats]:
    """Releases and exposure (people, things, bins), as `worked` makes them of each one's diary."""
    owner = np.repeat(np.arange(people), len(uses.said) // people)
    known = np.bincount(owner, uses.let_go & uses.said, people)
    given_up = known / np.maximum(np.bincount(owner, uses.let_go, people), 1)
    weight = np.where(uses.let_go, 1.0, given_up[owner]) * uses.said
    found = release.cells(
        owner[uses.bout] * things + uses.thing,
        uses.entry,
        uses.leave,
        weight[uses.bout],
        uses.released.astype(float),
        edges,
        people * things,
    )
    releases, exposure = (table.reshape(people, things, -1) for table in found)
    return releases, exposure


def in_parts(releases: Floats, exposure: Floats, size: int = 250) -> Iterator[tuple[Floats, Floats]]:
    """A few hundred people at a time, so that the memory is enough."""
    for first in range(0, len(releases), size):
        yield releases[first : first + size], exposure[first : first + size]


def bodies(uses: Uses, things: Sequence[str], begun: datetime) -> list[dict[str, Any]]:
    """The same cramps as the phone writes them: an episode's body for each bout that has a use."""

    def iso(seconds: float) -> str:
        return (begun + timedelta(seconds=float(seconds))).isoformat()

    periods: dict[int, list[dict[str, Any]]] = {}
    for row in np.lexsort((uses.entry, uses.bout)):
        period = {
            "id": things[uses.thing[row]],
            "start": iso(uses.entry[row]),
            "end": iso(uses.leave[row]),
        }
        periods.setdefault(int(uses.bout[row]), []).append(period)
    return [
        {
            "bouts": [
                {
                    "start": iso(0),
                    "end": used[-1]["end"],
                    "released": bool(uses.let_go[bout]),
                    "technique": used[-1]["id"] if uses.let_go[bout] and uses.said[bout] else None,
                    "techniques": used,
                }
            ]
        }
        for bout, used in periods.items()
    ]
