"""Figures by procedure of a closed quarter: what blocks hold of each, who goes aside, and the cells that are told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from scoring.counts import SCALE, Tally, total
from scoring.counts import digest as tally_digest
from scoring.index import METHOD
from scoring.release import HELD, STEP

Groups = tuple[frozenset[str], ...]
"""Codes of procedures that are told together; the first is the remainder, which may be empty."""


@dataclass(frozen=True)
class Part:
    """What one block holds of one procedure; `aside`: of those drawn by lot who are in no figure by procedure."""

    block: str
    unit: str
    code: str
    aside: bool
    tally: Tally


@dataclass(frozen=True)
class Rule:
    """What a figure by procedure must keep: isolate nobody or `least` people, and `held` of each group are aside."""

    least: int = STEP + HELD
    """Ten, and the two by whom an accomplice pair who subtract their own answers would come closer."""
    held: int = HELD

    @classmethod
    def of(cls, step: int) -> Rule:
        """The rule of a province; none where a block is one simulated person."""
        return cls(step + HELD, HELD) if step > 1 else cls(0, 0)


@dataclass(frozen=True)
class ProcedureCell:
    """Released counts of a group of procedures in a unit and a closed quarter. `rest`: it is the remainder."""

    unit: str
    period: str
    survey: str
    codes: tuple[str, ...]
    rest: bool = False
    tally: Tally = field(default_factory=Tally)
    method: str = METHOD


def digest(cell: ProcedureCell) -> str:
    """sha256, hex, over everything the cell says."""
    said = [cell.unit, cell.period, cell.survey, list(cell.codes), cell.rest, cell.method, tally_digest(cell.tally)]
    return hashlib.sha256(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def aside(people: int, step: int, below: Callable[[int], int]) -> list[bool]:
    """Who of a block goes aside: each by a lot of her own, two in ten, so that nobody knows how many of it did.

    A group that all say the same would else tell it of each of its people, as soon as its number of people tells that
    none of them was held back.
    """
    return [step > 1 and below(STEP) >= STEP - HELD for _ in range(people)]


Told = tuple[Groups, frozenset[str]]
"""Groups of procedures, and the figures that are told of each."""


@dataclass(frozen=True)
class Release:
    """What is told of each unit, and of the province; None: nothing, of nobody."""

    units: Mapping[str, Told]
    province: Told | None


def cells(
    release: Release, parts: Sequence[Part], root: str, period: str, survey: str, method: str
) -> list[ProcedureCell]:
    """The cells of a release, as they are written: without who is aside, and without figures that may not be told."""
    told = [(unit, [part for part in parts if part.unit == unit], *some) for unit, some in release.units.items()]
    if release.province is not None:
        told.append((root, list(parts), *release.province))
    found = []
    for unit, some, groups, figures in told:
        for place, group in enumerate(groups):
            shown = [part for part in some if part.code in group and not part.aside]
            tally = kept(total(part.tally for part in shown), figures)
            if tally.n:
                codes = tuple(sorted({part.code for part in shown}))
                found.append(ProcedureCell(unit, period, survey, codes, place == 0, tally, method))
    return found


def kept(tally: Tally, figures: AbstractSet[str]) -> Tally:
    """Only these figures of a tally, and how many people. Who had no opinion is behind none of them."""
    values = {
        code: {value: n for value, n in counts.items() if value in SCALE}
        for code, counts in tally.values.items()
        if code in figures
    }
    return Tally(tally.n, values, {key: one for key, one in tally.moments.items() if key in figures})
