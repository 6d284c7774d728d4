"""Which figures by procedure a quarter may have, once it is over: how procedures are put together, unit by unit.

It needs numpy, which the program that serves does without: it is imported where a quarter is released.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scoring.by_procedure import Groups, Part, Release, Rule, Told
from scoring.counts import FACTORS, INDEX, OVERALL, total
from scoring.crossing import EVERYBODY, FAR, Crossing, closed

MOST_GROUPS = 10
"""More groups than this would make too many unions to look at; the smallest are put together first."""

MOST_LOST = 10
"""One unit in so many may give its own figures up so that the province can tell more groups."""


def decide(
    parts: Sequence[Part], criteria: Mapping[str, Sequence[str]], remainder: AbstractSet[str], rule: Rule
) -> Release:
    """The finest groups for the province that cost few units their own figures, and for each unit the finest.

    `criteria`: codes by factor letter and under "overall"; `remainder`: procedures that are never told alone.
    """
    strange = _strange(parts, criteria)
    figures = [figure for figure in figures_of(criteria) if figure not in strange]
    codes = sorted({part.code for part in parts})
    whole = Crossing(parts, codes, figures)
    by_unit: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        if part.unit:
            by_unit[part.unit].append(part)
    crossings = {unit: Crossing(some, codes, figures) for unit, some in sorted(by_unit.items())}
    best, lost = Release({}, None), len(crossings) + 1
    for groups in _coarser(_first(codes, remainder, whole.sizes()), whole.sizes()):
        found = _with(groups, parts, crossings, whole, criteria, rule, lost)
        if found is not None:
            best, lost = found
        if lost <= len(best.units) // MOST_LOST:
            break
    return best


def _with(
    groups: Groups,
    parts: Sequence[Part],
    crossings: Mapping[str, Crossing],
    whole: Crossing,
    criteria: Mapping[str, Sequence[str]],
    rule: Rule,
    most: int,
) -> tuple[Release, int] | None:
    """(what is released where the province tells these groups, how many units give their own up for it).

    They do where their figures would isolate somebody within the province's, the smallest first. None where the
    province may not tell these groups, or where it costs `most` units or more.
    """
    told = choose(whole, groups, criteria, rule)
    if told is None or told[0] != groups:
        return None
    main, lost = INDEX if INDEX in told[1] else criteria[OVERALL][0], 0
    found = {unit: choose(one, groups, criteria, rule) for unit, one in crossings.items()}
    units = {unit: one for unit, one in found.items() if one is not None}
    while lost < most:
        passed = closed(_added_up(parts, units, crossings, whole, groups, rule), criteria)
        if {main, EVERYBODY} <= passed:
            return Release(units, (groups, passed)), lost
        if not units:
            return None
        del units[min(units, key=lambda unit: (crossings[unit].shown[0].sum(), unit))]
        lost += 1
    return None


def figures_of(criteria: Mapping[str, Sequence[str]]) -> list[str]:
    """Everybody, the index, its factors, and each of the criteria that everybody is asked."""
    letters = [letter for letter in criteria if letter in FACTORS]
    return [EVERYBODY, INDEX, *letters, *(code for under in (*letters, OVERALL) for code in criteria.get(under, ()))]


def _strange(parts: Iterable[Part], criteria: Mapping[str, Sequence[str]]) -> set[str]:
    """Factors into which answers went to criteria that are not known any more: nobody could look at these."""
    tally = total(part.tally for part in parts)
    asked = {letter: sum(tally.valid(code)[1] for code in criteria.get(letter, ())) for letter in FACTORS}
    return {letter for letter, m in asked.items() if letter in tally.moments and tally.moments[letter].m != m}


def _first(codes: Sequence[str], remainder: AbstractSet[str], sizes: Mapping[str, int]) -> Groups:
    """Each procedure alone, but for the remainder and what would be too many."""
    named = sorted((code for code in codes if code not in remainder), key=lambda code: (-sizes[code], code))
    alone, more = named[:MOST_GROUPS], named[MOST_GROUPS:]
    rest = frozenset(code for code in codes if code in remainder) | frozenset(more)
    return (rest, *(frozenset({code}) for code in sorted(alone)))


def choose(crossing: Crossing, groups: Groups, criteria: Mapping[str, Sequence[str]], rule: Rule) -> Told | None:
    """The finest groups, each smaller one put into the remainder in turn, with which the index may be told, else the
    overall question; with all figures that then may be. None: there are none."""
    sizes = crossing.sizes()
    for main in (INDEX, *criteria.get(OVERALL, ())):
        for tried in _coarser(groups, sizes):
            if all(crossing.holds(figure, tried, rule.least, rule.held) for figure in (EVERYBODY, main)):
                passed = {one for one in crossing.figures if crossing.holds(one, tried, rule.least, rule.held)}
                if main in (left := closed(passed, criteria)):
                    return tried, left
    return None


def _coarser(groups: Groups, sizes: Mapping[str, int]) -> Iterable[Groups]:
    """The groups, then with the smallest in the remainder, and so on while two have people."""

    def size(group: frozenset[str]) -> int:
        return sum(sizes[code] for code in group)

    while sum(size(group) > 0 for group in groups) > 1:
        yield groups
        rest, *named = groups
        smallest = min(named, key=lambda group: (size(group), sorted(group)))
        groups = (rest | smallest, *(group for group in named if group != smallest))


def _added_up(
    parts: Sequence[Part],
    units: Mapping[str, Told],
    crossings: Mapping[str, Crossing],
    whole: Crossing,
    groups: Groups,
    rule: Rule,
) -> frozenset[str]:
    """The figures that the province may tell beside these units'."""
    passed, pools = set(), {}
    for figure in whole.figures:
        apart = frozenset(unit for unit, (_, told) in units.items() if figure in told)
        if apart not in pools:
            pools[apart] = Crossing([part for part in parts if part.unit not in apart], whole.codes, whole.figures)
        joined = [(crossings[unit], units[unit][0]) for unit in sorted(apart)]
        fewest = nearest(pools[apart], joined, figure, groups)
        if whole.holds(figure, groups, rule.least, rule.held) and fewest >= rule.least:
            passed.add(figure)
    return frozenset(passed)


def nearest(pool: Crossing, joined: Sequence[tuple[Crossing, Groups]], figure: str, groups: Groups) -> int:
    """The fewest people whom the province's groups may isolate beside what units tell of theirs.

    `joined`: units with the groups that each tells; `pool`: all that lies in none of these, which tells no group.
    """
    columns = len(groups) + 1
    added, asked = np.zeros((columns, columns), np.int64), np.zeros((columns, columns), np.bool_)
    for crossing, own in ((pool, None), *joined):
        there = crossing.table(figure, groups).sum(0) > 0
        together = _together(own, groups)
        added += np.where(together, crossing.cuts(figure, groups), 0)
        asked |= together & there[:, None] & there[None, :]
    np.fill_diagonal(asked, val=False)
    return int(added[asked].min()) if asked.any() else FAR


@lru_cache(maxsize=1024)
def _together(own: Groups | None, groups: Groups) -> NDArray[np.bool_]:
    """Which of the province's groups, and last who is aside, a unit tells as one; None: it tells none apart."""
    if own is None:
        return np.ones((len(groups) + 1, len(groups) + 1), np.bool_)
    home = [next((place for place, some in enumerate(own) if group & some), -1) for group in groups] + [len(own)]
    return np.array([[one == other for other in home] for one in home])
