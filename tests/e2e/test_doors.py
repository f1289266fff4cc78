"""Trusting, signing in and signing out, by a phone's browser and over real TLS."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WORDS = "otter lamp fence moss"
PATIENCE = 90.0

AN_ENTRY = """async () => {
  const { store } = window.uncramp;
  const now = new Date().toISOString();
  const body = { muscle: "hamstring", side: null, bouts: [{ start: now, end: null, released: false,
    technique: null, techniques: [], answers: [] }] };
  await store.putEntry({ id: store.newId(), kind: "episode", start: now, end: null, offset_minutes: 60,
    origin: "phone", recorded: now, replaces: null, body });
}"""


@pytest.fixture(scope="module")
def phone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("doors")
    home.chmod(0o700)
    log = home / "said.txt"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "uncramp", "serve", "--phone", "--address", "127.0.0.1", "--port", "0"],
            env={**os.environ, "UNCRAMP_HOME": str(home), "UNCRAMP_PASSPHRASE": WORDS, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield address_in(log, process)
        finally:
            stop(process)


def address_in(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"(https://[\d.]+:\d+)/ ", log.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.05)
    pytest.fail(log.read_text(encoding="utf-8"))


@pytest.fixture
def page(browser: Browser, phone_server: str) -> Iterator[Page]:
    """A phone whose person went past the warning; at the end its browser may not have refused anything."""
    context = browser.new_context(
        ignore_https_errors=True, base_url=phone_server, viewport={"width": 390, "height": 844}
    )
    refused: list[str] = []
    page = context.new_page()
    page.on("console", lambda m: refused.append(m.text) if "Policy" in m.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    yield page
    context.close()
    assert refused == []


def sign_in(page: Page) -> None:
    page.goto("/sign-in?next=/history")
    page.get_by_label("Passphrase").fill(WORDS)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith("/history")


@pytest.mark.parametrize("path", ["/trust", "/sign-in"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_doors_have_no_accessibility_faults(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_square_code_is_shown(page: Page) -> None:
    page.goto("/trust")
    assert page.locator(".qr").evaluate("picture => picture.complete && picture.naturalWidth > 100")


def test_a_wrong_passphrase_then_the_right_one(page: Page) -> None:
    page.goto("/history")
    assert "/sign-in?next=/history" in page.url
    page.get_by_label("Passphrase").fill("not the passphrase")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert "That is not the passphrase" in page.get_by_role("alert").inner_text()
    sign_in(page)


def test_after_the_sign_out_nothing_of_the_person_is_left_on_the_phone(page: Page) -> None:
    sign_in(page)
    page.evaluate(AN_ENTRY)
    page.goto("/sign-in")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    assert page.evaluate("window.uncramp.store.entries()") == []
    assert page.context.cookies() == []
    page.go_back()
    assert "You are signed in" not in page.locator("main").inner_text()
    page.goto("/history")
    assert "/sign-in" in page.url


def test_signing_out_warns_of_what_was_not_sent_and_asks_once_more(page: Page) -> None:
    sign_in(page)
    page.route("**/api/v1/entries/**", lambda route: route.abort())
    page.evaluate(AN_ENTRY)
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("If you sign out now, it is lost").wait_for()
    assert page.evaluate("window.uncramp.store.waiting()") == 1
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out and lose it").click()
    assert page.evaluate("window.uncramp.store.waiting()") == 0
