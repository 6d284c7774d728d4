"""What the store of orders takes and gives: see handlers/tasks.py."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scoring.orders import Deed, Given, State


@dataclass(frozen=True)
class Order:
    """An order as it stands: its number, what was given, and its state."""

    number: int
    given: Given
    state: State


@dataclass(frozen=True)
class Done:
    """One line of an order's history. `unit`: the office of whoever did it, None for the operator."""

    deed: Deed
    day: date
    unit: str | None
    note: str = ""
    link: str = ""


class Orders(Protocol):
    def add(self, given: Given, at: int) -> int | None:
        """The new order's number; None where the same one was given before."""
        ...

    def known(self, digest: str) -> Order | None: ...
    def get(self, number: int) -> Order | None: ...
    def history(self, number: int) -> Sequence[Done]:
        """The oldest first."""
        ...

    def do(self, number: int, done: Done, at: int) -> None:
        """Write a deed down; the order's state follows."""
        ...

    def of_state(self, state: State) -> Sequence[Order]:
        """The soonest deadline first, those without one last."""
        ...

    def due(self, first: date, last: date) -> Sequence[Order]:
        """Open orders with a deadline in those days."""
        ...

    def changed(self, since: date) -> Sequence[Order]:
        """Orders with which something was done since that day."""
        ...

    def notices(self, number: int) -> AbstractSet[str]: ...
    def notify(self, number: int, notice: str, at: int) -> None:
        """This notice went out."""
        ...
