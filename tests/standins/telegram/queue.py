"""Updates that wait to be acknowledged, and the numbers they bear."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.standins.telegram.refusals import Json

FIRST_UPDATE_ID = 880_000_001
MAX_WAITING = 100_000


@dataclass
class Waiting:
    """One update in the queue; `epoch` counts the jumps of the numbering to a lower value."""

    serial: int
    update_id: int
    chat_id: int
    update: Json
    epoch: int
    repeated: bool = False
    deliveries: int = 0


class UpdateQueue:
    """Creation order is delivery order; numbers rise by one unless the test makes them jump."""

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}
        self._serial = 0
        self._epoch = 0
        self._next_id = FIRST_UPDATE_ID
        self._last_of_epoch = {0: FIRST_UPDATE_ID - 1}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(list(self._waiting.values()))

    def __contains__(self, waiting: object) -> bool:
        return isinstance(waiting, Waiting) and waiting.serial in self._waiting

    def jump(self, to: int) -> None:
        """Make `to` the next update's number, as Telegram does after a quiet week."""
        if to < self._next_id:
            self._epoch += 1
            self._last_of_epoch[self._epoch] = to - 1
        self._next_id = to

    def number(self) -> int:
        """Take the next update_id."""
        taken, self._next_id = self._next_id, self._next_id + 1
        self._last_of_epoch[self._epoch] = taken
        return taken

    def add(self, update: Json, chat_id: int, *, repeated: bool = False) -> Waiting:
        """Queue an update; RuntimeError beyond MAX_WAITING."""
        if len(self._waiting) >= MAX_WAITING:
            raise RuntimeError(f"more than {MAX_WAITING} updates wait for the bot")
        self._serial += 1
        waiting = Waiting(self._serial, update["update_id"], chat_id, update, self._epoch, repeated)
        self._waiting[self._serial] = waiting
        return waiting

    def remove(self, waiting: Waiting) -> None:
        """Take one acknowledged update out."""
        self._waiting.pop(waiting.serial, None)

    def batch(self, limit: int) -> list[Waiting]:
        """The oldest updates, at most `limit`, never across a jump of the numbering."""
        first = next(iter(self), None)
        return [] if first is None else [w for w in self if w.epoch == first.epoch][:limit]

    def below(self, offset: int) -> list[Waiting]:
        """The updates that an offset acknowledges: lower numbers, unless the offset lies in this numbering's future.

        Telegram ignores an offset that is higher than anything it has given out, which is what a bot has after the
        numbers jumped down; a repeated update must have been delivered before it can be acknowledged.
        """
        return [
            waiting
            for waiting in self
            if waiting.update_id < offset <= self._last_of_epoch[waiting.epoch] + 1
            and (waiting.deliveries or not waiting.repeated)
        ]

    def last(self, count: int) -> list[Waiting]:
        """The newest `count` updates (a negative offset keeps only these)."""
        return list(self)[-count:]

    def of_chat(self, chat_id: int) -> Waiting | None:
        """The oldest waiting update of one chat, or None."""
        return next((waiting for waiting in self._waiting.values() if waiting.chat_id == chat_id), None)

    def chats(self) -> list[int]:
        """The chats that have updates waiting, oldest first."""
        return list(dict.fromkeys(waiting.chat_id for waiting in self._waiting.values()))
