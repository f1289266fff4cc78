"""The night card: two pages of A6, front and back, as a PDF that screen readers can read too."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

HERE = Path(__file__).parent
TEMPLATE = HERE / "night_card.typ"
FONTS = HERE / "fonts"

STANDARD: Final = "ua-1"
"""PDF/UA-1: the one for readers who cannot see. A picture without a text is refused."""

UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
"""The same card gives the same bytes, whenever it is printed."""


@dataclass(frozen=True)
class Hint:
    """One technique: its picture as SVG and in words, what to do, and what has to be said beside it."""

    picture: str
    alt: str
    say: str
    more: str
    best: str = ""
    caution: str = ""


@dataclass(frozen=True)
class Panel:
    """When to get help, under a heading; `symbol` is one of octagon, triangle, circle."""

    symbol: str
    heading: str
    signs: tuple[str, ...]
    do: tuple[str, ...] = ()
    numbers: str = ""


@dataclass(frozen=True)
class Card:
    """All words of a card. `panels` stop everything, `limit` does not; `code` is an SVG with squares for a
    camera, or empty."""

    lang: str
    title: str
    where: str
    first: str
    hints: tuple[Hint, ...]
    notes: tuple[tuple[str, str], ...]
    turn: str
    stop: str
    panels: tuple[Panel, ...]
    limit: Panel
    code: str
    code_alt: str
    code_words: str
    small: str


def pdf(card: Card) -> bytes:
    """The card as a PDF; the same card gives the same bytes."""
    # The compiler is 30 MiB, which no other command has to load.
    import typst

    made: bytes = typst.compile(
        TEMPLATE,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
        ),
        format="pdf",
        # As data, never as a part of the template: no text on the card can be taken for a command.
        sys_inputs={"card": json.dumps(asdict(card))},
        pdf_standards=STANDARD,
        timestamp=int(UNDATED.timestamp()),
    )
    return made
