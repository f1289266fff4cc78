"""A person from the front and from behind, with the places where muscles cramp. Pure: points in, paths out.

Drawn broad and with limbs apart, so that each place is wide enough for a finger. The right half of the
picture is drawn, and mirrored for the other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from uncramp.figures.outline import smooth
from uncramp.figures.vectors import Point

WIDTH = 200
VIEW = "15 3 170 414"
"""What of it is shown: no margin at the hands, so that it is as large as a phone allows."""
FRONT, BACK = "front", "behind"

HEAD = (100.0, 30.0, 19.0, 23.0)
BODY: tuple[Point, ...] = (
    (109, 50), (110, 61), (128, 68), (141, 78), (150, 100), (158, 130), (168, 158), (178, 184), (182, 204),
    (176, 214), (168, 210), (164, 194), (154, 170), (144, 145), (136, 118), (133, 110), (131, 132),
    (134, 158),
    (142, 186), (147, 215), (146, 250), (143, 285), (146, 315), (147, 340), (141, 370), (138, 392),
    (146, 403),
    (146, 411), (118, 411), (118, 395), (117, 372), (112, 340), (113, 315), (112, 288), (107, 255),
    (101, 216),
)  # fmt: skip
"""The right half of the outline, from the neck round to the crotch."""

PLACES: dict[str, dict[str, tuple[Point, ...]]] = {
    FRONT: {
        "quadriceps": (
            (128, 206), (142, 204), (145, 226), (143, 256), (138, 279), (129, 279), (126, 255), (125, 228),
        ),
        "adductor": (
            (105, 214), (114, 207), (122, 207), (122, 228), (123, 255), (124, 276), (116, 276), (110, 252),
        ),
        "shin": ((118, 308), (130, 304), (142, 309), (143, 338), (137, 366), (121, 366), (116, 338)),
        "foot": ((121, 384), (135, 384), (144, 402), (144, 409), (121, 409)),
        "hand": ((163, 187), (177, 182), (185, 203), (177, 217), (166, 212)),
    },
    BACK: {
        "glute": ((102, 176), (118, 166), (134, 174), (142, 192), (136, 206), (118, 209), (103, 204)),
        "hamstring": (
            (106, 219), (118, 216), (132, 215), (144, 213), (145, 232), (142, 258), (138, 282), (117, 282),
            (111, 252),
        ),
        "calf": (
            (117, 306), (130, 301), (142, 307), (146, 332), (140, 360), (132, 369), (122, 367), (114, 338),
        ),
        "foot": ((121, 384), (135, 384), (144, 402), (144, 409), (121, 409)),
        "hand": ((163, 187), (177, 182), (185, 203), (177, 217), (166, 212)),
    },
}  # fmt: skip
MIDDLE: dict[str, dict[str, tuple[Point, ...]]] = {
    FRONT: {
        "abdomen": (
            (76, 120), (100, 115), (124, 120), (126, 142), (122, 170), (100, 181), (78, 170), (74, 142),
        ),
    },
    BACK: {
        "back": (
            (76, 80), (100, 74), (124, 80), (127, 110), (124, 142), (119, 159), (100, 164), (81, 159),
            (76, 142),
            (73, 110),
        ),
    },
}  # fmt: skip
"""What has no side."""


DETAILS = {
    FRONT: (
        # Eyes, nose and mouth, so that one sees who looks at whom; knees and toes.
        "M92 27v.1M108 27v.1", "M100 29v6h3", "M93 42q7 5 14 0",
        "M121 291q8 6 16 0M63 291q8 6 16 0",
        "M126 409v-5M132 409v-5M138 409v-5M74 409v-5M68 409v-5M62 409v-5",
    ),
    BACK: (
        # The hair, the backs of the knees and the heels.
        "M82 36q-2-28 18-28 20 0 18 28-4 6-8 3-3 4-6 1-4 4-8 0-3 3-6-1-4 3-8-3z",
        "M90 20v12M97 17v16M104 17v16M111 20v12",
        "M121 292q8-4 16 0M63 292q8-4 16 0",
    ),
}  # fmt: skip
"""Lines by which front and behind are told apart."""


@dataclass(frozen=True)
class Region:
    """One place on the picture: the muscle, the person's own side (empty in the middle), and its outline."""

    muscle: str
    side: str
    path: str


def mirrored(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple((WIDTH - x, y) for x, y in points)


def outline() -> str:
    """The whole person without the head."""
    return smooth([*BODY, *reversed(mirrored(BODY))])


def regions(view: str) -> tuple[Region, ...]:
    """All places of one view.

    Who faces us has the left side where our right is; who turns the back on us has it where ours is.
    """
    here, there = ("left", "right") if view == FRONT else ("right", "left")
    found = [Region(muscle, "", smooth(points)) for muscle, points in MIDDLE[view].items()]
    for muscle, points in PLACES[view].items():
        found += [Region(muscle, here, smooth(points)), Region(muscle, there, smooth(mirrored(points)))]
    return tuple(found)
