"""Every page of a demo says that its diary is invented, and nothing of it gets into a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.web.every_page import ONE_OF_EACH_KIND
from tests.web.forms import HERE
from uncramp.actions.doors import Doors, told
from uncramp.web.app import create_app

BANNER = '<aside class="demo" aria-label="Demo diary: invented data.">'


@pytest.fixture(scope="module")
def shown() -> Iterator[TestClient]:
    with TestClient(
        create_app(doors=Doors(demo=True)), base_url=HERE, raise_server_exceptions=False
    ) as found:
        yield found


@pytest.mark.parametrize("path", [*ONE_OF_EACH_KIND, "/no-such-page", "/offline-check", "/kept"])
def test_every_page_says_demo_at_its_top_and_in_its_title(shown: TestClient, path: str) -> None:
    page = shown.get(path)
    assert BANNER in page.text
    assert page.text.index(BANNER) < page.text.index("<main")
    title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
    assert title
    assert title[1].endswith("Demo of uncramp")
    assert re.search(r'<html[^>]* data-demo="1"', page.text)


@pytest.mark.parametrize("path", ["/", "/now", "/pocket.json", "/static/store.js", "/sw.js"])
def test_no_copy_of_a_demo_is_kept_by_the_browser(shown: TestClient, path: str) -> None:
    assert shown.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/history"])
def test_one_s_own_diary_says_nothing_of_a_demo(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert "data-demo" not in page
    assert "invented" not in page


@pytest.mark.parametrize(("mine", "theirs"), [("own", "demo"), ("demo", "own")])
def test_neither_diary_takes_what_a_page_of_the_other_sends(
    shown: TestClient, client: TestClient, mine: str, theirs: str
) -> None:
    """503, so that the phone keeps it until its own diary is back."""
    server = client if mine == "own" else shown
    path = "/api/v1/entries/019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b"
    refused = server.put(path, json={}, headers={"Uncramp-Diary": theirs})
    assert refused.status_code == 503
    for headers in ({"Uncramp-Diary": mine}, {}):
        assert server.put(path, json={}, headers=headers).status_code == 422
    assert server.get("/pack.json", headers={"Uncramp-Diary": theirs}).status_code == 503


def test_the_process_of_the_pages_is_told_that_it_is_a_demo() -> None:
    assert told(
        {"UNCRAMP_DOORS": '{"kind": "here", "names": ["localhost"], "public": "", "trusted": []}'}
    ) == Doors(names=("localhost",))
    assert not told({}).demo
