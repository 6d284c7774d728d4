"""Runs: sittings that follow each other closely. Do they look like one hand?

What people answered is never a reason to suspect a run; but a complaint in it speaks for its people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, inf, log

from scoring.gaming_base import Baseline, kind_of, log_pace, slower_half
from scoring.sitting import Sitting
from scoring.trace import MINUTE, Trace, devices

PAUSE = 20 * MINUTE
"""A longer pause between two ends (ms) ends a run."""

HAND = (-0.6, 0.5)
"""Mean and spread of the log of one's pace over the usual: who knows the questions takes half the time."""
PEOPLE = (0.0, 0.6)
QUICK = (-1.0, 0.4)
QUICK_SHARE = 0.12
"""Honest people's pace, and that of the few among them who only tap."""
PACE_SAYS = (-1.5, 1.2)
"""The least and most (nats) that one sitting's pace may say: somebody who was interrupted acquits nobody for good."""

OWN_PACE = (-0.6, 0.3)
"""How far (log) an office's people may be quicker or slower than others, as its slower half shows."""
OWN = 0.5
"""How much of that is taken off: all of it would hide as much as it spares honest offices."""

FARTHEST = (-2.0, 4.0)
"""A pace (log) beyond these says what they say: nobody taps faster, and who goes on the next day takes no longer."""

AFTER, MEANWHILE = 0.25, -1.2
"""What it says (nats) that a sitting began after the one before it ended, or before: one hand can do one at a time."""

EVERY = 8 * MINUTE
"""How often one hand answers, in the mean (ms)."""
CROWDS = 1.2
"""Nats taken off what crowding says: honest people come in crowds."""
CROWD_SAYS = (-1.0, 0.8)

COMPLAINT = -2.0
"""What it says (nats) that somebody was not satisfied with something: no official writes that."""
DISSATISFIED = 3
"""The highest level that says so."""

ONE_HAND = 3.0
"""Evidence (nats) from which a run counts: honest ones reach it in some offices, so it flags none by itself."""


def runs(window: Sequence[Sitting]) -> Iterator[list[int]]:
    """Places of a window that is in order of time, cut at pauses."""
    run: list[int] = []
    for place, one in enumerate(window):
        if run and one.ended - window[run[-1]].ended > PAUSE:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def one_hand(window: Sequence[Sitting], base: Baseline) -> Trace:
    """Stretches of runs that are quick, one after the other, denser than the hour is, and without a complaint.

    A CUSUM of log-likelihood ratios (Page 1954) within each run, from where it leaves 0 to where it is highest.
    """
    found: list[list[int]] = []
    own = OWN * _within(slower_half(window, base.pace) - base.slower, OWN_PACE)
    for run in runs(window):
        found += _stretches(run, [_says(window, run, at, base, own) for at in range(len(run))])
    places = frozenset(place for stretch in found for place in stretch)
    return Trace(places, {"runs": len(found), **_longest(max(found, key=len, default=[]), window)})


def _longest(stretch: Sequence[int], window: Sequence[Sitting]) -> dict[str, int]:
    """How many sittings, in how many minutes, from how many devices; each without a key counts as one."""
    if not stretch:
        return {}
    minutes = -(-(window[stretch[-1]].ended - window[stretch[0]].ended) // MINUTE)
    return {"longest": len(stretch), "minutes": minutes, "devices": devices(window, stretch)}


def _stretches(run: Sequence[int], evidence: Sequence[float]) -> Iterator[list[int]]:
    total = best = 0.0
    start = end = 0
    for at, says in enumerate((*evidence, -inf)):
        total += says
        if total <= 0:
            if best > ONE_HAND:
                yield list(run[start : end + 1])
            total = best = 0.0
            start = at + 1
        elif total > best:
            best, end = total, at


def _says(window: Sequence[Sitting], run: Sequence[int], at: int, base: Baseline, own: float) -> float:
    """Nats for one hand rather than for people, of the run's sitting at `at`."""
    one = window[run[at]]
    usual = base.pace.get(kind_of(one))
    says = 0.0 if usual is None else pace_says(log_pace(one) - usual - own)
    if min(one.levels, default=5) <= DISSATISFIED:
        says += COMPLAINT
    if at == 0:
        return says
    before = window[run[at - 1]]
    if one.channel != "kiosk":
        says += AFTER if one.began >= before.ended else MEANWHILE
    usually = max(len(window) * base.expected(one, MINUTE), 1e-9) / MINUTE
    gap = one.ended - before.ended
    return says + _within(log(1 / EVERY / usually) - (1 / EVERY - usually) * gap - CROWDS, CROWD_SAYS)


def pace_says(pace: float) -> float:
    """Nats for one hand rather than for people, of the log of a pace over the usual."""
    pace = _within(pace, FARTHEST)
    people = (1 - QUICK_SHARE) * _normal(pace, *PEOPLE) + QUICK_SHARE * _normal(pace, *QUICK)
    return _within(log(_normal(pace, *HAND) / people), PACE_SAYS)


def _normal(x: float, mean: float, spread: float) -> float:
    """Normal density without the factor that every one has."""
    return exp(-0.5 * ((x - mean) / spread) ** 2) / spread


def _within(x: float, ends: tuple[float, float]) -> float:
    return max(ends[0], min(ends[1], x))
