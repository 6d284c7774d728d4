"""The Zalo Bot Platform's API as the channel uses it: JSON by POST, refusals by our kinds, no token in any text.

Every answer has the HTTP status 200; `ok` and `error_code` say how it went. Written from documents (see
docs/operating.md, "Zalo bot"): nothing here was tried against the real service.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.errors import SendError, SendKind, one_line

TOTAL_SECONDS = 15.0
CONNECT_SECONDS = 5.0
LATE_SECONDS = 5.0
"""Added to a long poll, so that the platform's own end of it comes first."""
LONGEST_DETAIL = 200
IDLE = 408
"""What getUpdates says when nothing came; nothing is wrong then."""

_KINDS: Mapping[int, SendKind] = {
    400: "rejected",
    401: "misconfigured",
    403: "unreachable",  # the documents call it "internal error"
    404: "misconfigured",
    408: "unreachable",
    429: "throttled",  # without a word on how long
}


class RefusedError(SendError):
    """The platform said no; `code` is its own."""

    def __init__(self, code: int, detail: str) -> None:
        kind: SendKind = _KINDS.get(code, "unreachable" if code >= 500 else "rejected")
        super().__init__(kind, f"{code} {detail}")
        self.code = code


class ZaloBotClient:
    """One bot on one API root. Every error is a SendError whose kind says what to do."""

    def __init__(self, token: str, api: str, patience: float = TOTAL_SECONDS) -> None:
        self._base = f"{api.rstrip('/')}/bot{token}"
        self._token = token
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        # A kept connection may be closed at the other end just as a message leaves on it, and then nobody knows
        # whether it arrived. A pilot's traffic does not need kept ones.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, method: str, parameters: Mapping[str, object] | None = None, *, repeatable: bool = True, wait: float = 0
    ) -> Any:
        """The `result` of a method. Raises SendError; of a call that is not repeatable, `uncertain` where it may have
        arrived. `wait` is how long the platform may think, in seconds."""
        if self._session is None:
            raise SendError("unreachable", "the client is closed")
        total = wait + LATE_SECONDS if wait else self._patience
        timeout = aiohttp.ClientTimeout(total=total, sock_connect=min(CONNECT_SECONDS, total))
        try:
            async with self._session.post(
                f"{self._base}/{method}", json=dict(parameters or {}), timeout=timeout, allow_redirects=False
            ) as response:
                return self._result(response.status, await response.read(), repeatable=repeatable)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise SendError("unreachable", type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one
            raise SendError("unreachable" if repeatable else "uncertain", type(error).__name__) from None

    def _result(self, status: int, body: bytes, *, repeatable: bool) -> Any:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
            if 400 <= status < 500:
                raise RefusedError(status, "without a reason")
            raise SendError("unreachable" if repeatable else "uncertain", f"not Zalo's answer (HTTP {status})")
        if answer["ok"]:
            return answer.get("result")
        code = answer.get("error_code")
        raise RefusedError(code if type(code) is int else status, self._told(answer.get("description")))

    def _told(self, description: object) -> str:
        """Their words, as they may stand in a log."""
        return one_line(str(description)[:LONGEST_DETAIL].replace(self._token, "•••"))

    async def say(self, chat: str, body: Mapping[str, object]) -> str:
        """Send a text; the message's id, "" where none was told. Never sent twice."""
        sent = await self.call("sendMessage", {"chat_id": chat, **body}, repeatable=False)
        told = sent.get("message_id") if isinstance(sent, dict) else None
        return told if isinstance(told, str) else ""

    async def update(self, wait: int) -> object | None:
        """The next event, or None after `wait` seconds without one. What was given is gone there."""
        try:
            found: object = await self.call("getUpdates", {"timeout": str(wait)}, wait=wait)
        except RefusedError as refusal:
            if refusal.code == IDLE:
                return None
            raise
        return found
