"""The page of the player before any script runs, and for a browser that runs none."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.forms import HERE, Page
from uncramp.actions import pocket, relief
from uncramp.actions.check import run
from uncramp.model import Disposition
from uncramp.web import words
from uncramp.web.app import create_app

PLACES = tuple(place.id for place in relief.protocols())


def html(client: TestClient, address: str = "/now") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def heading(text: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert found
    return unescape(found[1])


def block(text: str, name: str) -> dict[str, Any]:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.mark.parametrize("place", PLACES)
def test_the_first_instruction_of_a_place_stands_in_the_page(client: TestClient, place: str) -> None:
    protocol = relief.protocol(place)
    text = html(client, f"/now?where={place}&side=left")
    first = block(text, "first")["places"][place]
    assert heading(text) == first["step"]["say"]
    assert text.index(unescape(protocol.stop)) < text.index("<h1")
    assert unescape(text).index(protocol.safe) < unescape(text).index("<h1")


def test_without_a_place_it_begins_wherever_one_is(client: TestClient) -> None:
    assert heading(html(client)) == relief.protocol("anywhere").steps["ease_straight"].say


@pytest.mark.parametrize("query", ["where=moon", "side=up", "as=x&eyes=y", "where=bed&where=bed", "%00=%ff"])
def test_a_wrong_word_in_the_address_sends_nobody_away(client: TestClient, query: str) -> None:
    assert heading(html(client, f"/now?{query}"))


def test_who_is_helped_reads_what_the_helper_does(client: TestClient) -> None:
    step = relief.protocol("bed").steps["ease_straight"]
    assert heading(html(client, "/now?where=bed&as=partner")) == step.helper


@pytest.mark.parametrize("place", PLACES)
def test_without_scripts_every_step_of_the_place_stands_in_order_in_words(
    client: TestClient, place: str
) -> None:
    text = unescape(html(client, f"/now?where={place}"))
    steps = text[text.index('id="steps"') :]
    protocol = relief.protocol(place)
    later = ("released", "walk_test", "comfort", "warm", "cold", "finish")
    at = [steps.index(protocol.steps[name].say) for name in (*protocol.techniques, *later)]
    assert at == sorted(at)


def test_without_scripts_what_is_wrong_leads_to_what_to_do_and_to_the_check(client: TestClient) -> None:
    text = html(client)
    page = Page(text)
    forms = [form for form in page.forms if form.fields.get("answers", "{}") != "{}"]
    wrong = relief.protocol("anywhere").steps["wrong"].choices
    assert len(forms) == len(wrong)
    for choice, form in zip(wrong, forms, strict=True):
        assert form.action == "/check"
        least = Disposition.URGENT if choice.to == "@end" else Disposition.SELF_CARE
        assert run(json.loads(form.fields["answers"])).check.disposition >= least
        assert client.post("/check", data=form.fields).status_code == 200
    for choice in wrong:
        assert f"<summary>{choice.words}</summary>" in unescape(text)
    assert "Stop. Do not stretch, rub, roll or warm it." in text


def test_the_chosen_country_s_number_is_the_one_to_call(client: TestClient) -> None:
    client.cookies.set("country", "JP")
    text = html(client)
    assert "tel:119" in text
    assert "tel:911" not in text


def test_the_player_s_words_and_first_steps_travel_in_the_page_in_its_language() -> None:
    text = html(TestClient(create_app(pseudo=True), base_url=HERE))
    said_words = block(text, "words")
    assert said_words["lasted"].count("{time}") == 1
    first = block(text, "first")
    said = [place["step"][key] for place in first["places"].values() for key in ("say", "more")]
    flat = [w for w in said_words.values() if isinstance(w, str)] + [*said_words["within"].values()]
    assert all(w.startswith("⟦") for w in (*flat, *said, *first["pictures"].values()))
    assert set(first["places"]) == set(PLACES)


def test_no_number_of_seconds_stands_in_a_script_that_the_page_could_tell(client: TestClient) -> None:
    limits = block(html(client), "first")["limits"]
    assert limits.items() >= {"comes_back_s": relief.COMES_BACK_S, "moves_s": 30, "forgotten_s": 7200}.items()


def test_the_rules_are_served_as_the_phone_reads_them(client: TestClient) -> None:
    answer = client.get("/pocket.json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(pocket.pack()))


def test_the_first_page_starts_with_one_tap(client: TestClient) -> None:
    starts = re.findall(r'class="start[^"]*" href="([^"]+)"', html(client, "/"))
    assert starts == ["/now?side=left", "/now?side=right", "/now?where=anywhere"]


def test_every_word_of_the_player_is_used_by_its_scripts_or_its_page() -> None:
    static, pages = Path(words.__file__).parent / "static", Path(words.__file__).parent / "pages"
    scripts = "".join(path.read_text() for path in static.glob("now*.js"))
    shown = "".join(path.read_text() for path in pages.glob("*.html"))
    keys = [key.removeprefix("walk.") for key in words.catalogue() if key.startswith("walk.")]
    by_state = {"saving", "saved", "waiting", "sent", "not_kept"}
    used = set(re.findall(r"\bwords\.([a-z_]+)\b", scripts)) | by_state
    used |= set(re.findall(r'"walk\.([a-z_]+)"', shown))
    assert set(keys) - used == set()
    missing = set(re.findall(r"\bwords\.([a-z_]+)\b", scripts)) - {*keys, "within"}
    assert missing == set()
