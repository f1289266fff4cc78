"""Which shapes make up a person, and in which order they are laid on each other."""

from __future__ import annotations

from functools import cache
from typing import Final

from uncramp.figures import body
from uncramp.figures.body import LENGTH, Outline
from uncramp.figures.outline import limb
from uncramp.figures.scene import Table
from uncramp.figures.vectors import Point

TRUNK: Final = frozenset({"lumbar", "chest", "neck", "head"})

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "lumbar": ("lumbar",),
    "chest": ("chest",),
    "neck": ("neck",),
    "head": ("head",),
    **{
        f"{side}_{bone}": (bone,)
        for side in "nf"
        for bone in ("thigh", "shin", "foot", "arm", "fore", "hand")
    },
}
"""The bones of a figure, each with its own shape; clothes and hair go with the bone they lie on."""


def outlines(look: Table) -> dict[str, tuple[Point, ...]]:
    """Shape -> its points as (along the bone, to its left), in body heights."""
    kind = (
        look.get("view") == "back",
        bool(look.get("shoes")),
        bool(look.get("belly")),
        look.get("hair", "short"),
    )
    return _outlines(*kind)


@cache
def _outlines(behind: bool, shoes: bool, belly: bool, hair: str) -> dict[str, tuple[Point, ...]]:
    profile = {**body.PROFILE, **(body.BEHIND_VIEW if behind else {})}
    raw: dict[str, Outline | list[Point]] = {bone: limb(s, LENGTH[bone]) for bone, s in profile.items()}
    raw["sleeve"] = limb(profile["arm"], LENGTH["arm"], body.SLEEVE, body.CLOTH, flat_end=True)
    raw["shorts"] = limb(profile["thigh"], LENGTH["thigh"], body.SHORTS, body.CLOTH, flat_end=True)
    raw["pelvis"] = limb(profile["lumbar"], LENGTH["lumbar"], body.PELVIS, body.CLOTH, flat_end=True)
    raw["chest"] = limb(profile["chest"], LENGTH["chest"], body.COLLAR, flat_end=True)
    raw["foot"] = body.SHOE if shoes else body.FOOT_OUTLINE
    raw["hand"], raw["grip"] = body.HAND, body.GRIP
    raw["head"] = body.HEAD_BEHIND if behind else body.HEAD
    raw["hair"] = body.HAIR_BEHIND if behind else body.HAIR
    raw["ham"] = body.HAMSTRING_BEHIND if behind else body.HAMSTRING
    raw["calf"] = body.CALF
    if not behind:
        raw["ear"] = body.EAR
    if hair == "bun":
        raw["bun"] = body.BUN
    if belly:
        raw["belly"] = body.BELLY
    return {name: tuple(_to_left(name, p) for p in points) for name, points in raw.items()}


def fibres(muscle: str, look: Table) -> tuple[tuple[Point, ...], ...]:
    if muscle == "calf":
        lines = body.CALF_FIBRES
    else:
        lines = body.HAMSTRING_BEHIND_FIBRES if look.get("view") == "back" else body.HAMSTRING_FIBRES
    return tuple(tuple(_to_left(muscle, p) for p in line) for line in lines)


RIGHT_IS_FRONT: Final = TRUNK | {"pelvis", "hair", "ear", "bun", "belly"}
"""The trunk points up, so that its front lies to the right of its direction; limbs point down or ahead."""


def _to_left(shape: str, p: Point) -> Point:
    return (p[0], -p[1]) if shape in RIGHT_IS_FRONT else p


Layer = tuple[tuple[str, str, str], ...]
"""Bone, shape, colour, in the order in which they are laid."""


def far_arm(look: Table) -> Layer:
    return _arm("f", look)


def near_arm(look: Table) -> Layer:
    return _arm("n", look)


def _arm(side: str, look: Table) -> Layer:
    far = "-far" if side == "f" else ""
    shirt = look.get("shirt", "top")
    hand = "grip" if side in look.get("grip", "") else "hand"
    return (
        (f"{side}_arm", "arm", f"skin{far}"),
        (f"{side}_arm", "sleeve", f"{shirt}{far}"),
        (f"{side}_fore", "fore", f"skin{far}"),
        (f"{side}_hand", hand, f"skin{far}"),
    )


def far_leg(look: Table) -> Layer:
    return _leg("f", look)


def near_leg(look: Table) -> Layer:
    return (("lumbar", "pelvis", _cloth(look)), *_leg("n", look))


def _leg(side: str, look: Table) -> Layer:
    far = "-far" if side == "f" else ""
    skin = f"legs{far}" if look.get("trousers") else f"skin{far}"
    foot = f"shoe{far}" if look.get("shoes") else f"skin{far}"
    return (
        (f"{side}_foot", "foot", foot),
        (f"{side}_thigh", "thigh", skin),
        (f"{side}_shin", "shin", skin),
        *(((f"{side}_foot", "foot", foot),) if look.get("shoes") else ()),
        (f"{side}_thigh", "shorts", f"{_cloth(look)}{far}"),
    )


def _cloth(look: Table) -> str:
    return "legs" if look.get("trousers") else "shorts"


def trunk(look: Table) -> Layer:
    shirt, hair = look.get("shirt", "top"), "grey" if look.get("hair") == "grey" else "hair"
    return (
        ("neck", "neck", "skin"),
        *((("lumbar", "belly", shirt),) if look.get("belly") else ()),
        ("lumbar", "lumbar", shirt),
        ("chest", "chest", shirt),
        *((("head", "bun", hair),) if look.get("hair") == "bun" else ()),
        ("head", "head", "skin"),
        ("head", "hair", hair),
        *((("head", "ear", "skin-far"),) if look.get("view") != "back" else ()),
    )
