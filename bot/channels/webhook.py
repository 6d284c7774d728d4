"""A webhook that proves itself by a secret header, as a bare ASGI application: the secret first, then at most 256 KiB,
then the turn."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder
from starlette.types import Receive, Scope, Send

from bot.channels.base import UndeliveredError
from bot.errors import StorageUnavailable

MOST_BYTES = 256 * 1024
READ_SECONDS = 10.0
REPORT_SECONDS = 60.0
"""Refused calls are logged as a count, at most this often: they may come in thousands."""

_SLOW = "the body is too slow"
_CLOSE = [(b"content-length", b"0"), (b"connection", b"close")]
_EMPTY = [(b"content-length", b"0")]

Headers = Iterable[tuple[bytes, bytes]]
Json = dict[str, Any]
TakePayload = Callable[[object], Awaitable[Json | None]]
log = structlog.get_logger()
_encode, _decode = Encoder().encode, Decoder().decode


class UnfitError(Exception):
    """The body is too long, too slow or was broken off; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def has_secret(header: bytes, secret: bytes, headers: Headers) -> bool:
    """Whether the one secret header is right, compared in constant time; never when no secret is set.

    `header` in small letters.
    """
    sent = [value for name, value in headers if name.lower() == header]
    return bool(secret) and len(sent) == 1 and hmac.compare_digest(sent[0], secret)


class Webhook:
    """The ASGI application. 200 only when `take` took the payload, 503 where it must come again.

    `platform` is who calls, for the log; `header` bears the secret.
    """

    def __init__(
        self, platform: str, header: bytes, secret: str, take: TakePayload, read_seconds: float = READ_SECONDS
    ) -> None:
        self._platform = platform
        self._header = header
        self._secret = secret.encode()
        self._read_seconds = read_seconds
        self._take = take
        self._refused = 0
        self._next_report = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not has_secret(self._header, self._secret, scope["headers"]):
            self._note_refused()
            return await respond(send, 403, _CLOSE)
        try:
            raw = await read_body(scope["headers"], receive, self._read_seconds)
        except UnfitError as unfit:
            return await respond(send, unfit.status, _CLOSE)
        try:
            payload = _loaded(raw)
        except (ValueError, RecursionError):
            # The secret is right, so it would come again for ever: taken, and told to the operator.
            log.warning("a webhook call was no JSON", platform=self._platform, size=len(raw))
            return await respond(send, 200, _EMPTY)
        try:
            call = await self._take(payload)
        except (StorageUnavailable, UndeliveredError) as error:
            log.warning(
                "an update was not taken and shall come again", platform=self._platform, why=type(error).__name__
            )
            return await respond(send, 503, _EMPTY)
        if call is None:
            return await respond(send, 200, _EMPTY)
        body = _encode(call)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        return await respond(send, 200, headers, body)

    def _note_refused(self) -> None:
        self._refused += 1
        now = asyncio.get_running_loop().time()
        if now >= self._next_report:
            log.warning(
                "webhook calls without the right secret were refused", platform=self._platform, count=self._refused
            )
            self._refused, self._next_report = 0, now + REPORT_SECONDS


def _loaded(raw: bytes) -> object:
    """JSON; ValueError or RecursionError for anything else."""
    try:
        return _decode(raw)
    except (MsgspecError, ValueError):
        # The quick reader refuses half a surrogate pair, which a platform may send and `parse` mends.
        return json.loads(raw)


async def read_body(headers: Headers, receive: Receive, seconds: float) -> bytes:
    announced = next((value for name, value in headers if name == b"content-length"), b"0")
    if not announced.isdigit() or len(announced) > 12 or int(announced) > MOST_BYTES:
        raise UnfitError(413)
    # What asyncio.timeout does, at a quarter of its cost: on every tap it counts.
    task = asyncio.current_task()
    assert task is not None
    alarm = asyncio.get_running_loop().call_later(seconds, task.cancel, _SLOW)
    try:
        return await _chunks(receive)
    except asyncio.CancelledError as cancelled:
        if cancelled.args != (_SLOW,):
            raise
        task.uncancel()
        raise UnfitError(408) from None
    finally:
        alarm.cancel()


async def _chunks(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise UnfitError(400)
        chunk: bytes = event.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise UnfitError(413)
        if not event.get("more_body", False):
            return b"".join(chunks)


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
