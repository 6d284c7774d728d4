"""A small memory of the last minutes: what is lost with the process here is only a convenience."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Lately(Generic[V]):
    """At most `most` values, each for the seconds it was put in with; the oldest give way. `now` is in seconds."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._kept: OrderedDict[str, tuple[float, V]] = OrderedDict()

    def get(self, key: str) -> V | None:
        found = self._kept.get(key)
        return found[1] if found and found[0] > self._now() else None

    def put(self, key: str, value: V, seconds: float) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (self._now() + seconds, value)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def drop(self, key: str) -> None:
        self._kept.pop(key, None)
