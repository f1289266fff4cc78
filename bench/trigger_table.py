"""One line of the table that `triggers.py` prints, and when its goal is met."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from trigger_measures import bootstrap

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Settings:
    """`people` a cell at full size; smaller figures scale with it."""

    people: int
    seed: int
    workers: int

    def scaled(self, full: int) -> int:
        """Of a section that has `full` people where the grid has 90 a cell."""
        return max(4, round(full * self.people / 90))


@dataclass(frozen=True)
class Line:
    """`least` <= figure <= `most` is the goal, where there is one; `low` to `high` its 90 % interval, or
    `chance` what a perfect answer would show by chance in one of 20 runs of this size."""

    name: str
    people: int
    figure: float
    low: float = math.nan
    high: float = math.nan
    beside: str = ""
    least: float | None = None
    most: float | None = None
    chance: float = math.nan

    def verdict(self) -> str:
        """Whether the whole interval (or the figure, where it has none) lies within the goal: "met"; none of
        it: "missed"; or part of it: "open"."""
        if self.least is None and self.most is None:
            return ""
        low, high = (self.figure, self.figure) if math.isnan(self.low) else (self.low, self.high)
        if math.isnan(low):
            return "no figure"
        least = -math.inf if self.least is None else self.least
        most = math.inf if self.most is None else self.most
        if least <= low and high <= most:
            return "met"
        return "missed" if (high < least or low > most) and not self.figure <= self.chance else "open"

    def goal(self) -> str:
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}"
        if self.least is not None:
            return f">= {self.least:g}"
        return f"<= {self.most:g}" if self.most is not None else ""


def printed(line: Line) -> str:
    """The line as it stands in the table."""
    interval = "" if math.isnan(line.low) else f"[{line.low:.3f}, {line.high:.3f}]"
    return (
        f"{line.name:<62} {line.people:>5}  {line.figure:>8.3f}  {interval:<17} "
        f"{line.goal():<13} {line.verdict():<9} {line.beside}"
    ).rstrip()


HEADER = f"{'measure':<62} {'n':>5}  {'figure':>8}  {'90 % interval':<17} {'goal':<13} {'':<9} beside it"


def over_people(
    cells: NDArray[np.float64], measure: Callable[[Ints], float], seed: int, times: int = 400
) -> tuple[float, float, float]:
    """A measure of people and its paired bootstrap interval; people are drawn within their own cell."""
    groups = [np.flatnonzero(cells == cell) for cell in np.unique(cells)]
    rng = np.random.default_rng(seed)

    def drawn(_: Ints) -> float:
        return measure(np.concatenate([group[rng.integers(0, len(group), len(group))] for group in groups]))

    low, high = bootstrap(len(cells), drawn, rng, times)
    return measure(np.arange(len(cells))), low, high
