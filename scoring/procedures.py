"""What is kept of a running quarter by procedure, and what is released of it: see `scoring.by_procedure`.

Apart from how that is worked out, which needs numpy and is loaded when a quarter closes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from scoring.counts import Tally
from scoring.counts import digest as tally_digest
from scoring.index import METHOD
from scoring.release import HELD, STEP


@dataclass(frozen=True)
class Part:
    """What one block holds of one procedure; `aside`: of those drawn by lot who are in no figure by procedure."""

    block: str
    unit: str
    code: str
    aside: bool
    tally: Tally


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
