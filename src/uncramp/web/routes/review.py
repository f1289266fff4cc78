"""All rules as words, to be printed and checked by a clinician."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions.library import knowledge
from uncramp.web.rules import rule_words, threshold_words
from uncramp.web.show import country_of, show_of

router = APIRouter()


@router.get("/review")
async def review(request: Request) -> Response:
    show = show_of(request)
    k = knowledge()
    values: dict[str, Any] = {
        "knowledge": k,
        "outcomes": (*k.outcomes.values(), k.unsettled),
        "threshold_words": lambda threshold: threshold_words(threshold, show.words),
        "rule_words": lambda rule: rule_words(rule, show.words),
    }
    return show.page("review", country=country_of(request), **values)
