"""Which units really moved? Evidence gathered over the weeks of each, and the share of false alarms held over all.

A plain chart of control limits at three sigma gives 466 false alarms a year over the communes of the whole country.
Here each unit has a CUSUM of log-likelihood ratios, in which a small steady drop adds up and a single odd week does
not; and all units of one summary share one allowance of false alarms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from scoring.compare import change
from scoring.counts import Moments
from scoring.index import effective_n, moments_figure

SHIFT = 0.10
"""The drop or rise, as a share, that shall be seen soon."""
WATCHED = 8
"""Weeks in which evidence is gathered."""
REMEMBERED = 26
"""Weeks before those, whose pooled share is what the unit is used to."""
LEAST_PEOPLE = 30
"""Respondents of the weeks that changed, before anything is called a change."""
LEAST_PAST = 200
"""Respondents of the weeks before: what a unit is used to is an estimate, and from fewer too rough a one."""
LEAST_POINTS = 3.0
"""Smaller changes are no news, however sure."""
FALSE_SHARE = 0.05
"""Expected share of false ones among all changes that a summary names (Benjamini and Hochberg 1995)."""
NEVER = 0.01
"""A share is not expected to fall or rise beyond this distance from 0 and 1."""

NOBODY = Moments()


@dataclass(frozen=True)
class Move:
    """A sure change: the last `weeks` weeks lie `points` above (below, if negative) what the unit is used to."""

    points: float
    weeks: int


def moves(history: Mapping[str, Sequence[Moments]]) -> dict[str, Move]:
    """By unit, what surely changed. `history`: a week's index moments each, oldest first, the week in question last.

    Only units that answered in that very week are looked at: silence is no change. Falls and rises are two questions,
    each with its own allowance of false alarms.
    """
    found: dict[str, Move] = {}
    for shift in (-SHIFT, SHIFT):
        judged = {unit: one for unit, weeks in history.items() if (one := _judged(weeks, shift)) is not None}
        names = list(judged)
        sure = discoveries([p for _, p in judged.values()])
        found |= {
            unit: judged[unit][0]
            for place, unit in enumerate(names)
            if place in sure and abs(judged[unit][0].points) >= LEAST_POINTS
        }
    return found


def discoveries(p_values: Sequence[float], share: float = FALSE_SHARE) -> frozenset[int]:
    """Places of the p-values that are discoveries at that expected share of false ones (Benjamini, Hochberg 1995)."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    last = 0
    for rank, place in enumerate(order, start=1):
        if p_values[place] <= share * rank / len(order):
            last = rank
    return frozenset(order[:last])


def _judged(weeks: Sequence[Moments], shift: float) -> tuple[Move, float] | None:
    """(the change, the probability of such evidence if there were none); None for a unit that cannot be judged."""
    before = sum(weeks[-WATCHED - REMEMBERED : -WATCHED], NOBODY)
    recent = weeks[-WATCHED:]
    if not recent or recent[-1].n == 0 or before.n < LEAST_PAST:
        return None
    evidence, length = cusum((before.s + 0.5) / (before.m + 1), recent, shift)
    lasting = sum(recent[len(recent) - length :], NOBODY)
    moved = change(moments_figure(lasting, LEAST_PEOPLE), moments_figure(before, LEAST_PEOPLE))
    if moved is None or not moved.clear:
        return Move(0.0, 0), 1.0
    return Move(100 * (lasting.s / lasting.m - before.s / before.m), length), exp(-evidence)


def cusum(used_to: float, weeks: Sequence[Moments], shift: float) -> tuple[float, int]:
    """(evidence, weeks since it began) of a change by `shift` from the share `used_to` (Page 1954).

    The evidence is the largest log-likelihood ratio of the weeks up to the last, from wherever it is largest. Were
    nothing changed, it would exceed h with a probability of at most exp(-h), whatever the numbers of answers (Ville
    1939). Answers of one person go together, so a week counts as many answers as they are worth. What the unit is used
    to is itself estimated: see LEAST_PAST, and `_judged`, which asks for a clear difference of the two as well.
    """
    changed = min(max(used_to + shift, NEVER), 1 - NEVER)
    used_to = min(max(used_to, NEVER), 1 - NEVER)
    evidence, length = 0.0, 0
    for week in weeks:
        gain = 0.0
        if week.m:
            ratio = week.s * log(changed / used_to) + (week.m - week.s) * log((1 - changed) / (1 - used_to))
            gain = ratio * effective_n(week) / week.m
        evidence, length = (evidence + gain, length + 1) if evidence + gain > 0 else (0.0, 0)
    return evidence, length
