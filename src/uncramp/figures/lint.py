"""What is wrong with a scene: joints bent too far, hands that do not reach, limbs through floor or wall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from uncramp.figures import motion
from uncramp.figures.layout import covered, key_moments, paper
from uncramp.figures.props import DRAWN, HELD, SPECIAL
from uncramp.figures.scene import Scene, Table, read_scene
from uncramp.figures.solve import Placed
from uncramp.figures.vectors import within_half_turn

KNEE, HIP, ANKLE, ELBOW, WRIST = (-6, 150), (-30, 135), (-65, 37), (-6, 156), (-90, 90)
SHORT = 0.012
BELOW = 0.016
"""So far a soft part may sink into the floor, in body heights."""


def faults(name: str, table: Table) -> list[str]:
    """One sentence for each fault; empty when a person could do it."""
    scene = read_scene(name, table)
    unknown = [p["t"] for p in scene.props if p["t"] not in {*DRAWN, *HELD, *SPECIAL}]
    if unknown:
        return [f"no prop {kind!r}" for kind in unknown]
    found = []
    for key, moment in enumerate(key_moments(scene)):
        for figure, placed in zip(scene.figures, moment, strict=True):
            where = f"key {key}, figure {figure.name}"
            bend = () if not scene.lint or figure.look.get("view") == "back" else _bends(placed, figure.look)
            found += [
                f"{where}: {fault}" for fault in (*bend, *_short(placed), *_sunk(scene, placed, figure.look))
            ]
            found += [f"{where}: {fault}" for fault in _through_walls(scene, placed)]
    return found


def _bends(p: Placed, look: Table) -> Iterator[str]:
    angle = {name: part.angle for name, part in p.parts.items()}
    for s in "nf":
        yield from _range(f"{s} knee", angle[f"{s}_thigh"] - angle[f"{s}_shin"], KNEE)
        yield from _range(f"{s} hip", angle[f"{s}_thigh"] - angle["lumbar"] + 180, HIP)
        yield from _range(f"{s} ankle", angle[f"{s}_foot"] - angle[f"{s}_shin"] - 90, ANKLE)
        if not {f"{s}_arm", f"{s}_fore"} & set(look.get("fs", {})):
            yield from _range(f"{s} elbow", angle[f"{s}_fore"] - angle[f"{s}_arm"], ELBOW)
        yield from _range(f"{s} wrist", angle[f"{s}_hand"] - angle[f"{s}_fore"], WRIST)


def _range(name: str, value: float, limits: tuple[int, int]) -> Iterator[str]:
    value = within_half_turn(value)
    if not limits[0] - 0.5 <= value <= limits[1] + 0.5:
        yield f"{name} at {value:.0f}, not {limits[0]} to {limits[1]}"


def _short(p: Placed) -> Iterator[str]:
    yield from (f"{name} is {missing:.3f} short" for name, missing in p.short.items() if missing > SHORT)


def _sunk(scene: Scene, p: Placed, look: Table) -> Iterator[str]:
    if any(prop["t"] == "floor" for prop in scene.props):
        low = min(y for _, y in covered(p, look))
        if low < -BELOW:
            yield f"{-low:.3f} below the floor"


def _through_walls(scene: Scene, p: Placed) -> Iterator[str]:
    for wall in scene.props:
        if wall["t"] != "wall":
            continue
        for name, point in p.points.items():
            x, y = p.world(point)
            deep = min(x - wall["x"], wall["x"] + wall["w"] - x)
            if deep > 0.012 and y < wall["y"] + wall["h"]:
                yield f"{name} inside the wall"


def largest_gap(name: str, table: Table) -> float:
    """How far any joint opens while the picture moves, in picture points."""
    scene = read_scene(name, table)
    if not scene.moves:
        return 0.0
    scale = paper(scene, key_moments(scene)).scale
    found = [moment for _, moment in motion.moments(scene, scale)]
    return max(motion.gap(a, b) * scale for a, b in pairwise(found))
