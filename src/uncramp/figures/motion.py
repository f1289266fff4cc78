"""Movement without script: each part gets its own key frames, close enough together that no joint opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import cos, pi

from uncramp.figures.body import LENGTH
from uncramp.figures.outline import number
from uncramp.figures.scene import Scene
from uncramp.figures.solve import Placed, placed
from uncramp.figures.vectors import Point, between, distance, midway, nearest, plus, polar

STEPS, DEEPEST = 6, 5
"""So many moments in all, but at least two a movement; between them so often may be halved."""
GAP = 0.5
"""Picture points that a joint may open before a key frame is put between."""
REST = 0.09
"""The part of the time that start and end are held."""

JOINTS = (
    ("lumbar", "chest"), ("chest", "neck"), ("neck", "head"),
    *((f"{side}_{a}", f"{side}_{b}") for side in "nf" for a, b in (
        ("thigh", "shin"), ("shin", "foot"), ("arm", "fore"), ("fore", "hand"))),
)  # fmt: skip

Moment = tuple[float, list[Placed]]
"""The part of the whole time, and where everything is then."""
Frame = tuple[float, ...]
"""x, y, angle and, where something changes its length, that."""


def moments(scene: Scene, scale: float) -> list[Moment]:
    """Start to end, with as many moments between as the joints need."""
    found: list[Moment] = []
    for move in range(scene.moves):
        at = _moment_in(scene, move)
        steps = max(2, STEPS // scene.moves)
        times = [i / steps for i in range(steps + 1)]
        done = [(t, at(t)) for t in times]
        for a, b in pairwise(done):
            found += [a_to_whole(scene, move, m) for m in _divided(at, a, b, scale, DEEPEST)]
        last = done[-1]
    found.append(a_to_whole(scene, scene.moves - 1, last))
    return found


def a_to_whole(scene: Scene, move: int, moment: Moment) -> Moment:
    return (move + moment[0]) / scene.moves, moment[1]


def _moment_in(scene: Scene, move: int) -> Callable[[float], list[Placed]]:
    def at(t: float) -> list[Placed]:
        return placed(scene, move, t if scene.cycle else eased(t))

    return at


def eased(t: float) -> float:
    return (1 - cos(pi * t)) / 2


def _divided(
    at: Callable[[float], list[Placed]], a: Moment, b: Moment, scale: float, deep: int
) -> Iterator[Moment]:
    """`a` and what has to lie between it and `b`."""
    if deep and gap(a[1], b[1]) * scale > GAP:
        middle = (a[0] + b[0]) / 2
        m = (middle, at(middle))
        yield from _divided(at, a, m, scale, deep - 1)
        yield from _divided(at, m, b, scale, deep - 1)
    else:
        yield a


def gap(a: list[Placed], b: list[Placed]) -> float:
    """How far a joint opens when each part goes its own straight way from `a` to `b`."""
    worst = 0.0
    for first, then in zip(a, b, strict=True):
        for upper, lower in JOINTS:
            rest = _end(first, first, upper, 0), first.parts[lower].at
            slack = rest[0][0] - rest[1][0], rest[0][1] - rest[1][1]
            for u in (0.25, 0.5, 0.75):
                end = _end(first, then, upper, u)
                start = midway(first.parts[lower].at, then.parts[lower].at, u)
                worst = max(worst, distance(end, plus(start, slack)))
    return worst


def _end(a: Placed, b: Placed, part: str, u: float) -> Point:
    p, q = a.parts[part], b.parts[part]
    angle = between(p.angle, nearest(q.angle, p.angle), u)
    return plus(midway(p.at, q.at, u), polar(LENGTH[part.removeprefix("n_").removeprefix("f_")], angle))


def key_frames(name: str, times: list[float], frames: list[Frame], cycle: bool) -> str:
    """The rule under `name`; a cycle does not rest, since it goes on where it began."""
    rest = 0.0 if cycle else REST
    rows = []
    for time, frame in zip(times, frames, strict=True):
        at = 100 * (rest + (1 - 2 * rest) * time)
        rows.append(f"{number(at)}%{{transform:{css(frame)}}}")
    if rest:
        rows[0] = f"0%,{rows[0]}"
        rows[-1] = f"{rows[-1].partition('%')[0]}%,to{rows[-1].partition('%')[2]}"
    return f"@keyframes {name}{{{''.join(rows)}}}.{name}{{animation-name:{name}}}"


def css(frame: Frame) -> str:
    x, y, angle, *stretch = frame
    return f"translate({number(x)}px,{number(y)}px) rotate({number(angle)}deg)" + "".join(
        f" scale({stretch[0]:.3f},1)" for _ in stretch
    )


def attribute(frame: Frame) -> str:
    x, y, angle, *stretch = frame
    turn = f"rotate({number(angle)})" if number(angle) != "0" else ""
    return f"translate({number(x)} {number(y)}){turn}" + "".join(
        f"scale({stretch[0]:.3f} 1)" for _ in stretch
    )
