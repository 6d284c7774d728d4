"""B21 by procedure: who knows what everybody came for, and reads the figures by procedure too, knows nobody's answer.

Departments, each one desk right below the province, through a whole quarter and the weeks after it: /score of each
every week, and once the quarter is over what it says by procedure, of each department and of the province. She finds
people where groups of any size are told (the rule switched off), and where nobody is put aside by lot.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from handlers.by_procedure import group_name, groups
from scoring.by_procedure import Rule
from scoring.span import Period, quarter
from tests.faults.figures import Figure, record, size
from tests.security.attack import Kind, Told, figures_in, kind_of, range_of
from tests.security.test_attacker import Reader
from tests.security.year import Year
from tests.world import World, world

DEPARTMENTS, WEEKS = size(5, 19), 15
ASKED = size(40, 400)
PROCEDURES = ("ho-tich",) * 60 + ("dat-dai",) * 50 + ("cu-tru",) * 20 + ("lao-dong",) * 8 + ("xay-dung", "giao-thong")
FACTORS = "ABCDE"
Quarter = dict[tuple[str, str], list[Told]]
"""What was told by procedure, by (desk, criterion)."""


def departments(made: World) -> Iterable[str]:
    tree = made.core.context(made.connection, SYSTEM, now=made.now).stores.units.tree()
    return [unit.id for unit in tree.units if unit.level == "department"][:DEPARTMENTS]


def play(folder: Path, minimum: int = 10) -> tuple[Year, Reader, Quarter]:
    folder.mkdir()
    with world(folder, sample=False, step=10, minimum=minimum, index_survey="sipas-rotating") as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        made.official("reader", "34", "viewer")
        tree = made.core.context(made.connection, SYSTEM, now=made.now).stores.units.tree()
        desks = [unit for unit in tree.units if unit.id in departments(made)]
        year = Year(made, 1, desks, procedures=PROCEDURES)
        year.busy = {desk: year.rng.choice((7, 9, 11)) for desk in year.busy}
        reader = Reader(year)
        for number in range(WEEKS):
            year.week(number)
            reader.week()
        return year, reader, told_of(made, year)


def told_of(made: World, year: Year) -> Quarter:
    """Every figure by procedure; what "at least" hides she works out from the others."""
    first = quarter(2026, 1)
    assert first is not None
    context, found = made.core.context(made.connection, SYSTEM, now=made.now), Quarter()
    for unit in [*year.desks, context.stores.units.tree().root(context.today)]:
        assert unit is not None
        for group in groups(context, unit, first):
            text = made.says("reader", f"/score @procedure {group.cell.codes[0]} {unit.code} {first.id}")
            read = {people for _, _, _, people in figures_in(text)}
            for letter in FACTORS:
                satisfied, people = group.cell.tally.valid(f"{letter}0")
                assert people == 0 or people in read or people < 10, (group_name(context, group), people, text)
                if people:
                    told = Told(first, frozenset(group.cell.codes), people, satisfied)
                    found.setdefault((unit.id, f"{letter}0"), []).append(told)
    return found


def suspects(year: Year, told: Quarter, first: Period) -> list[tuple[tuple[str, str], Kind]]:
    """People who came for what all of one kind of answer was given to come first; then any, of desks that were told."""
    rng = random.Random(5)
    alike, others = list[tuple[tuple[str, str], Kind]](), list[tuple[tuple[str, str], Kind]]()
    for key in sorted(told):
        chain = year.chains.get(key)
        if chain is None:
            continue
        said: dict[str, set[int]] = {}
        for guest in chain.came:
            said.setdefault(guest.procedure, set()).add(guest.said[key[1]])
        inside = [place for place, (_, _, at) in enumerate(chain.blocks) if at.date() <= first.last]
        came = range(chain.blocks[inside[-1]][0] if inside else 0)
        places = [
            place for place in came if not chain.came[place].accomplice and chain.came[place].id not in chain.gone
        ]
        for place in places:
            kind = kind_of(chain, place, by_procedure=True)
            (alike if len(said[kind[1]]) == 1 else others).append((key, kind))
    some = [rng.sample(sorted(set(kinds)), min(ASKED // 2, len(set(kinds)))) for kinds in (alike, others)]
    return [one for kinds in some for one in kinds]


def determined(played: tuple[Year, Reader, Quarter], *, aside: bool = True) -> tuple[int, int]:
    """(people asked about, how many of them the attacker knows for certain)."""
    year, reader, told = played
    first = quarter(2026, 1)
    assert first is not None
    asked = suspects(year, told, first)
    ranges = [
        range_of(year.chains[key], reader.reads[key], kind, held=year.held, told=told[key], aside=aside)
        for key, kind in asked
    ]
    return len(asked), sum(least == most for least, most in ranges)


def nobody(people: int, step: int, below: Callable[[int], int]) -> list[bool]:
    return [False] * people


def test_nobody_is_determined_by_procedure_and_in_two_other_builds_people_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year, reader, told = play(tmp_path / "ours")
    asked, found = determined((year, reader, told))
    desks = {unit for unit, _ in told}
    assert len(desks) > DEPARTMENTS // 2
    assert asked >= ASKED // 2
    with monkeypatch.context() as patch:
        patch.setattr(Rule, "of", classmethod(partial(_rule, Rule(0, 0))))
        unruled = determined(play(tmp_path / "no rule", minimum=1))[1]
    with monkeypatch.context() as patch:
        patch.setattr(Rule, "of", classmethod(partial(_rule, Rule(12, 0))))
        patch.setattr("handlers.procedure_release.aside", nobody)
        unlotted = determined(play(tmp_path / "no lot"), aside=False)[1]
    detail = f"{WEEKS} weeks, {len(year.desks)} offices, {year.guests} people, {sum(map(len, told.values()))} figures"
    mutants = f"known: {unruled} without the rule, {unlotted} with nobody aside"
    record(Figure("B21 attacker, by procedure", asked, found, detail, mutants))
    assert found == 0
    assert min(unruled, unlotted) > 0, mutants


def _rule(rule: Rule, _: type[Rule], step: int) -> Rule:
    return rule
