"""Pages that the phone's own scripts fill: the check without a server, and what this phone has kept."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions.check import NEVER_SHOWN
from uncramp.actions.library import knowledge
from uncramp.web.show import country_of, show_of
from uncramp.web.words import Words, catalogue

router = APIRouter()

OF_THE_CHECK = ("screen", "result", "within", "verdict", "remedy", "check_here")
"""Tables of the catalogue that the script needs."""


@router.get("/offline-check")
async def check(request: Request) -> Response:
    show = show_of(request)
    return show.page(
        "offline_check",
        country=country_of(request),
        script_words=tables(show.words, OF_THE_CHECK),
        never_shown=NEVER_SHOWN,
    )


@router.get("/kept")
async def kept(request: Request) -> Response:
    show = show_of(request)
    names = {one.id: show.words.of_knowledge(one.short) for one in knowledge().exposures.values()}
    words = tables(show.words, ("kept",))
    return show.page("kept", country=country_of(request), script_words=words, names=names)


def tables(words: Words, names: tuple[str, ...]) -> dict[str, str]:
    """Key -> words of each of the tables, with every {name} left open for the script."""
    return {k: words.of_knowledge(text) for k, text in catalogue().items() if k.partition(".")[0] in names}
