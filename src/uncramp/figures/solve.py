"""From a key pose, or a moment between two, to the place of every part of a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uncramp.figures.body import (
    FOOT,
    GLIDE,
    HIP_APART,
    LENGTH,
    PALM,
    PROFILE,
    SHOULDER,
    SHOULDER_APART,
    widths,
)
from uncramp.figures.scene import Figure, Scene, Table
from uncramp.figures.vectors import (
    Point,
    between,
    distance,
    heading,
    midway,
    minus,
    nearest,
    plus,
    polar,
    turned,
    two_bones,
)

TRUNK = ("lumbar", "chest", "neck", "head")
TURNS = {"lumbar": "spine", "chest": "chest", "neck": "neck", "head": "head"}
HALF_HAND = 0.018
ROUNDS = 12
"""So often ankle and leg are settled against each other, because the foot turns with the shin."""


@dataclass(frozen=True)
class Part:
    """Where a bone begins, and which way it goes."""

    at: Point
    angle: float


@dataclass
class Placed:
    """A figure at one moment, in its own frame: its parts, its named points, and what it could not reach."""

    facing: int
    x0: float
    parts: dict[str, Part] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    short: dict[str, float] = field(default_factory=dict)

    def world(self, p: Point) -> Point:
        return self.x0 + self.facing * p[0], p[1]

    own = world
    """The mirror is its own opposite."""


def placed(scene: Scene, move: int, u: float) -> list[Placed]:
    """All figures at the part `u` (0 to 1) of a movement."""
    done: list[Placed] = []
    for figure in scene.figures:
        first = figure.keys[min(move, len(figure.keys) - 1)]
        then = figure.keys[min(move + 1, len(figure.keys) - 1)]
        done.append(_Solving(figure, first, then, u, done).figure())
    return done


class _Solving:
    """One figure at one moment, put together from the hip outwards."""

    def __init__(self, figure: Figure, a: Table, b: Table, u: float, others: list[Placed]) -> None:
        self.a, self.b, self.u, self.others = a, b, u, others
        self.look = figure.look
        self.behind_view = figure.look.get("view") == "back"
        self.fs: Mapping[str, float] = figure.look.get("fs", {})
        self.out = Placed(figure.facing, figure.x0)

    def figure(self) -> Placed:
        self.trunk()
        for side in "nf":
            self.leg(side)
        for side in "nf":
            self.arm(side)
        return self.out

    def mixed(self, name: str) -> float:
        return between(self.a[name], self.b[name], self.u)

    def length(self, part: str) -> float:
        return float(LENGTH[part.removeprefix("n_").removeprefix("f_")] * self.fs.get(part, 1.0))

    def put(self, part: str, at: Point, angle: float) -> Point:
        """Put a part there; what comes out is its far end."""
        self.out.parts[part] = Part(at, angle)
        return plus(at, polar(self.length(part), angle))

    # ---- trunk ----

    def trunk(self) -> None:
        at = self.hip()
        self.out.points["hip"] = at
        for part, name in zip(TRUNK, ("waist", "nape", "chin", "head"), strict=True):
            at = self.put(part, at, self.mixed(TURNS[part]))
            self.out.points[name] = at

    def hip(self) -> Point:
        root = midway(tuple(self.a["root"]["at"]), tuple(self.b["root"]["at"]), self.u)
        fixed = self.a["root"].get("fix", "hip")
        side = fixed[0]
        chains = {
            "hip": (),
            "nape": (("lumbar", "spine"), ("chest", "chest")),
            f"{side}_knee": ((f"{side}_thigh", f"{side}_thigh"),),
            f"{side}_ankle": ((f"{side}_thigh", f"{side}_thigh"), (f"{side}_shin", f"{side}_shin")),
        }
        for part, angle in chains[fixed]:
            root = minus(root, polar(self.length(part), self.mixed(angle)))
        if fixed == f"{side}_ankle" and self.behind_view:
            root = minus(root, self.apart(side, HIP_APART, self.mixed("spine")))
        return root

    def apart(self, side: str, width: float, along: float) -> Point:
        """How far a joint lies from the middle; nothing in a picture from the side."""
        if not self.behind_view:
            return 0.0, 0.0
        return polar(width, along - 90 if side == "n" else along + 90)

    # ---- legs ----

    def leg(self, side: str) -> None:
        spine = self.out.parts["lumbar"].angle
        hip = plus(self.out.points["hip"], self.apart(side, HIP_APART, spine))
        first, then = self.a.get(f"{side}_leg"), self.b.get(f"{side}_leg")
        if first and then and contact(first) == contact(then):
            goal = midway(self.point(first["to"]), self.point(then["to"]), self.u)
            thigh, shin, foot = self.leg_to(side, hip, goal, contact(then), self.u)
        elif first and then:
            thigh, shin, foot = self.rolling_leg(side, hip, (first, then))
        else:
            ends = self.leg_alone(side, hip, first, 0.0), self.leg_alone(side, hip, then, 1.0)
            thigh, shin, foot = (
                between(a, nearest(b, a), self.u) for a, b in zip(ends[0], ends[1], strict=True)
            )
            self.forget_short(f"{side}_leg", first, then)
        self.put_leg(side, hip, thigh, shin, foot)

    def rolling_leg(self, side: str, hip: Point, wanted: tuple[Table, Table]) -> tuple[float, float, float]:
        """A foot that goes over from the heel to the ball, as in walking: its ankle goes straight."""
        ankles, feet = [], []
        for want, end in zip(wanted, (0.0, 1.0), strict=True):
            _, shin, foot = self.leg_to(side, hip, self.point(want["to"]), contact(want), end)
            feet.append(self.foot(side, shin, end))
            ankles.append(minus(self.point(want["to"]), turned(FOOT[contact(want)], foot)))
        ankle = midway(ankles[0], ankles[1], self.u)
        first, second = self.length(f"{side}_thigh"), self.length(f"{side}_shin")
        self.out.short[f"{side}_leg"] = max(0.0, distance(hip, ankle) - first - second)
        thigh, shin = two_bones(hip, ankle, first, second, 1)
        return thigh, shin, between(feet[0], feet[1], self.u)

    def forget_short(self, limb: str, first: Table | None, then: Table | None) -> None:
        """What a key did not ask for cannot be missing at that key."""
        if (self.u == 0 and not first) or (self.u == 1 and not then):
            self.out.short.pop(limb, None)

    def leg_alone(self, side: str, hip: Point, want: Table | None, u: float) -> tuple[float, float, float]:
        if want:
            return self.leg_to(side, hip, self.point(want["to"]), contact(want), u)
        key = self.b if u else self.a
        return key[f"{side}_thigh"], key[f"{side}_shin"], self.foot(side, key[f"{side}_shin"], u)

    def foot(self, side: str, shin: float, u: float) -> float:
        """The direction of the foot: as it is given, or from how far the ankle is bent."""
        first, then = (
            nearest(key[f"{side}_foot"], shin + 90)
            if f"{side}_foot" in key
            else shin + 90 + key[f"{side}_flex"]
            for key in (self.a, self.b)
        )
        return between(first, then, u)

    def leg_to(self, side: str, hip: Point, goal: Point, point: str, u: float) -> tuple[float, float, float]:
        first, second = self.length(f"{side}_thigh"), self.length(f"{side}_shin")
        foot, thigh, shin = 0.0, 0.0, 0.0
        for _ in range(ROUNDS):
            ankle = minus(goal, turned(FOOT[point], foot))
            thigh, shin = two_bones(hip, ankle, first, second, 1)
            foot = self.foot(side, shin, u)
        self.out.short[f"{side}_leg"] = max(0.0, distance(hip, ankle) - first - second)
        return thigh, shin, foot

    def put_leg(self, side: str, hip: Point, thigh: float, shin: float, foot: float) -> None:
        knee = self.put(f"{side}_thigh", hip, thigh)
        ankle = self.put(f"{side}_shin", knee, shin)
        self.put(f"{side}_foot", ankle, foot)
        self.out.points |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        for name, p in FOOT.items():
            stretched = (p[0] * self.fs.get(f"{side}_foot", 1.0), p[1])
            self.out.points[f"{side}_{name}"] = plus(ankle, turned(stretched, foot))

    # ---- arms ----

    def arm(self, side: str) -> None:
        chest = self.out.parts["chest"]
        shoulder = plus(chest.at, polar(SHOULDER, chest.angle))
        shoulder = plus(shoulder, self.apart(side, SHOULDER_APART, chest.angle))
        first, then = self.a.get(f"{side}_reach"), self.b.get(f"{side}_reach")
        if first and then:
            goal = midway(self.point(first["to"]), self.point(then["to"]), self.u)
            shoulder, arm, fore, hand = self.arm_to(side, shoulder, goal, then.get("bend", -1))
        else:
            ends = [self.arm_alone(side, shoulder, key) for key in (self.a, self.b)]
            shoulder = midway(ends[0][0], ends[1][0], self.u)
            arm, fore, hand = (
                between(a, nearest(b, a), self.u) for a, b in zip(ends[0][1:], ends[1][1:], strict=True)
            )
            self.forget_short(f"{side}_reach", first, then)
        self.put_arm(side, shoulder, arm, fore, hand)

    def arm_alone(self, side: str, shoulder: Point, key: Table) -> tuple[Point, float, float, float]:
        if want := key.get(f"{side}_reach"):
            return self.arm_to(side, shoulder, self.point(want["to"]), want.get("bend", -1))
        fore = key[f"{side}_fore"]
        return shoulder, key[f"{side}_arm"], fore, key.get(f"{side}_hand", fore)

    def hand(self, side: str) -> float | None:
        a, b = self.a.get(f"{side}_hand"), self.b.get(f"{side}_hand")
        if a is None or b is None:
            return a if b is None else b
        return between(a, b, self.u)

    def arm_to(self, side: str, shoulder: Point, goal: Point, bend: int) -> tuple[Point, float, float, float]:
        """The palm at the goal. Without a direction of its own the hand goes on where the forearm points."""
        first, second = self.length(f"{side}_arm"), self.length(f"{side}_fore")
        hand = self.hand(side)
        if hand is None:
            second += PALM
        else:
            goal = minus(goal, polar(PALM, hand))
        missing = distance(shoulder, goal) - 0.985 * (first + second)
        if missing > 0:
            shoulder = plus(shoulder, polar(min(missing, GLIDE), heading(shoulder, goal)))
        self.out.short[f"{side}_reach"] = max(0.0, distance(shoulder, goal) - first - second)
        arm, fore = two_bones(shoulder, goal, first, second, bend)
        return shoulder, arm, fore, fore if hand is None else nearest(hand, fore)

    def put_arm(self, side: str, shoulder: Point, arm: float, fore: float, hand: float) -> None:
        elbow = self.put(f"{side}_arm", shoulder, arm)
        wrist = self.put(f"{side}_fore", elbow, fore)
        self.put(f"{side}_hand", wrist, hand)
        palm = plus(wrist, polar(PALM, hand))
        self.out.points |= {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
        self.out.points[f"{side}_palm"] = palm

    # ---- what a hand or foot is to touch ----

    def point(self, to: Any) -> Point:
        """A place in the figure's own frame: a pair, a named point, a place on a bone; also on the other."""
        if isinstance(to, str):
            name, who = to.rpartition(".")[::-2]
            return (
                self.out.own(self.other().world(self.other().points[name])) if who else self.out.points[name]
            )
        if isinstance(to, Mapping):
            if "fig" in to:
                return self.out.own(self.other().world(on_bone(self.other(), to)))
            return on_bone(self.out, to)
        return float(to[0]), float(to[1])

    def other(self) -> Placed:
        return self.others[0]


def contact(leg: Table) -> str:
    """Which point of the foot is to touch."""
    return str(leg.get("point", "heel"))


def on_bone(figure: Placed, to: Table) -> Point:
    """The place `t` of the way along a bone, in its middle or on its front or back; `off` further out."""
    name = to["on"]
    part = figure.parts[name]
    bone = name.removeprefix("n_").removeprefix("f_")
    front, back = half_widths(bone, to["t"])
    out = {"front": front, "back": -back, "mid": 0.0}[to.get("side", "mid")]
    off = to.get("off", 0.0)
    out += off if out >= 0 else -off
    way = part.angle + (-90 if name in TRUNK else 90)
    return plus(plus(part.at, polar(to["t"] * LENGTH[bone], part.angle)), polar(out, way))


def half_widths(bone: str, t: float) -> tuple[float, float]:
    """How far a bone's outline lies in front of it and behind it."""
    return widths(PROFILE[bone], t) if bone in PROFILE else (HALF_HAND, HALF_HAND)
