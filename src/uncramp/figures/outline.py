"""Closed smooth outlines, as the path text of an SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from uncramp.figures.body import Station, widths
from uncramp.figures.vectors import Point, polar

CAP = (30.0, 60.0, 90.0, 120.0, 150.0)
"""Where a round end has its points, from the front round to the back."""


def limb(
    stations: Sequence[Station],
    length: float,
    until: float = 1.0,
    grow: float = 0.0,
    flat_end: bool = False,
) -> list[Point]:
    """The outline of a bone from its start to `until`, with round ends of the joints' radii."""
    kept = [s for s in stations if s[0] < until - 1e-9]
    kept.append((until, *widths(stations, until)))
    front = [(t * length, f + grow) for t, f, _ in kept]
    back = [(t * length, -b - grow) for t, _, b in kept]
    end = [] if flat_end else _cap(kept[-1], length, grow, 1)
    return [*front, *end, *reversed(back), *reversed(_cap(kept[0], length, grow, -1))]


def _cap(station: Station, length: float, grow: float, way: int) -> list[Point]:
    t, front, back = station
    points = []
    for angle in CAP:
        radius = front + (back - front) * angle / 180 + grow
        across, along = polar(radius, angle)
        points.append((t * length + way * along, across))
    return points


def number(value: float) -> str:
    """One decimal at most, as short as it can be written."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def joined(numbers: Iterable[float]) -> str:
    text = ""
    for value in numbers:
        one = number(value)
        text += one if not text or one.startswith("-") else f" {one}"
    return text


def smooth(points: Sequence[Point], closed: bool = True) -> str:
    """A smooth line through the points (Catmull-Rom, as cubic curves)."""
    count = len(points)
    last = count if closed else count - 1
    x, y = (round(v, 1) for v in points[0])
    path = f"M{joined((x, y))}"
    for i in range(last):
        p0 = points[(i - 1) % count] if closed or i else points[0]
        p1, p2 = points[i], points[(i + 1) % count]
        p3 = points[(i + 2) % count] if closed or i + 2 < count else p2
        c1 = p1[0] + (p2[0] - p0[0]) / 6 - x, p1[1] + (p2[1] - p0[1]) / 6 - y
        c2 = p2[0] - (p3[0] - p1[0]) / 6 - x, p2[1] - (p3[1] - p1[1]) / 6 - y
        end = round(p2[0], 1) - x, round(p2[1], 1) - y
        path += f"c{joined((*c1, *c2, *end))}"
        x, y = round(p2[0], 1), round(p2[1], 1)
    return path + "z" if closed else path


def straight(points: Sequence[Point], closed: bool = False) -> str:
    path = "M" + "L".join(joined(p) for p in points)
    return path + "z" if closed else path
