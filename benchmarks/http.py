"""The cheapest HTTP that is still HTTP: keep-alive server and client, so that the load is not the limit."""

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
Answer = bytes | asyncio.Future[bytes]
Respond = Callable[[str, str, bytes], Answer]
"""(path with query, content type, body) -> JSON body, now or later."""


class Served(asyncio.Protocol):
    """One connection of the server; every request is answered with 200, one after the other."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.WriteTransport | None = None
        self._clear()

    def _clear(self) -> None:
        self._url = b""
        self._type = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (uvloop's own class, hence the cast)."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """Parser callback."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser callback."""
        if name.lower() == b"content-type":
            self._type = value

    def on_body(self, body: bytes) -> None:
        """Parser callback."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Parser callback: answer, or wait for the answer."""
        answer = self._respond(self._url.decode(), self._type.decode(), b"".join(self._body))
        self._clear()
        if isinstance(answer, bytes):
            self._write(answer)
        else:
            answer.add_done_callback(lambda done: None if done.cancelled() else self._write(done.result()))

    def _write(self, answer: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(ANSWER % (len(answer), answer))


class Asked(asyncio.Protocol):
    """One connection of the client; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._clear()

    def _clear(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []

    @property
    def usable(self) -> bool:
        """True while the connection is open."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (uvloop's own class, hence the cast)."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """Fail the open request."""
        self._transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("closed before the answer"))

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Parser callback."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Parser callback: hand the answer over."""
        status, body, keep = self._parser.get_status_code(), b"".join(self._body), self._parser.should_keep_alive()
        self._clear()
        if not keep and self._transport:
            self._transport.close()
        if self._answer and not self._answer.done():
            self._answer.set_result((status, body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body; ConnectionError when the other side closes."""
        if self._transport is None:
            raise ConnectionError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close the connection."""
        if self._transport:
            self._transport.close()


class Pool:
    """At most `size` keep-alive connections to one port on loopback."""

    def __init__(self, port: int, size: int) -> None:
        self._port = port
        self._slots = asyncio.Semaphore(size)
        self._idle: list[Asked] = []

    async def post(self, path: str, headers: str, body: bytes) -> tuple[int, bytes]:
        """Post JSON; OSError when the other side does not answer."""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        async with self._slots:
            connection = await self._connection()
            answer = await connection.ask(request)
            self._idle.append(connection)
            return answer

    async def _connection(self) -> Asked:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Asked, "127.0.0.1", self._port)
        return connection

    def close(self) -> None:
        """Close all idle connections."""
        for connection in self._idle:
            connection.close()
