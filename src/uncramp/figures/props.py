"""The things around a person: furniture, walls, packs. Each takes its table and gives marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from uncramp.figures.marks import Mark, area, blob, box, curve, line, oval
from uncramp.figures.scene import Table
from uncramp.figures.vectors import Point, plus, turned

Marks = tuple[Mark, ...]


def bed(p: Table) -> Marks:
    x, y, w, h = p["x"], p["y"], p["w"], p["h"]
    leg, frame = 0.045, 0.045
    return (
        box(x + 0.02, y, 0.022, leg + 0.01, "wood"),
        box(x + w - 0.042, y, 0.022, leg + 0.01, "wood"),
        box(x, y + leg, w, frame, "wood"),
        box(x, y + leg + frame, w, h - leg - frame, "soft", 5),
        *((box(x - 0.03, y, 0.032, h + 0.2, "wood", 3),) if p.get("head") else ()),
    )


def bed_from_above(p: Table) -> Marks:
    """Headboard, mattress, and the blanket turned back at the foot; `flip` puts the head to the right."""
    x, y, w, h = p["x"], p["y"], p["w"], p["h"]
    head, foot, hem = (
        (x + w - 0.005, x, x + 0.135) if p.get("flip") else (x - 0.05, x + w - 0.17, x + w - 0.135)
    )
    return (
        box(head, y - 0.015, 0.055, h + 0.03, "wood", 3),
        box(x, y, w, h, "soft", 8),
        box(foot, y, 0.17, h, "prop", 6),
        line("edge-line", (hem, y + 0.01), (hem, y + h - 0.01)),
    )


def pillow(p: Table) -> Marks:
    return (box(p["x"], p["y"], p["w"], p["h"], "soft", p.get("r", 7)),)


def cushion(p: Table) -> Marks:
    """A pillow of any form, by its corners."""
    return (blob(p.get("fill", "soft"), *((float(x), float(y)) for x, y in p["at"])),)


def chair(p: Table) -> Marks:
    x, y, w, h, back = p["x"], p["y"], p["w"], p["h"], p["back"]
    return (
        box(x, y, 0.020, h + back, "wood", 3),
        box(x + w - 0.03, y, 0.020, h, "wood"),
        box(x, y + h - 0.022, w, 0.022, "wood", 3),
        box(x - 0.004, y + h + back - 0.09, 0.028, 0.09, "wood", 4),
    )


def bench(p: Table) -> Marks:
    x, w, h = p["x"], p["w"], p["h"]
    return (
        box(x + 0.05, 0, 0.030, h, "dark"),
        box(x + w - 0.08, 0, 0.030, h, "dark"),
        box(x, h - 0.030, w, 0.030, "wood", 3),
    )


def plain_box(p: Table) -> Marks:
    return (box(p["x"], p["y"], p["w"], p["h"], p.get("fill", "prop"), p.get("r", 3)),)


def tree(p: Table) -> Marks:
    x, y, w, h = p["x"], p["y"], p["w"], p["h"]
    top = y + h
    crown = (
        (-0.16, -0.06),
        (-0.13, 0.06),
        (-0.02, 0.11),
        (0.11, 0.07),
        (0.16, -0.04),
        (0.08, -0.13),
        (-0.07, -0.13),
    )
    return (
        area("wood", (x - 0.01, y), (x + 0.02, top), (x + w - 0.02, top), (x + w + 0.01, y)),
        blob("leaf", *((x + w / 2 + dx, top + dy) for dx, dy in crown)),
    )


def wall(p: Table) -> Marks:
    """A wall cut open, its inner face as a strong line."""
    x, y, w, h = p["x"], p["y"], p["w"], p["h"]
    face = x + w if p.get("face") == "right" else x
    return box(x, y, w, h, "prop", 0), line("floor-line", (face, y), (face, y + h))


def wall_behind(p: Table) -> Marks:
    """A wall that runs along behind the person, with a hand rail, a skirting board and a picture on it."""
    x, w, h, hold = p["x"], p["w"], p["h"], p["hold"]
    return (
        box(x, 0, w, h, "soft", 0),
        line("edge-line", (x, 0.045), (x + w, 0.045)),
        box(0.34, 0.76, 0.16, 0.13, "prop", 2),
        line("dark-line", (x, hold), (x + w, hold)),
    )


def rail(p: Table) -> Marks:
    """A fence that runs along behind the person; its top bar is what the hands hold."""
    x, w, h = p["x"], p["w"], p["h"]
    posts = [x + 0.06 + i * (w - 0.12) / 3 for i in range(4)]
    return (
        *(line("dark-line", (post, 0.0), (post, h)) for post in posts),
        line("thin-line", (x, h * 0.45), (x + w, h * 0.45)),
        line("dark-line", (x, h), (x + w, h)),
    )


def ground(p: Table) -> Marks:
    """A running track or grass: a strip below the feet."""
    look = p.get("fill", "track")
    x, w = p.get("x", -1.2), p.get("w", 2.4)
    lanes = (line("lane-line", (x, -0.035), (x + w, -0.035)),) if look == "track" else ()
    return (box(x, -0.07, w, 0.07, look, 0), *lanes)


def car(p: Table) -> Marks:
    """A parked car cut open: seat, pedals' floor, steering wheel, windscreen, roof, bonnet, front wheel."""
    x, low = p["x"], 0.0
    return (
        blob(
            "sky",
            (x - 0.20, 0.46), (x - 0.14, 0.84), (x + 0.06, 0.90), (x + 0.36, 0.88), (x + 0.50, 0.80),
            (x + 0.80, 0.47),
            (x + 0.30, 0.44),
        ),
        area(
            "prop",
            (x - 0.24, low - 0.05), (x - 0.24, 0.44), (x - 0.235, 0.44), (x - 0.235, low), (x + 0.70, low),
            (x + 0.74, 0.10), (x + 0.66, 0.36), (x + 0.62, 0.44), (x + 0.80, 0.47), (x + 1.00, 0.42),
            (x + 1.06, 0.30),
            (x + 1.06, 0.06), (x + 1.00, low - 0.05),
        ),
        curve(
            "floor-line", (x - 0.24, 0.50), (x - 0.18, 0.84), (x - 0.04, 0.91), (x + 0.30, 0.91),
                (x + 0.48, 0.82),
            (x + 0.80, 0.47),
        ),
        oval(x + 0.90, 0.02, 0.125, 0.125, "rubber"),
        oval(x + 0.90, 0.02, 0.062, 0.062, "prop"),
        box(x - 0.10, low, 0.26, 0.13, "dark", 4),
        blob("dark", *_seat(x, 0.22)),
        line("dark-line", (x + 0.64, 0.40), (x + 0.455, 0.475)),
    )  # fmt: skip


def wheel(p: Table) -> Marks:
    """A steering wheel seen from the side."""
    x, y = p["x"], p["y"]
    rim = [
        plus((x, y), turned((dx, dy), -24)) for dx, dy in ((0, 0.115), (0.018, 0), (0, -0.115), (-0.018, 0))
    ]
    return (blob("rubber", *rim),)


def _seat(x: float, h: float) -> list[Point]:
    """The outline of a seat with a head rest."""
    shape = (
        (0.21, h - 0.012), (0.22, h - 0.05), (0.18, h - 0.10), (-0.06, h - 0.10), (-0.12, h - 0.04),
        (-0.20, h + 0.36),
        (-0.235, h + 0.48), (-0.22, h + 0.56), (-0.165, h + 0.56), (-0.145, h + 0.47),
        (-0.10, h + 0.20), (-0.06, h + 0.015),
        (0.02, h - 0.005),
    )  # fmt: skip
    return [(x + dx, y) for dx, y in shape]


def plane(p: Table) -> Marks:
    """A row in a plane: the own seat, the seat in front with its folded table, windows, the locker above."""
    x, ahead, h = p["x"], p["ahead"], p["h"]
    front = [(ahead + dx - x, y) for dx, y in _seat(x, h)]
    return (
        box(x - 1.0, 0, 2.6, 1.2, "soft", 0),
        line("edge-line", (x - 1.0, 0.80), (x + 1.6, 0.80)),
        box(x + 0.10, 0.54, 0.12, 0.17, "sky", 14),
        box(x + 0.42, 0.54, 0.12, 0.17, "sky", 14),
        box(x - 0.08, 0, 0.05, h - 0.08, "floor"),
        box(x + 0.10, 0, 0.04, h - 0.08, "floor"),
        blob("dark", *_seat(x, h)),
        box(ahead - 0.02, 0, 0.05, h - 0.06, "floor"),
        blob("dark", *front),
        area(
            "prop",
            (ahead - 0.198, 0.46),
            (ahead - 0.172, 0.462),
            (ahead - 0.126, 0.27),
            (ahead - 0.152, 0.268),
        ),
    )


def seat(p: Table) -> Marks:
    """A seat of a train or coach, and the one in front of it."""
    x, ahead, h = p["x"], p["ahead"], p["h"]
    return (
        box(x - 0.08, 0, 0.05, h - 0.08, "floor"),
        box(x + 0.10, 0, 0.04, h - 0.08, "floor"),
        blob("dark", *_seat(x, h)),
        box(ahead - 0.02, 0, 0.05, h - 0.06, "floor"),
        blob("dark", *((ahead + dx - x, y) for dx, y in _seat(x, h))),
    )


def person_above(p: Table) -> Marks:
    """The helping person as seen from above: shoulders and the top of the head."""
    x, y = p["x"], p["y"]
    return (
        oval(x, y, 0.128, 0.062, "ink"),
        oval(x, y, 0.124, 0.058, "partner"),
        oval(x, y - 0.012, 0.056, 0.066, "ink"),
        oval(x, y - 0.012, 0.052, 0.062, "hair"),
    )


def arm_rest(p: Table) -> Marks:
    return (box(p["x"], p["y"], p["w"], 0.026, "prop", 4),)


def roller(p: Table) -> Marks:
    return oval(p["x0"], p["y0"], p["r"], p["r"], "arrow"), oval(
        p["x0"], p["y0"], p["r"] * 0.42, p["r"] * 0.42, "page"
    )


def cold(p: Table) -> Marks:
    """A snow crystal."""
    centre = (p["x0"], p["y0"])
    size = p.get("size", 0.05)
    marks = []
    for angle in (30, 90, 150):
        ends = [plus(centre, turned((way * size, 0.0), angle)) for way in (-1, 1)]
        marks.append(line("cold-line", *ends))
        for way in (-1, 1):
            tip = [(way * size * 0.9, size * 0.3), (way * size * 0.6, 0.0), (way * size * 0.9, -size * 0.3)]
            marks.append(line("cold-line", *(plus(centre, turned(q, angle)) for q in tip)))
    return tuple(marks)


def heat(p: Table) -> Marks:
    """Three rising waves."""
    x, y = p["x0"], p["y0"]
    rise = ((0.0, 0.0), (0.014, 0.025), (-0.010, 0.055), (0.012, 0.085), (0.0, 0.108))
    return tuple(curve("hot-line", *((x + dx + a, y + b) for a, b in rise)) for dx in (-0.045, 0.0, 0.045))


def waves(p: Table) -> Marks:
    """Three arcs that spread: breath, or a voice on the phone."""
    start = (p["x0"], p["y0"])
    marks = []
    for radius in (0.032, 0.058, 0.084):
        arc = [plus(start, turned((radius, 0.0), p.get("rot", 0) + a)) for a in (-38, -19, 0, 19, 38)]
        marks.append(curve("wave-line", *arc))
    return tuple(marks)


def breath(p: Table) -> Marks:
    """Air that streams out in two soft lines."""
    start, rot = (p["x0"], p["y0"]), p.get("rot", 0)
    rows = (
        ((0.0, 0.012), (0.04, 0.024), (0.08, 0.010), (0.12, 0.020)),
        ((0.0, -0.014), (0.035, -0.004), (0.075, -0.018), (0.10, -0.010)),
    )
    return tuple(curve("wave-line", *(plus(start, turned(q, rot)) for q in row)) for row in rows)


def water(p: Table) -> Marks:
    """Water cut open below its waves; of no depth it is one more row of waves, for what lies half in it."""
    x, y, w, h = p["x"], p["y"], p["w"], p["h"]
    count = round(w / 0.08)
    top = [(x + w * i / count, y + (0.009 if i % 2 else -0.009)) for i in range(count + 1)]
    crests = curve("cold-line", *top)
    return (area("sky", (x, y - h), *top, (x + w, y - h)), crests) if h else (crests,)


DRAWN: Final[dict[str, Callable[[Table], Marks]]] = {
    "bed": bed,
    "bed_from_above": bed_from_above,
    "pillow": pillow,
    "cushion": cushion,
    "chair": chair,
    "bench": bench,
    "box": plain_box,
    "tree": tree,
    "wall": wall,
    "wall_behind": wall_behind,
    "rail": rail,
    "ground": ground,
    "car": car,
    "wheel": wheel,
    "plane": plane,
    "seat": seat,
    "person_above": person_above,
    "arm_rest": arm_rest,
    "roller": roller,
    "cold": cold,
    "heat": heat,
    "waves": waves,
    "breath": breath,
    "water": water,
}


# ---- what is held to a bone and goes with it: points as (along, in front) ----


def pack(p: Table) -> Marks:
    """A pack in a cloth, held along the back of a bone and bent round it; the cloth lies all about it."""
    (a, b), thick, under = p["span"], p.get("thick", 0.040), p.get("off", 0.056)
    cloth, hem = 0.245 * (b - a), 0.013

    def sheet(rim: float) -> tuple[list[Point], list[Point]]:
        """The side to the skin and the side away from it, `rim` inside the edge."""
        steps = [i / 4 for i in range(5)]
        along = [0.245 * a + rim + (cloth - 2 * rim) * u for u in steps]
        drop = [under - 0.016 * u for u in steps]
        inner = [(t, -d - rim) for t, d in zip(along, drop, strict=True)]
        return inner, [(t, -d - thick + rim) for t, d in zip(along, drop, strict=True)]

    (skin, away), (inner, outer) = sheet(0.0), sheet(hem)
    folds = [line("edge-line", skin[i], away[i]) for i in (1, 3)]
    return (
        blob("cloth", *skin, *reversed(away)),
        blob(p.get("fill", "cold"), *inner, *reversed(outer)),
        *folds,
    )


def phone(_: Table) -> Marks:
    """It looks out above the hand, and below it."""
    case = ((-0.060, -0.020), (-0.060, 0.018), (0.120, 0.018), (0.120, -0.020))
    glass = ((-0.052, -0.012), (-0.052, 0.011), (0.112, 0.011), (0.112, -0.012))
    return area("ink", *case), area("sky", *glass)


def loop(_: Table) -> Marks:
    """A towel round the ball of the foot."""
    return (area("strap", (0.058, 0.0), (0.082, -0.006), (0.084, -0.043), (0.060, -0.043)),)


HELD: Final[dict[str, Callable[[Table], Marks]]] = {"pack": pack, "phone": phone, "loop": loop}
SPECIAL: Final = frozenset({"floor", "strap"})
