"""Where a scene lies in the picture: one scale, and a place for every point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from uncramp.figures.arrows import Arrow, arrows
from uncramp.figures.marks import reach
from uncramp.figures.props import DRAWN
from uncramp.figures.scene import Scene, Table
from uncramp.figures.shapes import PARTS, outlines
from uncramp.figures.solve import Placed, placed
from uncramp.figures.vectors import Point, plus, turned

WIDTH, HEIGHT = 320, 240
MARGIN = 12
LARGEST = 300
"""Picture points for one body height."""
BELOW_FLOOR = 0.035
ARM = frozenset({"arm", "fore", "hand"})
UNBOUNDED = frozenset({"floor", "ground", "wall_behind", "plane", "rail", "water"})
"""Props that run out of the picture and take no part in fitting it."""


@dataclass(frozen=True)
class Paper:
    """Puts body heights onto the picture."""

    left: float
    bottom: float
    scale: float

    def place(self, p: Point) -> Point:
        return self.left + self.scale * p[0], self.bottom - self.scale * p[1]


def key_moments(scene: Scene) -> list[list[Placed]]:
    """All figures at every key."""
    return [placed(scene, 0, 0.0), *(placed(scene, move, 1.0) for move in range(scene.moves))]


def paper(scene: Scene, moments: list[list[Placed]]) -> Paper:
    """The scale and place at which all keys, props and arrows fit into the picture."""
    x0, y0, x1, y1 = scene.view or _extent(scene, moments)
    scale = min(LARGEST, (WIDTH - 2 * MARGIN) / (x1 - x0), (HEIGHT - 2 * MARGIN) / (y1 - y0))
    return Paper(WIDTH / 2 - scale * (x0 + x1) / 2, HEIGHT / 2 + scale * (y0 + y1) / 2, scale)


def _extent(scene: Scene, moments: list[list[Placed]]) -> tuple[float, float, float, float]:
    points = [
        p
        for moment in moments
        for figure, who in zip(moment, scene.figures, strict=True)
        for p in covered(figure, who.look)
    ]
    points += [p for prop in scene.props for p in _prop_reach(prop)]
    points += [p for arrow in arrows(scene, moments) for p in _arrow_reach(arrow)]
    if any(prop["t"] in ("floor", "ground") for prop in scene.props):
        points.append((points[0][0], -BELOW_FLOOR))
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def covered(figure: Placed, look: Table) -> Iterable[Point]:
    """The outline points of every part of a figure, in the scene."""
    shapes = outlines(look)
    for part, at in figure.parts.items():
        if look.get("only") == "arms" and PARTS[part][0] not in ARM:
            continue
        for p in shapes[PARTS[part][0]]:
            yield figure.world(plus(at.at, turned(p, at.angle)))


def _prop_reach(prop: Table) -> Iterable[Point]:
    if prop["t"] in DRAWN and prop["t"] not in UNBOUNDED and prop.get("fit", True):
        for mark in DRAWN[prop["t"]](prop):
            yield from reach(mark)


def _arrow_reach(arrow: Arrow) -> Iterable[Point]:
    for x, y in (arrow.start, arrow.bend, arrow.end):
        yield from ((x - 0.02, y - 0.02), (x + 0.02, y + 0.02))
