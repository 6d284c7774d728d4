"""What the test makes go wrong, by method and chat."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.standins.telegram.refusals import RefusedError, bad_request, throttled

Kind = Literal[
    "throttled", "server_error", "blocked", "deactivated", "migrated", "refused", "drop_before", "drop_after", "slow"
]
REFUSING = frozenset({"throttled", "server_error", "blocked", "deactivated", "migrated", "refused"})


@dataclass
class Fault:
    """One kind of trouble.

    `methods` empty means every method but getUpdates, `chat_id` None every chat, `times` None until it is cleared.
    """

    kind: Kind
    methods: frozenset[str] = frozenset()
    chat_id: int | None = None
    times: int | None = 1
    retry_after: int = 1
    code: int = 502
    migrate_to: int = 0
    seconds: float = 0.0
    reason: str = "something is wrong"

    def matches(self, method: str, params: Mapping[str, Any]) -> bool:
        """True when this call shall meet the fault."""
        named = method in self.methods if self.methods else method != "getUpdates"
        return named and (self.chat_id is None or str(params.get("chat_id")) == str(self.chat_id))

    def refusal(self) -> RefusedError:
        """The refusal that the bot sees."""
        match self.kind:
            case "throttled":
                return throttled(self.retry_after)
            case "server_error":
                return RefusedError(self.code, "Bad Gateway" if self.code == 502 else "Internal Server Error")
            case "blocked":
                return RefusedError(403, "Forbidden: bot was blocked by the user")
            case "deactivated":
                return RefusedError(403, "Forbidden: user is deactivated")
            case "migrated":
                moved = "Bad Request: group chat was upgraded to a supergroup chat"
                return RefusedError(400, moved, {"migrate_to_chat_id": self.migrate_to})
            case _:
                return bad_request(self.reason)


@dataclass
class Faults:
    """The faults in force, oldest first; the first that matches a call is used up by it."""

    waiting: list[Fault] = field(default_factory=list)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Everything works again; calls that were made to wait go on."""
        self.waiting.clear()
        self._over.set()
        self._over = asyncio.Event()

    async def delay(self, seconds: float) -> None:
        """Wait, but not beyond the time when everything works again."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    def take(self, method: str, params: Mapping[str, Any]) -> Fault | None:
        """The fault that this call meets, counted down, or None."""
        for fault in self.waiting:
            if fault.matches(method, params):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                return fault
        return None
