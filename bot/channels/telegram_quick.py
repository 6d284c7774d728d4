"""Methods of the Bot API called at a sixth of the usual cost, where little or nothing of the result matters.

Every tap has a callback answered, and by polling also an edit: through aiohttp's client that took a fifth of a tap, 70
us of CPU beside 11 here, and the library makes objects of the answer besides: one first bubble cost as much as three
taps. So a keep-alive connection carries one request at a time and httptools reads what comes. Where no whole answer
came, the library may try again what does no harm twice.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast
from urllib.parse import urlsplit

import httptools
from aiohappyeyeballs import start_connection

CONNECT_SECONDS = 5.0
NEXT_ADDRESS_SECONDS = 0.25
KEPT_SECONDS = 10.0
"""Networks forget connections that are idle, and tell nobody; a text sent over such a one would be lost."""


class NotConnectedError(ConnectionError):
    """No connection came about: the call certainly did not arrive."""


class QuickCalls:
    """POSTs of JSON below one address, over at most as many connections as there are callers at once."""

    def __init__(self, url: str, seconds: float) -> None:
        try:
            parts = urlsplit(url)
            self._port = parts.port or 0
        except ValueError:  # no address at all: the library says so when it is called
            parts, self._port = urlsplit(""), 0
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = self._port or (443 if self._context else 80)
        self._host = parts.hostname
        self._path = parts.path.encode()
        self._head = f"Host: {parts.netloc}\r\nContent-Type: application/json\r\nContent-Length: ".encode()
        self._seconds = seconds
        self._idle: list[_Line] = []

    async def post(self, method: bytes, body: bytes, seconds: float | None = None) -> tuple[int, bytes]:
        """Status and body within `seconds`, connecting and all.

        Raises OSError when no whole answer came, among them TimeoutError and NotConnectedError.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + (self._seconds if seconds is None else seconds)
        line = self._kept(clock()) or await self._opened(end - clock())
        request = b"POST %b/%b HTTP/1.1\r\n%b%d\r\n\r\n%b" % (self._path, method, self._head, len(body), body)
        answer = await line.ask(request, end - clock())
        if line.usable:
            line.idle_since = clock()
            self._idle.append(line)
        return answer

    def _kept(self, now: float) -> _Line | None:
        """The connection used last. One that was idle for long may be dead without a word: it is not trusted."""
        while self._idle:
            line = self._idle.pop()
            if line.usable and now - line.idle_since < KEPT_SECONDS:
                return line
            line.close()
        return None

    async def _opened(self, seconds: float) -> _Line:
        """Over the first of the host's addresses that answers: some networks lose IPv6 without a word."""
        if not self._host:
            raise NotConnectedError("no address")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(min(seconds, CONNECT_SECONDS)):
                found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                link = await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, loop=loop)
                name = self._host if self._context else None
                _, line = await loop.create_connection(
                    lambda: _Line(self._idle), sock=link, ssl=self._context, server_hostname=name
                )
        except OSError as error:
            raise NotConnectedError(type(error).__name__) from error
        return line

    def close(self) -> None:
        for line in list(self._idle):
            line.close()


class _Line(asyncio.Protocol):
    """One connection. It takes itself out of `idle` when the other side closes it."""

    def __init__(self, idle: list[_Line]) -> None:
        self._idle = idle
        self.idle_since = 0.0
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = b""

    @property
    def usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, seconds: float) -> tuple[int, bytes]:
        """Status and body of the answer; raises OSError or TimeoutError, and is of no more use then."""
        if self._transport is None:
            raise NotConnectedError("closed")
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        late = loop.call_later(seconds, self._fail, TimeoutError("no answer in time"))
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            # Given up or broken: what may still come belongs to nobody.
            self.close()
            raise
        finally:
            late.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"not HTTP ({type(error).__name__})"))
            self.close()

    def on_body(self, body: bytes) -> None:
        """The parser's: a piece of the answer."""
        self._body += body

    def on_message_complete(self) -> None:
        """The parser's: an answer is whole."""
        answer = (self._parser.get_status_code(), self._body)
        if not self._parser.should_keep_alive():
            self.close()
        self._parser, self._body = httptools.HttpResponseParser(self), b""
        if self._answer and not self._answer.done():
            self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._transport = None
        self._fail(ConnectionError("closed before the answer"))
        if self in self._idle:
            self._idle.remove(self)

    def _fail(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)

    def close(self) -> None:
        if self._transport:
            self._transport.close()
