"""Requests that never end: their heads are bounded, and connections on which one arrives too slowly are closed.

uvicorn bounds neither: a connection that sends nothing, or a letter now and then, counts among those it serves at most.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

MAX_HEAD = 64 * 1024
"""Bytes of a request line and headers, beyond the piece they begin in."""


class Arriving(HttpToolsProtocol):
    """One connection that knows whether it waits for the rest of a request (or for its first one)."""

    heading = False
    arriving = True
    late = False
    _head = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.heading:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self.transport.close()

    def on_message_begin(self) -> None:
        self.heading = self.arriving = True
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.heading = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.arriving = self.late = False
        super().on_message_complete()


async def close_the_late(state: ServerState, seconds: float) -> None:
    """Without end: close every connection that has waited for the rest of a request since the last look."""
    while True:
        await asyncio.sleep(seconds)
        for connection in list(state.connections):
            if isinstance(connection, Arriving) and connection.arriving:
                if connection.late:
                    connection.transport.close()
                connection.late = True
