"""What to do while it cramps: the player, and the same in words for a browser without scripts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from uncramp.actions import guide, relief
from uncramp.web import player
from uncramp.web.show import Show, country_of, show_of

router = APIRouter()

POP, ALARM = "red_flag:hamstring_avulsion", "red_flag:pulmonary_embolism"
"""The checks of the guide's first section that get a button: one into the check, one to call for help."""


@router.get("/now")
async def now(request: Request) -> Response:
    wish = player.wish(request.query_params)
    show = show_of(request)
    return HTMLResponse(_page(show, show.build, wish.place.id, wish.side, wish.by, country_of(request)))


# Nothing of a person is in it, and somebody in pain waits for it.
@lru_cache(maxsize=256)
def _page(show: Show, _build: str, place: str, side: str, by: str, country: str) -> str:
    wish = player.Wish(relief.protocol(place), side, by)
    page = guide.page("what_to_do_now")
    _, *first_checks = page.sections[0].paragraphs
    values: dict[str, Any] = {
        **player_values(show, wish),
        "page": page,
        "pop": [p for p in first_checks if POP in p.evidence],
        "alarm": [p for p in first_checks if ALARM in p.evidence],
        "checks": [p for p in first_checks if not {POP, ALARM} & set(p.evidence)],
    }
    return show.text("now.html", country=country, **values)


def player_values(show: Show, wish: player.Wish) -> dict[str, Any]:
    """What `pages/player.html` needs."""
    return {
        "wish": wish,
        "first": player.beginning(wish.place.id).step,
        "places": relief.protocols(),
        "steps_in_words": player.in_words(wish.place.id),
        "wrong": player.what_is_wrong(wish.place.id),
        "picture_words": player.picture_words(),
        "after_guide": guide.page("after_a_hard_cramp"),
        "script_words": player.script_words(show.words),
        "first_things": player.first_things(show.words),
    }
