"""A few words to an address that a person gave."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from starlette.datastructures import Headers

from uncramp.actions import doors
from uncramp.actions import push as module
from uncramp.actions.check import Refused
from uncramp.actions.push import NotDelivered, push, push_address
from uncramp.web.senders import is_from_elsewhere


class Taker(BaseHTTPRequestHandler):
    """Keeps what was sent, and answers with what the path asks for."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        taken.append((self.path, body.decode(), dict(self.headers)))
        self.send_response(int(self.path.strip("/").partition("?")[0]))
        self.send_header("Location", "/200")
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing."""


taken: list[tuple[str, str, dict[str, str]]] = []


@pytest.fixture
def server() -> Iterator[str]:
    taken.clear()
    with HTTPServer(("127.0.0.1", 0), Taker) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_the_words_go_there_and_nothing_else(server: str) -> None:
    push(f"{server}/200?auth=x", "Tonight: five seconds")
    ((path, body, headers),) = taken
    assert (path, body) == ("/200?auth=x", "Tonight: five seconds")
    known = {"Host", "Accept-Encoding", "Content-Length", "Content-Type"}
    assert set(headers) == {*known, "Sec-Fetch-Site"}


def test_our_own_guard_takes_it_for_another_site_s(server: str) -> None:
    push(f"{server}/200", "words")
    ((_, _, headers),) = taken
    assert is_from_elsewhere(Headers(headers), "POST", a_page=True)


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a door where one has to sign in."""
    monkeypatch.setenv(doors.VARIABLE, "")
    doors.tell_the_pages(doors.phone_doors(["pi.local"]))


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.8.8.8", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]"]
)
def test_behind_a_sign_in_this_machine_itself_may_not_be_named(host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(Refused, match="push: "):
            push_address(f"{scheme}://{host}:8080/topic")
    assert push_address("http://192.168.1.20/topic")


@pytest.mark.usefixtures("locked")
def test_behind_a_sign_in_nothing_is_sent_to_this_machine_by_another_name(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.rpartition(":")[2])
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [found])
    with pytest.raises(NotDelivered, match="this machine itself"):
        push(f"http://ntfy.lan:{port}/200", "words")
    assert taken == []


@pytest.mark.parametrize("status", [301, 302, 307, 308, 403, 500])
def test_nobody_is_followed_and_a_refusal_is_said(server: str, status: int) -> None:
    with pytest.raises(NotDelivered, match=str(status)):
        push(f"{server}/{status}", "words")
    assert len(taken) == 1


def test_nobody_there_is_said() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(NotDelivered, match="cannot be reached"):
        push(f"http://127.0.0.1:{port}/topic", "words")


def answering(reply: Callable[[socket.socket], None]) -> str:
    """The address of a server that answers with that, once."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listener, listener.accept()[0] as caller:
            caller.recv(10_000)
            reply(caller)

    Thread(target=answer, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/topic"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n", b"x" * 5000])
def test_an_answer_without_sense_is_said(said: bytes) -> None:
    with pytest.raises(NotDelivered):
        push(answering(lambda caller: caller.sendall(said)), "words")


def test_who_answers_a_letter_at_a_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WITHIN_S", 0.3)

    def slowly(caller: socket.socket) -> None:
        try:
            for letter in b"HTTP/1.1 200 OK\r\n" * 9:
                caller.sendall(bytes([letter]))
                time.sleep(0.1)
        except OSError:
            return

    began = time.monotonic()
    with pytest.raises(NotDelivered, match="within"):
        push(answering(slowly), "words")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "address",
    [
        "https://ntfy.example.org/my-topic",
        "https://ntfy.example.org:8443/my-topic",
        "http://192.168.1.20/topic",
        "http://127.0.0.1:8080/topic",
        "http://[fd00::1]/topic",
        "http://pi.local/topic",
        "http://localhost/topic",
    ],
)
def test_an_address_that_may_be(address: str) -> None:
    assert push_address(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "ntfy.example.org/topic",
        "ftp://ntfy.example.org/topic",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://me:secret@ntfy.example.org/topic",
        "https://me@ntfy.example.org/topic",
        "http://ntfy.example.org/topic",
        "http://8.8.8.8/topic",
        "http://169.254.169.254/latest",
        "https://ntfy.example.org",
        "https://ntfy.example.org/",
        "https://ntfy.example.org/topic#part",
        "https://ntfy.example.org:0/topic",
        "https://ntfy.example.org:99999/topic",
        "https:///topic",
        "https://[::1/topic",
        "https://ntfy.example.org/a b",
        "https://ntfy.example.org/a\r\nX: y",
        "https://ntfy.example.org\\@home/a",
        "https://ntfy.example.org/ü",
        "https://ntfy.example.org/" + "x" * 500,
    ],
)
def test_an_address_that_may_not_be(address: str) -> None:
    with pytest.raises(Refused, match="push: "):
        push_address(address)


def test_a_name_at_home_that_leads_elsewhere_is_not_followed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", elsewhere)
    with pytest.raises(NotDelivered, match="not in your own network"):
        push("http://pi.local/topic", "words")
