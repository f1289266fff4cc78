"""Whether the colours can be told apart, on a bright page and on a dark one."""

from __future__ import annotations

import pytest

from uncramp.figures.palette import COLOURS, PAGE

GRAPHIC = 3.0
"""WCAG 2.2, 1.4.11: what one has to see to understand a picture."""

NEEDED = (
    "skin", "skin-far", "top", "top-far", "shorts", "shorts-far", "partner", "partner-far", "legs",
    "legs-far", "shoe", "shoe-far", "hair", "grey",
    "hamstring", "ghost", "arrow", "strap", "cold", "hot", "floor", "wood",
    "rubber",
)  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", NEEDED)
def test_what_matters_stands_out_from_the_page(name: str, theme: int) -> None:
    assert contrast(COLOURS[name][theme], PAGE[theme]) >= GRAPHIC


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("beside", ["skin", "shorts", "hamstring"])
def test_the_halo_keeps_the_muscle_apart_from_skin_and_shorts(beside: str, theme: int) -> None:
    """Red on skin or on dark cloth would not be enough; the halo has the page's colour."""
    assert contrast(COLOURS["page"][theme], COLOURS[beside][theme]) >= GRAPHIC


def test_the_contour_shows_on_a_bright_page() -> None:
    assert contrast(COLOURS["ink"][0], PAGE[0]) >= 7


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_pale_things_have_an_edge_that_shows(theme: int) -> None:
    assert contrast(COLOURS["edge"][theme], PAGE[theme]) >= GRAPHIC - 0.02
