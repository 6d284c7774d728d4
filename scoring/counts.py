"""What answers add up to. Whole numbers only: tallies add and subtract exactly; percentages are made elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

INDEX = "*"
"""The moments over all scored items of the five factors; the overall question is not among them."""
FACTORS = ("A", "B", "C", "D", "E")
OVERALL = "overall"
"""`factor` of the overall question: a criterion of its own, outside every factor."""
ROTATED = "rotated"
"""Stands beside the factors' letters for the criteria that are not asked of everybody, and enter no factor."""
SCALE = ("1", "2", "3", "4", "5")
SATISFIED = ("4", "5")
PROVENANCES = ("verified", "walk_in", "assisted")


@dataclass(frozen=True)
class Item:
    """One answer. `value`: "1" to "5" on a satisfaction scale, "dk", or the choice's name of a fact question.

    A criterion that is `rotated` is not asked of everybody: it has a figure of its own and is in no factor's.
    """

    criterion: str
    factor: str | None
    value: str
    rotated: bool = False

    @property
    def enters_index(self) -> bool:
        """Whether it moves its factor and the index."""
        return self.factor in FACTORS and self.value in SCALE and not self.rotated


@dataclass(frozen=True)
class Moments:
    """Over `n` responses with at least one valid item: sums of s (satisfied items), m (valid items), s², sm, m²."""

    n: int = 0
    s: int = 0
    m: int = 0
    ss: int = 0
    sm: int = 0
    mm: int = 0

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(a + b for a, b in zip(self.as_tuple(), other.as_tuple(), strict=True)))

    def __sub__(self, other: Moments) -> Moments:
        return Moments(*(a - b for a, b in zip(self.as_tuple(), other.as_tuple(), strict=True)))

    def as_tuple(self) -> tuple[int, int, int, int, int, int]:
        return self.n, self.s, self.m, self.ss, self.sm, self.mm


@dataclass(frozen=True)
class Tally:
    """Counts of `n` responses: by criterion and value, moments by factor letter and INDEX, `n` by provenance.

    Zeros are left out, so that equal counts are equal tallies.
    """

    n: int = 0
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)
    provenance: Mapping[str, int] = field(default_factory=dict)

    def valid(self, criterion: str) -> tuple[int, int]:
        """(satisfied, valid) answers of a criterion on the satisfaction scale."""
        counts = self.values.get(criterion, {})
        return sum(counts.get(v, 0) for v in SATISFIED), sum(counts.get(v, 0) for v in SCALE)


def of_response(items: Iterable[Item], provenance: str) -> Tally:
    """The tally of one person's answers. Don't-know is counted as a value and enters no moment."""
    values: dict[str, dict[str, int]] = {}
    scored: dict[str, list[bool]] = {}
    for item in items:
        counts = values.setdefault(item.criterion, {})
        counts[item.value] = counts.get(item.value, 0) + 1
        if item.factor and item.enters_index:
            for key in (item.factor, INDEX):
                scored.setdefault(key, []).append(item.value in SATISFIED)
    moments = {key: _moments(sum(satisfied), len(satisfied)) for key, satisfied in scored.items()}
    return Tally(1, values, moments, {provenance: 1})


def _moments(s: int, m: int) -> Moments:
    return Moments(1, s, m, s * s, s * m, m * m)


def add(one: Tally, other: Tally) -> Tally:
    """Both together."""
    return _combine(one, other, 1)


def subtract(whole: Tally, part: Tally) -> Tally:
    """The whole without a part of it; ValueError where the part was never in it."""
    rest = _combine(whole, part, -1)
    if not _is_count(rest):
        raise ValueError("subtracting what was never added")
    return rest


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of any number of tallies."""
    result = Tally()
    for tally in tallies:
        result = add(result, tally)
    return result


def _combine(one: Tally, other: Tally, sign: int) -> Tally:
    values = {
        criterion: merged
        for criterion in {**one.values, **other.values}
        if (merged := _merge(one.values.get(criterion, {}), other.values.get(criterion, {}), sign))
    }
    nothing = Moments()
    moments: dict[str, Moments] = {}
    for key in {**one.moments, **other.moments}:
        left, right = one.moments.get(key, nothing), other.moments.get(key, nothing)
        both = left + right if sign > 0 else left - right
        if both != nothing:
            moments[key] = both
    return Tally(one.n + sign * other.n, values, moments, _merge(one.provenance, other.provenance, sign))


def _merge(one: Mapping[str, int], other: Mapping[str, int], sign: int) -> dict[str, int]:
    merged = {key: one.get(key, 0) + sign * other.get(key, 0) for key in {**one, **other}}
    return {key: count for key, count in merged.items() if count}


def _is_count(tally: Tally) -> bool:
    numbers = [tally.n, *tally.provenance.values()]
    numbers += [count for counts in tally.values.values() for count in counts.values()]
    numbers += [number for moments in tally.moments.values() for number in moments.as_tuple()]
    return all(number >= 0 for number in numbers)


def to_json(tally: Tally) -> str:
    """Canonical: sorted keys, no blanks; equal tallies give equal text."""
    moments = {key: list(moments.as_tuple()) for key, moments in tally.moments.items()}
    plain = {"n": tally.n, "values": tally.values, "moments": moments, "provenance": tally.provenance}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Tally:
    """What `to_json` wrote; ValueError on anything else."""
    plain: Any = json.loads(text)
    try:
        return Tally(
            int(plain["n"]),
            {named: {value: int(n) for value, n in counts.items()} for named, counts in plain["values"].items()},
            {key: Moments(*(int(number) for number in numbers)) for key, numbers in plain["moments"].items()},
            {key: int(n) for key, n in plain["provenance"].items()},
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a saved tally") from error


def digest(tally: Tally) -> str:
    """sha256, hex, over the canonical JSON."""
    return hashlib.sha256(to_json(tally).encode()).hexdigest()
