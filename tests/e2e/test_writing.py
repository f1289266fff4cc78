"""Writing by hand on a phone: taps and seconds counted, the picture of the body, the clock of the browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import a_server
from tests.e2e.conftest import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

BERLIN = {"timezone_id": "Europe/Berlin"}
FORMS = (
    "/write", "/write/episode", "/write/effort", "/write/exposure?what=alcohol", "/write/exposure?what=yoga",
    "/write/night", "/write/own", "/write/circumstance?q=simva", "/write/circumstance?fact=pregnant",
    "/circumstances", "/questions",
)  # fmt: skip
MOST_TAPS, MOST_SECONDS = 5, 15.0
"""Of what is not done every night; typing a name counts as the tap into its field."""


@dataclass
class Taps:
    """A thumb that counts."""

    v: Visit
    count: int = 0

    def tap(self, selector: str, goes: bool = False) -> None:
        self.count += 1
        spot = self.v.page.locator(selector).first
        if goes:
            with self.v.page.expect_navigation():
                spot.tap()
        else:
            spot.tap()


def written(v: Visit, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = v.page.request.get(
        f"{v.server}/api/v1/entries", params={"kind": kind}
    ).json()["entries"]
    return found


def a_cramp(v: Visit, day: date) -> None:
    v.go(f"/write/episode?day={day}")
    v.page.check("#muscle-hamstring", force=True)
    v.press("Save")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One of its own: what others wrote would stand before what is looked for here."""
    with a_server(tmp_path_factory.mktemp("uncramp-home")) as address:
        yield address


@pytest.fixture
def phone(visit: Callable[..., Visit]) -> Visit:
    return visit(has_touch=True, is_mobile=True, **BERLIN)


def test_starting_a_medicine_takes_three_taps_and_a_few_letters(phone: Visit) -> None:
    phone.go("/circumstances")
    before = len(written(phone, "circumstance"))
    thumb, began = Taps(phone), time.monotonic()
    thumb.tap("#q")
    phone.page.keyboard.type("zocor")
    thumb.tap("button:has-text('Find')", goes=True)
    thumb.tap("button:has-text('Since today')", goes=True)
    lasted = time.monotonic() - began
    assert len(written(phone, "circumstance")) == before + 1
    assert written(phone, "circumstance")[0]["body"]["fact"] == "statin"
    assert thumb.count == 3
    assert lasted < MOST_SECONDS
    phone.go("/circumstances")
    thumb = Taps(phone)
    thumb.tap("button:has-text('I no longer take it')", goes=True)
    assert thumb.count == 1
    assert all(entry["body"]["to"] for entry in written(phone, "circumstance"))


@pytest.mark.parametrize("start", ["/history", "/calendar"])
def test_editing_last_tuesday_takes_few_taps(phone: Visit, start: str) -> None:
    today = datetime.now(UTC).date()
    tuesday = today - timedelta(days=(today.weekday() - 1) % 7 or 7)
    before = {entry["id"] for entry in written(phone, "episode")}
    a_cramp(phone, tuesday)
    [newest] = {entry["id"] for entry in written(phone, "episode")} - before
    phone.go(start)
    if start == "/calendar" and not phone.page.locator(f"a[href*='{tuesday}']").count():
        phone.go(f"/calendar?month={tuesday:%Y-%m}")
    thumb, began = Taps(phone), time.monotonic()
    if start == "/calendar":
        thumb.tap(f"main a[href*='{tuesday}']", goes=True)
    if not phone.page.url.endswith(newest):
        thumb.tap(f"a[href$='/history/{newest}']", goes=True)
    thumb.tap(f"a[href='/edit/{newest}']", goes=True)
    phone.page.select_option("#pain", "7")
    thumb.count += 2
    thumb.tap("button:has-text('Save')", goes=True)
    lasted = time.monotonic() - began
    after = next(entry for entry in written(phone, "episode") if entry["replaces"] == newest)
    assert after["body"]["pain"] == 7
    assert thumb.count <= MOST_TAPS + (start == "/calendar"), thumb.count
    assert lasted < MOST_SECONDS


@pytest.mark.parametrize(("muscle", "side"), [("hamstring", "left"), ("calf", "right"), ("adductor", "left")])
def test_a_tap_on_the_picture_chooses_the_place_and_the_side(phone: Visit, muscle: str, side: str) -> None:
    phone.go("/write/episode")
    Taps(phone).tap(f".on-{muscle}.on-{side} .region")
    assert phone.page.is_checked(f"#muscle-{muscle}")
    assert phone.page.is_checked(f"#side-{side}")
    seen = phone.page.locator(f".on-{muscle}.on-{side} .mark").first
    assert seen.evaluate("x => getComputedStyle(x).visibility") == "visible"
    other = "left" if side == "right" else "right"
    hidden = phone.page.locator(f".on-{muscle}.on-{other} .mark").first
    assert hidden.evaluate("x => getComputedStyle(x).visibility") == "hidden"
    assert phone.page.locator(f".said-{muscle}").is_visible()


def test_every_place_is_wide_enough_for_a_finger_or_has_a_button_that_is(phone: Visit) -> None:
    """24 px at least (WCAG 2.2, 2.5.8); the same choice stands below the picture with 44."""
    phone.go("/write/episode")
    for spot in phone.page.locator(".region").all():
        box = spot.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24 or box["width"] * box["height"] >= 24 * 44, box
    for pill in phone.page.locator(".where .pill label").all():
        box = pill.bounding_box()
        assert box
        assert box["height"] >= 43.9


def test_the_place_is_chosen_by_keys_alone(visit: Callable[..., Visit]) -> None:
    v = visit(**BERLIN)
    v.go("/write/episode")
    v.page.focus("#muscle-hamstring")
    v.page.keyboard.press("Space")
    v.page.keyboard.press("ArrowDown")
    assert v.page.is_checked("#muscle-calf")
    v.page.focus("#side-unknown")
    v.page.keyboard.press("ArrowDown")
    assert v.page.is_checked("#side-left")


def test_what_is_folded_away_is_opened_and_filled_by_keys_alone(visit: Callable[..., Visit]) -> None:
    v = visit(**BERLIN)
    v.go("/write/episode")
    assert not v.page.locator("#doing").is_visible()
    v.page.focus("#note")
    v.page.keyboard.press("Tab")
    v.page.keyboard.press("Enter")
    assert v.page.locator("#doing").is_visible()
    v.page.focus("#doing")
    v.page.keyboard.type("sit")
    assert v.page.input_value("#doing") == "sitting"


def test_without_scripts_the_place_is_chosen_too_and_the_form_is_sent(visit: Callable[..., Visit]) -> None:
    v = visit(java_script_enabled=False)
    v.go("/write/episode?day=2026-01-05")
    v.page.locator(".on-calf.on-left .region").click()
    v.press("Save")
    assert any(
        e["body"]["muscle"] == "calf" and e["start"][:10] == "2026-01-06" for e in written(v, "episode")
    )


def test_the_clock_is_that_of_the_browser(visit: Callable[..., Visit]) -> None:
    v = visit(timezone_id="Asia/Kathmandu")
    v.go("/write/episode")
    v.page.fill("#date", "2026-02-03")
    v.page.fill("#time", "02:30")
    v.page.check("#muscle-foot", force=True)
    v.press("Save")
    (entry,) = (e for e in written(v, "episode") if e["body"]["muscle"] == "foot")
    assert (entry["start"], entry["offset_minutes"]) == ("2026-02-02T20:45:00.000Z", 345)


@pytest.mark.parametrize(
    ("scheme", "size"),
    [
        pytest.param("light", PHONE, id="light-phone", marks=pytest.mark.slow),
        pytest.param("dark", PHONE, id="dark-phone"),
        pytest.param("light", DESKTOP, id="light-desktop"),
        pytest.param("dark", DESKTOP, id="dark-desktop", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_in_the_forms(
    visit: Callable[..., Visit], scheme: str, size: dict[str, int]
) -> None:
    v = visit(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    found = []
    for path in FORMS:
        v.go(path)
        v.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        violations = Axe().run(v.page).response["violations"]
        found += [f"{path} {x['id']}: {n['html'][:200]}" for x in violations for n in x["nodes"][:2]]
    assert found == []


def test_no_form_is_wider_than_the_smallest_screen(visit: Callable[..., Visit]) -> None:
    v = visit(viewport={"width": 320, "height": 640})
    wide = []
    for path in FORMS:
        v.go(path)
        v.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        if v.page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []
