"""What every request has to pass, and what every answer carries."""

from __future__ import annotations

import anyio
import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from tests.web.every_page import ONE_OF_EACH_KIND
from tests.web.forms import HERE
from uncramp.web import guard
from uncramp.web.app import create_app

ERRORS = ("/nothing-here", "/guide/nothing", "/why/nothing", "/sources/nothing", "/static/nothing.css")
FILES = ("/static/uncramp.css", "/static/copy.js", "/static/icon.svg")


@pytest.mark.parametrize("path", [*ONE_OF_EACH_KIND, *ERRORS, *FILES])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["permissions-policy"].startswith("screen-wake-lock=(self), accelerometer=(), ")
    assert headers["permissions-policy"].count("(self)") == 1
    assert "access-control-allow-origin" not in headers
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", [*FILES, "/manifest.webmanifest", "/sw.js", "/guide/nothing"])
def test_everything_that_is_text_names_its_charset(client: TestClient, path: str) -> None:
    assert client.get(path).headers["content-type"].endswith("; charset=utf-8")


@pytest.mark.parametrize("path", ONE_OF_EACH_KIND)
def test_pages_name_their_charset(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


def test_nothing_of_the_check_is_kept_by_the_browser(client: TestClient) -> None:
    assert client.get("/check").headers["cache-control"] == "no-store"
    assert client.post("/check", data={"answers": "{}"}).headers["cache-control"] == "no-store"
    assert client.post("/check", data={"answers": "["}).headers["cache-control"] == "no-store"


def breaking_app(secret: str) -> TestClient:
    app = create_app()

    def broken(_request: object) -> None:
        raise RuntimeError(secret)

    app.router.routes.insert(0, Route("/broken", broken))
    app.router.routes.insert(0, Route("/api/broken", broken))
    return TestClient(app, base_url=HERE)


def test_our_own_fault_is_a_page_in_plain_words_without_a_trace() -> None:
    reply = breaking_app("the secret inside").get("/broken")
    assert reply.status_code == 500
    assert "our fault" in reply.text
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"] == "no-store"


def test_our_own_fault_is_json_for_a_program() -> None:
    reply = breaking_app("the secret inside").get("/api/broken")
    assert reply.status_code == 500
    assert list(reply.json()) == ["problems"]


def test_the_log_of_a_fault_says_where_it_happened_and_not_what_was_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    breaking_app("I took 9 magnesium tablets").get("/broken")
    assert "RuntimeError" in caplog.text
    assert "in broken" in caplog.text
    assert "magnesium" not in caplog.text


def test_a_phone_that_loses_the_network_while_it_sends_is_no_fault_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: Scope = {
        "type": "http",
        "method": "PUT",
        "path": AN_ENTRY,
        "query_string": b"",
        "scheme": "http",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    answers: list[Message] = []

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answers.append(message)

    anyio.run(create_app(), asked, gone, send)
    assert answers == []
    assert caplog.text == ""


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_request_that_says_twice_where_it_ends_is_refused_and_the_last(
    client: TestClient, method: str, order: int
) -> None:
    both = [("content-length", "4"), ("transfer-encoding", "chunked")][::order]
    reply = client.request(method, "/check", content=b"0\r\n\r\n", headers=both)
    assert reply.status_code == 400
    assert reply.headers["connection"] == "close"


def test_a_body_that_does_not_come_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_WITHIN", 0.05)
    said: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": b"answers=", "more_body": True}]

    async def half() -> Message:
        while not parts:
            await anyio.sleep(60)
        return parts.pop()

    async def send(message: Message) -> None:
        said.append(message)

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    origin = (b"origin", HERE.encode())
    asked: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/check",
        "query_string": b"",
        "scheme": "http",
        "root_path": "",
        "headers": [(b"host", HERE.partition("//")[2].encode()), origin, kind],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    anyio.run(create_app(), asked, half, send)
    assert said[0]["status"] == 408
    assert (b"connection", b"close") in said[0]["headers"]


@pytest.mark.parametrize("path", ERRORS)
def test_what_is_not_there_is_said_in_plain_words(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404
    assert "<h1>There is no such page</h1>" in reply.text


def test_a_wrong_method_is_said_in_plain_words(client: TestClient) -> None:
    reply = client.post("/guide")
    assert reply.status_code == 405
    assert "<h1>That cannot be done here</h1>" in reply.text


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/history", "/api/v1/entries", "/static/icon.svg"])
def test_methods_that_no_page_needs_are_refused(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 405


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


AN_ENTRY = "/api/v1/entries/019ab000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost:9999"},
        {"origin": "https://127.0.0.1"},
        {"origin": "null"},
    ],
)
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
def test_an_entry_sent_from_another_port_or_site_is_refused(
    client: TestClient, headers: dict[str, str], method: str
) -> None:
    reply = client.request(method, AN_ENTRY, json={"kind": "episode"}, headers=headers)
    assert reply.status_code == 403
    assert reply.json()["problems"]
    assert client.get(AN_ENTRY).status_code == 404


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_an_entry_that_does_not_say_that_it_is_json_is_refused(client: TestClient, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    reply = client.put(AN_ENTRY, content=b'{"kind": "episode"}', headers=headers)
    assert reply.status_code == 415


def test_no_other_site_is_told_that_it_may_ask(client: TestClient) -> None:
    asks = {"origin": "http://127.0.0.1:9999", "access-control-request-method": "PUT"}
    reply = client.options(AN_ENTRY, headers=asks)
    assert reply.status_code >= 400
    assert not [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/api/v1/entries", {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}),
        ("/api/v1/entries", {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}),
        ("/api/v1/entries", {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}),
        ("/history", {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}),
        ("/history", {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}),
        ("/static/icon.svg", {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}),
    ],
)
def test_other_sites_can_neither_fetch_nor_embed(
    client: TestClient, site: str, path: str, how: dict[str, str]
) -> None:
    assert client.get(path, headers={"sec-fetch-site": site, **how}).status_code == 403


def test_a_link_on_another_site_may_open_a_page(client: TestClient) -> None:
    how = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/guide", headers=how).status_code == 200


def test_data_opened_as_a_page_is_never_shown(client: TestClient) -> None:
    how = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    reply = client.get("/api/v1/entries", headers=how)
    assert reply.status_code == 403 or reply.headers["content-disposition"].startswith("attachment")
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_what_is_personal_is_never_kept_by_the_browser(client: TestClient) -> None:
    for path in ("/history", "/api/v1/entries", "/pack.json", "/a-page-of-tomorrow"):
        assert client.get(path).headers["cache-control"] == "no-store", path


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
