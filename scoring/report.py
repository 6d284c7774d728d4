"""What one official should know about one week of one unit, from released counts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from scoring.alerts import Move, moves
from scoring.compare import Change, Ranked, change, ranks
from scoring.counts import Moments, Tally
from scoring.frame import children_table
from scoring.index import METHOD, Figure, Figures, figures, share, tells_of_many
from scoring.period import Period
from scoring.unit import Unit
from scoring.units import Tree

MOST_WORST = 3
ON_TIME = "ONTIME"
"""The fact question about the appointed day, and its answer that means late."""
LATE = "late"
DONT_KNOW = "dk"
NOBODY = Tally()

Factors = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Driver:
    """The factor behind a low figure: `fell` clearly since the week before, or simply the `lowest` of its factors."""

    factor: str
    figure: Figure
    kind: Literal["fell", "lowest"]
    change: Change | None = None


@dataclass(frozen=True)
class Standing:
    """How one child stands: its index, the change on the week before, the likely driver, and the share told late.

    `move` is what surely changed over the last weeks, judged together with all its siblings.
    """

    unit: Unit
    figures: Figures
    change: Change | None
    driver: Driver | None
    late: Figure | None
    move: Move | None = None

    @property
    def figure(self) -> Figure:
        return self.figures.overall


@dataclass(frozen=True)
class Summary:
    """A unit's week.

    `children` with a figure, lowest first; `worst` are those that surely fell, the farthest first, then those surely
    below another; `best` the one that surely rose farthest, else the highest if it is surely above another; `alike`
    when no two children surely differ and none moved. `late` is None where too few were late, or were not.
    """

    unit: Unit
    week: Period
    figures: Figures
    change: Change | None
    children: tuple[Standing, ...] = ()
    worst: tuple[Standing, ...] = ()
    best: Standing | None = None
    too_few: tuple[Unit, ...] = ()
    alike: bool = True
    driver: Driver | None = None
    late: Figure | None = None

    @property
    def figure(self) -> Figure:
        return self.figures.overall


def summary(
    tree: Tree,
    unit: Unit,
    week: Period,
    *,
    now: Mapping[str, Tally],
    before: Mapping[str, Tally],
    factors: Factors,
    minimum: int,
    method: str = METHOD,
    history: Mapping[str, Sequence[Moments]] = MappingProxyType({}),
) -> Summary:
    """The week of a unit over its direct children. `now`, `before`: released tallies of scope `all` by unit id.

    `history`: a child's index moments by week, see `alerts.moves`.
    """
    moved = moves(history)
    own = _standing(unit, now, before, factors, minimum, method)
    every = [
        replace(_standing(child, now, before, factors, minimum, method), move=moved.get(child.id))
        for child in tree.children(unit.id, week.last)
    ]
    by_id = {standing.unit.id: standing for standing in every}
    table = children_table([(one.unit, one.figure, one.change) for one in every])
    shown = [by_id[unit_id] for unit_id in table.loc[table["score"].notna(), "id"]]
    places = {place.unit.id: place for place in ranks([(one.unit, one.figure) for one in shown])}
    worst, best = _ends(shown, places)
    return Summary(
        unit=unit,
        week=week,
        figures=own.figures,
        change=own.change,
        children=tuple(shown),
        worst=worst,
        best=best,
        too_few=tuple(one.unit for one in every if one.figure.score is None),
        alike=not worst and best is None,
        driver=own.driver,
        late=own.late,
    )


def _standing(
    unit: Unit, now: Mapping[str, Tally], before: Mapping[str, Tally], factors: Factors, minimum: int, method: str
) -> Standing:
    tally = now.get(unit.id, NOBODY)
    current = figures(tally, factors, minimum, method)
    earlier = figures(before.get(unit.id, NOBODY), factors, minimum, method)
    moved = change(current.overall, earlier.overall)
    return Standing(unit, current, moved, driver(current, earlier), late_share(tally, minimum))


def driver(now: Figures, before: Figures) -> Driver | None:
    """The factor that fell most among those that fell clearly; else the lowest; None with fewer than two factors shown.

    Both must be figures of the same factors.
    """
    shown = {letter: figure for letter, figure in now.factors.items() if figure.score is not None}
    if len(shown) < 2:
        return None
    fallen = []
    for letter, figure in shown.items():
        moved = change(figure, before.factors[letter])
        if moved is not None and moved.clear and moved.points < 0:
            fallen.append((moved.points, Driver(letter, figure, "fell", moved)))
    if fallen:
        return min(fallen, key=lambda pair: pair[0])[1]
    letter, figure = min(shown.items(), key=lambda pair: (pair[1].score or 0.0, pair[0]))
    return Driver(letter, figure, "lowest")


def late_share(tally: Tally, minimum: int) -> Figure | None:
    """The share told late among those who answered the question on time; None where either are too few to be told."""
    told = {value: n for value, n in tally.values.get(ON_TIME, {}).items() if value != DONT_KNOW}
    late, n = told.get(LATE, 0), sum(told.values())
    return share(late, n, minimum) if tells_of_many(late, n, minimum) else None


def _ends(shown: Sequence[Standing], places: Mapping[str, Ranked]) -> tuple[tuple[Standing, ...], Standing | None]:
    """(those that fell, then those surely below another; who rose most, else the highest if surely above another)."""
    fell = sorted((one for one in shown if _points(one) < 0), key=_points)
    below = [one for one in shown if not one.move and places[one.unit.id].best > 1]
    rose = max((one for one in shown if _points(one) > 0), key=_points, default=None)
    top = shown[-1] if shown and shown[-1] not in fell and places[shown[-1].unit.id].worst < len(shown) else None
    return tuple([*fell, *below][:MOST_WORST]), rose or top


def _points(one: Standing) -> float:
    return one.move.points if one.move else 0.0
