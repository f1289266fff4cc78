"""What every request has to pass, and what every answer carries, errors and static files too."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from uncramp.actions.doors import PROXY, Doors
from uncramp.actions.home import DiaryUnusable
from uncramp.actions.sign_in import Session, session
from uncramp.web.senders import (
    SAFE_METHODS,
    Sender,
    as_sent,
    is_from_elsewhere,
    is_own_page,
    may_come_in,
    sender_of,
)
from uncramp.web.show import Show, country_of
from uncramp.web.words import catalogue

log = logging.getLogger("uncramp.web")

OPEN = frozenset(
    {
        "/", "/now", "/check", "/guide", "/pictures", "/why", "/about", "/review", "/country",
        "/pocket.json", "/offline-check", "/kept", "/sw.js", "/manifest.webmanifest",
        "/sign-in", "/sign-out", "/trust",
    }
)  # fmt: skip
OPEN_BELOW = ("/check/", "/guide/", "/poses/", "/why/", "/sources/", "/static/", "/trust/")
"""What anybody who reaches the program may see: somebody in pain must not be stopped by a sign-in.

Nothing of a person is behind these. Every other path is personal, also one that is added tomorrow.
"""

COOKIE = "__Host-uncramp"

LARGEST_BODY = 256 * 1024
BODY_WITHIN = 30.0
"""Seconds; a slow phone sends the largest body in that time at 9 KB a second."""
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

NOT_ALLOWED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "publickey-credentials-get", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(("screen-wake-lock=(self)", *(f"{name}=()" for name in NOT_ALLOWED))),
}
AS_SENT = [(name.lower().encode(), words.encode()) for name, words in HEADERS.items()]
TLS_ONLY = "max-age=31536000; includeSubDomains"

WITH_CHARSET = (
    "text/", "application/json", "application/manifest+json", "application/javascript", "image/svg",
)  # fmt: skip

LAST_WORDS = "uncramp: this is our fault, not yours. In danger, call 112, 911, 999 or 000."

Clock = Callable[[], datetime]


class BodyTooLarge(Exception):
    """The body went over `LARGEST_BODY` while it was read."""


class BodyTooSlow(Exception):
    """The body was not all there after `BODY_WITHIN`."""


class Guard:
    """Refuses foreign hosts, foreign senders, large bodies and who is not signed in; adds `HEADERS`."""

    def __init__(self, app: ASGIApp, show: Show, doors: Doors, clock: Clock) -> None:
        self.app = app
        self.show = show
        self.doors = doors
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            answer = Answer(send, scope["path"], secure=self.doors.locked)
            try:
                await self._http(scope, receive, answer)
            except ClientDisconnect:
                # Whoever asked has gone; there is nobody left to answer.
                return
            except Exception as fault:
                await self._own_up(fault, scope, receive, answer)
        else:
            await WebSocketClose()(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        sender = sender_of(scope, self.doors)
        refused = self._refusal(scope, sender)
        if refused is None and sender is not None:
            scope = as_sent(scope, sender)
            refused = await self._shut(scope)
        try:
            await (refused or self.app)(scope, _limited(receive), answer)
        except BodyTooLarge:
            await self._problem(scope, 413)(scope, receive, answer)
        except BodyTooSlow:
            await _last(self._problem(scope, 408))(scope, receive, answer)

    async def _own_up(self, fault: Exception, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Log where it happened, and not what was said of it: that can quote what a person wrote."""
        where = "".join(traceback.format_list(traceback.extract_tb(fault.__traceback__)))
        log.error("A fault of the program: %s\n%s", type(fault).__name__, where)
        if answer.begun:
            return
        answer.always_new = True
        try:
            page = self._problem(scope, 500)
        except Exception:
            page = PlainTextResponse(LAST_WORDS, 500)
        await page(scope, receive, answer)

    def _refusal(self, scope: Scope, sender: Sender | None) -> Response | None:
        headers = Headers(scope=scope)
        path, method = scope["path"], scope["method"]
        if "content-length" in headers and "transfer-encoding" in headers:
            # Two ends to one request: a proxy that goes by the other one would let a second request slip in.
            return _last(self._problem(scope, 400))
        if method not in METHODS:
            return self._problem(scope, 405)
        if sender is None:
            return self._problem(scope, 400, "host" if self.doors.kind != PROXY else "proxy")
        if not may_come_in(sender.address, self.doors):
            return self._problem(scope, 403, "home_only")
        if is_from_elsewhere(headers, method, a_page=not is_data(path)):
            return self._problem(scope, 403)
        if method not in SAFE_METHODS and not is_own_page(headers, f"{sender.scheme}://{sender.host}"):
            return self._problem(scope, 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY:
            return self._problem(scope, 413)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        # A form of another site can send text that looks like JSON, but it cannot say that it is.
        if path.startswith("/api/") and method in ("POST", "PUT", "PATCH") and kind != "application/json":
            return self._problem(scope, 415)
        return None

    async def _shut(self, scope: Scope) -> Response | None:
        """Find out who is signed in. A closed path without anybody is refused."""
        state = scope.setdefault("state", {})
        state["session"] = None
        if not self.doors.locked or scope["path"].startswith("/static/"):
            return None
        path, closed = scope["path"], not is_open(scope["path"])
        try:
            state["session"] = await run_in_threadpool(session, token_of(scope), self.clock())
        except DiaryUnusable as trouble:
            # What is open to everybody is open also while the disk has a fault.
            log.error("%s", trouble)
            return self._problem(scope, 503) if closed else None
        if state["session"] or not closed:
            return None
        if is_data(path) or scope["method"] not in SAFE_METHODS:
            return self._problem(scope, 401)
        query = scope.get("query_string", b"").decode("latin-1")
        back = quote(path + (f"?{query}" if query else ""), safe="/")
        return RedirectResponse(f"/sign-in?next={back}", status_code=303)

    def _problem(self, scope: Scope, status: int, kind: str = "") -> Response:
        return problem(self.show, scope["path"], status, kind, country=country_of(Request(scope)))


def session_of(request: Request) -> Session | None:
    """Who is signed in; always nobody where one need not sign in."""
    found: Session | None = request.state.session
    return found


def problem(
    show: Show, path: str, status: int, kind: str = "", problems: tuple[str, ...] = (), country: str = ""
) -> Response:
    """What went wrong: a page for a person, JSON for a program."""
    if is_data(path):
        words = catalogue().get(f"error.{kind or status}.words", catalogue()["error.other.words"])
        return JSONResponse({"problems": list(problems) or [words]}, status)
    return show.error(status, kind, problems, country)


# ---- paths ---------------------------------------------------------------------------------------


def is_open(path: str) -> bool:
    """Whether anybody may have it who reaches the program at all."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def is_data(path: str) -> bool:
    """Whether programs read it and not people."""
    return path.startswith("/api/") or path.endswith(".json")


def is_never_kept(path: str) -> bool:
    """Whether no copy of it may stay in the browser's own store."""
    answers = path == "/check" or path.startswith("/check/")
    return answers or path.startswith("/sign-") or not is_open(path)


def token_of(scope: Scope) -> str:
    """What stands in the cookie, empty without one."""
    cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
    return cookie_parser(cookies).get(COOKIE, "")


# ---- in and out ----------------------------------------------------------------------------------


def _last(answer: Response) -> Response:
    """`answer`, after which the connection is closed, and nothing more that came by it is read."""
    answer.headers["Connection"] = "close"
    return answer


def _limited(receive: Receive) -> Receive:
    seen, whole = 0, False
    loop = asyncio.get_running_loop()
    until = loop.time() + BODY_WITHIN

    async def limited() -> Message:
        nonlocal seen, whole
        try:
            # After the body, what is waited for is that somebody goes away: for that there is no limit.
            async with asyncio.timeout_at(None if whole else until):
                message = await receive()
        except TimeoutError as late:
            raise BodyTooSlow from late
        whole = not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise BodyTooLarge
        return message

    return limited


class Answer:
    """The way out: adds what every answer carries, and knows whether one has begun."""

    def __init__(self, send: Send, path: str, secure: bool) -> None:
        self.send = send
        self.path = path
        self.secure = secure
        self.begun = False
        self.always_new = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            add_headers(headers, self.path, self.secure)
            if self.always_new:
                headers["Cache-Control"] = "no-store"
        await self.send(message)


def add_headers(headers: MutableHeaders, path: str, secure: bool) -> None:
    own = headers.get("content-security-policy")
    for name in HEADERS:
        if name in headers:
            del headers[name]
    # All at once and as they travel: one by one each would be looked for among all the others.
    headers.raw.extend(AS_SENT)
    if own and path.startswith("/poses/"):
        # A picture names the style inside it; Firefox holds an `img` to the policy of its file.
        headers["Content-Security-Policy"] = own
    if is_never_kept(path):
        headers["Cache-Control"] = "no-store"
    else:
        headers.setdefault("Cache-Control", "no-cache")
    if secure:
        headers["Strict-Transport-Security"] = TLS_ONLY
        only_by_tls(headers)
    if is_data(path):
        # Opened as a page of its own, it is a file to be saved and is never shown.
        headers.setdefault("Content-Disposition", "attachment")
    kind = headers.get("content-type", "")
    if kind.startswith(WITH_CHARSET) and "charset=" not in kind:
        headers["Content-Type"] = f"{kind}; charset=utf-8"


def only_by_tls(headers: MutableHeaders) -> None:
    """Mark every cookie as one that never travels in the clear."""
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", cookie if "; secure" in cookie.lower() else f"{cookie}; Secure")
