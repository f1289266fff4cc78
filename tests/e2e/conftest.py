"""A page that counts every refusal of the content policy, every error and every address outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Visit:
    """A person at a browser."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.server + path)

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).click()

    def answer(self, *ticked: str, **typed: str) -> None:
        """Fill in what of these stands on the screen, and go on."""
        for fact in ticked:
            if self.page.locator(f"#{fact}").count():
                self.page.check(f"#{fact}")
        for fact, text in typed.items():
            if self.page.locator(f"#{fact}").count():
                self.page.fill(f"#{fact}", text)
        self.press("Next")

    def walk(self, *ticked: str, **typed: str) -> int:
        """Answer every screen until there is an answer; how many there were."""
        for screens in range(40):
            if not self.page.locator("form.screen").count():
                return screens
            self.answer(*ticked, **typed)
        raise AssertionError("the questions do not end")


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Visit]]:
    """Opens a page as asked for; at the end nothing may have been refused or fetched from outside."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def opened(**settings: Any) -> Visit:
        contexts.append(browser.new_context(**{"viewport": PHONE, **settings}))
        page = contexts[-1].new_page()
        visits.append(Visit(page, server))
        complaints = visits[-1].complaints
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: complaints.append(m.text) if "Security Policy" in m.text else None,
        )
        page.on("request", lambda r: None if r.url.startswith(server) else complaints.append(r.url))
        return visits[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [complaint for v in visits for complaint in v.complaints] == []
