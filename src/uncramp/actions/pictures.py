"""The pictures of people: drawn once from their poses, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from uncramp import figures
from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge

__all__ = ["Picture", "pictures", "svg", "title_and_words"]


@dataclass(frozen=True)
class Picture:
    """A picture's id, its name, what it shows in words, and whether anything in it moves."""

    id: str
    title: str
    words: str
    moves: bool


@cache
def svg(scene_id: str, moving: bool = True) -> str:
    """The picture as an SVG document; raise `Refused` where there is none of that name."""
    return figures.draw(scene_id, _scene(scene_id), moving)


def title_and_words(scene_id: str) -> tuple[str, str]:
    """The picture's name, and the text that says the same; raise `Refused` where there is none."""
    scene = _scene(scene_id)
    return scene["title"], scene["desc"]


def pictures() -> tuple[Picture, ...]:
    """All pictures, by name."""
    found = (
        Picture(key, scene["title"], scene["desc"], len(scene["pose"]) > 1)
        for key, scene in knowledge().poses.items()
    )
    return tuple(sorted(found, key=lambda picture: picture.title))


def _scene(scene_id: str) -> Mapping[str, Any]:
    try:
        return knowledge().poses[scene_id]
    except KeyError:
        raise Refused(f"there is no picture {scene_id[:60]!r}.") from None
