"""What the test makes go wrong, by method and chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.standins.zalo_bot.refusals import RefusedError, bad_request

Kind = Literal[
    "throttled",
    "internal",
    "unauthorized",
    "refused",
    "server_error",
    "proxy_page",
    "drop_before",
    "drop_after",
    "hang",
]
_REFUSALS = {
    "throttled": (429, "Quota exceeded"),
    "internal": (403, "Internal server error"),
    "unauthorized": (401, "Unauthorized"),
    "server_error": (500, "Server error"),
}


@dataclass
class Fault:
    """One kind of trouble; `methods` empty means every method but getUpdates, `times` None until it is cleared.

    `drop_after` cuts the connection when the call was carried out, `proxy_page` answers as a proxy whose upstream is
    gone, `hang` carries nothing out and never answers.
    """

    kind: Kind
    methods: frozenset[str] = frozenset()
    chat_id: str | None = None
    times: int | None = 1

    def matches(self, method: str, params: Mapping[str, Any]) -> bool:
        """True when this call shall meet the fault."""
        named = method in self.methods if self.methods else method != "getUpdates"
        return named and (self.chat_id is None or params.get("chat_id") == self.chat_id)

    def refusal(self) -> RefusedError | None:
        """The refusal that the bot sees, if it is one."""
        if self.kind == "refused":
            return bad_request("something is wrong")
        return RefusedError(*_REFUSALS[self.kind]) if self.kind in _REFUSALS else None


@dataclass
class Faults:
    """The faults in force, oldest first; the first that matches a call is used up by it."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Everything works again."""
        self.waiting.clear()

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
