"""Three people at night, each with the answer they need."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@SCRIPTS
def test_a_plain_night_cramp(visit: Callable[..., Visit], scripts: bool) -> None:
    v = visit(java_script_enabled=scripts)
    v.go("/")
    v.page.get_by_role("link", name="Is it more than a cramp?").click()
    assert v.walk("cramping_now", age="44", cramp_minutes="3") <= 8
    assert v.page.locator("h1").inner_text() == "Look after it yourself"
    assert v.page.get_by_role("heading", name="Gentle stretch that you hold yourself").is_visible()
    assert v.page.locator("main .net").is_visible()


@SCRIPTS
def test_a_torn_hamstring(visit: Callable[..., Visit], scripts: bool) -> None:
    v = visit(java_script_enabled=scripts)
    v.go("/")
    v.page.get_by_role("link", name="Left leg").click()
    if scripts:
        v.page.get_by_role("button", name="Something is wrong").click()
        v.page.get_by_role("button", name="A pop, a snap or a stab").click()
        v.page.locator("#player[data-screen=panel]").wait_for()
    with v.page.expect_navigation():
        v.page.locator("form.pl-closer button" if scripts else "button[name=pop]").click()
    assert v.page.get_by_text("So far:").is_visible()
    v.walk("large_bruise", "cannot_bear_weight")
    assert v.page.locator("h1").inner_text() == "Get medical help today"
    assert v.page.get_by_role("heading", name="torn", exact=False).first.is_visible()
    assert v.page.get_by_text("Gentle stretch that you hold yourself").count() == 0
    assert v.page.get_by_text("A warm pack").count() == 0


@SCRIPTS
def test_a_swollen_calf_after_a_flight(visit: Callable[..., Visit], scripts: bool) -> None:
    v = visit(java_script_enabled=scripts)
    v.go("/check")
    v.walk("one_leg_swollen", "pain_at_rest", "long_journey", age="52")
    assert v.page.locator("h1").inner_text() == "Get medical help today"
    assert v.page.get_by_role("heading", name="A blood clot in the leg").is_visible()
    assert v.page.get_by_text("Gentle rubbing").count() == 0
    assert v.page.locator("a[href='tel:112']").is_visible()


def test_the_country_is_chosen_once(visit: Callable[..., Visit]) -> None:
    v = visit(java_script_enabled=False)
    v.go("/now")
    v.page.get_by_text("Choose your country").first.click()
    v.page.select_option("#country", "JP")
    v.press("Use this")
    assert v.page.url.endswith("/now")
    v.go("/check")
    v.answer("chest_pain")
    assert v.page.locator("main a[href='tel:119']").is_visible()
    assert v.page.locator("a[href='tel:911']").count() == 0


def test_the_answer_can_be_copied(visit: Callable[..., Visit]) -> None:
    v = visit(permissions=["clipboard-read", "clipboard-write"])
    v.go("/check")
    v.answer("chest_pain")
    v.page.get_by_text("Copy as text").click()
    v.page.get_by_role("button", name="Copy", exact=True).click()
    v.page.get_by_role("button", name="Copied").wait_for()
    assert "Call for emergency help now" in v.page.evaluate("navigator.clipboard.readText()")
