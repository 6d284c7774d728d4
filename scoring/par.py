"""The administrative reform index (PAR INDEX) of a year: points per unit and criterion.

A percentage is points over the unit's own maximum, since maxima differ between units; it is rounded half up to two
decimals as the decisions print it, and classes and places go by the printed percentage, so that whoever reads it can
check them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from scoring.unit import Level

WHOLE = ""
"""The criterion of the whole index."""
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Criterion:
    """An area ("3"), a criterion ("3.1") or a part of one ("3.1.2"). `leads`: ids of the units that answer for it."""

    level: Level
    code: str
    name: str
    leads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Points:
    """What a unit got for a criterion. None: not known. `own` is what it gave itself; `points` what counts.

    `invented`: made up to fill a sample, and said so wherever it is shown.
    """

    unit: str
    criterion: str
    maximum: Decimal
    own: Decimal | None = None
    appraised: Decimal | None = None
    survey: Decimal | None = None
    points: Decimal | None = None
    note: str = ""
    invented: bool = False


@dataclass(frozen=True)
class Border:
    """From which percentage on units of a level are called so; `above`: it has to be more than that."""

    level: Level
    label: str
    start: Decimal
    above: bool = False
    invented: bool = False

    def holds(self, percent: Decimal) -> bool:
        return percent > self.start if self.above else percent >= self.start


@dataclass(frozen=True)
class Country:
    """What is said of the province as a whole; None: not known.

    Satisfaction enters the index as points by a rule of its own, never computed here: 75.66% does not make 11.35 of 12.
    """

    change: Decimal | None = None
    rank: int | None = None
    provinces: int | None = None
    satisfaction: Decimal | None = None
    survey_points: Decimal | None = None
    survey_maximum: Decimal | None = None
    survey_rule: str = ""
    source: str = ""
    unit: str = ""
    """The province that this is said of."""


@dataclass(frozen=True)
class Share:
    """Points of a maximum; `percent` with two decimals, half up."""

    points: Decimal
    maximum: Decimal

    @property
    def percent(self) -> Decimal:
        return percent_of(self.points, self.maximum)

    @property
    def lost(self) -> Decimal:
        return self.maximum - self.points


@dataclass(frozen=True)
class Area:
    criterion: Criterion
    share: Share


@dataclass(frozen=True)
class Loss:
    """A criterion that lost points, with what the unit got."""

    criterion: Criterion
    share: Share
    row: Points


@dataclass(frozen=True)
class Placed:
    """A unit among its kind: places are shared where the printed percentages are the same."""

    unit: str
    share: Share
    place: int
    label: str


@dataclass(frozen=True)
class Group:
    """All units of a level: their average points and percentage, the areas, how many there are of each class."""

    level: Level
    placed: tuple[Placed, ...]
    points: Decimal
    maximum: Decimal | None
    """None where units have different maxima: then only the average of percentages says anything."""
    percent: Decimal
    areas: tuple[Area, ...]
    classes: tuple[tuple[str, int], ...]
    unknown: int
    """How many more there are whose points are not known."""

    @property
    def best(self) -> Area | None:
        return max(self.areas, key=lambda area: area.share.percent, default=None)

    @property
    def worst(self) -> Area | None:
        return min(self.areas, key=lambda area: area.share.percent, default=None)


@dataclass(frozen=True)
class Climb:
    """What it takes to be called `label`: so many more points, and the fewest criteria whose lost points are enough."""

    label: str
    needed: Decimal
    enough: tuple[Loss, ...]
    possible: bool


def percent_of(points: Decimal, maximum: Decimal) -> Decimal:
    return rounded(HUNDRED * points / maximum)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def total(shares: Iterable[Share | None]) -> Share | None:
    """The sum; None where one is not known, or there are none."""
    points = maximum = Decimal(0)
    some = False
    for share in shares:
        if share is None:
            return None
        points, maximum, some = points + share.points, maximum + share.maximum, True
    return Share(points, maximum) if some else None


def within(code: str, above: str) -> bool:
    """Whether a criterion is a part, at any depth, of another."""
    return code != above and (above == WHOLE or code.startswith(f"{above}."))


def order_of(code: str) -> tuple[int, ...]:
    """3.10 after 3.9."""
    return tuple(int(part) for part in code.split(".") if part)
