"""The updates that wait for a bot that polls."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

MOST_UPDATES = 100


class Waiting:
    """getUpdates with `offset`, `limit` and `timeout`: what lies below the offset is acknowledged and forgotten."""

    def __init__(self) -> None:
        self._updates: deque[tuple[int, bytes, Callable[[], None]]] = deque()
        self._poller: asyncio.Future[bytes] | None = None
        self._limit = MOST_UPDATES

    def __len__(self) -> int:
        return len(self._updates)

    def put(self, number: int, update: bytes, acknowledged: Callable[[], None]) -> None:
        """Add an update, numbered upwards, and wake who polls; `acknowledged` is called once."""
        self._updates.append((number, update, acknowledged))
        self._answer_poller()

    def fetch(self, params: Mapping[str, Any]) -> bytes | asyncio.Future[bytes]:
        """Answer a call, at once when something waits, else after `timeout` seconds at most."""
        offset, timeout = int(params.get("offset") or 0), float(params.get("timeout") or 0)
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()[2]()
        self._answer_poller()
        self._limit = int(params.get("limit") or MOST_UPDATES)
        if self._updates or not timeout:
            return self._batch()
        loop = asyncio.get_running_loop()
        poller = self._poller = loop.create_future()
        end = loop.call_later(timeout, self._answer_poller)
        poller.add_done_callback(lambda _: end.cancel())
        return poller

    def _answer_poller(self) -> None:
        if self._poller and not self._poller.done():
            self._poller.set_result(self._batch())
        self._poller = None

    def _batch(self) -> bytes:
        updates = b",".join(update for _, update, _ in islice(self._updates, self._limit))
        return b'{"ok":true,"result":[%b]}' % updates
