"""How many of those who were served answered, how many should, and what those who did not might change."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

MARGIN = 0.05


@dataclass(frozen=True)
class Turnout:
    """`answered` of `visits`; what people who did not answer leave open: the share satisfied lies from `low` to `high`.

    `low`, `high`: percent of all visits, if none or all of the silent were satisfied (worst-case bounds, Manski 1989).
    """

    answered: int
    visits: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """0 to 100."""
        return 100 * self.answered / self.visits


def turnout(answered: int, visits: int, lowest: float, highest: float) -> Turnout:
    """`lowest`, `highest`: percent satisfied among those who answered; the same where it is told exactly.

    Answers roll on into the next window, so that some may be about visits before: more answers than visits is a full
    turnout.
    """
    answered = min(answered, visits)
    share = answered / visits
    return Turnout(answered, visits, share * lowest, share * highest + 100 * (1 - share))


def needed(visits: int, margin: float = MARGIN) -> int:
    """How many answers stand for so many visits: N / (1 + N e²), as the SIPAS guidance of 2014 has it."""
    return ceil(round(visits / (1 + visits * margin * margin), 9))
