"""A scene as it stands in its file, read into nouns. What the keys mean: docs/how-to/draw-a-pose.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Table = Mapping[str, Any]

WALKED_OVER = {"n_thigh": "n_leg", "f_thigh": "f_leg", "n_arm": "n_reach", "f_arm": "f_reach"}
"""A key that gives the angle of a bone takes back what an earlier key asked of its end."""
EITHER = {"n_flex": "n_foot", "n_foot": "n_flex", "f_flex": "f_foot", "f_foot": "f_flex"}


@dataclass(frozen=True)
class Figure:
    """One person in a scene: the key poses in order, and how the person looks."""

    name: str
    keys: tuple[Table, ...]
    look: Table = field(default_factory=dict)
    facing: int = 1
    x0: float = 0.0
    behind: bool = False


@dataclass(frozen=True)
class Scene:
    """What one picture shows; the sore person is the first figure."""

    id: str
    title: str
    desc: str
    figures: tuple[Figure, ...]
    props: tuple[Table, ...]
    arrows: tuple[Table, ...]
    ghost: bool
    cycle: bool
    view: tuple[float, float, float, float] | None
    lint: bool

    @property
    def moves(self) -> int:
        """How many movements lead from key to key; a cycle also leads back to its first one."""
        keys = max(len(figure.keys) for figure in self.figures)
        return keys if self.cycle else keys - 1


def read_scene(name: str, table: Table) -> Scene:
    figures = [_figure("a", table, table.get("fig", {}))]
    if "partner" in table:
        figures.append(
            _figure("b", table["partner"], {"shirt": "partner", **table["partner"].get("fig", {})})
        )
    cycle = bool(table.get("cycle"))
    if cycle:
        figures = [_closed(figure) for figure in figures]
    return Scene(
        id=name,
        title=table["title"],
        desc=table["desc"],
        figures=tuple(figures),
        props=tuple(table.get("props", ())),
        arrows=tuple(table.get("arrows", ())),
        ghost=not table.get("noghost"),
        cycle=cycle,
        view=tuple(table["view"]) if "view" in table else None,
        lint=not table.get("nolint"),
    )


def _figure(name: str, table: Table, look: Table) -> Figure:
    left = table.get("facing", look.get("facing")) == "left"
    return Figure(
        name=name,
        keys=inherited(table["pose"]),
        look=look,
        facing=-1 if left else 1,
        x0=table.get("x0", look.get("x0", 0.0)),
        behind=bool(table.get("behind")),
    )


def _closed(figure: Figure) -> Figure:
    return Figure(
        figure.name, (*figure.keys, figure.keys[0]), figure.look, figure.facing, figure.x0, figure.behind
    )


def inherited(poses: list[Table]) -> tuple[Table, ...]:
    """Each key with what it does not restate from the ones before it; then what follows from the trunk."""
    keys: list[Table] = []
    so_far: dict[str, Any] = {}
    for pose in poses:
        for given in pose:
            so_far.pop(EITHER.get(given, ""), None)
            if WALKED_OVER.get(given) not in pose:
                so_far.pop(WALKED_OVER.get(given, ""), None)
        so_far = {**so_far, **pose}
        keys.append(_with_defaults(so_far))
    return tuple(keys)


def _with_defaults(given: Table) -> Table:
    key = {"root": {"fix": "hip", "at": (0.0, 0.53)}, "spine": 90.0, **given}
    for part, before in (("chest", "spine"), ("neck", "chest"), ("head", "neck")):
        key.setdefault(part, key[before])
    for side in "nf":
        key.setdefault(f"{side}_thigh", -90.0)
        key.setdefault(f"{side}_shin", key[f"{side}_thigh"])
        key.setdefault(f"{side}_arm", -90.0)
        key.setdefault(f"{side}_fore", key[f"{side}_arm"])
        if f"{side}_foot" not in key:
            key.setdefault(f"{side}_flex", 0.0)
    return key
