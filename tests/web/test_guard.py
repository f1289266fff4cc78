"""What every request has to pass, and what every answer carries."""

from __future__ import annotations

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.web.every_page import ONE_OF_EACH_KIND
from tests.web.forms import HERE
from uncramp.web.app import create_app

ERRORS = ("/nothing-here", "/guide/nothing", "/why/nothing", "/sources/nothing", "/static/nothing.css")
FILES = ("/static/uncramp.css", "/static/copy.js", "/static/icon.svg")


@pytest.mark.parametrize("path", [*ONE_OF_EACH_KIND, *ERRORS, *FILES])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "manifest-src 'self'; connect-src 'self'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ONE_OF_EACH_KIND)
def test_pages_name_their_charset(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


def test_nothing_of_the_check_is_kept_by_the_browser(client: TestClient) -> None:
    assert client.get("/check").headers["cache-control"] == "no-store"
    assert client.post("/check", data={"answers": "{}"}).headers["cache-control"] == "no-store"
    assert client.post("/check", data={"answers": "["}).headers["cache-control"] == "no-store"


def test_our_own_fault_is_a_page_in_plain_words_without_a_trace() -> None:
    app = create_app()

    def broken(_request: object) -> None:
        raise RuntimeError("the secret inside")

    app.router.routes.insert(0, Route("/broken", broken))
    reply = TestClient(app, base_url=HERE, raise_server_exceptions=False).get("/broken")
    assert reply.status_code == 500
    assert "our fault" in reply.text
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("path", ERRORS)
def test_what_is_not_there_is_said_in_plain_words(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404
    assert "<h1>There is no such page</h1>" in reply.text


def test_a_wrong_method_is_said_in_plain_words(client: TestClient) -> None:
    reply = client.post("/guide")
    assert reply.status_code == 405
    assert "<h1>That cannot be done here</h1>" in reply.text
    assert client.request("TRACE", "/").status_code == 405


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_pages_for_programmers_are_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8000", "LOCALHOST"]
)
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "testserver", "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example",
        "127.0.0.2", "[::2]", "localhost:evil", "localhost@evil.example", "", ":80",
    ],
)  # fmt: skip
def test_any_other_host_is_refused(client: TestClient, host: str) -> None:
    reply = client.get("/", headers={"host": host})
    assert reply.status_code == 400
    assert "nosniff" in reply.headers["x-content-type-options"]


OWN = {"answers": "{}"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "same-origin", "origin": HERE},
        {"sec-fetch-site": "none"},
        {"origin": HERE},
        {},
    ],
)
def test_our_own_forms_are_taken(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/check", data=OWN, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/check", "/country", "/nothing-here"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": HERE},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
    ],
)
def test_forms_of_other_sites_are_refused(client: TestClient, path: str, headers: dict[str, str]) -> None:
    reply = client.post(path, data=OWN, headers=headers)
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers
    assert "access-control-allow-origin" not in reply.headers


def test_a_body_over_256_kilobytes_is_refused(client: TestClient) -> None:
    assert client.post("/check", data={"medicines": "x" * 262_144}).status_code == 413


def test_a_body_over_256_kilobytes_is_refused_also_when_it_hides_its_length(client: TestClient) -> None:
    def pieces() -> object:
        yield b"medicines="
        for _ in range(300):
            yield b"x" * 1024

    kind = {"content-type": "application/x-www-form-urlencoded"}
    reply = client.post("/check", content=pieces(), headers=kind)  # type: ignore[arg-type]
    assert reply.status_code == 413
    assert "nosniff" in reply.headers["x-content-type-options"]


def test_the_sender_cannot_change_who_he_seems_to_be(client: TestClient) -> None:
    reply = client.get("/", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert reply.status_code == 200
    assert "evil.example" not in reply.text


def test_broken_knowledge_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from uncramp.web import app

    def broken() -> None:
        raise RuntimeError("a knowledge file is broken")

    monkeypatch.setattr(app, "refuse_broken_knowledge", broken)
    with pytest.raises(RuntimeError, match="knowledge file"), TestClient(create_app(), base_url=HERE):
        pass
