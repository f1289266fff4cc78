"""The phone's script in a real browser, under the content policy that the program sends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import uncramp.web
from uncramp.web.guard import HEADERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SCRIPT = Path(uncramp.web.__file__).parent / "static" / "pocket.js"
HERE = "http://localhost/"
PAGE = '<!doctype html><html lang="en"><title>pocket</title><script src="/pocket.js"></script></html>'

REPLAY = """async (given) => {
  const { packs, calls } = JSON.parse(given);
  const digest = async (text) => [...new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const differing = [];
  for (const [number, [name, pack, args, expected]] of calls.entries()) {
    let found;
    try {
      found = uncramp.pocket[name](...(pack === null ? args : [packs[pack], ...args]));
    } catch (error) {
      found = String(error);
    }
    if (await digest(JSON.stringify(found)) !== expected) differing.push([number, JSON.stringify(found)]);
    if (differing.length > 4) break;
  }
  return differing;
}"""

RUN = """(given) => {
  const { pack, name, calls } = JSON.parse(given);
  return JSON.stringify(calls.map((args) => uncramp.pocket[name](...(pack ? [pack, ...args] : args))));
}"""


@dataclass(frozen=True)
class Call:
    """A call of the script with a pack (none for `None`) and arguments, and what Python says it gives."""

    name: str
    pack: int | None
    args: Sequence[Any]
    expected: str
    """As JSON, made with `text`."""


@dataclass
class Phone:
    page: Page

    def run(self, name: str, calls: Sequence[Sequence[Any]], pack: Any = None) -> list[Any]:
        """What each call gives, with a pack before its arguments if there is one; all in one visit."""
        given = json.dumps({"pack": pack, "name": name, "calls": calls})
        found: list[Any] = json.loads(self.page.evaluate(RUN, given))
        return found

    def replay(self, packs: Sequence[dict[str, Any]], calls: Sequence[Call], batch: int = 1000) -> None:
        """Fail with the first call whose whole answer differs by a letter from Python's.

        Answers are held against each other as digests: they are long, and there are many.
        """
        for start in range(0, len(calls), batch):
            here = calls[start : start + batch]
            given = [[c.name, c.pack, c.args, sha256(c.expected.encode()).hexdigest()] for c in here]
            found = self.page.evaluate(REPLAY, json.dumps({"packs": packs, "calls": given}))
            if found:
                number, answer = found[0]
                pytest.fail(first_difference(here[number], json.loads(answer)), pytrace=False)


def first_difference(call: Call, found: Any) -> str:
    lines = [f"{call.name} differs for {text(call.args)}"]
    expected = json.loads(call.expected)
    if not isinstance(expected, dict) or not isinstance(found, dict):
        return "\n".join([*lines, f"  core:   {text(expected)}", f"  script: {text(found)}"])
    for key in [*expected, *(key for key in found if key not in expected)]:
        if text(expected.get(key)) != text(found.get(key)):
            lines += [f"{key}", f"  core:   {text(expected.get(key))}", f"  script: {text(found.get(key))}"]
    return "\n".join(lines)


def text(value: Any) -> str:
    """JSON as a browser writes it; whole numbers have to be of type `int`."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Phone]:
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Security Policy" in m.text else None)

    def answer(route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript", headers=HEADERS)
        else:
            route.fulfill(body=PAGE, content_type="text/html", headers=HEADERS)

    context.route("**/*", answer)
    page.goto(HERE)
    yield Phone(page)
    context.close()
    assert complaints == []
