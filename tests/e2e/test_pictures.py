"""The pictures in a real browser: they show, they move, they come to rest, and they stay still on request."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

MOVED = """() => [...document.querySelectorAll('.m')].map(part => getComputedStyle(part).transform)"""
ENDED = """() => {
    const seen = [];
    for (const movement of document.getAnimations()) {
        movement.pause();
        movement.currentTime = movement.effect.getComputedTiming().endTime - 0.01;
        const shown = new DOMMatrix(getComputedStyle(movement.effect.target).transform);
        const own = movement.effect.target.transform.baseVal.consolidate().matrix;
        seen.push(Math.hypot(shown.e - own.e, shown.f - own.f));
    }
    return seen;
}"""


def test_a_picture_comes_to_rest_where_its_still_one_is(visit: Callable[..., Visit]) -> None:
    person = visit()
    for name in ("bed_hands", "partner_bed", "roller", "walk"):
        person.go(f"/poses/{name}.svg")
        apart = person.page.evaluate(ENDED)
        assert len(apart) > 4
        assert max(apart) < 0.2


def test_a_movement_is_over_within_five_seconds(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/poses/bed_strap.svg")
    ends = person.page.evaluate(
        "() => document.getAnimations().map(m => m.effect.getComputedTiming().endTime)"
    )
    assert max(ends) <= 5000


def test_nothing_moves_for_who_wants_less_motion(visit: Callable[..., Visit]) -> None:
    person = visit(reduced_motion="reduce")
    person.go("/poses/bed_hands.svg")
    assert person.page.evaluate("() => document.getAnimations().length") == 0
    assert all(shown != "none" for shown in person.page.evaluate(MOVED))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_follows_the_theme(visit: Callable[..., Visit], theme: str) -> None:
    person = visit(color_scheme=theme)
    person.go("/poses/bed_hands-still.svg")
    page = person.page.evaluate("() => getComputedStyle(document.querySelector('rect.page')).fill")
    assert page == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 28)"}[theme]


def test_all_pictures_show_on_their_page_on_a_phone(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/pictures")
    shown = person.page.evaluate("""async () => {
        const pictures = [...document.querySelectorAll('.pose > img')];
        for (const picture of pictures) picture.loading = 'eager';
        await Promise.all(pictures.map(picture => picture.decode()));
        return pictures.map(picture => picture.naturalWidth > 0 && picture.clientWidth > 250);
    }""")
    assert len(shown) > 40
    assert all(shown)
    assert person.page.evaluate("() => document.documentElement.scrollWidth") <= 390
