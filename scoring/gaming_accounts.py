"""Few accounts that answer much, and accounts of officials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from scoring.sitting import Sitting
from scoring.trace import Trace

FAMILY = 3
"""So many sittings of one account in a window are a family with one phone."""


def few_accounts(window: Sequence[Sitting]) -> Trace:
    """All sittings of accounts that answered more often than a family would; a kiosk is nobody's account."""
    of: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(window):
        if one.device and one.channel != "kiosk":
            of[one.device].append(place)
    busy = [places for places in of.values() if len(places) > FAMILY]
    facts = {"accounts": len(busy), "most": max(map(len, busy), default=0)}
    return Trace(frozenset(place for places in busy for place in places), facts)


def officials(window: Sequence[Sitting]) -> Trace:
    """Sittings from devices of officials."""
    places = frozenset(place for place, one in enumerate(window) if one.staff)
    return Trace(places, {"accounts": len({window[place].device for place in places})})
