"""POST /zalo/oa/webhook as a bare ASGI application: the signature over the raw body first, then the turn.

Zalo wants a 200 within two seconds; otherwise the event comes again after 30 s, 5, 15 and 30 minutes and an hour, and
then the webhook is switched off. So the 200 goes out as soon as the event is stored, and the answer follows by a call.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.types import Receive, Scope, Send

from bot.channels.webhook import Headers, UnfitError, read_body, respond
from bot.channels.zalo_oa_parse import LATER, Heard, Left, parse, stamp
from bot.channels.zalo_zbs import Rating, feedback
from bot.errors import StorageUnavailable
from handlers.context import to_ms

PATH = "/zalo/oa/webhook"
SIGNATURE_HEADER = b"x-zevent-signature"
READ_SECONDS = 10.0
REPORT_SECONDS = 60.0
"""What is refused is logged as counts, at most this often: it may come in thousands."""

OLDEST_MS = 2 * 3_600_000
"""The last retry comes 111 minutes after the event."""
EARLIEST_MS = 10 * 60_000
"""How far ahead of ours Zalo's clock may be."""

PROBE = b"{}"
"""What the console sends, unsigned, to see whether the address answers."""
MOST_PROBE_BYTES = 8

_EMPTY = [(b"content-length", b"0")]
_CLOSE = [(b"content-length", b"0"), (b"connection", b"close")]

Take = Callable[[Heard | Left], Awaitable[None]]
Rate = Callable[[Rating], Awaitable[object]]
"""Take in what somebody rated by telephone number. Raises StorageUnavailable when nothing was stored."""
log = structlog.get_logger()


def signature(raw: bytes, timestamp: str, secret: str, app_id: str) -> str:
    """The hex of SHA-256 over app id, body as it came, its timestamp and the account's secret key; no HMAC."""
    return hashlib.sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def is_signed(raw: bytes, payload: object, sent: bytes, secret: str, app_id: str) -> bool:
    """Whether `sent` ("mac=" and 64 hex digits) is the body's signature, compared in constant time."""
    found = payload.get("timestamp", "") if isinstance(payload, dict) else ""
    timestamp = str(found) if isinstance(found, str | int) else ""
    wanted = signature(raw, timestamp.encode(errors="replace").decode(), secret, app_id)
    return bool(secret) and hmac.compare_digest(sent.strip().lower().removeprefix(b"mac="), wanted.encode())


class Webhook:
    """The ASGI application. 200 when the event was stored or has no meaning for us, 503 when it must come again."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        take: Take,
        clock: Callable[[], datetime],
        read_seconds: float = READ_SECONDS,
        rate: Rate | None = None,
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._take = take
        self._clock = clock
        self._read_seconds = read_seconds
        self._rate = rate
        self._turned_away: Counter[str] = Counter()
        self._next_report = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = await self._status(scope["headers"], receive)
        await respond(send, status, _EMPTY if status in {200, 503} else _CLOSE)

    async def _status(self, headers: Headers, receive: Receive) -> int:
        sent = [value for name, value in headers if name.lower() == SIGNATURE_HEADER]
        if not sent and _announced(headers) > MOST_PROBE_BYTES:
            return self._turn_away("no signature", 403)
        try:
            raw = await read_body(headers, receive, self._read_seconds)
        except UnfitError as unfit:
            return unfit.status
        if not sent and raw.strip() == PROBE:
            return 200
        payload = _loaded(raw)
        if len(sent) != 1 or not is_signed(raw, payload, sent[0], self._secret, self._app_id):
            return self._turn_away("not the right signature", 403)
        if not isinstance(payload, dict):
            return self._turn_away("no event", 200)
        if payload.get("app_id", self._app_id) != self._app_id:
            return self._turn_away("another app", 403)
        return await self._signed(payload)

    async def _signed(self, payload: dict[str, object]) -> int:
        at, now = stamp(payload), to_ms(self._clock())
        if at is None or not now - OLDEST_MS <= at <= now + EARLIEST_MS:
            # The signature holds no freshness; a 200, because refused events get the webhook switched off.
            return self._turn_away("too old or from the future", 200)
        rated = feedback(payload) if self._rate else None
        if rated is None and payload.get("event_name") in LATER:
            log.info("an event that nothing waits for was left out", event_name=payload["event_name"])
            return 200
        meaning = parse(payload)
        try:
            if rated is not None and self._rate is not None:
                await self._rate(rated)
            elif meaning is not None:
                await self._take(meaning)
        except StorageUnavailable as error:
            log.warning("an event waits at Zalo and will come again", why=type(error).__name__)
            return 503
        return 200

    def _turn_away(self, why: str, status: int) -> int:
        self._turned_away[why] += 1
        now = asyncio.get_running_loop().time()
        if now >= self._next_report:
            for what, count in self._turned_away.items():
                log.warning("calls of Zalo's webhook had no effect", what=what, count=count)
            self._turned_away.clear()
            self._next_report = now + REPORT_SECONDS
        return status


def _announced(headers: Headers) -> int:
    """How long the head says that the body is; 0 where it says nothing or no number."""
    value = next((value for name, value in headers if name == b"content-length"), b"")
    return int(value) if value.isdigit() and len(value) <= 12 else 0


def _loaded(raw: bytes) -> object:
    """JSON, or None for anything else."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
