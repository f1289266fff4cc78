"""The evidence: cards and sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions import evidence
from uncramp.actions.library import knowledge
from uncramp.model import RemedyRule
from uncramp.web.routes.guide import causes
from uncramp.web.rules import rule_words
from uncramp.web.show import country_of, show_of

router = APIRouter()


@router.get("/why")
async def index(request: Request) -> Response:
    values: dict[str, Any] = {"knowledge": knowledge(), "causes": causes()}
    return show_of(request).page("why_index", country=country_of(request), **values)


@router.get("/why/{card_id}")
async def card(request: Request, card_id: str) -> Response:
    show = show_of(request)
    found = evidence.card(card_id)
    withheld = [r for r in knowledge().remedies if found.red_flag and r.id in found.red_flag.withholds]
    values: dict[str, Any] = {
        "card": found,
        "title": title(found),
        "rule_words": lambda rule: rule_words(rule, show.words, expand=True),
        "names": names,
        "has_number": has_number,
        "rules": strictest_first(found.remedy.rules if found.remedy else ()),
        "withheld": withheld,
        "conflict_title": conflict_title,
    }
    return show.page("why", country=country_of(request), **values)


@router.get("/sources/{source_id}")
async def source(request: Request, source_id: str) -> Response:
    found = evidence.source(source_id)
    address = found.address if found.address.startswith(("https://", "http://")) else ""
    values: dict[str, Any] = {"source": found, "address": address, "used_by": used_by(source_id)}
    return show_of(request).page("source", country=country_of(request), **values)


def title(card: evidence.Card) -> str:
    """The name; both, where a cause and a remedy share the id."""
    own = (card.trigger, card.remedy, card.red_flag, card.look_alike)
    return " / ".join(dict.fromkeys(x.name for x in own if x)) or card.title


def names(sources: Iterable[str]) -> str:
    """Whom a figure was read from: the report, where one was named, or else the source itself."""
    found = (knowledge().sources[source] for source in sources)
    return "; ".join(dict.fromkeys(source.reported_by or source.name for source in found))


def has_number(text: str) -> bool:
    return re.search(r"\d", text) is not None


def strictest_first(rules: Iterable[RemedyRule]) -> list[RemedyRule]:
    return sorted(rules, key=lambda rule: rule.verdict, reverse=True)


def conflict_title(conflict_id: str) -> str:
    return next(conflict.title for conflict in knowledge().conflicts if conflict.id == conflict_id)


def used_by(source: str) -> list[evidence.Card]:
    """The cards that rest on the source."""
    cards = map(evidence.card, evidence.ids())
    return [card for card in cards if source in {used.id for used in card.sources}]
