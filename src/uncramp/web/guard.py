"""What every request has to pass, and what every answer carries, errors and static files too."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from uncramp.web.show import Show

HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Any port. Other names are refused, so that no foreign page can reach this machine by a changed name."""

LARGEST_BODY = 256 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "manifest-src 'self'; connect-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class BodyTooLarge(Exception):
    """The body went over `LARGEST_BODY` while it was read."""


class Guard:
    """Refuses foreign hosts, foreign senders and bodies that are too large; adds `HEADERS` to all answers."""

    def __init__(self, app: ASGIApp, show: Show) -> None:
        self.app = app
        self.show = show

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _with_headers(send, scope["path"])
        refused = self._refusal(scope)
        if refused:
            await refused(scope, receive, answer)
        else:
            await self._pass_on(scope, receive, answer)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not is_own_host(headers.getlist("host")):
            return self.show.error(400, "host")
        if scope["method"] not in SAFE_METHODS and not is_own_page(headers):
            return self.show.error(403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY:
            return self.show.error(413)
        return None

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, _limited(receive), send)
        except BodyTooLarge:
            await self.show.error(413)(scope, receive, send)


def is_own_host(hosts: list[str]) -> bool:
    """Whether there is exactly one Host header, and it names this machine."""
    if len(hosts) != 1:
        return False
    name, colon, port = hosts[0].rpartition(":")
    if not colon or hosts[0].endswith("]"):
        name, port = hosts[0], "0"
    return name.lower() in HOSTS and port.isdecimal()


def is_own_page(headers: Headers) -> bool:
    """Whether a form was sent by one of our own pages, by what the browser itself says of the sender.

    No token: a token in a page goes stale, and there is no session that it could belong to.
    """
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = headers.get("origin")
    # Under `Referrer-Policy: no-referrer` browsers send the origin of our own forms as "null".
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    return origin.lower() == f"http://{headers['host'].lower()}"


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise BodyTooLarge
        return message

    return limited


def _with_headers(send: Send, path: str) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", "no-store" if is_personal(path) else "no-cache")
        await send(message)

    return answer


def is_personal(path: str) -> bool:
    return path == "/check" or path.startswith("/check/")
