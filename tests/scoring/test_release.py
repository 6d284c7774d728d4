"""An attacker reads every figure after every single visit, and knows who came when. What does she learn?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scoring.counts import Item, Tally, of_response, total
from scoring.index import METHOD
from scoring.period import by_id, closed, containing
from scoring.release import STEP, Cell, Chain, Scope, absorb, close, digest, due, held, reach, thin
from scoring.unit import Unit
from scoring.units import Tree

START = date(2026, 11, 20)
TREE = Tree(
    [
        Unit("34", "34", "province", "Tỉnh Mẫu", "Mẫu", None),
        Unit("340", "340", "district", "Huyện Một", "Một", "34"),
        Unit("c1", "c1", "commune", "Xã Một", "Một", "340"),
        Unit("c2", "c2", "commune", "Xã Hai", "Hai", "340"),
        Unit("341", "341", "district", "Huyện Hai", "Hai", "34"),
    ]
)
Key = tuple[str, str, str]
Reading = frozenset[str]


def visitor(number: int) -> Tally:
    """A response that carries its person's number as a value, so that a tally tells exactly who is in it."""
    return of_response([Item("WHO", None, str(number))], "verified")


def who(tally: Tally) -> Reading:
    return frozenset(tally.values.get("WHO", {}))


class Office:
    """The release rule played over one province; `step` and `leftovers` make the mutants."""

    def __init__(self, step: int = STEP, *, leftovers: bool = False, two_chains: bool = False) -> None:
        self.step, self.leftovers, self.two_chains = step, leftovers, two_chains
        self.waiting: dict[tuple[str, str], list[Tally]] = {}
        self.cells: dict[Key, Cell] = {}
        self.lots = random.Random(7)

    def visit(self, unit: str, tally: Tally, day: date) -> None:
        for chain, goals in self.chains(unit, day):
            waiting = self.waiting.setdefault(chain, [])
            waiting.append(tally)
            if due(len(waiting), self.step):
                stays = [waiting.pop(self.lots.randrange(len(waiting))) for _ in range(held(self.step))]
                self.release(goals, [period.id for period in containing(day)], waiting)
                self.waiting[chain] = stays

    def chains(self, unit: str, day: date) -> list[tuple[tuple[str, str], tuple[tuple[str, Scope], ...]]]:
        goals = reach(TREE, unit, day)
        if self.two_chains:
            return [(goal, (goal,)) for goal in goals]
        return [((unit, "own"), goals)]

    def release(self, goals: tuple[tuple[str, Scope], ...], periods: Iterable[str], block: list[Tally]) -> None:
        for unit, scope in goals:
            for period in periods:
                key = (unit, scope, period)
                cell = self.cells.get(key, Cell(unit, scope, period, "s/1"))
                self.cells[key] = absorb(cell, total(block), len(block), self.step)

    def night(self, today: date) -> None:
        """Close what is over; the mutant puts the leftovers into the closing cells, as a naive report would."""
        for key, cell in list(self.cells.items()):
            period = by_id(cell.period)
            if period is not None and closed(period, today) and not cell.closed:
                waiting = self.waiting.get((cell.unit, "own"), [])
                leaky = self.leftovers and cell.scope == "own" and waiting
                self.cells[key] = close(absorb(cell, total(waiting), len(waiting), 1) if leaky else cell)


def poll(office: Office, visits: Iterable[tuple[str, date]]) -> set[Reading]:
    """Everything the attacker ever read, over all units, scopes and periods, after each visit and each night."""
    seen: set[Reading] = set()
    today = START
    for number, (unit, day) in enumerate(visits):
        while today < day:
            today += timedelta(days=1)
            office.night(today)
            seen |= {who(cell.tally) for cell in office.cells.values()}
        office.visit(unit, visitor(number), day)
        seen |= {who(cell.tally) for cell in office.cells.values()}
    return seen


def smallest_group(readings: set[Reading]) -> int:
    """The fewest people that the readings, by any sums and differences, could tell from all others.

    Two people who are in exactly the same readings cannot be told apart by any combination of them.
    """
    signatures: dict[str, set[int]] = {}
    for index, reading in enumerate(readings):
        for person in reading:
            signatures.setdefault(person, set()).add(index)
    groups: dict[frozenset[int], int] = {}
    for marks in signatures.values():
        key = frozenset(marks)
        groups[key] = groups.get(key, 0) + 1
    return min(groups.values())


def at_one_desk(seed: int = 1) -> list[tuple[str, date]]:
    rng = random.Random(seed)
    days = [START + timedelta(days=i) for i in range(60)]  # over the ends of weeks, months, a quarter, a year and W53
    return [("340", day) for day in days for _ in range(rng.randint(0, 9))]


def over_the_district(seed: int = 2) -> list[tuple[str, date]]:
    rng = random.Random(seed)
    return [(rng.choice(["340", "c1", "c2", "341"]), day) for _, day in at_one_desk(seed)]


def test_no_two_readings_of_one_desk_differ_by_fewer_than_ten() -> None:
    readings = poll(Office(), at_one_desk())
    assert len(readings) > 40
    for one in readings:
        for other in readings:
            assert len(one - other) == 0 or len(one - other) >= STEP


@pytest.mark.parametrize("visits", [at_one_desk(), over_the_district()])
def test_no_sums_and_differences_isolate_fewer_than_ten(visits: list[tuple[str, date]]) -> None:
    readings = poll(Office(), visits)
    assert smallest_group(readings) >= STEP
    counted = frozenset().union(*readings)
    assert len(counted) > 0.8 * len(visits) - 4 * STEP


@pytest.mark.parametrize(
    ("mutant", "visits"),
    [
        (lambda: Office(step=1), at_one_desk),
        (lambda: Office(leftovers=True), at_one_desk),
        (lambda: Office(two_chains=True), over_the_district),
    ],
    ids=["a cell at every respondent", "leftovers on closing", "a chain of its own for each unit and scope"],
)
def test_the_same_attacker_breaks_each_mutant(
    mutant: Callable[[], Office], visits: Callable[[], list[tuple[str, date]]]
) -> None:
    assert smallest_group(poll(mutant(), visits())) < STEP


def test_every_period_of_a_desk_is_made_of_the_same_blocks() -> None:
    office = Office()
    poll(office, over_the_district())
    for unit in ("340", "c1", "34"):
        for scope in ("own", "all"):
            year = [cell.tally for key, cell in office.cells.items() if key[:2] == (unit, scope) and len(key[2]) == 4]
            weeks = [cell.tally for key, cell in office.cells.items() if key[:2] == (unit, scope) and "W" in key[2]]
            assert frozenset().union(*map(who, weeks)) == frozenset().union(*map(who, year))


def test_a_block_reaches_the_desk_and_everything_above() -> None:
    assert reach(TREE, "c1", START) == (("c1", "own"), ("c1", "all"), ("340", "all"), ("34", "all"))
    assert reach(TREE, "34", START) == (("34", "own"), ("34", "all"))


def test_ten_leave_when_two_are_left_to_stay() -> None:
    assert not due(11)
    assert due(12), "and the two drawn by lot stay"
    assert due(1, 1)
    assert not due(0, 0)
    assert (held(), held(1)) == (2, 0)


def test_a_cell_takes_no_small_block_and_none_after_closing() -> None:
    cell = Cell("340", "own", "2026-W47", "s/1")
    with pytest.raises(ValueError, match="expose"):
        absorb(cell, Tally(9), 9)
    grown = absorb(absorb(cell, Tally(10), 10), Tally(12), 12)
    assert (grown.step_no, grown.tally.n, grown.method) == (2, 22, METHOD)
    with pytest.raises(ValueError, match="closed"):
        absorb(close(grown), Tally(10), 10)
    assert close(grown).tally == grown.tally


def test_a_block_of_a_rotated_criterion_adds_answers_and_no_people() -> None:
    cell = absorb(Cell("340", "own", "2026-W47", "s/1"), Tally(12), 12)
    grown = absorb(cell, Tally(values={"A1": {"4": 10}}), 10)
    assert (grown.step_no, grown.tally.n, grown.tally.valid("A1")) == (1, 12, (10, 10))
    with pytest.raises(ValueError, match="expose"):
        absorb(cell, Tally(values={"A1": {"4": 9}}), 9)


def test_the_digest_covers_all_the_cell_says() -> None:
    cell = absorb(Cell("340", "own", "2026-W47", "s/1"), Tally(10), 10)
    variants = [
        replace(cell, unit="341"),
        replace(cell, scope="all"),
        replace(cell, period="2026-W48"),
        replace(cell, survey="s/2"),
        replace(cell, step_no=2),
        replace(cell, tally=Tally(11)),
        replace(cell, method="other"),
        close(cell),
    ]
    assert len({digest(one) for one in [cell, *variants]}) == 9
    assert digest(cell) == digest(replace(cell))


# --- what a block leaves behind ---


def answered(**values: str) -> list[Item]:
    """One person's answers: a1="4" is a criterion of factor A, overall and facts have none of the five."""
    factors = {"overall": "overall"} | {
        name: name[0].upper() for name in values if name[0] in "abcde" and name[1:].isdigit()
    }
    return [Item(name, factors.get(name), value) for name, value in values.items()]


def test_a_block_leaves_nothing_behind_that_ten_people_answered() -> None:
    assert thin([answered(a1="4", d1="dk", trips="1")] * 10) == frozenset()


def test_a_criterion_that_one_of_ten_answered_stays_behind_with_what_it_makes_thin() -> None:
    people = [answered(a1="4", overall="5") for _ in range(19)] + [answered(a1="4", d1="1", overall="5")]
    assert thin(people) == {"d1"}


def test_a_factor_is_thin_where_its_criteria_are_so_together() -> None:
    nine = [answered(a1="4", d1="1", d2="2") for _ in range(9)]
    assert thin([*nine, *[answered(a1="4")] * 11]) == {"d1", "d2"}
    assert thin([*nine, answered(a1="4", d2="2"), *[answered(a1="4")] * 10]) == {"d1"}


def test_a_rare_fact_stays_behind() -> None:
    people = [answered(a1="4", late="yes" if number < 3 else "dk") for number in range(12)]
    assert thin(people) == {"late"}
    assert thin(people, step=1) == frozenset()


def test_a_rotated_criterion_leaves_by_its_own_chain_and_moves_no_factor() -> None:
    own, rotated = Item("A0", "A", "4"), Item("A1", "A", "5", rotated=True)
    assert [chain.holds(item) for chain in (Chain("u", "s"), Chain("u", "s", "A1")) for item in (own, rotated)] == [
        True, False, False, True,
    ]  # fmt: skip
    assert not Chain("u", "s", "A2").holds(rotated)
    tally = of_response([own, rotated], "walk_in")
    assert (tally.moments["A"].m, tally.moments["*"].m) == (1, 1)
    assert tally.valid("A1") == (1, 1)
    assert thin([[rotated]] * 9) == {"A1"}
    assert thin([[rotated]] * 10) == frozenset()


@pytest.mark.parametrize("seed", range(3))
def test_whoever_is_asked_about_may_be_one_held_back(seed: int) -> None:
    """The attacker knows who came and in which order; the lot alone keeps everybody out of some block."""
    visits = [("340", START)] * 12
    office = Office()
    office.lots.seed(seed)
    (reading,) = poll(office, visits)
    assert len(reading) == STEP
    stays: set[str] = set()
    for other in range(200):
        office = Office()
        office.lots.seed(other)
        stays |= frozenset(map(str, range(12))) - next(iter(poll(office, visits)))
    assert stays == set(map(str, range(12)))
