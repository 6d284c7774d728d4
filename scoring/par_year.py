"""One year of the reform index as it was signed, and what it comes to: shares, areas, losses, places, classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from itertools import groupby

from scoring.par import (
    CENT,
    HUNDRED,
    WHOLE,
    Area,
    Border,
    Climb,
    Country,
    Criterion,
    Group,
    Loss,
    Placed,
    Points,
    Share,
    order_of,
    percent_of,
    rounded,
    total,
    within,
)
from scoring.unit import Level


@dataclass(frozen=True)
class ParYear:
    """One year's index as it was signed; nothing in it is computed."""

    year: int
    country: Country
    criteria: tuple[Criterion, ...]
    points: tuple[Points, ...]
    borders: tuple[Border, ...] = ()
    levels: tuple[tuple[str, Level], ...] = field(default=())
    """Of each unit, by its id."""

    @cached_property
    def _rows(self) -> dict[tuple[str, str], Points]:
        return {(row.unit, row.criterion): row for row in self.points}

    @cached_property
    def _by_unit(self) -> dict[str, list[Points]]:
        found: dict[str, list[Points]] = {}
        for row in self.points:
            found.setdefault(row.unit, []).append(row)
        return found

    @cached_property
    def _level(self) -> dict[str, Level]:
        return dict(self.levels)

    @cached_property
    def _named(self) -> dict[tuple[Level, str], Criterion]:
        return {(one.level, one.code): one for one in self.criteria}

    def rows_of(self, unit: str) -> Sequence[Points]:
        return self._by_unit.get(unit, ())

    def level_of(self, unit: str) -> Level | None:
        return self._level.get(unit)

    def invented(self, unit: str) -> bool:
        """Whether anything about the unit is made up, the borders of its class included."""
        level = self._level.get(unit)
        made_up = level is not None and any(border.invented for border in self._of(level))
        return made_up or any(row.invented for row in self.rows_of(unit))

    def share(self, unit: str, code: str = WHOLE) -> Share | None:
        """Points and maximum of a criterion: of its own row, else of all its parts; None where one is not known.

        What does not apply to a unit is a row with the maximum 0, so that a missing row is never taken for that.
        """
        row = self._rows.get((unit, code))
        if row is not None:
            return None if row.points is None else Share(row.points, row.maximum)
        return total(self.share(unit, part) for part in self.parts(unit, code))

    def parts(self, unit: str, code: str) -> Sequence[str]:
        """The codes right below one, as the index of the unit's level has them."""
        level = self._level.get(unit)
        return self._below.get((level, code), ()) if level else ()

    @cached_property
    def _below(self) -> dict[tuple[Level, str], list[str]]:
        found: dict[tuple[Level, str], list[str]] = {}
        for one in self.criteria:
            found.setdefault((one.level, one.code.rpartition(".")[0]), []).append(one.code)
        return found

    def areas(self, unit: str) -> tuple[Area, ...]:
        """Those whose points are known, in the order of the index."""
        level = self._level[unit]
        tops = [one for one in self.criteria if one.level == level and "." not in one.code]
        known = [Area(one, share) for one in tops if (share := self.share(unit, one.code)) is not None]
        return tuple(area for area in known if area.share.maximum)

    def losses(self, unit: str) -> list[Loss]:
        """The smallest known parts that lost points, most first; of equal losses the one that got nothing first."""
        level = self._level[unit]
        rows = [row for row in self.rows_of(unit) if row.criterion != WHOLE and row.points is not None]
        codes = {row.criterion for row in rows}
        leaves = [row for row in rows if not any(within(code, row.criterion) for code in codes)]
        found = [
            Loss(self._named[level, row.criterion], Share(row.points, row.maximum), row)
            for row in leaves
            if row.points is not None and row.points < row.maximum
        ]
        return sorted(found, key=lambda one: (-one.share.lost, one.share.points, order_of(one.criterion.code)))

    def label(self, unit: str) -> str:
        """The class of a unit; "" where there are no borders for its kind or its points are not known."""
        level = self._level.get(unit)
        share = self.share(unit) if level else None
        return "" if level is None or share is None or not share.maximum else self._label(level, share.percent)

    def _label(self, level: Level, percent: Decimal) -> str:
        return next((border.label for border in self._of(level) if border.holds(percent)), "")

    def _of(self, level: Level) -> list[Border]:
        """The highest first; of equal ones the stricter first."""
        return sorted(
            (one for one in self.borders if one.level == level), key=lambda one: (one.start, one.above), reverse=True
        )

    def group(self, level: Level) -> Group | None:
        """The units of a level whose points are known; None where there are none."""
        units = [unit for unit, of in self.levels if of == level]
        known = {unit: share for unit in units if (share := self.share(unit)) is not None}
        shares = {unit: share for unit, share in known.items() if share.maximum}
        if not shares:
            return None
        maxima = {share.maximum for share in shares.values()}
        labels = [border.label for border in self._of(level)]
        placed = tuple(self._placed(level, shares))
        counted = [(label, sum(one.label == label for one in placed)) for label in labels]
        return Group(
            level=level,
            placed=placed,
            points=rounded(sum((one.points for one in shares.values()), Decimal(0)) / len(shares)),
            maximum=maxima.pop() if len(maxima) == 1 else None,
            percent=rounded(
                sum((HUNDRED * one.points / one.maximum for one in shares.values()), Decimal(0)) / len(shares)
            ),
            areas=tuple(self._group_areas(level, list(shares))),
            classes=tuple((label, count) for label, count in counted if count),
            unknown=len(units) - len(shares),
        )

    def _placed(self, level: Level, shares: dict[str, Share]) -> Iterable[Placed]:
        ordered = sorted(shares.items(), key=lambda pair: -pair[1].percent)
        before = 0
        for percent, same in groupby(ordered, key=lambda pair: pair[1].percent):
            tied = list(same)
            yield from (Placed(unit, share, before + 1, self._label(level, percent)) for unit, share in tied)
            before += len(tied)

    def _group_areas(self, level: Level, units: Sequence[str]) -> Iterable[Area]:
        """Of each area the points of all units over their maxima; left out where one unit's are not known."""
        for one in self.criteria:
            if one.level == level and "." not in one.code:
                whole = total(self.share(unit, one.code) for unit in units)
                if whole is not None and whole.maximum:
                    yield Area(one, whole)

    def climb(self, unit: str) -> Climb | None:
        """The way to the next class up; None where there is none above, or too little is known."""
        level = self._level.get(unit)
        share = self.share(unit) if level else None
        if level is None or share is None or not share.maximum:
            return None
        above = [border for border in self._of(level) if not border.holds(share.percent)]
        if not above:
            return None
        border = above[-1]
        needed = _least(border, share)
        enough: list[Loss] = []
        for loss in self.losses(unit):
            if sum((one.share.lost for one in enough), Decimal(0)) >= needed:
                break
            enough.append(loss)
        gained = sum((one.share.lost for one in enough), Decimal(0))
        return Climb(border.label, needed, tuple(enough), gained >= needed)


def _least(border: Border, share: Share) -> Decimal:
    """The fewest hundredths of a point that lift the printed percentage over the border."""
    exact = border.start * share.maximum / HUNDRED - share.points
    needed = max(exact.quantize(CENT, ROUND_CEILING), CENT)
    while needed > CENT and border.holds(percent_of(share.points + needed - CENT, share.maximum)):
        needed -= CENT  # rounding half up may get there earlier
    while not border.holds(percent_of(share.points + needed, share.maximum)):
        needed += CENT
    return needed
