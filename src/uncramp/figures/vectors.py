"""Points, directions and the reach of two bones. Degrees, counter-clockwise, 0 = to the right, y up."""

from __future__ import annotations

from math import acos, atan2, cos, degrees, hypot, radians, sin

Point = tuple[float, float]


def plus(a: Point, b: Point) -> Point:
    return a[0] + b[0], a[1] + b[1]


def minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def polar(length: float, angle: float) -> Point:
    return length * cos(radians(angle)), length * sin(radians(angle))


def turned(p: Point, angle: float) -> Point:
    c, s = cos(radians(angle)), sin(radians(angle))
    return p[0] * c - p[1] * s, p[0] * s + p[1] * c


def between(a: float, b: float, u: float) -> float:
    return a + (b - a) * u


def midway(a: Point, b: Point, u: float) -> Point:
    return between(a[0], b[0], u), between(a[1], b[1], u)


def distance(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def heading(a: Point, b: Point) -> float:
    """The direction from `a` to `b`."""
    return degrees(atan2(b[1] - a[1], b[0] - a[0]))


def within_half_turn(angle: float) -> float:
    """The same direction as an angle from -180 to 180."""
    return (angle + 180) % 360 - 180


def nearest(angle: float, other: float) -> float:
    """The same direction as `angle`, written as close to `other` as can be."""
    return other + within_half_turn(angle - other)


def two_bones(start: Point, goal: Point, first: float, second: float, bend: int) -> tuple[float, float]:
    """The directions of two bones that lead from `start` to `goal`, or as near to it as they reach.

    `bend` is +1 where the joint between them lies to the left of the way (a knee), -1 to the right (elbow).
    """
    far = min(max(distance(start, goal), abs(first - second) + 1e-6), first + second - 1e-6)
    way = heading(start, goal)
    inner = degrees(acos((first**2 + far**2 - second**2) / (2 * first * far)))
    outer = degrees(acos((second**2 + far**2 - first**2) / (2 * second * far)))
    return way + bend * inner, way - bend * outer
