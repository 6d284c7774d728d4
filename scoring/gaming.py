"""Do officials fill in for citizens? A flag for people who review, with reasons; nothing is ever deleted by it.

Each detector points at sittings. The score is logistic in the shares of the window that they point at, with fixed
coefficients: found once on the training seed of the bench (`python -m tests.scoring.gaming_fit`), tested on others.

What was answered is never a reason: an office that serves well shall not be suspected because its people say so. A
complaint among sittings speaks for them. Looked at in the same bench and left out, because nothing was found less when
they were missing: bursts by themselves (honest people come in crowds), straight-lining, regular spacing, the share of
office hours, and taking turns without overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from scoring.gaming_accounts import few_accounts, officials
from scoring.gaming_base import Baseline
from scoring.gaming_crowds import closing
from scoring.gaming_list import list_order
from scoring.gaming_runs import one_hand
from scoring.gaming_words import copies
from scoring.sitting import Sitting
from scoring.trace import Reason, Trace

Detector = Callable[[Sequence[Sitting], Baseline], Trace]

HAND, LIST, ACCOUNTS, COPIES, CLOSING, OFFICIALS = "hand", "list", "accounts", "copies", "closing", "officials"
DETECTORS: Mapping[str, Detector] = {
    HAND: one_hand,
    LIST: lambda window, _: list_order(window),
    ACCOUNTS: lambda window, _: few_accounts(window),
    COPIES: copies,
    CLOSING: closing,
}
"""By the code of the reason that each gives; all are handed the window in order of time."""

WEIGHTS: Mapping[str, float] = {HAND: 36.0, LIST: 35.0, ACCOUNTS: 26.0, COPIES: 66.0, CLOSING: 18.0}
"""Nats that a detector adds for each share of the window that it points at."""
NOTHING = -5.8
"""The score, in nats, of a window of a month at which no detector points."""
NOTHING_IN_A_WEEK = -9.8
"""The same for windows under SHORT: what happens by chance once a month is a large part of its week.
Stricter than the fit has it (-9.5), because a year has so many of them."""
SHORT = 14 * 86_400_000
"""In ms."""
LITTLE = 5
"""Sittings added to every window, so that two or three of a small one weigh little."""
MOST = 0.4
"""A larger share says no more."""
TELLING = 1.0
"""Nats from which a detector is a reason, and what it points at is suspected."""
LEAST = 10
"""Windows of fewer sittings are not judged: no figure is shown of them."""


@dataclass(frozen=True)
class Finding:
    """Whether a window should be reviewed; `score` 0 to 1, flagged from one half.

    `suspected`: places in the window as it was given, that a reviewed figure may leave out. Sittings of officials are
    among them, flagged or not. `reasons`: the strongest first, `sittings` always among their numbers.
    """

    flagged: bool
    score: float
    reasons: tuple[Reason, ...]
    suspected: frozenset[int]


def review(window: Sequence[Sitting], base: Baseline, detectors: Mapping[str, Detector] = DETECTORS) -> Finding:
    """What the sittings of one office in one window look like, beside what is usual in its province."""
    order = sorted(range(len(window)), key=lambda place: (window[place].ended, place))
    sorted_window = [window[place] for place in order]
    own = officials(sorted_window)
    traces = {code: detect(sorted_window, base) for code, detect in detectors.items()} if len(window) >= LEAST else {}
    nats = {code: WEIGHTS[code] * share(trace, len(window)) for code, trace in traces.items()}
    nothing = NOTHING_IN_A_WEEK if base.closes - base.opens < SHORT else NOTHING
    score = 1 / (1 + exp(-(nothing + sum(nats.values()))))
    flagged = score >= 0.5
    telling = [code for code in sorted(nats, key=lambda code: -nats[code]) if flagged and nats[code] >= TELLING]
    found = {code: traces[code] for code in telling} | ({OFFICIALS: own} if own.places else {})
    return Finding(
        flagged,
        score,
        tuple(Reason(code, {"sittings": len(trace.places), **trace.facts}) for code, trace in found.items()),
        frozenset(order[place] for trace in found.values() for place in trace.places),
    )


def share(trace: Trace, sittings: int) -> float:
    """What of a window of so many sittings a detector points at, as far as it counts."""
    return min(len(trace.places) / (sittings + LITTLE), MOST)
