"""The guide."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions import check, evidence, guide
from uncramp.model import GuidePage, Paragraph, RemedyVerdict, Section, Trigger
from uncramp.web.result import Card
from uncramp.web.show import country_of, show_of

router = APIRouter()


ANCHORS = {"trigger": "cause", "remedy": "remedy", "red_flag": "flag", "look_alike": "alike"}


@dataclass(frozen=True)
class Link:
    """`to` is an evidence card, and the part of it."""

    to: str
    title: str


@router.get("/guide")
async def index(request: Request) -> Response:
    pages = guide.pages()
    return show_of(request).page("guide_index", country=country_of(request), pages=pages)


@router.get("/guide/{topic}")
async def page(request: Request, topic: str) -> Response:
    found = guide.page(topic)
    values: dict[str, Any] = {
        "page": found,
        "links": links,
        "causes": causes() if has(found, "causes") else (),
        "remedies": preventive() if has(found, "prevention") else (),
        "seeds": guide.you_may_have_read(topic),
        "next_page": after(found),
    }
    return show_of(request).page("guide", country=country_of(request), **values)


def has(page: GuidePage, generated: str) -> bool:
    return any(section.generated == generated for section in page.sections)


def after(page: GuidePage) -> GuidePage | None:
    return next((p for p in guide.pages() if p.order > page.order), None)


def links(section: Section) -> list[tuple[Paragraph, list[Link]]]:
    """The paragraphs that rest on something, each with its evidence cards."""
    return [(p, [link(name) for name in p.evidence]) for p in section.paragraphs if p.evidence]


def link(name: str) -> Link:
    """The card behind `kind:id`."""
    kind, _, card_id = name.partition(":")
    card = evidence.card(card_id)
    noun = {
        "trigger": card.trigger,
        "remedy": card.remedy,
        "red_flag": card.red_flag,
        "look_alike": card.look_alike,
    }.get(kind)
    return Link(f"{card_id}#{ANCHORS.get(kind, '')}".rstrip("#"), noun.name if noun else card.title)


def causes() -> list[tuple[str, list[Trigger]]]:
    """All candidate causes by how sure they are, the surest first."""
    return [(key, list(group)) for key, group in groupby(evidence.causes(), lambda t: t.certainty)]


def preventive() -> tuple[Card, ...]:
    """What people do against the next cramp, as far as it may be shown to somebody we know nothing of."""
    shown = {r.remedy.id: r for r in check.shown_remedies(check.run({}))}
    return tuple(in_general(shown[r.id]) for r in evidence.preventive_remedies() if r.id in shown)


def in_general(shown: RemedyVerdict) -> Card:
    """A card for a reader and not for a person: whom it is not for, in the words of its rules."""
    return Card(
        verdict=shown,
        how=tuple(because.words for because in shown.because if because.known),
        not_if=tuple(because.words for because in shown.because if not because.known),
    )
