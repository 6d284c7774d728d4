"""Orders (nhiệm vụ được giao): in which state one is, what may be done with it next, and which reminder is due."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from scoring.working_days import first_working_day, working_days
from survey.text import fold

State = Literal["open", "reported", "done", "withdrawn"]
Deed = Literal["given", "reported", "accepted", "returned", "withdrawn"]

LEADS_TO: Mapping[Deed, State] = {
    "given": "open",
    "reported": "reported",
    "accepted": "done",
    "returned": "open",
    "withdrawn": "withdrawn",
}
POSSIBLE: Mapping[Deed, tuple[State, ...]] = {
    "reported": ("open",),
    "accepted": ("reported",),
    "returned": ("reported",),
    "withdrawn": ("open", "reported"),
}
"""From which states each deed leads on."""
LIVE: tuple[State, ...] = ("open", "reported")
"""What is not over yet."""

MOST_WORDS = 1000
MOST_SOURCE = 200
MOST_SUPPORTING = 30

BEFORE = (1, 3, 7)
"""Working days before the deadline on which one is reminded, the last one first."""
LATE_WEEKS = 8
"""So often one is reminded after the deadline; then an order only stays in the lists."""
ESCALATES_AFTER = 5
"""Working days after the deadline without a report, until the superior unit is told."""
NEWS_DAYS = 7
"""So long it is news that an order was given, reported or returned: after an import of old ones nobody is told."""

LATEST_BEFORE = timedelta(days=LATE_WEEKS * 7 + 31)
EARLIEST_AHEAD = timedelta(days=31)
"""No notice is due about a deadline further back, or further ahead than seven working days over the longest rest."""


@dataclass(frozen=True)
class Given:
    """An order as it is given. `aim`: a factor's letter or a criterion's code that it should help, or "".

    `line`: where it stands in a file. Units are ids; without a deadline it is to be done at once, or always.
    `again`: how often the same was given and taken back before.
    """

    words: str
    lead: str
    given_by: str
    given_on: date
    deadline: date | None = None
    supporting: tuple[str, ...] = ()
    source: str = ""
    aim: str = ""
    line: int = 0
    again: int = 0

    @property
    def digest(self) -> str:
        """The same for the same order, however often it is told."""
        told = "\n".join((fold(self.words), self.lead, self.given_by, self.given_on.isoformat(), str(self.again)))
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def is_overdue(state: State, deadline: date | None, today: date) -> bool:
    """Past its deadline and not done. One that waits to be accepted is not late: its office has reported."""
    return state == "open" and deadline is not None and deadline < today


def news(deed: Deed, place: int, day: date, today: date) -> str | None:
    """The notice that the last deed brings about, or None. `place`: which of the order's deeds it is.

    "given:1", "returned:3" and the like are for the lead unit, "reported:2" for those who judge.
    """
    fresh = day <= today <= day + timedelta(days=NEWS_DAYS)
    return f"{deed}:{place}" if fresh else None


def reminder(deadline: date, today: date, quiet: AbstractSet[date]) -> str | None:
    """The newest reminder that is due: "before:7", "before:3", "before:1", "late:1" to "late:8"; None where none is.

    What a program that stood still has missed is never made up for: only the newest counts.
    """
    if today <= deadline:
        left = working_days(today, deadline, quiet)
        return next((f"before:{days}" for days in BEFORE if left <= days), None)
    since = today - first_working_day(deadline + timedelta(days=1), quiet)
    week = since.days // 7 + 1
    return f"late:{week}" if since.days >= 0 and week <= LATE_WEEKS else None


def escalates(deadline: date, today: date, quiet: AbstractSet[date]) -> bool:
    """Whether the superior unit is to be told by now, of an order that nobody reported done."""
    if today <= deadline or today > deadline + LATEST_BEFORE:
        return False
    return reminder(deadline, today, quiet) is not None and working_days(deadline, today, quiet) >= ESCALATES_AFTER
