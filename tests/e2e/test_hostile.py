"""Text that tries to become a script stays text, wherever it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visit
from uncramp.web.pocket import _block

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=window.hacked=1>",
    '"><svg/onload=window.hacked=1>',
    "{{7*7}}",
    "javascript:hacked=1",
)

PUT = """async texts => {
    const { newId } = uncramp.store;
    const start = "2026-03-01T03:00:00.000Z", end = "2026-03-01T03:02:00.000Z";
    for (const origin of texts) {
        const id = newId();
        const bout = { start, end, released: true, technique: "rub",
            techniques: [{ id: "rub", start, end }], answers: [] };
        const entry = { kind: "episode", start, end, offset_minutes: 0, origin, recorded: end, replaces: null,
            body: { muscle: "hamstring", side: null, bouts: [bout] } };
        const answer = await fetch(`/api/v1/entries/${id}`, { method: "PUT", body: JSON.stringify(entry),
            headers: { "Content-Type": "application/json" } });
        if (!answer.ok) throw new Error(await answer.text());
        await uncramp.store.putEntry({ id, ...entry });
    }
}"""


def test_what_was_stored_is_shown_as_it_was_written_and_never_runs(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/history")
    person.page.evaluate(PUT, list(HOSTILE))
    for path in ("/history", "/worked", "/kept", "/now"):
        person.go(path)
        person.page.wait_for_timeout(200)
        assert person.page.evaluate("() => window.hacked") is None, path
    person.go("/history?from=2026-02-27&to=2026-03-02")
    there = person.page.locator('main a[href^="/history/"]').evaluate_all("all => all.map(a => a.pathname)")
    shown = ""
    for path in dict.fromkeys(there):
        person.go(path)
        assert person.page.evaluate("() => window.hacked") is None, path
        shown += person.page.locator("main").inner_text()
    assert [text for text in HOSTILE if text not in shown] == []


def test_an_address_that_carries_a_script_is_only_an_address(visit: Callable[..., Visit]) -> None:
    person = visit()
    for query in (
        "where=%3Cscript%3Ewindow.hacked=1%3C/script%3E",
        "where=constructor",
        "side=__proto__",
        "as=%00",
    ):
        person.go(f"/now?{query}")
        assert person.page.locator("h1").first.inner_text(), query
        assert person.page.evaluate("() => window.hacked") is None, query


@pytest.mark.parametrize("text", ["</script><script>window.hacked=1</script>", "<!--<script>", "]]>"])
def test_data_inside_a_page_cannot_end_the_element_it_stands_in(text: str) -> None:
    block = _block("x", {"name": text})
    inner = block.split(">", 1)[1].rsplit("</script>", 1)[0]
    assert "<" not in inner
    assert json.loads(inner) == {"name": text}
