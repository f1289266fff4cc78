"""Every address there is, asked with what belongs to somebody else: nothing of theirs is shown or changed.

The addresses come from the application itself, and the forms from its own pages. An address with a parameter
that this file does not know how to fill fails here: say in `FILLED` what somebody with bad intent would send.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.web.family import (
    ANNAS,
    BENS,
    HERE,
    PHONE,
    Diarist,
    Family,
    all_of,
    app_behind,
    own_home,
    settle,
    sign_in,
    visitor,
    whose,
)
from tests.web.forms import Form, Page
from uncramp.actions import home
from uncramp.web.guard import is_open

__all__ = ["own_home"]

NEW = "019a0000-0000-7000-8000-0000000000bb"
PUBLIC = {
    "topic": ("why",), "card_id": ("heat",), "source_id": ("nice_ng158",),
    "name": ("calf_wall", "episode", "effort", "night", "exposure", "circumstance", "own"),
}  # fmt: skip
"""Parameters of addresses that are the same for everybody."""


def filled(parameter: str, of: Diarist) -> tuple[str, ...]:
    """What belongs to `of` and fits that parameter; fails for one that nobody thought of yet."""
    if parameter in PUBLIC:
        return PUBLIC[parameter]
    theirs = {
        "entry_id": of.entries, "person": (of.id, of.name), "token": (of.secret, of.token),
        "trigger_id": ("heat", f"own.{of.word}_tea", f"circumstance.{of.word}"),
    }  # fmt: skip
    assert parameter in theirs, f"{parameter}: say in this file what another person's would be"
    return theirs[parameter]


KNOWN_QUESTIONS = frozenset(
    {
        "kind", "since", "until", "length", "next", "switch", "name", "side", "where", "person", "id", "day",
        "what", "q", "fact", "change", "outcome", "step", "stay", "again",
    }
)  # fmt: skip
"""Parameters after the question mark that name nothing of a person, or are tried with all that is theirs."""

BODIES: dict[str, list[dict[str, Any]]] = {
    "/api/v1/log": [
        {"what": "quiet", "id": "{id}"},
        {"what": "quiet", "person": "{person}"},
        {"what": "exposure", "exposure": "own.{word} tea", "value": 1},
        {"what": "cramp", "side": "left"},
        {"what": "same"},
    ],
    "/api/v1/entries/{entry_id}": [
        {"replaces": None, "body": {"night": "2026-11-19", "word": "cramp"}},
        {"replaces": "{id}", "body": {"deleted": True}},
        {"replaces": "{id}", "body": {"night": "2026-11-19", "word": "cramp"}},
        {"replaces": None, "body": {"night": "2026-11-19", "word": "cramp"}, "person": "{person}"},
    ],
}
"""What is sent as JSON; forms are found on the pages."""

ENTRY = {
    "kind": "day_note", "start": "2026-11-19T22:00:00Z", "end": None, "offset_minutes": 0, "origin": "page",
    "recorded": "2026-11-22T11:00:00Z",
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """How Anna comes in, and what keeps her out of Ben's diary."""

    doors: Any
    annas: str = ""
    bens: str = ""


WAYS = {
    "home network": Way(PHONE, ANNAS, BENS),
    "this machine": Way(HERE),
    "this machine, with his passphrase": Way(HERE, "", BENS),
}


@dataclass
class Scene:
    """Two full diaries, Anna at a browser, and a way back to how it was."""

    way: Way
    family: Family
    kept: Path

    def begin_anew(self) -> TestClient:
        """Anna's browser, with both diaries as they were."""
        home.close_diaries()
        there = Path(home.home()) / home.FILE
        for old in there.parent.glob(f"{there.name}*"):
            old.unlink()
        shutil.copy(self.kept, there)
        app_behind(self.way.doors).state.tries = type(app_behind(self.way.doors).state.tries)()
        client = visitor(self.way.doors)
        if self.way.annas:
            assert sign_in(client, "Anna", self.way.annas) == 303
        assert whose(client) == self.family.anna.id
        return client


@pytest.fixture(params=list(WAYS))
def scene(request: pytest.FixtureRequest, own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    way = WAYS[request.param]
    family = settle(way.annas, way.bens)
    home.close_diaries()
    kept = tmp_path_factory.mktemp("kept") / "diary.sqlite"
    assert not (own_home / "diary.sqlite-wal").exists()
    shutil.copy(own_home / "diary.sqlite", kept)
    return Scene(way, family, kept)


# ---- every address -------------------------------------------------------------------------------


def every_route(routes: Iterable[object] = ()) -> Iterator[APIRoute]:
    """Each address with its methods; fails for a kind of route that cannot be looked into."""
    for route in routes or app_behind(HERE).routes:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(route, Mount):
            assert route.path == "/static", f"{route.path}: look into what is mounted there"
        else:
            # What FastAPI puts in place of a router that was included.
            assert hasattr(route, "original_router"), f"{route}: a route that says nothing of its parameters"
            yield from every_route(route.original_router.routes)


def methods_of(route: APIRoute) -> set[str]:
    return set(route.methods or ())


def addresses(route: APIRoute, of: Diarist) -> list[str]:
    """The address of `route` with every parameter filled with what belongs to `of`."""
    found = [route.path]
    for parameter in re.findall(r"\{(\w+)(?::\w+)?\}", route.path):
        hole = re.compile(rf"\{{{parameter}(:\w+)?\}}")
        found = [hole.sub(value, path, count=1) for path in found for value in filled(parameter, of)]
    return found


def questions(route: APIRoute, of: Diarist) -> list[str]:
    """The same after the question mark, each with all that is theirs."""
    named = {field.alias for field in route.dependant.query_params}
    assert named <= KNOWN_QUESTIONS, f"{route.path}: {named - KNOWN_QUESTIONS}: add them to KNOWN_QUESTIONS"
    theirs = (of.id, of.entries[0], of.name, of.word)
    return ["", *(f"?{name}={value}" for name in sorted(named) for value in theirs)]


def plain(value: Any, of: Diarist) -> Any:
    """`value` with the holes filled with what belongs to `of`."""
    if isinstance(value, dict):
        return {key: plain(one, of) for key, one in value.items()}
    holes = {"{id}": of.entries[0], "{person}": of.id, "{word}": of.word}
    for hole, words in holes.items():
        value = value.replace(hole, words) if isinstance(value, str) else value
    return value


def assert_says_nothing_of(of: Diarist, reply: Any, sent: str, what: str) -> None:
    """Neither their words nor their ids; what was sent may come back."""
    said = reply.text + str(reply.headers)
    for secret in (of.word, of.id, of.secret, *of.entries):
        assert secret not in said or secret in sent, f"{what} shows {secret}"


def test_there_are_many_addresses_to_ask() -> None:
    assert len(list(every_route())) > 30


def seen_by(client: TestClient, of: Diarist) -> str:
    """All that every page shows to this browser."""
    said = ""
    for route in every_route():
        if "GET" in methods_of(route) and not is_open(route.path):
            said += "".join(client.get(path).text for path in addresses(route, of))
    return said


def test_who_wrote_it_is_shown_it_so_that_the_others_prove_something(scene: Scene) -> None:
    client = scene.begin_anew()
    said = seen_by(client, scene.family.anna)
    assert said.count(scene.family.anna.word) > 10
    assert all(one in said for one in scene.family.anna.entries[1:])


def test_no_page_shows_what_is_somebody_elses(scene: Scene) -> None:
    client, ben = scene.begin_anew(), scene.family.ben
    before = all_of(ben.id)
    for route in every_route():
        for path in addresses(route, ben):
            for query in questions(route, ben):
                for method in sorted(methods_of(route) & {"GET", "HEAD"}):
                    reply = client.request(method, path + query)
                    what = f"{method} {path}{query}"
                    assert reply.status_code < 500 or is_open(path), what
                    assert_says_nothing_of(ben, reply, path + query, what)
                    if "{entry_id}" in route.path or "{token}" in route.path:
                        assert reply.status_code in ({404} if "{entry_id}" in route.path else {404, 429}), (
                            what
                        )
    assert all_of(ben.id) == before


def test_an_id_of_somebody_else_is_answered_like_one_that_nobody_has(scene: Scene) -> None:
    client = scene.begin_anew()
    for route in every_route():
        if "GET" in methods_of(route) and "{entry_id}" in route.path and not is_open(route.path):
            said = [
                client.get(route.path.replace("{entry_id}", wanted))
                for wanted in (scene.family.ben.entries[0], NEW)
            ]
            assert [reply.status_code for reply in said] == [404, 404]
            assert said[0].text.replace(scene.family.ben.entries[0], NEW) == said[1].text


def test_nothing_that_is_sent_as_json_reaches_somebody_elses_diary(scene: Scene) -> None:
    ben = scene.family.ben
    for route in every_route():
        methods = sorted(methods_of(route) - {"GET", "HEAD"})
        if not route.path.startswith("/api/"):
            continue
        assert not methods or route.path in BODIES, f"{route.path}: add what is sent to BODIES"
        for method in methods:
            for path in {*addresses(route, ben), route.path.replace("{entry_id}", NEW)}:
                for raw in BODIES[route.path]:
                    client, body = scene.begin_anew(), plain(raw, ben)
                    body = {**ENTRY, **body} if "entries" in path else body
                    before, theirs = all_of(ben.id), as_ben_sees_it(scene)
                    reply = client.request(method, path, json=body)
                    assert reply.status_code < 500
                    assert_says_nothing_of(ben, reply, path + str(body), f"{method} {path} {body}")
                    assert all_of(ben.id) == before, f"{method} {path} {body}"
                    assert as_ben_sees_it(scene) == theirs


def as_ben_sees_it(scene: Scene) -> set[tuple[str, str]]:
    """The newest versions of his entries: what another wrote may not hide them."""
    from uncramp.diary.entries import newest

    return {(entry.id, str(entry.body)) for entry in newest(home.diary(), scene.family.ben.id)}


# ---- every form ----------------------------------------------------------------------------------


FOUND_LATER = frozenset({"/entries/{entry_id}/undo", "/reminders/address/end", "/reminders/try"})
"""Forms that stand on a page only after something was done there; they have no fields."""


def forms_of(client: TestClient, of: Diarist) -> list[tuple[str, Form]]:
    """Every form of every page that is not the same for everybody, by the page it stands on."""
    found: dict[tuple[str, str], tuple[str, Form]] = {}
    for route in every_route():
        if "GET" in methods_of(route) and (not is_open(route.path) or route.path == "/sign-in"):
            for path in addresses(route, of):
                for form in Page(client.get(path).text).forms if not path.endswith(".json") else ():
                    found.setdefault(
                        (form.action, "&".join(sorted({*form.fields, *form.choices}))), (path, form)
                    )
    for route in every_route():
        if route.path in FOUND_LATER:
            found |= {(path, ""): (route.path, Form(path)) for path in addresses(route, of)}
    return list(found.values())


def turned(words: str, mine: Diarist, theirs: Diarist) -> str:
    """`words` with all that is mine put in place by what is theirs."""
    pairs = [*zip(mine.entries, theirs.entries, strict=True), (mine.id, theirs.id), (mine.word, theirs.word)]
    for old, new in pairs:
        words = words.replace(old, new)
    return words


def test_no_form_with_what_is_somebody_elses_reaches_their_diary(scene: Scene) -> None:
    anna, ben = scene.family.anna, scene.family.ben
    forms = forms_of(scene.begin_anew(), anna)
    assert len(forms) > 4
    for page, form in forms:
        if form.action == "/sign-in" and not scene.way.bens:
            # Without a passphrase whoever sits here may take their turn.
            continue
        for name, value in [("", ""), *form.buttons]:
            client = scene.begin_anew()
            action, fields = turned(form.action, anna, ben), {}
            for field, words in {**dict.fromkeys(form.choices, "yes"), **form.fields}.items():
                fields[field] = turned(words, anna, ben) or "3"
            fields |= {name: turned(value, anna, ben)} if name else {}
            before, theirs = all_of(ben.id), as_ben_sees_it(scene)
            reply = client.post(action, data=fields)
            what = f"{action} {fields} of {page}"
            assert reply.status_code < 500, what
            assert_says_nothing_of(ben, reply, action + str(fields), what)
            assert all_of(ben.id) == before, what
            assert as_ben_sees_it(scene) == theirs, what


WITHOUT_A_FORM = frozenset({"/country", "/check", "/sign-in", "/sign-out"})
"""Sent by pages that are the same for everybody, or not a matter of a diary."""


def test_every_address_that_changes_something_has_a_form_or_a_body_here(scene: Scene) -> None:
    client = scene.begin_anew()
    actions = {urlsplit(form.action).path for _, form in forms_of(client, scene.family.anna)}
    for route in every_route():
        if methods_of(route) - {"GET", "HEAD"} and not route.path.startswith("/api/"):
            reached = any(path in actions for path in addresses(route, scene.family.anna))
            assert reached or route.path in WITHOUT_A_FORM, (
                f"{route.path}: no page has a form that leads there"
            )


# ---- every address, with a token -----------------------------------------------------------------


def test_a_token_opens_two_addresses_and_nothing_else(scene: Scene) -> None:
    scene.begin_anew()
    program = visitor(scene.way.doors)
    program.headers["Authorization"] = f"Bearer {scene.family.anna.secret}"
    opened = set()
    for route in every_route():
        for path in addresses(route, scene.family.anna):
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
                if is_open(path):
                    continue
                reply = program.request(method, path, json={})
                assert "set-cookie" not in reply.headers
                if reply.status_code in (401, 403):
                    assert scene.family.anna.word not in reply.text
                else:
                    opened.add(f"{method} {route.path}")
    assert opened == {"PUT /api/v1/entries/{entry_id}", "POST /api/v1/log"}
