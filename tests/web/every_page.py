"""One address of each kind of page, and all of them."""

from __future__ import annotations

from uncramp.actions import evidence, guide
from uncramp.actions.library import knowledge

ONE_OF_EACH_KIND = (
    "/",
    "/now",
    "/tonight",
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
    "/history?text=nothing&side=left&from=soon",
    "/history?day=2026-11-10",
    "/calendar",
    "/counts",
    "/worked",
    "/triggers",
    "/triggers?outcome=effort",
    "/triggers/heat",
    "/triggers/alcohol",
    "/triggers/no_warm_up",
    "/risk",
    "/risk?what=heat&step=1",
    "/people",
    "/tokens",
    "/data",
    "/reminders",
    "/write",
    "/write/episode",
    "/write/effort",
    "/write/exposure",
    "/write/exposure?what=alcohol",
    "/write/exposure?what=yoga",
    "/write/night",
    "/write/own",
    "/write/circumstance",
    "/write/circumstance?q=simva",
    "/write/circumstance?fact=pregnant",
    "/circumstances",
    "/questions",
)


def every_drawing() -> tuple[str, ...]:
    return tuple(f"/poses/{name}{still}.svg" for name in knowledge().poses for still in ("", "-still"))


def every_page() -> tuple[str, ...]:
    guides = (f"/guide/{page.id}" for page in guide.pages())
    cards = (f"/why/{card}" for card in evidence.ids())
    sources = (f"/sources/{source}" for source in knowledge().sources)
    return (*dict.fromkeys((*ONE_OF_EACH_KIND, *guides, *cards, *sources)),)
