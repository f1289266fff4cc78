"""Two persons on one phone: what each wrote, offline too, comes into the diary of that person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import free_port, stop, wait_until_it_answers
from tests.e2e.test_doors import address_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ANNAS, BENS = "otter lamp fence moss", "violin gravel spoon tide"

WRITE = """async (note) => {
  const { store } = window.uncramp;
  const now = new Date().toISOString();
  await store.putEntry({ id: store.newId(), kind: "day_note", start: now, end: null, offset_minutes: 60,
    origin: "phone", recorded: now, replaces: null, body: { night: "2026-11-19", word: "quiet", note } });
}"""
NOTES = "async () => (await (await fetch('/api/v1/entries')).json()).entries.map((entry) => entry.body.note)"
WAITING = "window.uncramp.store.waiting()"


def uncramp(home: Path, *arguments: str, given: str = "") -> None:
    command = [sys.executable, "-m", "uncramp", *arguments]
    environment = {**os.environ, "UNCRAMP_HOME": str(home)}
    subprocess.run(command, input=given, env=environment, text=True, check=True, stdout=subprocess.DEVNULL)


def settle(home: Path, annas: str = "", bens: str = "") -> None:
    uncramp(home, "people", "rename", "Anna")
    uncramp(home, "people", "add", "Ben")
    for name, words in (("Anna", annas), ("Ben", bens)):
        if words:
            uncramp(home, "passphrase", "--person", name, given=f"{words}\n{words}\n")


def served(home: Path, *door: str) -> Iterator[str]:
    log = home / "said.txt"
    port = free_port()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "uncramp", "serve", "--port", str(port), *door],
            env={**os.environ, "UNCRAMP_HOME": str(home), "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            if door:
                yield address_in(log, process)
            else:
                wait_until_it_answers(process, port, log)
                yield f"http://127.0.0.1:{port}"
        finally:
            stop(process)


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Behind passphrases."""
    home = tmp_path_factory.mktemp("family")
    home.chmod(0o700)
    settle(home, ANNAS, BENS)
    yield from served(home, "--phone", "--address", "127.0.0.1")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """On this machine, without passphrases."""
    home = tmp_path_factory.mktemp("here")
    settle(home)
    yield from served(home)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """A phone at that address; at the end its browser may not have refused anything."""
    contexts, refused = [], []

    def opened(address: str) -> Page:
        context = browser.new_context(
            ignore_https_errors=True, base_url=address, viewport={"width": 390, "height": 844}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: refused.append(m.text) if "Policy" in m.text else None)
        page.on("pageerror", lambda error: refused.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert refused == []


def sign_in(page: Page, name: str, words: str, back: str = "/people") -> None:
    page.goto(f"/sign-in?switch=1&next={back}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Passphrase").fill(words)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith(back)


def notes(page: Page) -> list[str]:
    return sorted(page.evaluate(NOTES))


def until_all_is_sent(page: Page) -> None:
    deadline = time.monotonic() + 20
    while page.evaluate(WAITING):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def no_way_to_the_diary(page: Page) -> None:
    page.context.route("**/api/v1/entries/**", lambda route: route.abort())


def test_what_each_wrote_offline_waits_for_its_writer_and_goes_into_the_right_diary(
    phone: Callable[[str], Page], at_home: str
) -> None:
    page = phone(at_home)
    sign_in(page, "Anna", ANNAS)
    no_way_to_the_diary(page)
    page.evaluate(WRITE, "Anna, offline")
    sign_in(page, "Ben", BENS)
    page.evaluate(WRITE, "Ben, offline")
    assert page.evaluate(WAITING) == 1
    page.context.unroute("**/api/v1/entries/**")
    page.reload()
    until_all_is_sent(page)
    assert notes(page) == ["Ben, offline"]
    sign_in(page, "Anna", ANNAS)
    until_all_is_sent(page)
    assert notes(page) == ["Anna, offline"]


@pytest.mark.parametrize(
    ("path", "button", "anyway"),
    [
        ("/sign-in", "Sign out", "Sign out and lose it"),
        ("/data", "Erase everything of mine", "Erase and lose it too"),
    ],
)
def test_nobody_loses_what_somebody_else_wrote_here_without_a_word(
    phone: Callable[[str], Page], at_home: str, path: str, button: str, anyway: str
) -> None:
    page = phone(at_home)
    sign_in(page, "Ben", BENS, path)
    ben = page.evaluate("document.documentElement.dataset.person")
    page.evaluate("window.uncramp.store.belongsTo('somebody else')")
    page.evaluate(WRITE, "of somebody else")
    page.evaluate("(ben) => window.uncramp.store.belongsTo(ben)", ben)
    if path == "/sign-in":
        page.goto(path)
    if path == "/data":
        page.get_by_label("Type the word").fill("erase")
        page.get_by_label("Passphrase so far").fill(BENS)
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("button", name=anyway).wait_for()
    assert page.get_by_text("you or somebody else wrote").is_visible()
    assert page.evaluate(WAITING) == 0
    assert page.evaluate("window.uncramp.store.anybodyWaits()")


def test_on_a_page_that_is_the_same_for_everybody_one_writes_into_ones_own_diary(
    phone: Callable[[str], Page], here: str
) -> None:
    page = phone(here)
    page.goto("/people")
    page.evaluate(WRITE, "Anna, here")
    until_all_is_sent(page)
    page.goto("/sign-in?switch=1&next=/guide")
    with page.expect_navigation():
        page.get_by_role("button", name="Ben", exact=True).click()
    assert page.url.endswith("/guide")
    # At once, before the page can have asked whose diary is open.
    page.evaluate(WRITE, "Ben, here")
    until_all_is_sent(page)
    assert notes(page) == ["Ben, here"]
    page.goto("/people")
    with page.expect_navigation():
        page.get_by_role("button", name="Open another diary: Anna").click()
    assert notes(page) == ["Anna, here"]


def test_a_page_of_the_one_who_was_here_before_sends_nothing_into_the_new_ones_diary(
    phone: Callable[[str], Page], at_home: str
) -> None:
    page = phone(at_home)
    sign_in(page, "Anna", ANNAS)
    stale = page.context.new_page()
    stale.goto("/people")
    no_way_to_the_diary(stale)
    stale.evaluate(WRITE, "Anna, in another tab")
    token = [one for one in page.context.cookies() if one["name"] == "__Host-uncramp"]
    # Ben's turn, by a browser whose other tab knows nothing of it.
    page.context.clear_cookies()
    other = phone(at_home)
    sign_in(other, "Ben", BENS)
    bens = [one for one in other.context.cookies() if one["name"] == "__Host-uncramp"]
    page.context.add_cookies(bens)  # type: ignore[arg-type]
    stale.context.unroute("**/api/v1/entries/**")
    assert stale.evaluate("window.uncramp.store.flush()") == {"waiting": 1, "stopped": "other_person"}
    assert "Anna, in another tab" not in json.dumps(notes(other))
    page.context.add_cookies(token)  # type: ignore[arg-type]
    assert stale.evaluate("window.uncramp.store.flush()") == {"waiting": 0, "stopped": None}
    assert "Anna, in another tab" in notes(stale)


def test_the_rules_with_the_facts_of_one_person_are_gone_when_another_comes(
    phone: Callable[[str], Page], here: str
) -> None:
    page = phone(here)
    page.goto("/people")
    page.evaluate("async () => (await caches.open('uncramp-pack')).put('/pack.json', new Response('{}'))")
    with page.expect_navigation():
        page.get_by_role("button", name="Open another diary: Ben").click()
    assert page.evaluate("caches.has('uncramp-pack')") is False


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_family_have_no_accessibility_faults(
    phone: Callable[[str], Page], here: str, at_home: str, scheme: str
) -> None:
    for address, paths in ((here, ("/people", "/tokens", "/sign-in")), (at_home, ("/sign-in",))):
        page = phone(address)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in paths:
            page.goto(path)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
