"""A demo in the browser: what it keeps there is its own, and nothing of it is in the way of a real diary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_demo import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LABELS_THAT_TOUCH = """() => [...document.querySelectorAll('svg.chart')].flatMap(chart => {
    const labels = [...chart.querySelectorAll('text')]
        .map(one => [one.textContent, one.getBoundingClientRect()]);
    const beside = (a, b) => a.left < b.right + 2 && b.left < a.right + 2;
    return labels.flatMap(([one, a], n) => labels.slice(n + 1)
        .filter(([, b]) => beside(a, b) && a.top < b.bottom && b.top < a.bottom)
        .map(([other]) => `${one} and ${other}`));
})"""
WRITE = """async () => {
    const { store } = uncramp;
    const time = new Date().toISOString();
    const body = { night: "2026-11-21", word: "quiet" };
    await store.putEntry({ id: store.newId(), kind: "day_note", start: time, end: null, offset_minutes: 0,
        origin: "phone", recorded: time, replaces: null, body });
    return [await store.flush(), await store.problems(), (await store.exportEntries()).demo];
}"""
DATABASES = "async () => (await indexedDB.databases()).map(one => one.name)"
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).length"
TO_THE_OTHER = """async () => (await fetch("/pack.json", { headers: { "Uncramp-Diary": "own" } })).status"""


def test_the_browser_keeps_a_demo_apart_and_no_worker_of_it(tmp_path: Path, browser: Browser) -> None:
    with running(tmp_path) as (_, port):
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/tonight")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(WRITE) == [{"waiting": 0, "stopped": None}, [], True]
        assert page.evaluate(DATABASES) == ["uncramp-demo"]
        assert page.evaluate(WORKERS) == 0
        assert page.evaluate(TO_THE_OTHER) == 503
        banner = page.get_by_role("complementary", name="Demo diary: invented data.")
        assert banner.is_visible()
        page.emulate_media(media="print")
        assert banner.is_visible()
        page.close()


def test_looking_back_fits_a_small_phone_and_no_two_labels_of_a_chart_touch(
    tmp_path: Path, browser: Browser
) -> None:
    wide, touch, broken = [], [], 0
    with running(tmp_path) as (_, port):
        page = browser.new_page()
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 800})
            for path in (
                "/counts",
                *(f"/counts?length={n}" for n in (26, 52, "all")),
                "/calendar",
                "/history",
            ):
                page.goto(f"http://127.0.0.1:{port}{path}")
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wide.append((path, width))
                touch += [(path, width, two) for two in page.evaluate(LABELS_THAT_TOUCH)]
                letters = page.locator(".month .cell-letter")
                broken += sum(box["height"] > 30 for one in letters.all() if (box := one.bounding_box()))
        page.close()
    assert (wide, touch, broken) == ([], [], 0)
