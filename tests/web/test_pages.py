"""What holds for every page: its words, its links, its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.every_page import ONE_OF_EACH_KIND, every_drawing, every_page
from tests.web.forms import HERE, Page, Person
from uncramp.actions import evidence, guide
from uncramp.actions.library import knowledge
from uncramp.model import GuidePage
from uncramp.web import words
from uncramp.web.app import create_app

WEB = Path(words.__file__).parent

FORBIDDEN = (
    "safe to", "validated", "clinically proven", "diagnoses", "prevents cramps", "medically reviewed",
    "ai doctor", "you are safe",
)  # fmt: skip

TYPED = ("simvastatin", "simvastatim")
"""Words of the person."""

WALKS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "night": (("cramping_now",), {"age": "44", "cramp_minutes": "3"}),
    "clot": (("one_leg_swollen", "pain_at_rest", "long_journey"), {"age": "60"}),
    "tear": (("pop", "large_bruise"), {}),
    "routine": (("cramps_disturb", "statin"), {"age": "75", "medicines": "Simvastatin\nsimvastatim\n7777"}),
    "emergency": (("chest_pain",), {}),
}


@cache
def answers(pseudo: bool = False) -> dict[str, tuple[int, str]]:
    """What every address of a page is answered with."""
    with TestClient(create_app(pseudo), base_url=HERE, raise_server_exceptions=False) as client:
        return {path: ((found := client.get(path)).status_code, found.text) for path in every_page()}


@cache
def pages(pseudo: bool = False) -> dict[str, str]:
    """Every page, every screen on the way of some walks, and their answers."""
    client = TestClient(create_app(pseudo), base_url=HERE, raise_server_exceptions=False)
    found = {path: html for path, (_, html) in answers(pseudo).items()}
    found |= {path: client.get(path).text for path in ("/nothing-here", "/why/nothing")}
    for name, (ticked, typed) in WALKS.items():
        for number, html in enumerate(walk(Person(client), ticked, typed)):
            found[f"{name} {number}"] = html
    found["open"] = Person(client).walk(go="unsure").html
    found["sharpened"] = sharpened(Person(client)).html
    found["fault"] = client.post("/check", data={"screen": "age", "age": "400"}).text
    found["ticked and none"] = client.post("/check", data={"screen": "pop", "pop": "yes", "go": "none"}).text
    found["tampered"] = client.post("/check", data={"answers": "["}).text
    return found


def walk(person: Person, ticked: tuple[str, ...], typed: dict[str, str]) -> Iterator[str]:
    while person.page.screen:
        yield person.page.html
        here = person.page.screen.choices | set(person.page.screen.fields)
        person.answer(
            *(name for name in ticked if name in here),
            **{name: text for name, text in typed.items() if name in here},
        )
    yield person.page.html


def sharpened(person: Person) -> Page:
    ticked, typed = WALKS["night"]
    person.walk(*ticked, **typed)
    return person.press("go", "sharpen")


def test_every_page_is_there() -> None:
    assert [path for path, (status, _) in answers().items() if status != 200] == []


def test_no_page_uses_a_forbidden_word() -> None:
    found = [
        (name, word) for name, html in pages().items() for word in FORBIDDEN if word in text(html).lower()
    ]
    assert found == []


def test_no_page_fetches_anything_from_elsewhere() -> None:
    """Only a link on the page of a source leaves this machine."""
    for name, html in pages().items():
        for link in Page(html).links:
            own = link.startswith(("/", "#", "tel:")) and not link.startswith("//")
            assert own or name.startswith("/sources/"), (name, link)


def test_links_to_sources_tell_nobody_where_they_come_from() -> None:
    for name, html in pages().items():
        for tag in re.findall(r'<a [^>]*href="http[^>]*>', html):
            assert 'rel="noreferrer noopener"' in tag, (name, tag)


def test_every_link_leads_to_a_page_that_is_there() -> None:
    forms = {path for path, how in create_app().openapi()["paths"].items() if "post" in how}
    known = {*every_page(), *every_drawing(), *forms, "/manifest.webmanifest"}
    inner = {link for html in pages().values() for link in Page(html).links if link.startswith("/")}
    paths = {re.split("[?#]", x)[0] for x in inner}
    strange = [path for path in paths if path not in known and not (WEB / path.lstrip("/")).is_file()]
    assert strange == []


def test_every_anchor_is_there() -> None:
    for name, html in pages().items():
        for link in Page(html).links:
            path, _, anchor = link.partition("#")
            if anchor:
                there = html if not path else pages()[path]
                assert f'id="{anchor}"' in there, (name, link)


def test_nothing_stands_inline_that_the_policy_would_refuse() -> None:
    for name, html in pages().items():
        assert not re.search(r"<[a-z][^>]*\s(style|on\w+)=", html), name
        assert "<style" not in html, name
        assert not re.search(r'<script(?! src=| type="application/json")', html), name


def test_every_page_has_one_heading_a_title_a_language_and_landmarks() -> None:
    for name, html in pages().items():
        assert len(re.findall(r"<h1\b", html)) == 1, name
        assert re.search(r"<title>\S.* – uncramp</title>", html), name
        assert '<html lang="en" dir="ltr" ' in html, name
        assert '<meta name="color-scheme" content="light dark">' in html, name
        for landmark in ('<a class="skip" href="#main">', '<main id="main"', "<header", "<footer"):
            assert landmark in html, name


def test_no_id_stands_twice_on_a_page() -> None:
    for name, html in pages().items():
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), (name, [x for x in ids if ids.count(x) > 1])


def test_every_field_has_a_label() -> None:
    for name, html in pages().items():
        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
            if 'type="hidden"' not in tag:
                field = re.search(r'\bid="([^"]+)"', tag)
                assert field, (name, tag)
                assert f'<label for="{field[1]}">' in html, (name, tag)


# ---- words --------------------------------------------------------------------------------------


def text(html: str) -> str:
    """What a page says: without drawings, values that a person wrote, codes and tags; with its labels."""
    said = re.findall(
        r'(?:aria-label|data-cop\w+|content|alt)="([^"]*)"', re.sub(r"<meta name=\"(?!desc)[^>]*>", "", html)
    )
    html = re.sub(r"<(svg|code|bdi|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r'<(\w+)[^>]* translate="no">.*?</\1>', " ", html)
    html = re.sub(r"<head>.*?<title>|</title>.*?</head>", " ", html, flags=re.DOTALL)
    return " ".join([re.sub(r"<[^>]*>", " ", html), *said])


def unmarked(html: str) -> list[str]:
    """The words that are neither of the catalogue nor of the knowledge: those outside the brackets."""
    said = text(html).replace("– uncramp", "").replace("<!doctype html>", "")
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", said)) != said:
        said = shorter
    found = re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", said))
    return [word for word in found if word.lower() not in TYPED]


def test_every_word_of_every_page_comes_from_the_catalogue_or_the_knowledge() -> None:
    found = {name: words for name, html in pages(pseudo=True).items() if (words := unmarked(html))}
    assert found == {}


def test_the_test_language_is_right_to_left_on_every_page() -> None:
    for name, html in pages(pseudo=True).items():
        assert '<html lang="en-x-pseudo" dir="rtl" ' in html, name


def used_keys() -> tuple[set[str], set[str]]:
    """The keys that templates and code name in full, and the beginnings of those that they put together."""
    source = "".join(
        path.read_text() for kind in ("*.html", "*.txt", "*.py", "*.js") for path in sorted(WEB.rglob(kind))
    )
    called = r'\b(?:t\(|words\(|said\(t, )f?"'
    tables = {"error.", "about.", "picture.", "walk.", "kept.", "tonight.", "says_worked."}
    begun = set(re.findall(called + r'([a-z_.]+\.)(?:"|\{)', source)) | tables
    return set(re.findall(r'"([a-z_]+(?:\.[a-z_0-9]+)*)"', source)), begun


def test_every_word_of_the_catalogue_is_used() -> None:
    whole, begun = used_keys()
    idle = [
        key for key in words.catalogue()
        if key.removesuffix(".one").removesuffix(".many") not in whole and not key.startswith(tuple(begun))
    ]  # fmt: skip
    assert idle == []


def test_every_word_that_depends_on_the_knowledge_is_in_the_catalogue() -> None:
    k = knowledge()
    rows = [row for r in k.remedies for row in r.evidence] + [row for t in k.triggers for row in t.evidence]
    needed = {f"direction.{row.direction}" for row in rows} | {f"direction.{t.direction}" for t in k.triggers}
    needed |= {f"certainty.{row.certainty}" for row in rows}
    needed |= {f"certainty.{level}" for level in evidence.CERTAINTY_ORDER}
    needed |= {f"setting.{t.setting}" for t in k.triggers}
    needed |= {f"source.kinds.{source.kind}" for source in k.sources.values()}
    needed |= {f"seed.{verdict}" for verdict in guide.VERDICT_WORDS}
    needed |= {f"picture.{p.picture}.one" for p in k.guide if p.picture}
    assert needed - set(words.catalogue()) == set()


# ---- what single pages promise ------------------------------------------------------------------


def test_the_home_page_has_three_doors() -> None:
    doors = re.findall(r'class="door[^"]*" href="([^"]+)"', pages()["/"])
    assert doors == ["/check", "/guide"]
    starts = re.findall(r'class="start[^"]*" href="([^"]+)"', pages()["/"])
    assert starts == ["/now?side=left", "/now?side=right", "/now?where=anywhere"]


def test_the_now_page_begins_with_stop_the_pop_and_the_emergency_numbers() -> None:
    whole = pages()["/now"]
    assert whole.index("Stop. A pop or a stab?") < whole.index("<h1") < whole.index('id="in-words"')
    html = whole[whole.index('id="in-words"') :]
    assert html.index("Stop what you are doing") < html.index('name="pop"') < html.index("tel:112")
    assert html.index("tel:112") < html.index("Slowly straighten the sore knee")
    said = text(html)
    for paragraph in guide.page("what_to_do_now").sections[0].paragraphs:
        for sentence in re.split(r"(?<=[.?!])\s", paragraph.text):
            assert sentence in said


def test_the_prevention_page_leaves_out_what_is_withheld() -> None:
    html = pages()["/guide/how_to_prevent"]
    shown = set(re.findall(r"/why/(\w+)#remedy\">How do we know\?<span", html))
    assert "bedtime_stretch" in shown
    assert "magnesium_supplement" not in shown


def test_the_causes_page_lists_every_cause() -> None:
    html = pages()["/guide/why"]
    assert [t.id for t in evidence.causes() if f'href="/why/{t.id}"' not in html] == []


@pytest.mark.parametrize("page", guide.pages(), ids=lambda page: page.id)
def test_a_guide_page_shows_what_readers_may_have_read(page: GuidePage) -> None:
    said = pages()[f"/guide/{page.id}"]
    assert said.count('class="seed ') == len(guide.you_may_have_read(page.id))


def test_what_was_only_reported_says_by_whom() -> None:
    card = pages()["/why/dehydration"]
    assert "As reported by" in card


def test_the_review_page_has_every_rule() -> None:
    html = pages()["/review"]
    k = knowledge()
    for folder, nouns in (
        ("red_flags", k.red_flags),
        ("remedies", k.remedies),
        ("look_alikes", k.look_alikes),
    ):
        for noun in nouns:
            assert f"{folder}/{noun.id}.toml" in html
    assert html.count('class="sheet-rule"') == sum(len(r.rules) for r in k.remedies)
    assert html.count("Reviewed by") == len(k.red_flags) + len(k.remedies) + len(k.look_alikes)


def test_the_about_page_says_what_the_program_is_not() -> None:
    said = text(pages()["/about"])
    for words_ in (
        "No clinician has reviewed",
        "not approved, cleared or marked",
        "Under 16",
        "CHANGELOG and SAFETY",
    ):
        assert words_ in said


@pytest.mark.parametrize("path", ONE_OF_EACH_KIND)
def test_no_clinician_is_pretended_on_any_page(path: str) -> None:
    assert "Not a medical device. No clinician has reviewed this program." in text(pages()[path])
