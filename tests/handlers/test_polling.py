"""Polling /score after every single visit tells nothing about any one of them.

An attacker reads the printed text of every unit and period after every visit, makes of each figure the counts it
must come from, and tries the differences of two of them: over time, between periods, between a unit and those below
it, between a district and its own desk; for the people behind the whole and for those behind each factor, who are
fewer where a question did not apply. Each must be made of at least ten people, or of nobody.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tests.handlers.visits import Citizen
from tests.world import World, world

VISITS = 130
LEAST = 10
PERIODS = ("tuần này", "tháng này", "quý này", "năm nay")
DESK = "340"
"""Huyện Đông Hưng; two communes lie below it, one elsewhere."""
OWN_DESK = "Riêng bộ phận một cửa của huyện Đông Hưng"

PEOPLE = re.compile(r"(?:còn mở, bản \d+|đã chốt): ([\d.]+) người")
TITLE = re.compile(r"· ([^(\n]+) \(")
LINE = re.compile(r"(?m)^(?:< )?([^:<\n]+): (\d+,\d) \((\d+)–(\d+)(?:; ([\d.]+) người)?\)")


def read(text: str) -> dict[str, int]:
    """Every count of people that a printed answer gives away, by what it is a count of."""
    found = {label: int(n.replace(".", "")) for label, _, _, _, n in LINE.findall(text) if n}
    people = PEOPLE.search(text)
    if people:
        found["people"] = int(people[1].replace(".", ""))
    return found


def scores(text: str) -> dict[str, str]:
    """Every printed percentage, as it is printed."""
    return {label: f"{score} {low} {high}" for label, score, low, high, _ in LINE.findall(text)}


def places(made: World) -> list[str]:
    communes = [row[0] for row in made.rows("SELECT id FROM unit WHERE parent_id = ? ORDER BY id LIMIT 2", DESK)]
    elsewhere = made.rows("SELECT id FROM unit WHERE parent_id = '343' ORDER BY id LIMIT 1")[0][0]
    return [*communes, elsewhere, DESK]


class Attacker:
    """Asks for everything after every visit and keeps what was printed."""

    def __init__(self, made: World, asked: list[str]) -> None:
        made.official("attacker", "34", "admin")
        self.world = made
        self.asked = asked
        self.seen: dict[tuple[str, str], list[str]] = {}

    def poll(self) -> None:
        for unit in self.asked:
            for period in PERIODS:
                text = self.world.says("attacker", f"/score {unit} {period}")
                self.seen.setdefault((unit, period), []).append(text)

    def readings(self) -> Iterator[tuple[str, str]]:
        """Two readings of one unit and period that look different, the earlier one first."""
        for texts in self.seen.values():
            titles: dict[str, dict[str, None]] = {}
            for text in texts:
                title = TITLE.search(text)
                titles.setdefault(title[1] if title else "", {})[text] = None
            for same in titles.values():
                yield from combinations(same, 2)

    def steps_in_time(self) -> Iterator[int]:
        """By how many people each figure moved between two readings of the same period."""
        for before, after in self.readings():
            old, new = read(before), read(after)
            yield from (new.get(label, 0) - old.get(label, 0) for label in {**old, **new})

    def steps_in_place(self) -> Iterator[int]:
        """A unit without those below it or its own desk, one period without a shorter one, at any moment."""
        for at in range(len(next(iter(self.seen.values())))):
            counts = {asked: read(texts[at]) for asked, texts in self.seen.items()}
            for label in {label for found in counts.values() for label in found} - {OWN_DESK}:
                yield from self._in_place({asked: found.get(label, 0) for asked, found in counts.items()})
            for period in PERIODS:
                yield counts[DESK, period].get("people", 0) - counts[DESK, period].get(OWN_DESK, 0)

    def _in_place(self, count: dict[tuple[str, str], int]) -> Iterator[int]:
        for period in PERIODS:
            whole = count[DESK, period]
            parts = [count[commune, period] for commune in self.asked[:2]]
            yield whole - sum(parts)
            yield from (whole - part for part in parts)
            yield count["34", period] - whole
        for unit in self.asked:
            yield from (count[unit, longer] - count[unit, shorter] for shorter, longer in combinations(PERIODS, 2))

    def unexplained(self) -> Iterator[tuple[str, str]]:
        """Two readings whose percentages differ though they count the same people: a single answer showing through."""
        for before, after in self.readings():
            if read(before).get("people") == read(after).get("people") and scores(before) != scores(after):
                yield before, after


def attack(tmp_path: Path, step: int, visits: int = VISITS) -> Attacker:
    """Visits to three communes and a district's desk, some corrected and some erased, polled after each."""
    rng = random.Random(7)
    with world(tmp_path, sample=False, step=step) as made:
        communes = places(made)
        attacker = Attacker(made, [*communes, "34"])
        attacker.poll()
        people = [Citizen(made, f"p{number}") for number in range(visits)]
        for number, citizen in enumerate(people):
            citizen.visits(rng.choice([*communes[:2], *communes, DESK, DESK]), lambda _, choices: rng.choice(choices))
            if number % 7 == 3:
                rng.choice(people[:number]).press("c:xoa dong-y")
            if number % 20 == 19:
                made.wait(days=3)
                made.tick()
            attacker.poll()
        return attacker


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Attacker:
    return attack(tmp_path_factory.mktemp("real"), LEAST)


def exposing(steps: Iterator[int]) -> list[int]:
    return sorted({step for step in steps if 0 < abs(step) < LEAST})


def test_there_is_something_to_see(real: Attacker) -> None:
    texts = {text for texts in real.seen.values() for text in texts}
    assert len({text for text in texts if read(text).get("people")}) >= 10
    assert len({read(text)[OWN_DESK] for text in texts if OWN_DESK in read(text)}) >= 2
    assert {"Tiếp cận", "Phản ánh"} <= {label for text in texts for label in read(text)}


def test_no_difference_in_time_holds_fewer_than_ten(real: Attacker) -> None:
    assert exposing(real.steps_in_time()) == []


def test_no_difference_between_places_or_periods_holds_fewer_than_ten(real: Attacker) -> None:
    assert exposing(real.steps_in_place()) == []


def test_no_figure_moves_without_a_whole_block(real: Attacker) -> None:
    assert list(real.unexplained()) == []


def test_no_figure_stands_for_fewer_than_ten(real: Attacker) -> None:
    printed = [n for texts in real.seen.values() for text in texts for n in read(text).values()]
    assert min(printed) >= LEAST


def test_the_same_attacker_succeeds_where_figures_move_with_every_visit(tmp_path: Path) -> None:
    """The test's own test: in the sample, step 1, single people show at once."""
    careless = attack(tmp_path, 1, 40)
    assert 1 in exposing(careless.steps_in_time())
    assert exposing(careless.steps_in_place()) != []
