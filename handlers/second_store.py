"""What the store of second accounts gives: see handlers/second.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Pair:
    """Two accounts (ids of persons) of one official, and since when they are known to be."""

    first_id: str
    second_id: str
    since: date


class Seconds(Protocol):
    def offer(self, first_id: str, code_digest: str, expires_at: int) -> None:
        """A newer code takes the place of the last. Nothing where she has a second account."""
        ...

    def offered(self, code_digest: str) -> tuple[str, int] | None:
        """(who asked for this code, until when it holds in Unix ms)."""
        ...

    def link(self, first_id: str, second_id: str, since: date) -> None:
        """The code that she was offered is spent by it."""
        ...

    def of(self, person_id: str) -> Pair | None:
        """The pair that this account is one of."""
        ...

    def end(self, person_id: str) -> None:
        """No pair and no code of this account any more."""
        ...
