"""How far a score may be trusted, A to D, by a table of rules: the worst rule that applies decides.

| rule | at best D | at best C | at best B |
|---|---|---|---|
| people | under 10 | under 30 | under 60 |
| share tied to a dossier | | under 10% | under 40% |
| share at a kiosk, with staff near | | over 60% | over 30% |
| share suspected | | over 10% | over 3% |
| flagged for review | yes | | |
| response rate | | under 10% | under 30%, or not known |

Sizes are those at which a figure is hidden, called a hint and given a place in the ranking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scoring.trace import Reason

Letter = Literal["A", "B", "C", "D"]

Rule = tuple[tuple[float, Letter], ...]
"""(a limit, the best grade beyond it), the worst first."""

BEST: Letter = "A"
FEW: Rule = ((10, "D"), (30, "C"), (60, "B"))
VERIFIED: Rule = ((0.10, "C"), (0.40, "B"))
RESPONSE: Rule = ((0.10, "C"), (0.30, "B"))
"""These limits lie below what is wanted, the next ones above it."""
ASSISTED: Rule = ((0.60, "C"), (0.30, "B"))
SUSPECTED: Rule = ((0.10, "C"), (0.03, "B"))
FLAGGED: Letter = "D"
UNKNOWN: Letter = "B"


@dataclass(frozen=True)
class Standing:
    """What a grade is made of. `verified`, `assisted`, `walk_in`: respondents of each provenance; `suspected` of all;
    `response_rate` 0 to 1, None where it is not known."""

    verified: int
    assisted: int
    walk_in: int
    suspected: int = 0
    flagged: bool = False
    response_rate: float | None = None

    @property
    def people(self) -> int:
        return self.verified + self.assisted + self.walk_in


@dataclass(frozen=True)
class Grade:
    """The letter, and what kept it from an A: a row's code and the number it looked at, the worst first."""

    letter: Letter
    reasons: tuple[Reason, ...]


def grade(standing: Standing) -> Grade:
    """The grade of a score; ValueError for numbers that cannot be."""
    people, rate = standing.people, standing.response_rate
    if min(standing.verified, standing.assisted, standing.walk_in) < 0 or not 0 <= standing.suspected <= people:
        raise ValueError(f"no such people: {standing}")
    if rate is not None and not 0 <= rate <= 1:
        raise ValueError(f"no such response rate: {rate}")
    verified, assisted, suspected = (
        part / max(people, 1) for part in (standing.verified, standing.assisted, standing.suspected)
    )
    rows: list[tuple[Letter, Reason]] = [
        (_under(people, FEW), Reason("people", {"people": people})),
        (_under(verified, VERIFIED), Reason("verified", {"share": verified})),
        (_over(assisted, ASSISTED), Reason("assisted", {"share": assisted})),
        (_over(suspected, SUSPECTED), Reason("suspected", {"share": suspected, "sittings": standing.suspected})),
        (FLAGGED if standing.flagged else BEST, Reason("flagged", {})),
        (UNKNOWN, Reason("response_unknown", {}))
        if rate is None
        else (_under(rate, RESPONSE), Reason("response_rate", {"share": rate})),
    ]
    kept = sorted((row for row in rows if row[0] != BEST), key=lambda row: row[0], reverse=True)
    return Grade(kept[0][0] if kept else BEST, tuple(reason for _, reason in kept))


def _under(number: float, rule: Rule) -> Letter:
    return next((letter for limit, letter in rule if number < limit), BEST)


def _over(number: float, rule: Rule) -> Letter:
    return next((letter for limit, letter in rule if number > limit), BEST)
