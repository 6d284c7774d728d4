"""What a look at a week's answers is given and what it gives: see handlers/findings.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from scoring.sitting import Sitting
from scoring.trace import Reason
from survey.model import Survey


@dataclass(frozen=True)
class Sat:
    """A response as the detectors see it."""

    response_id: str
    sitting: Sitting


@dataclass(frozen=True)
class Found:
    """What a week of one desk looks like. `words`: what the office said to it."""

    unit_id: str
    week: str
    sittings: int
    suspected: int
    flagged: bool
    reasons: tuple[Reason, ...]
    words: str | None = None


class Findings(Protocol):
    def looked_at(self, week: str) -> bool: ...
    def sat(
        self, first: date, last: date, zone: ZoneInfo, surveys: Mapping[tuple[str, str], Survey]
    ) -> Mapping[str, Sequence[Sat]]:
        """The complete responses of those days by desk. `surveys`: by id and version, for the order of questions."""
        ...

    def put(self, found: Iterable[Found], suspects: Iterable[str], week: str, at: int) -> None: ...
    def of(self, unit_ids: Iterable[str], first: str, last: str) -> Sequence[Found]:
        """Of these desks and weeks, the newest first."""
        ...

    def figures(self, unit_id: str, first: date, last: date) -> tuple[str, str]:
        """The pooled index of a desk's live answers, with and without the suspected ones: "81.2 (70 to 90; 44 people)".

        For who reviews, never for a chat; "" under ten people, and where the two would differ by fewer than ten.
        """
        ...

    def answer(self, found: Found, words: str, person_id: str, at: int) -> None: ...
