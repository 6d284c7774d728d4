"""Comments that are nearly the same, from people who should not know of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from scoring.gaming_base import Baseline
from scoring.sitting import Sitting
from scoring.trace import Trace, devices
from scoring.typed import spaced

LEAST_SYLLABLES = 7
"""Shorter ones are stock phrases: "cán bộ nhiệt tình" is everybody's."""
ALIKE = 0.55
"""Share of syllables that two have in common (Jaccard), from which one is a copy of the other.

A window of one office has a few hundred comments, so that each pair is compared; MinHash would only spare that.
"""
LEAST_COPIES = 3


def copies(window: Sequence[Sitting], base: Baseline) -> Trace:
    """Comments that at least LEAST_COPIES wrote nearly alike, from different devices, and that are not common in the
    province."""
    said = [(place, spaced(one.words)) for place, one in enumerate(window) if one.words]
    long = {place: frozenset(words.split()) for place, words in said if _is_own(words, base)}
    groups = _groups(long, window)
    places = frozenset(place for group in groups for place in group)
    return Trace(places, {"groups": len(groups), "most": max(map(len, groups), default=0)})


def _is_own(words: str, base: Baseline) -> bool:
    return words.count(" ") + 1 >= LEAST_SYLLABLES and words not in base.common


def _groups(long: dict[int, frozenset[str]], window: Sequence[Sitting]) -> list[list[int]]:
    """Places whose comments are alike, each to some other of its group."""
    group = {place: place for place in long}

    def head(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    for one, words in long.items():
        for other, others in long.items():
            if other >= one:
                break
            if _alike(words, others) and head(one) != head(other):
                group[head(one)] = head(other)
    found: dict[int, list[int]] = defaultdict(list)
    for place in long:
        found[head(place)].append(place)
    return [places for places in found.values() if devices(window, places) >= LEAST_COPIES]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    common = len(one & other)
    return common >= ALIKE * (len(one) + len(other) - common)
