"""1 July 2025 as it was: the real sheets of Hưng Yên, and every fault that a sheet of lineage can have."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from scoring.lineage import COLUMNS, Lineage, read_lineage
from scoring.names import Choices, Match, former, resolve
from scoring.unit_sheet import Fault, read_units
from scoring.units import Succession, Tree, Unit

UNITS = Path(__file__).parents[2] / "config" / "units"
LAST = date(2025, 6, 30)
TODAY = date(2026, 11, 16)


def rows(name: str) -> list[dict[str, str | None]]:
    with (UNITS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def new_units() -> list[Unit]:
    return [unit for unit in read_units(rows("hung_yen_2025.csv")) if isinstance(unit, Unit)]


@pytest.fixture(scope="module")
def lineage(new_units: list[Unit]) -> Lineage:
    found = read_lineage(rows("hung_yen_lineage_2025-07-01.csv"), new_units)
    assert isinstance(found, Lineage)
    return found


@pytest.fixture(scope="module")
def hung_yen(new_units: list[Unit], lineage: Lineage) -> Tree:
    return Tree([*new_units, *lineage.ended], lineage.successions)


def unit(tree: Tree, code: str, on: date) -> Unit:
    found = tree.by_code(code, on)
    assert found is not None
    return found


def test_all_old_units_are_there_and_ended(lineage: Lineage) -> None:
    levels = [one.level for one in lineage.ended]
    assert (levels.count("province"), levels.count("district"), levels.count("commune")) == (2, 18, 381)
    assert {one.valid_to for one in lineage.ended} == {LAST}


def test_all_242_communes_of_thai_binh_went_somewhere_and_its_districts_answer(hung_yen: Tree) -> None:
    thai_binh = unit(hung_yen, "34", LAST)
    districts = hung_yen.children(thai_binh.id, LAST)
    assert {one.code for one in districts} == {"336", "338", "339", "340", "341", "342", "343", "344"}
    communes = [one for district in districts for one in hung_yen.children(district.id, LAST)]
    assert len(communes) == 242
    assert all(hung_yen.successors(one.id) for one in communes)
    assert [one.code for one in hung_yen.successors(thai_binh.id)] == ["33"]
    for district in districts:
        successors = hung_yen.successors(district.id)
        assert len(successors) >= 5
        assert all(one.valid(TODAY) for one in successors)
    into = {new.id for commune in communes for new in hung_yen.successors(commune.id)}
    assert len(into) == 65  # 60 xã and 5 phường, as the plan of the province says


def test_a_living_unit_went_nowhere_though_a_place_in_it_did() -> None:
    """Rights follow successors: who works in the commune that took another in must not reach the whole district."""
    district = Unit("d", "d", "district", "Huyện D", "D", None)
    ended = Unit("a", "a", "commune", "Xã A", "A", "d", valid_to=LAST)
    taker = Unit("b", "b", "commune", "Xã B", "B", "d")
    tree = Tree([district, ended, taker], [Succession("a", "b", whole=True)])
    assert tree.successors("a") == (taker,)
    assert tree.successors("d") == ()
    assert tree.successors("b") == ()


def test_every_new_unit_has_a_past(hung_yen: Tree) -> None:
    for new in hung_yen.children(unit(hung_yen, "33", TODAY).id, TODAY):
        whole = hung_yen.predecessors(new.id, whole=True)
        parts = hung_yen.predecessors(new.id, whole=False)
        assert whole or parts, new.name


def test_a_code_that_was_given_again_means_another_unit(hung_yen: Tree) -> None:
    for code, then, now in (
        ("13225", "Xã Tân Bình", "Phường Thái Bình"),
        ("12817", "Xã Đông Mỹ", "Phường Trà Lý"),
        ("33", "Tỉnh Hưng Yên", "Tỉnh Hưng Yên"),
    ):
        old, new = unit(hung_yen, code, LAST), unit(hung_yen, code, TODAY)
        assert (old.name, new.name) == (then, now)
        assert old.id != new.id


def test_places_that_were_divided_are_known_as_such(hung_yen: Tree) -> None:
    lac_dao = next(one for one in hung_yen.units if one.name == "Xã Lạc Đạo" and one.valid_to == LAST)
    assert {one.name for one in hung_yen.successors(lac_dao.id)} == {"Xã Lạc Đạo", "Xã Đại Đồng"}
    for new in hung_yen.successors(lac_dao.id):
        assert lac_dao in hung_yen.predecessors(new.id, whole=False)
        assert lac_dao not in hung_yen.predecessors(new.id, whole=True)


@pytest.mark.parametrize("words", ["kien xuong", "Kiến Xương", "huyện kiến xương", "h kien xuong", "kx"])
def test_an_old_district_is_found_by_its_name(hung_yen: Tree, words: str) -> None:
    found = former(hung_yen, words, TODAY)
    assert isinstance(found, Match)
    assert found.unit.name == "Huyện Kiến Xương"


def test_names_of_today_go_on_meaning_units_of_today(hung_yen: Tree) -> None:
    assert resolve(hung_yen, "xã kiến xương", TODAY) == Match(
        next(one for one in hung_yen.units if one.name == "Xã Kiến Xương")
    )
    ended = former(hung_yen, "an ninh", TODAY)
    assert isinstance(ended, Choices)
    assert all(one.valid_to == LAST for one in ended.units)
    assert former(hung_yen, "zzzz", TODAY) is None
    assert former(hung_yen, "kien xuong", LAST) is None  # it has not ended yet


def row(**cells: str) -> dict[str, str | None]:
    good = dict(
        zip(
            COLUMNS,
            ("1", "Xã A", "10", "Huyện B", "34", "Tỉnh C", "11953", "Phường Phố Hiến", "whole"),
            strict=True,
        )
    )
    return {**good, **cells}


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        ([row(extent="half")], Fault(2, "extent", "bad_extent", "half")),
        ([row(new_code="99999")], Fault(2, "new_code", "unknown_unit", "99999")),
        ([row(), row(old_name=" ")], Fault(3, "old_name", "missing")),
        ([row(), row()], Fault(3, "new_code", "duplicate", "11953")),
        ([row(), row(new_code="11977")], Fault(3, "extent", "whole_and_elsewhere", "1")),
        ([{"old_code": "1"}], Fault(1, "old_name", "missing_column")),
    ],
)
def test_faults_name_the_row_and_the_column(
    new_units: list[Unit], sheet: list[dict[str, str | None]], fault: Fault
) -> None:
    found = read_lineage(sheet, new_units)
    assert isinstance(found, list)
    assert fault in found


def test_a_new_unit_without_a_first_day_is_a_fault() -> None:
    undated = [unit for unit in read_units(rows("thai_binh_2017.csv")) if isinstance(unit, Unit)]
    assert read_lineage([row(new_code="12433")], undated) == [Fault(2, "new_code", "no_first_day", "12433")]
    assert isinstance(read_lineage([], undated), list)
