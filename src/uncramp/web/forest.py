"""The forest plot: each trigger with its interval on a line of doublings, its shuffled copy beside it. Pure.

An interval is of the diary alone, so that no belief moves it; its mark stands in the middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from uncramp.web.charts import WIDTH

LOWEST, HIGHEST = 1 / 4, 8.0
TICKS = ((0.25, "¼"), (0.5, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4"), (8.0, "8"))
BAND = (0.8, 1.25)
"""Within these a difference is hardly one."""
EDGE, TOP, ROW, FOOT = 20, 50, 58, 4
LONGEST = 44


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @property
    def middle(self) -> float:
        return math.sqrt(self.low * self.high)


@dataclass(frozen=True)
class Row:
    """One trigger; `verdict` chooses the mark. `ghost` is that of its shuffled copy."""

    name: str
    verdict: str
    interval: Interval
    ghost: Interval | None


def forest(title: str, about: str, fewer: str, more: str, rows: Sequence[Row]) -> Markup:
    """`fewer` and `more` are the words at the two ends."""
    foot = TOP + ROW * len(rows)
    parts = [_scale(foot), _ends(fewer, more)]
    for number, row in enumerate(rows):
        parts.append(_row(row, TOP + number * ROW))
    head = Markup(
        '<svg class="chart forest" viewBox="0 0 {} {}" role="img" '
        'aria-labelledby="forest-title forest-about">'
        '<title id="forest-title">{}</title><desc id="forest-about">{}</desc>'
    ).format(WIDTH, foot + FOOT, title, about)
    return head + Markup().join(parts) + Markup("</svg>")


def place(ratio: float) -> float:
    """Where a ratio stands; what is beyond the ends stands at them."""
    held = min(max(ratio, LOWEST), HIGHEST)
    share = math.log(held / LOWEST) / math.log(HIGHEST / LOWEST)
    return round(EDGE + share * (WIDTH - 2 * EDGE), 1)


def _scale(foot: int) -> Markup:
    left, right = place(BAND[0]), place(BAND[1])
    band = Markup('<rect class="hardly" x="{:g}" y="{}" width="{:g}" height="{}"/>').format(
        left, TOP - 6, round(right - left, 1), foot - TOP + 6
    )
    tick = Markup('<path class="{}" d="M{x:g} {}V{}"/><text x="{x:g}" y="{}" text-anchor="middle">{}</text>')
    lines = [
        tick.format("axis" if ratio == 1 else "tick", TOP - 6, foot, TOP - 12, name, x=place(ratio))
        for ratio, name in TICKS
    ]
    return band + Markup().join(lines)


def _ends(fewer: str, more: str) -> Markup:
    return Markup(
        '<text class="end" x="{:g}" y="{y}" text-anchor="middle">{}</text>'
        '<text class="end" x="{:g}" y="{y}" text-anchor="middle">{}</text>'
    ).format((place(0.25) + place(1)) / 2, fewer, (place(1) + place(8)) / 2, more, y=TOP - 34)


def _row(row: Row, y: int) -> Markup:
    name = row.name if len(row.name) <= LONGEST else row.name[: LONGEST - 1] + "…"
    words = Markup('<text class="row-name" x="{:g}" y="{}">{}</text>').format(2, y + 16, name)
    ghost = _line(row.ghost, y + 44, "ghost") if row.ghost else Markup()
    mark = _mark(row.verdict, place(row.interval.middle), y + 31)
    return words + _line(row.interval, y + 31, f"interval is-{row.verdict}") + ghost + mark


def _line(interval: Interval, y: float, kind: str) -> Markup:
    """An interval; an arrow where it goes on beyond the end."""
    left, right = place(interval.low), place(interval.high)
    line = Markup('<path class="{}" d="M{:g} {y:g}H{:g}"/>').format(kind, left, max(right, left + 1), y=y)
    if interval.low < LOWEST:
        line += Markup('<path class="{} arrow" d="m{:g} {:g}-6 5 6 5"/>').format(kind, left - 8, y - 5)
    if interval.high > HIGHEST:
        line += Markup('<path class="{} arrow" d="m{:g} {:g} 6 5-6 5"/>').format(kind, right + 8, y - 5)
    return line


def _mark(verdict: str, x: float, y: float) -> Markup:
    shapes = {
        "raises": f"M{x:g} {y - 8:g}l8 14h-16z",
        "lowers": f"M{x:g} {y + 8:g}l8-14h-16z",
        "no_important_difference": f"M{x - 6:g} {y - 6:g}h12v12h-12z",
    }
    if verdict in shapes:
        return Markup('<path class="mark is-{}" d="{}"/>').format(verdict, shapes[verdict])
    return Markup('<circle class="mark is-{}" cx="{:g}" cy="{:g}" r="5.5"/>').format(verdict, x, y)
