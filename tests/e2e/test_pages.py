"""Every kind of page in a real browser: for all eyes, on all screens, with and without scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import DESKTOP, PHONE, Visit
from uncramp.actions import check

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/now", "/tonight", "/check", "/guide", "/guide/what_is_happening", "/guide/why",
    "/guide/how_to_prevent", "/why", "/why/dehydration", "/why/heat", "/why/leg_clot", "/why/clot",
    "/sources/nice_ng158", "/about", "/review", "/triggers",
    "/triggers/alcohol", "/risk", "/nothing-here",
)  # fmt: skip

NIGHT = {"age": "44", "cramp_minutes": "3"}


def answers(*ticked: str, **typed: str) -> str:
    """What somebody has answered who went through all screens."""
    given: dict[str, Any] = {}
    while screen := check.next_screen(check.run(given)):
        given |= check.answers_of_screen(screen, ticked, {**NIGHT, **typed})
    return json.dumps(given)


def send(v: Visit, **fields: str) -> None:
    """Send a form to the check, without the way through the screens before it."""
    v.go("/guide")
    with v.page.expect_navigation():
        v.page.evaluate(
            """fields => {
              const form = document.createElement("form");
              form.method = "post";
              form.action = "/check";
              for (const [name, value] of Object.entries(fields)) {
                const field = document.createElement("input");
                Object.assign(field, { type: "hidden", name, value });
                form.append(field);
              }
              document.body.append(form);
              form.submit();
            }""",
            fields,
        )


def a_settled_answer(v: Visit) -> None:
    send(v, answers=answers("cramping_now"), go="result")


def an_urgent_answer(v: Visit) -> None:
    send(v, answers=answers("one_leg_swollen", "pain_at_rest", "long_journey"), go="result")


def an_emergency(v: Visit) -> None:
    send(v, answers=answers("chest_pain"), go="result")


def a_visit_to_book(v: Visit) -> None:
    send(v, answers=answers("cramps_disturb"), medicines="simvastatin\nsimvastatim", go="result")


def an_open_answer(v: Visit) -> None:
    send(v, answers="{}", go="result")


def the_doctor_s_table(v: Visit) -> None:
    told = {"one_leg_swollen": True, "dent_stays": True, "pregnant": False, "gave_birth_recently": False}
    send(v, answers=json.dumps(told), go="result")


def a_screen_with_a_fault(v: Visit) -> None:
    send(v, screen="age pregnant", age="400")


def a_screen_ticked_and_denied(v: Visit) -> None:
    send(v, screen="pop gap", pop="yes", go="none")


def the_medicines(v: Visit) -> None:
    send(v, answers="{}", go="group:medicines")


def the_choices(v: Visit) -> None:
    send(v, answers=answers("cramping_now"), go="sharpen")


def a_screen_with_an_urgent_answer_so_far(v: Visit) -> None:
    send(v, pop="yes")


WAYS: tuple[Callable[[Visit], None], ...] = (
    a_settled_answer, an_urgent_answer, an_emergency, a_visit_to_book, an_open_answer, the_doctor_s_table,
    a_screen_with_a_fault, a_screen_ticked_and_denied, the_medicines,
    the_choices, a_screen_with_an_urgent_answer_so_far,
)  # fmt: skip


PLACES: tuple[str | Callable[[Visit], None], ...] = (*PAGES, *WAYS)


def show(v: Visit, place: str | Callable[[Visit], None]) -> None:
    if isinstance(place, str):
        v.go(place)
    else:
        place(v)


def faults(v: Visit) -> list[str]:
    """What axe finds, with all details open; of the long row of equal sheets for review, the first three."""
    v.page.evaluate("for (const s of document.querySelectorAll('.sheet:nth-of-type(n+4)')) s.remove()")
    v.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    found = Axe().run(v.page).response["violations"]
    return [f"{x['id']}: {x['help']}: {node['html'][:160]}" for x in found for node in x["nodes"][:3]]


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def test_axe_finds_nothing(visit: Callable[..., Visit]) -> None:
    """Each page on a phone, by day or by night; the long run looks at each in both, and on a desktop."""
    v = visit(reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for number, place in enumerate(PLACES):
        v.page.emulate_media(color_scheme=SCHEMES[number % 2])
        show(v, place)
        found[str(place)] = faults(v)
    assert {page: x for page, x in found.items() if x} == {}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")])
def test_axe_finds_nothing_by_day_and_by_night(
    visit: Callable[..., Visit], scheme: str, size: dict[str, int]
) -> None:
    v = visit(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for place in PLACES:
        show(v, place)
        found[str(place)] = faults(v)
    assert {page: x for page, x in found.items() if x} == {}


def test_axe_finds_what_is_wrong(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.go("/about")
    v.page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert faults(v)


def test_nothing_is_wider_than_the_smallest_screen_and_text_of_twice_the_size_fits(
    visit: Callable[..., Visit],
) -> None:
    v = visit()
    too_wide = []
    for place in PLACES:
        v.page.set_viewport_size({"width": 320, "height": 640})
        show(v, place)
        v.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        if v.page.evaluate("document.documentElement.scrollWidth") > 320:
            too_wide.append(str(place))
        v.page.set_viewport_size({"width": 640, "height": 900})
        v.page.evaluate("document.documentElement.style.setProperty('font-size', '225%')")
        if v.page.evaluate("document.documentElement.scrollWidth") > 640:
            too_wide.append(f"{place} in large type")
    assert too_wide == []


SMALL = """() => ['button', 'summary', '.row', '.call', '.door']
    .flatMap(kind => [...document.querySelectorAll('main ' + kind)])
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < (e.matches('.row') ? 56 : 48))
    .map(e => e.outerHTML.slice(0, 120))"""


def test_what_is_tapped_is_large(visit: Callable[..., Visit]) -> None:
    v = visit()
    small: list[str] = []
    for place in PLACES:
        show(v, place)
        small += v.page.evaluate(SMALL)
    assert small == []


def test_a_row_can_be_tapped_anywhere(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.go("/check")
    v.page.locator(".row", has=v.page.locator("#chest_pain")).locator(".explain").click(force=True)
    assert v.page.locator("#chest_pain").is_checked()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_main_part(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.go("/guide/why")
    v.page.keyboard.press("Tab")
    v.page.keyboard.press("Enter")
    assert v.page.evaluate("document.activeElement.id") == "main"


def test_the_check_can_be_done_with_the_keyboard_alone(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.go("/check")
    v.page.locator("#chest_pain").focus()
    v.page.keyboard.press("Space")
    with v.page.expect_navigation():
        v.page.keyboard.press("Enter")
    assert v.page.locator("h1").inner_text() == "Call for emergency help now"


def test_on_paper_the_answer_is_whole(visit: Callable[..., Visit]) -> None:
    v = visit()
    a_settled_answer(v)
    v.page.emulate_media(media="print")
    assert not v.page.locator("nav").first.is_visible()
    assert v.page.locator("main .net").is_visible()
    assert len(v.page.pdf()) > 10_000
