"""B21: the rule for figures by procedure against brute force: in small made-up quarters, all that can be computed.

A person is a column of whole numbers: which block, which group of her unit's and which of the province's figures count
her. What can be computed from all figures is the row space; whether it holds a vector in which fewer than `LEAST`
people count is found by trying every set of so few, with fractions.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from scoring import crossing, procedure_choice
from scoring.by_procedure import Groups, Part, Release, Rule, aside, cells, digest
from scoring.counts import Item, of_response, total
from scoring.crossing import Crossing, closed, differences, people, unions
from scoring.procedure_choice import MOST_GROUPS, decide

LEAST = 3
RULE = Rule(LEAST, 0)
CRITERIA = {"A": ("A0",), "overall": ("overall",)}
Person = tuple[str, str, str, bool, tuple[str, ...]]
"""(block, unit, procedure, aside, the criteria she answered)"""
Figures = Mapping[str, tuple[str, ...]]


def parts_of(persons: Iterable[Person], criteria: Figures = CRITERIA) -> list[Part]:
    held: dict[tuple[str, str, str, bool], list[tuple[str, ...]]] = {}
    for block, unit, code, apart, answered in persons:
        held.setdefault((block, unit, code, apart), []).append(answered)
    factor = {code: letter for letter, codes in criteria.items() for code in codes}
    return [
        Part(*key, total(of_response([Item(code, factor[code], "4") for code in one], "walk_in") for one in answers))
        for key, answers in held.items()
    ]


def kernel(rows: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """What every row is orthogonal to, as rows; by elimination with fractions."""
    width = len(rows[0])
    left, pivots = [[Fraction(number) for number in row] for row in rows], list[tuple[int, list[Fraction]]]()
    for column in range(width):
        row = next((row for row in left if row[column]), None)
        if row is None:
            continue
        left.remove(row)
        row = [number / row[column] for number in row]
        left = [_without(other, row, column) for other in left]
        pivots = [(place, _without(other, row, column)) for place, other in pivots] + [(column, row)]
    led = dict(pivots)
    return [
        [-led[place][free] if place in led else Fraction(place == free) for place in range(width)]
        for free in range(width)
        if free not in led
    ]


def _without(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    return [b - row[column] * a for a, b in zip(pivot, row, strict=True)] if row[column] else row


def isolates(columns: Counter[frozenset[str]], fewer_than: int) -> bool:
    """Whether some combination of the figures counts somebody, and fewer than so many people.

    `columns`: how many people are in exactly these figures; people in the same figures always count alike. A vector can
    be computed where it is orthogonal to the kernel: the kernel's columns of those it counts depend on each other.
    """
    kinds = list(columns)
    names = sorted({name for kind in kinds for name in kind})
    if not names:
        return False
    across = list(zip(*kernel([[int(name in kind) for kind in kinds] for name in names]), strict=True)) or [()] * len(
        kinds
    )
    few = [place for place, kind in enumerate(kinds) if columns[kind] < fewer_than]
    return any(
        sum(columns[kinds[place]] for place in some) < fewer_than and _dependent([across[place] for place in some])
        for size in range(1, fewer_than)
        for some in combinations(few, size)
    )


def _dependent(vectors: Sequence[Sequence[Fraction]]) -> bool:
    found: list[list[Fraction]] = []
    for vector in vectors:
        left = list(vector)
        for other in found:
            place = next(place for place, number in enumerate(other) if number)
            left = _without(left, [number / other[place] for number in other], place)
        if not any(left):
            return True
        found.append(left)
    return False


def columns_of(persons: Iterable[Person], figure: str, release: Release) -> Counter[frozenset[str]]:
    """What of one criterion is released, by person; every block is taken to be read by itself."""
    found: Counter[frozenset[str]] = Counter()
    for block, unit, code, apart, answered in persons:
        if figure not in answered:
            continue
        names = {f"block {block}"}
        for told, name in ((release.units.get(unit), unit), (release.province, "province")):
            if told is not None and figure in told[1] and not apart:
                names.add(f"{name} {next(place for place, group in enumerate(told[0]) if code in group)}")
        found[frozenset(names)] += 1
    return found


def made_up(rng: random.Random, units: int, criteria: Figures = CRITERIA) -> list[Person]:
    """A small quarter: blocks of at least LEAST for each criterion; some put aside, some procedures rare."""
    persons: list[Person] = []
    codes = ["a", "b", "c", "d"][: rng.randint(2, 4)]
    for unit in range(units):
        weights = [rng.choice((0.02, 0.3, 1, 3)) for _ in codes]
        for block in range(rng.randint(1, 5)):
            for _ in range(rng.randint(LEAST, 5)):
                code = rng.choices(codes, weights)[0]
                persons.append((f"{unit}.{block}", f"u{unit}", code, rng.random() < 0.25, ()))
            behind = rng.randrange(3)
            members = [place for place, one in enumerate(persons) if one[0] == f"{unit}.{block}"]
            chosen = {criterion: rng.sample(members, rng.randint(LEAST, len(members))) for criterion in asked(criteria)}
            for place in members:
                answered = tuple(c for c in asked(criteria) if place in chosen[c] and (c == "A0" or behind))
                persons[place] = (*persons[place][:4], answered)
    return persons


def asked(criteria: Figures) -> list[str]:
    return [code for codes in criteria.values() for code in codes]


def quarters(seed: int, number: int, criteria: Figures = CRITERIA) -> Iterator[list[Person]]:
    rng = random.Random(seed)
    for _ in range(number):
        yield made_up(rng, rng.randint(1, 3), criteria)


read = parts_of
"""What the rule is given; a mutant puts something else here."""


def exposed(seed: int = 1, number: int = 400) -> tuple[int, int, int]:
    """(quarters with something told of the province, of units besides, of them with somebody isolated)."""
    told, units, found = 0, 0, 0
    for persons in quarters(seed, number):
        release = decide(read(persons), CRITERIA, frozenset(), RULE)
        if release.province is None:
            continue
        told += 1
        units += bool(release.units)
        found += any(isolates(columns_of(persons, figure, release), LEAST) for figure in asked(CRITERIA))
    return told, units, found


def test_nothing_that_is_released_isolates_anybody() -> None:
    told, units, found = exposed()
    assert told > 60
    assert units > 30
    assert found == 0


def one_union_less(table: np.ndarray) -> np.ndarray:
    found = differences(table)
    found[1] = 10**6
    return found


def without_the_others(pool: Crossing, joined: object, figure: str, groups: Groups) -> int:
    return 10**6


def everybody_answered(tally: object, figure: str) -> int:
    return int(tally.n)  # type: ignore[attr-defined]


def test_a_rule_that_forgets_something_isolates_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own test: each way to get it wrong is seen by the same brute force."""
    mutants: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
        "one union is forgotten": lambda patch: patch.setattr(crossing, "differences", one_union_less),
        "units are not seen beside the province": lambda patch: patch.setattr(
            procedure_choice, "nearest", without_the_others
        ),
        "who did not answer counts": lambda patch: patch.setattr(crossing, "people", everybody_answered),
        "too few are enough": lambda patch: patch.setattr(f"{__name__}.RULE", Rule(LEAST - 1, 0)),
        "blocks of two kinds are one": lambda patch: patch.setattr(f"{__name__}.read", blocks_in_pairs),
    }
    caught = {}
    for name, spoil in mutants.items():
        with monkeypatch.context() as patch:
            spoil(patch)
            caught[name] = exposed()[2]
    assert min(caught.values()) > 0, caught


def blocks_in_pairs(persons: Iterable[Person], criteria: Figures = CRITERIA) -> list[Part]:
    held: dict[tuple[str, str, str, bool], list[Part]] = {}
    for part in parts_of(persons, criteria):
        unit, _, number = part.block.partition(".")
        held.setdefault((f"{unit}.{int(number) // 2}", part.unit, part.code, part.aside), []).append(part)
    return [Part(*key, total(part.tally for part in some)) for key, some in held.items()]


def test_the_rule_refuses_no_more_than_it_must() -> None:
    """Of one unit by itself: where a union of groups differs by somebody, and by too few, these are isolated."""
    refused = 0
    for persons in quarters(2, 300):
        one = [person for person in persons if person[1] == "u0"]
        codes = sorted({code for _, _, code, _, _ in one})
        groups: Groups = (frozenset(), *(frozenset({code}) for code in codes))
        table = Crossing(parts_of(one), codes, [""]).table("", groups)
        fewest = differences(table[:, table.sum(0) > 0])[1:]
        if len(fewest) and 0 < fewest.min() < LEAST:
            everybody = [(*person[:4], ("A0",)) for person in one]
            release = Release({"u0": (groups, frozenset({"A0"}))}, None)
            refused += 1
            assert isolates(columns_of(everybody, "A0", release), LEAST)
    assert refused > 50


def test_the_nearest_union_of_blocks_is_found_as_by_trying_all() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        table = rng.integers(0, 6, (5, 4))
        for chosen, found in zip(unions(4), differences(table), strict=True):
            inside, outside = table @ chosen, table @ (1 - chosen)
            tries = [
                sum(outside[b] if b in blocks else inside[b] for b in range(5))
                for size in range(6)
                for blocks in combinations(range(5), size)
            ]
            assert found == min(tries)


def test_a_factor_is_told_with_all_its_criteria_and_the_index_with_all_factors() -> None:
    criteria = {"A": ("A1", "A2"), "B": ("B1",), "overall": ("overall",)}
    everything = {"", "*", "A", "B", "A1", "A2", "B1", "overall"}
    assert closed(everything, criteria) == everything
    assert closed(everything - {"A2"}, criteria) == everything - {"A2", "A", "*"}
    assert closed(everything - {"B"}, criteria) == everything - {"B", "*"}


def quarter(sizes: Mapping[str, int], blocks: int = 8, per_block: int = 10, unit: str = "u0") -> list[Person]:
    """Everybody answered everything; procedures come by lot, two of each block go aside."""
    rng, codes = random.Random(unit), list(sizes)
    return [
        (f"{unit}.{block}", unit, rng.choices(codes, list(sizes.values()))[0], place < 2, ("A0", "overall"))
        for block in range(blocks)
        for place in range(per_block)
    ]


REAL = Rule()


def test_ten_and_two_is_the_rule_of_a_real_province_and_none_of_the_sample() -> None:
    assert (Rule(12, 2), Rule(0, 0)) == (REAL, Rule.of(1)) == (Rule.of(10), Rule.of(1))


def test_the_smallest_are_put_together_until_the_rule_holds() -> None:
    persons = quarter({"birth": 30, "land": 30, "work": 3, "road": 3, "khac": 10}, 20)
    release = decide(parts_of(persons), CRITERIA, frozenset({"khac", ""}), REAL)
    assert release.province is not None
    rest, *named = release.province[0]
    assert {frozenset({"birth"}), frozenset({"land"})} == set(named)
    assert rest == {"work", "road", "khac"}
    assert release.province[1] == {"", "*", "A", "A0", "overall"}


def test_a_quarter_with_too_few_people_has_none() -> None:
    for blocks in (0, 1, 4):
        assert decide(parts_of(quarter({"a": 1, "b": 1}, blocks)), CRITERIA, frozenset(), REAL) == Release({}, None)


def test_a_figure_that_few_answered_is_left_out_and_its_factor_with_it() -> None:
    criteria = {"A": ("A1", "A2"), "B": ("B1",), "overall": ("overall",)}
    persons = [
        (block, unit, code, apart, ("A1", "B1", "overall", *(("A2",) if block == "u0.0" else ())))
        for block, unit, code, apart, _ in quarter({"a": 1, "b": 1})
    ]
    release = decide(parts_of(persons, criteria), criteria, frozenset(), REAL)
    assert release.province is not None
    assert release.province[1] == {"", "A1", "B", "B1", "overall"}


def test_a_unit_gives_its_figures_up_where_the_province_would_isolate_its_neighbour() -> None:
    large, small = quarter({"a": 1, "b": 1}), quarter({"a": 1, "b": 1}, 1, unit="u1")
    assert set(decide(parts_of(large), CRITERIA, frozenset(), REAL).units) == {"u0"}
    assert decide(parts_of(small), CRITERIA, frozenset(), REAL).province is None
    both = decide(parts_of([*large, *small]), CRITERIA, frozenset(), REAL)
    assert both.province is not None
    assert both.units == {}


def test_small_procedures_of_many_units_are_told_of_the_province_only() -> None:
    sizes = {"birth": 8, "land": 8, "work": 1}
    persons = [one for unit in range(12) for one in quarter(sizes, 12, unit=f"u{unit:02}")]
    release = decide(parts_of(persons), CRITERIA, frozenset({"khac"}), REAL)
    assert release.province is not None
    assert frozenset({"work"}) in release.province[0]
    assert len(release.units) == 12
    assert all(frozenset({"work"}) not in groups[1:] for groups, _ in release.units.values())


def test_a_rare_procedure_is_not_told_where_that_would_cost_many_units_their_own_figures() -> None:
    sizes = {"birth": 60, "land": 50, "rare": 2}
    persons = [one for unit in range(10) for one in quarter(sizes, 12, unit=f"v{unit}")]
    parts, first = parts_of(persons), (frozenset[str](), *(frozenset({code}) for code in sizes))
    whole = Crossing(parts, sorted(sizes), procedure_choice.figures_of(CRITERIA))
    assert procedure_choice.choose(whole, first, CRITERIA, REAL) is not None
    release = decide(parts, CRITERIA, frozenset(), REAL)
    assert release.province is not None
    assert frozenset({"rare"}) not in release.province[0][1:]
    assert len(release.units) == 10


def test_the_cells_hold_what_is_told_and_nobody_who_is_aside() -> None:
    persons = quarter({"birth": 30, "land": 30, "khac": 20}, 12)
    parts = parts_of(persons)
    release = decide(parts, CRITERIA, frozenset({"khac"}), REAL)
    found = cells(release, parts, "root", "2026-Q3", "quick", "sipas-2017/pooled/1")
    assert {(cell.unit, cell.codes, cell.rest) for cell in found} == {
        (unit, codes, rest)
        for unit in ("u0", "root")
        for codes, rest in ((("birth",), False), (("khac",), True), (("land",), False))
    }
    assert sum(cell.tally.n for cell in found) == 2 * 96
    assert all(cell.tally.provenance == {} for cell in found)
    assert len({digest(cell) for cell in found}) == len(found)


def test_who_goes_aside_is_a_lot_for_each() -> None:
    rng = random.Random(6)
    drawn = [sum(aside(10, 10, rng.randrange)) for _ in range(500)]
    assert 1.8 < sum(drawn) / len(drawn) < 2.2
    assert min(drawn) == 0
    assert max(drawn) >= 5
    assert aside(1, 1, rng.randrange) == [False]


def test_a_group_with_fewer_than_two_aside_is_not_told_alone() -> None:
    persons = [
        (b, u, code, apart and code != "a", said) for b, u, code, apart, said in quarter({"a": 1, "b": 4, "c": 4}, 12)
    ]
    release = decide(parts_of(persons), CRITERIA, frozenset(), REAL)
    assert release.province is not None
    assert frozenset({"a"}) not in release.province[0]


def test_more_procedures_than_are_looked_at_are_put_together() -> None:
    codes = [f"p{number:02}" for number in range(MOST_GROUPS + 5)]
    persons = [one for number in range(3) for one in quarter(dict.fromkeys(codes, 1), 60, unit=f"u{number}")]
    release = decide(parts_of(persons), CRITERIA, frozenset(), REAL)
    assert release.province is not None
    assert len(release.province[0]) <= MOST_GROUPS + 1


def test_people_behind_each_figure() -> None:
    tally = total(
        of_response([Item("A0", "A", value), Item("overall", "overall", "dk")], "walk_in") for value in ("4", "1", "dk")
    )
    assert [people(tally, figure) for figure in ("", "*", "A", "A0", "overall")] == [3, 2, 2, 2, 0]
