"""Our pages behind a name and a key that are not this machine's, with a diary that can be told to fail."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.conftest import free_port
from uncramp.web.app import create_app

FAR_NAME = "cramp.test"


@dataclass(frozen=True)
class Certificate:
    """Made for one run. A worker is refused where a certificate is, unless the browser is told this key."""

    key: Path
    chain: Path
    fingerprint: str


@dataclass
class FakeDiary:
    """Takes entries as the interface promises, counts them, and fails in the ways that are asked for.

    Each of `moods` is for one PUT, the first for the next: a status that is answered instead of storing,
    "503 after" and "drop after" (stored, but the answer is lost), "drop", "hotel" (a page that says 200),
    "sign in" (a redirect to one).
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    moods: deque[str] = field(default_factory=deque)
    origins: set[str] = field(default_factory=set)

    async def put(self, request: Request) -> Response:
        entry, body = request.path_params["id"], await request.json()
        self.puts.append(entry)
        self.origins.add(request.headers.get("sec-fetch-site", ""))
        mood, _, after = (self.moods.popleft() if self.moods else "store").partition(" ")
        status = self._store(entry, body) if mood == "store" or after == "after" else 0
        match mood:
            case "store":
                return JSONResponse({"id": entry}, status)
            case "drop":
                request.scope["drop"]()
                return Response(status_code=500)
            case "hotel":
                return HTMLResponse("<h1>Welcome to the hotel's network</h1>")
            case "sign":
                return RedirectResponse("/sign-in", 303)
        return JSONResponse({"problems": ["kind: no such kind"]}, int(mood))

    def _store(self, entry: str, body: dict[str, Any]) -> int:
        known = self.rows.setdefault(entry, body)
        return 409 if known != body else 200 if self.puts.count(entry) > 1 else 201


class Killable(uvicorn.Server):
    """Ends as a process that is killed does: the lines are cut, nobody is told."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


class Far:
    """Our pages at `address`, with a diary that can be told to fail. It can be killed and come back."""

    def __init__(self, certificate: Certificate) -> None:
        self.diary = FakeDiary()
        self.certificate = certificate
        self.port = free_port()
        self.address = f"https://{FAR_NAME}:{self.port}"
        self.asked: list[str] = []
        self.before: Callable[[Scope, Receive, Send], Awaitable[bool]] | None = None
        self.app = create_app()
        self.app.router.routes.insert(0, Route("/api/v1/entries/{id}", self.diary.put, methods=["PUT"]))

    def start(self) -> None:
        key, chain = self.certificate.key, self.certificate.chain
        config = uvicorn.Config(
            self, "127.0.0.1", self.port, ssl_keyfile=key, ssl_certfile=chain,
            log_config=None, ws="none", lifespan="off", proxy_headers=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = Killable(config)
        self._thread = Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As a proxy in front of the program does it: only the proxy has the name and the key."""
        if scope["type"] == "http":
            self.asked.append(f"{scope['method']} {scope['path']}")
            headers = MutableHeaders(scope=scope)
            headers["host"] = f"127.0.0.1:{self.port}"
            if headers.get("origin") == self.address:
                headers["origin"] = f"http://127.0.0.1:{self.port}"
            # uvicorn has no word for "cut the line"; it is what a phone in a lift sees.
            cycle = getattr(send, "__self__", None)
            scope = {**scope, "scheme": "http", "drop": cycle.transport.abort if cycle else None}
            if self.before and await self.before(scope, receive, send):
                return
        await self.app(scope, receive, send)
