"""Troubles that a test asks for, on the API's side."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["drop_before", "drop_after", "server_error", "code", "slow", "redirect"]


@dataclass
class Fault:
    """`drop_*`: the connection breaks before or after the call was carried out; `code`: refused with that number.

    `path` is the end of the address it is about; "" for all. `times` counts down.
    """

    kind: Kind
    times: int = 1
    path: str = ""
    code: int = 0
    user: str = ""
    seconds: float = 0.0


class Faults:
    """The troubles in force; the first that fits a call is used up by one."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def next(self, path: str, user: str) -> Fault | None:
        """The trouble that this call meets."""
        for fault in self._armed:
            if fault.times > 0 and path.endswith(fault.path) and fault.user in {"", user}:
                fault.times -= 1
                return fault
        return None
