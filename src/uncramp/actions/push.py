"""A few words to an address that a person gave, as ntfy takes them: one plain POST, and nothing else."""

from __future__ import annotations

import socket
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from uncramp.actions.check import Refused
from uncramp.actions.doors import told
from uncramp.actions.network import OWN_ENDINGS, Address, is_of_home, read_address

WITHIN_S = 10.0
LONGEST_ADDRESS = 500
HTTP_VERSION = b"HTTP/1."
HEADERS = {"Content-Type": "text/plain; charset=utf-8", "Sec-Fetch-Site": "cross-site"}
"""The second is what browsers say of another site: an uncramp that is called so, this one too, refuses."""


class NotDelivered(Exception):
    """The words did not get there; the message says why."""


def push_address(text: str) -> str:
    """The address, as it is kept; raise `Refused` for one to which nothing may be sent."""
    text = text.strip()
    parts = _parts(text)
    if parts.username is not None or parts.password is not None:
        raise Refused("push: leave name and password out of the address; they would stand in the diary.")
    if parts.fragment or not parts.path.strip("/"):
        raise Refused("push: after the host give the topic, such as https://ntfy.example.org/my-topic.")
    if told().locked and _is_named_here(parts.hostname or ""):
        raise Refused("push: that is this machine itself, where nothing is sent; give its address elsewhere.")
    if parts.scheme == "http" and not _may_be_home(parts.hostname or ""):
        raise Refused("push: out of your own network it takes https; write https:// in front.")
    return text


def _parts(text: str) -> SplitResult:
    wrong = Refused("push: expected an address such as https://ntfy.example.org/my-topic.")
    if not text.isascii() or not text.isprintable() or " " in text or len(text) > LONGEST_ADDRESS:
        raise wrong
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or "\\" in text:
        raise wrong
    return parts


def _may_be_home(host: str) -> bool:
    """Whether it is an address at home, or a name that can be none on the internet."""
    address = read_address(host)
    if address is not None:
        return _is_own(address)
    name = host.lower().rstrip(".")
    return name == "localhost" or any(name.endswith(f".{ending}") for ending in OWN_ENDINGS)


def _is_named_here(host: str) -> bool:
    address = read_address(host)
    return host.lower().rstrip(".") == "localhost" or (address is not None and _is_loopback(address))


def _is_loopback(address: Address) -> bool:
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback or plain.is_unspecified)


def _is_own(address: Address) -> bool:
    return is_of_home(address) or address.is_loopback


def push(address: str, words: str) -> None:
    """Send `words` there; raise `NotDelivered` if it takes longer than 10 s or is not taken.

    Nobody is followed to another address.
    """
    until = time.monotonic() + WITHIN_S
    parts = urlsplit(push_address(address))
    way = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts)
    try:
        connection.connect()
        if told().locked:
            _refuse_this_machine(connection.sock)
        connection.request("POST", way, words.encode(), HEADERS)
        status = _status(connection, until)
    except (OSError, HTTPException) as problem:
        raise NotDelivered(f"{parts.hostname} cannot be reached ({_why(problem)}).") from problem
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"{parts.hostname} did not take it (it answered {status}).")


def _refuse_this_machine(way: socket.socket) -> None:
    """Whoever signs in from elsewhere must not reach what listens here for this machine alone."""
    here, there = (read_address(str(end[0])) for end in (way.getsockname(), way.getpeername()))
    if there is None or there == here or _is_loopback(there):
        raise OSError("it is this machine itself")


def _connection(parts: SplitResult) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=WITHIN_S)
    return _AtHome(host, parts.port, timeout=WITHIN_S)


class _AtHome(HTTPConnection):
    """Without TLS it stays at home, whatever the name leads to by now."""

    def connect(self) -> None:
        for *_, found in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            address = read_address(str(found[0]))
            if address is not None and _is_own(address):
                self.sock = socket.create_connection((str(found[0]), self.port), WITHIN_S)
                return
        raise OSError("it is not in your own network")


def _status(connection: HTTPConnection, until: float) -> int:
    """The number of the answer; of the rest nothing is read."""
    line, end = b"", b"\r\n"
    while end not in line and len(line) < 1000:
        if (left := until - time.monotonic()) <= 0:
            raise TimeoutError("timed out")
        connection.sock.settimeout(left)
        if not (more := connection.sock.recv(1000)):
            break
        line += more
    number = line[len(HTTP_VERSION) + 2 : len(HTTP_VERSION) + 5]
    if not line.startswith(HTTP_VERSION) or not number.isdigit():
        raise HTTPException("no answer that makes sense")
    return int(number)


def _why(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return f"no answer within {WITHIN_S:.0f} seconds"
    return str(problem.args[-1] if problem.args else problem)[:200]
