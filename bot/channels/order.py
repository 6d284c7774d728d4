"""One chat's things in order, different chats' at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable


class Place:
    """A place in a line, as an async context manager: entered when everybody before has left."""

    def __init__(self, lines: Lines, chat: Hashable, before: asyncio.Future[None] | None) -> None:
        self._lines = lines
        self._chat = chat
        self._before = before
        self._left: asyncio.Future[None] | None = None

    @property
    def free(self) -> bool:
        """Whether everybody before has left, so that entering waits for nobody."""
        return self._before is None or self._before.done()

    @property
    def left(self) -> asyncio.Future[None]:
        """Done when this place is left; made for whoever comes behind, which is seldom anybody."""
        if self._left is None:
            self._left = asyncio.get_running_loop().create_future()
        return self._left

    async def __aenter__(self) -> None:
        if self._before is None:
            return
        try:
            await asyncio.shield(self._before)
        except asyncio.CancelledError:
            # Who gives up waiting must not let those behind go before those in front.
            self._before.add_done_callback(lambda _: self._leave())
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._left is not None:
            self._left.set_result(None)
        self._lines.forget(self._chat, self)


class Lines:
    """A line per chat, first come first served; a chat without anybody in line takes no memory."""

    def __init__(self) -> None:
        self._last: dict[Hashable, Place] = {}

    def __len__(self) -> int:
        return len(self._last)

    def join(self, chat: Hashable) -> Place:
        """Take the last place now; `async with` waits until it is its turn. A place that was taken must be entered."""
        last = self._last.get(chat)
        self._last[chat] = place = Place(self, chat, last.left if last else None)
        return place

    def forget(self, chat: Hashable, place: Place) -> None:
        if self._last.get(chat) is place:
            del self._last[chat]
