"""The two ways of an update to a bot: its webhook, or the queue that it polls."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from benchmarks.bots import SECRET
from benchmarks.http import Pool
from benchmarks.lean_api import LeanApi

DELIVERY_SECONDS = 30.0
MAX_TRIES = 20
RETRY_SECONDS = 0.05
HEADERS = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"


class StuckError(Exception):
    """The bot did not do what the form needs; the text says where."""


class Way(Protocol):
    """How updates reach the bot."""

    async def deliver(self, number: int, update: bytes, acknowledged: Callable[[], None]) -> bytes:
        """Bring an update, call `acknowledged` once it is, return the answer's body; StuckError."""

    def close(self) -> None:
        """Let go of connections."""


class ToWebhook:
    """Posted until it is answered with 2xx, over at most `connections`."""

    def __init__(self, port: int, path: str, connections: int) -> None:
        self._pool = Pool(port, connections)
        self._path = path

    async def deliver(self, number: int, update: bytes, acknowledged: Callable[[], None]) -> bytes:
        """Returns once it is acknowledged."""
        status = 0
        for _ in range(MAX_TRIES):
            try:
                post = self._pool.post(self._path, HEADERS, update)
                status, reply = await asyncio.wait_for(post, DELIVERY_SECONDS)
            except (OSError, TimeoutError):
                status = 0
            if 200 <= status < 300:
                acknowledged()
                return reply
            await asyncio.sleep(RETRY_SECONDS)
        raise StuckError(f"update {number} was refused {MAX_TRIES} times, last with {status}")

    def close(self) -> None:
        """Close idle connections."""
        self._pool.close()


class ToPoller:
    """Laid where the bot polls."""

    def __init__(self, api: LeanApi) -> None:
        self._api = api

    async def deliver(self, number: int, update: bytes, acknowledged: Callable[[], None]) -> bytes:
        """Returns at once: a person does not wait until the bot has fetched more."""
        self._api.waiting.put(number, update, acknowledged)
        return b""

    def close(self) -> None:
        """Nothing to let go of."""
