"""The pictures as a browser gets them."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from uncramp.actions import pictures
from uncramp.actions.check import Refused


def test_a_picture_is_served_moving_and_still(client: TestClient) -> None:
    moving, still = client.get("/poses/bed_hands.svg"), client.get("/poses/bed_hands-still.svg")
    for answer in (moving, still):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/svg+xml")
        ElementTree.fromstring(answer.text)
    assert "@keyframes" in moving.text
    assert "@keyframes" not in still.text


def test_a_picture_may_be_kept_and_asked_after(client: TestClient) -> None:
    first = client.get("/poses/rub.svg")
    assert "max-age" in first.headers["cache-control"]
    again = client.get("/poses/rub.svg", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.text == ""
    other = client.get("/poses/rub.svg", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_a_picture_may_use_its_own_style_and_nothing_else(client: TestClient) -> None:
    """Firefox holds an `img` to the policy of its file, and would draw all of it in black."""
    answer = client.get("/poses/rub.svg")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/poses/nothing.svg", "/poses/nothing-still.svg", "/poses/..%2Ffacts.svg"])
def test_a_picture_that_is_not_there_is_a_page_that_says_so(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text


def test_all_pictures_stand_on_one_page_with_their_words(client: TestClient) -> None:
    html = client.get("/pictures").text
    for picture in pictures.pictures():
        assert f'src="/poses/{picture.id}-still.svg"' in html
        assert picture.title in html
        assert picture.words in html
        assert (f'src="/poses/{picture.id}.svg"' in html) == picture.moves


def test_the_guide_leads_to_the_pictures(client: TestClient) -> None:
    assert 'href="/pictures"' in client.get("/guide").text


def test_title_and_words_of_a_picture_are_known() -> None:
    title, words = pictures.title_and_words("call")
    assert title == "Call for help"
    assert "phone for help" in words


def test_a_picture_of_another_name_is_refused() -> None:
    with pytest.raises(Refused, match="no picture"):
        pictures.svg("nothing")
