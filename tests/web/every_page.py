"""One address of each kind of page, and all of them."""

from __future__ import annotations

from uncramp.actions import evidence, guide
from uncramp.actions.library import knowledge

ONE_OF_EACH_KIND = (
    "/",
    "/now",
    "/check",
    "/guide",
    "/guide/what_is_happening",
    "/guide/why",
    "/guide/how_to_prevent",
    "/pictures",
    "/why",
    "/why/dehydration",
    "/why/heat",
    "/why/leg_clot",
    "/why/clot",
    "/sources/nice_ng158",
    "/about",
    "/trust",
    "/review",
    "/history",
)


def every_drawing() -> tuple[str, ...]:
    return tuple(f"/poses/{name}{still}.svg" for name in knowledge().poses for still in ("", "-still"))


def every_page() -> tuple[str, ...]:
    guides = (f"/guide/{page.id}" for page in guide.pages())
    cards = (f"/why/{card}" for card in evidence.ids())
    sources = (f"/sources/{source}" for source in knowledge().sources)
    return (*dict.fromkeys((*ONE_OF_EACH_KIND, *guides, *cards, *sources)),)
