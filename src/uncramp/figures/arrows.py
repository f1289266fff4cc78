"""The arrow that says where it goes."""

from __future__ import annotations

from dataclasses import dataclass

from uncramp.figures.outline import joined
from uncramp.figures.scene import Scene
from uncramp.figures.solve import Placed
from uncramp.figures.vectors import Point, heading, midway, plus, polar

HEAD, HEAD_HALF = 10.0, 6.0
"""Length and half the width of the arrow head, in picture points."""


@dataclass(frozen=True)
class Arrow:
    """From `start` to `end` round `bend`, in body heights."""

    start: Point
    bend: Point
    end: Point


def arrows(scene: Scene, moments: list[list[Placed]]) -> list[Arrow]:
    """The arrows of a scene; one that tracks a point begins and ends beside it."""
    found = []
    for table in scene.arrows:
        if "track" in table:
            first, last = (
                _tracked(moment[table.get("fig", 0)], table["track"]) for moment in (moments[0], moments[-1])
            )
            start, end = plus(first, tuple(table["off"])), plus(last, tuple(table["off2"]))
        else:
            start, end = tuple(table["from"]), tuple(table["to"])
        found.append(Arrow(start, _bend(start, end, table.get("curve", 0.0)), end))
    return found


def _tracked(figure: Placed, name: str) -> Point:
    if name == "head":
        head = figure.parts["head"]
        return figure.world(plus(head.at, polar(0.055, head.angle)))
    return figure.world(figure.points[name])


def _bend(start: Point, end: Point, curve: float) -> Point:
    """The control point: half way, and to the left of it by `curve` times the length."""
    across = -(end[1] - start[1]), end[0] - start[0]
    return plus(midway(start, end, 0.5), (curve * across[0] * 2, curve * across[1] * 2))


def drawn(start: Point, bend: Point, end: Point) -> str:
    """An arrow in picture points: a gap in the page's colour, the shaft, the head."""
    way = -heading((bend[0], -bend[1]), (end[0], -end[1]))
    neck = plus(end, _svg_polar(-HEAD * 0.8, way))
    shaft = f"M{joined(start)}Q{joined((*bend, *neck))}"
    corners = [plus(end, _svg_polar(-HEAD, way)), plus(end, _svg_polar(-HEAD, way))]
    side = _svg_polar(HEAD_HALF, way + 90)
    head = (
        f"M{joined(end)}L{joined(plus(corners[0], side))}L{joined(plus(corners[1], (-side[0], -side[1])))}z"
    )
    return (
        f'<path class="arrow-gap" d="{shaft}"/><path class="halo page" d="{head}"/>'
        f'<path class="arrow-line" d="{shaft}"/><path class="arrow" d="{head}"/>'
    )


def _svg_polar(length: float, angle: float) -> Point:
    x, y = polar(length, -angle)
    return x, -y
