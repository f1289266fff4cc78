"""What every request has to pass, and what every answer carries, errors and static files too."""

from __future__ import annotations

import asyncio
import logging
import math
import re
import traceback
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from uncramp.actions import tokens
from uncramp.actions.doors import PROXY, Doors
from uncramp.actions.home import DiaryUnusable, is_at_hand
from uncramp.actions.sign_in import Session, Whose, whose
from uncramp.web.senders import (
    SAFE_METHODS,
    Sender,
    as_sent,
    is_from_elsewhere,
    is_own_page,
    may_come_in,
    sender_of,
)
from uncramp.web.show import OPEN_DIARY, OpenDiary, Show, country_of
from uncramp.web.words import catalogue

log = logging.getLogger("uncramp.web")

OPEN = frozenset(
    {
        "/", "/now", "/check", "/guide", "/pictures", "/why", "/about", "/review", "/country",
        "/pocket.json", "/offline-check", "/kept", "/tonight", "/sw.js", "/manifest.webmanifest",
        "/sign-in", "/sign-out", "/trust",
    }
)  # fmt: skip
OPEN_BELOW = ("/check/", "/guide/", "/poses/", "/why/", "/sources/", "/static/", "/trust/")
"""What anybody who reaches the program may see: somebody in pain must not be stopped by a sign-in.

Nothing of a person is behind these. Every other path is personal, also one that is added tomorrow.
"""

DIARY = "Uncramp-Diary"
"""The header by which our scripts say which diary they belong to: `demo`, or one's `own`."""

COOKIE = "__Host-uncramp"
CHOSEN = "uncramp-person"
"""The cookie that names whose diary was chosen, on this machine."""

MAY_ADD = (("PUT", re.compile(r"/api/v1/entries/[^/]+")), ("POST", re.compile(r"/api/v1/log")))
"""All that a token opens."""

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
        self.diary = "demo" if doors.demo else "own"
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            answer = Answer(send, scope["path"], secure=self.doors.locked)
            # Of a demo no copy is kept: it might be shown where one's own diary is, at the same port later.
            answer.always_new = self.doors.demo
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
            tell_the_page(scope)
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
        if headers.get(DIARY, self.diary) != self.diary:
            # A page that was opened from a demo, or from one's own diary, at a port that the other has now.
            return self._problem(scope, 503)
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
        """Find out whose diary is open. A closed path where nobody's is, is refused."""
        state = scope.setdefault("state", {})
        state["whose"] = None
        path, closed = scope["path"], not is_open(scope["path"])
        # What is open to everybody asks nothing of the diary where nobody has to sign in.
        if path.startswith("/static/") or not (self.doors.locked or closed or path.startswith("/sign-")):
            return None
        bearer = bearer_of(scope) if closed else ""
        try:
            state["whose"] = await self._find_whose(scope)
            if bearer and not state["whose"].session:
                return await run_in_threadpool(self._let_add, scope, bearer)
        except DiaryUnusable as trouble:
            # What is open to everybody is open also while the disk has a fault.
            log.error("%s", trouble)
            return self._problem(scope, 503) if closed else None
        if state["whose"].person or not closed:
            return None
        if is_data(path) or scope["method"] not in SAFE_METHODS:
            return self._problem(scope, 401)
        query = scope.get("query_string", b"").decode("latin-1")
        back = quote(path + (f"?{query}" if query else ""), safe="/")
        return RedirectResponse(f"/sign-in?next={back}", status_code=303)

    async def _find_whose(self, scope: Scope) -> Whose:
        """In a thread of its own, unless nobody is signed in and the diary lies on this disk: that takes less
        than going to a thread and back."""
        if not cookie_of(scope, session_cookie(scope, self.doors)) and is_at_hand():
            return find_whose(scope, self.doors, self.clock())
        return await run_in_threadpool(find_whose, scope, self.doors, self.clock())

    def _let_add(self, scope: Scope, token: str) -> Response | None:
        """Let a program with a token add to the diary that the token is for, and do nothing else."""
        now = self.clock()
        adds = any(scope["method"] == method and path.fullmatch(scope["path"]) for method, path in MAY_ADD)
        if found := tokens.owner_of(token, now):
            scope["state"]["whose"] = Whose(found.person, token=found.name) if adds else None
            return None if adds else self._problem(scope, 403, "only_adds")
        wait = scope["app"].state.wrong_tokens.begin(scope["client"][0], now)
        answer = self._problem(scope, 429 if wait else 401, "" if wait else "token")
        if wait:
            answer.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
        else:
            log.warning("A token that opens nothing, from %s.", scope["client"][0])
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _problem(self, scope: Scope, status: int, kind: str = "") -> Response:
        return problem(self.show, scope["path"], status, kind, country=country_of(Request(scope)))


def find_whose(scope: Scope, doors: Doors, now: datetime) -> Whose:
    """Whose diary this browser has open, by its cookies."""
    token, chosen = cookie_of(scope, session_cookie(scope, doors)), cookie_of(scope, chosen_cookie(scope))
    return whose(token, chosen, doors.locked, now)


def whose_of(request: Request) -> Whose:
    """Whose diary is open. Where the guard need not know, it is found out now."""
    found: Whose | None = request.state.whose
    return found or find_whose(request.scope, request.app.state.doors, request.app.state.clock())


def person_of(request: Request) -> str:
    """The id of the person whose diary is open: every question to the diary is asked for them alone."""
    if person := whose_of(request).person:
        return person
    raise HTTPException(401)


def session_of(request: Request) -> Session | None:
    """Who is signed in; nobody where one need not sign in."""
    found: Whose | None = request.state.whose
    return found.session if found else None


def tell_the_page(scope: Scope) -> None:
    """Let the page know whose diary it shows, unless it is one that browsers keep for everybody."""
    path, found = scope["path"], scope["state"]["whose"]
    if not found or not found.person or found.token or (is_open(path) and not path.startswith("/sign-")):
        OPEN_DIARY.set(None)
        return
    # Back to the same page, but not to one entry: it is the other person's.
    here = path if scope["method"] in SAFE_METHODS and path.count("/") == 1 else "/"
    OPEN_DIARY.set(OpenDiary(found.person, found.everyone, here))


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
    return path in OPEN or path.startswith(OPEN_BELOW) or is_its_own_key(path)


def is_its_own_key(path: str) -> bool:
    """Whether only who was told the path knows it: a calendar cannot sign in to fetch its feed."""
    return path.startswith("/reminders/") and path.endswith(".ics")


def is_data(path: str) -> bool:
    """Whether programs read it and not people."""
    return path.startswith("/api/") or path.endswith(".json")


def is_never_kept(path: str) -> bool:
    """Whether no copy of it may stay in the browser's own store."""
    answers = path == "/check" or path.startswith("/check/")
    return answers or path.startswith("/sign-") or not is_open(path)


def session_cookie(scope: Scope, doors: Doors) -> str:
    """The name of the cookie with the token of the session.

    Without TLS it cannot have the name that only TLS may set. Cookies know no ports, so the name has ours:
    another diary on this machine has its own.
    """
    return COOKIE if doors.locked else f"uncramp-session-{_port(scope)}"


def chosen_cookie(scope: Scope) -> str:
    return f"{CHOSEN}-{_port(scope)}"


def _port(scope: Scope) -> int:
    server = scope.get("server")
    return (server[1] or 0) if server else 0


def cookie_of(scope: Scope, name: str) -> str:
    """What stands in the cookie, empty without one."""
    cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
    return cookie_parser(cookies).get(name, "")


def token_of(request: Request) -> str:
    """The token of the session that the browser has, whether it is worth anything or not."""
    return cookie_of(request.scope, session_cookie(request.scope, request.app.state.doors))


def bearer_of(scope: Scope) -> str:
    """The token that a program sends, empty without one."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


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
