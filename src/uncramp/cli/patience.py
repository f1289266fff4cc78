"""How long a connection may say nothing that can be answered. uvicorn by itself would wait without end."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_WITHIN = 10.0
"""Seconds for the head of a request; a thousand connections that send half of one would close the server."""


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's way to speak HTTP, which hangs up on who does not say what is wanted."""

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._expect_head()
        else:
            self._head_came()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        # Further bytes of the same head give no further time.
        if self._hang_up is None:
            self._hang_up = self.loop.call_later(HEAD_WITHIN, self.transport.abort)

    def _head_came(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None
