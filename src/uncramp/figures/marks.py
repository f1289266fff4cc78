"""The few kinds of strokes that things around a person are drawn with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from uncramp.figures.outline import number, smooth, straight
from uncramp.figures.vectors import Point

Place = Callable[[Point], Point]


@dataclass(frozen=True)
class Mark:
    """A box by two corners, an oval by centre and radii, or a line or area by its points; in body heights."""

    kind: str
    points: tuple[Point, ...]
    look: str
    round: float = 0.0


def box(x: float, y: float, w: float, h: float, look: str, round_: float = 2.0) -> Mark:
    return Mark("box", ((x, y), (x + w, y + h)), look, round_)


def oval(x: float, y: float, rx: float, ry: float, look: str) -> Mark:
    return Mark("oval", ((x, y), (rx, ry)), look)


def line(look: str, *points: Point) -> Mark:
    return Mark("line", points, look)


def curve(look: str, *points: Point) -> Mark:
    return Mark("curve", points, look)


def area(look: str, *points: Point) -> Mark:
    return Mark("area", points, look)


def blob(look: str, *points: Point) -> Mark:
    return Mark("blob", points, look)


def reach(mark: Mark) -> tuple[Point, ...]:
    """Points between which a mark lies."""
    if mark.kind != "oval":
        return mark.points
    (x, y), (rx, ry) = mark.points
    return (x - rx, y - ry), (x + rx, y + ry)


def drawn(mark: Mark, place: Place, scale: float) -> str:
    """The mark as an SVG element, each point put where `place` says."""
    if mark.kind == "oval":
        (x, y), (rx, ry) = place(mark.points[0]), mark.points[1]
        return (
            f'<ellipse class="{mark.look}" cx="{number(x)}" cy="{number(y)}"'
            f' rx="{number(rx * scale)}" ry="{number(ry * scale)}"/>'
        )
    points = [place(p) for p in mark.points]
    if mark.kind == "box":
        return _box(mark, points)
    path = {
        "line": lambda: straight(points),
        "curve": lambda: smooth(points, closed=False),
        "area": lambda: straight(points, closed=True),
        "blob": lambda: smooth(points),
    }[mark.kind]()
    return f'<path class="{mark.look}" d="{path}"/>'


def _box(mark: Mark, corners: Sequence[Point]) -> str:
    x, y = min(p[0] for p in corners), min(p[1] for p in corners)
    w, h = abs(corners[1][0] - corners[0][0]), abs(corners[1][1] - corners[0][1])
    return (
        f'<rect class="{mark.look}" x="{number(x)}" y="{number(y)}"'
        f' width="{number(w)}" height="{number(h)}" rx="{mark.round:g}"/>'
    )
