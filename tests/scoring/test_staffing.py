"""Staffing: what is told stands as it is told, sums only where every part is known, faults and warnings of a sheet."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.book_sheet import Grid
from scoring.staffing import FIELDS, People, Place, Row, Staffing, total
from scoring.staffing_sheet import Read, read_staffing
from scoring.units import ALWAYS, Tree, Unit

DAY = date(2018, 6, 30)
PLACES = (
    Place("34", "province", ""),
    Place("s1", "department", "34"),
    Place("s2", "department", "34"),
    Place("h1", "district", "34"),
    Place("x1", "commune", "h1"),
    Place("x2", "commune", "h1"),
)
TITLES = ["Mã đơn vị", "Được giao", "Có mặt", "Phải tinh giản", "Thiếu"]


def told(**units: People) -> Staffing:
    groups = {"department", "district", "commune"}
    rows = [Row("" if name in groups else name, name if name in groups else None, one) for name, one in units.items()]  # type: ignore[arg-type]
    return Staffing(DAY, "", tuple(rows), PLACES)


def read(tree: Tree, *rows: list[str], day: str = "30/6/2018", titles: list[str] = TITLES) -> Read:
    sheets: dict[str, Grid] = {"Ngày": [["Ngày"], [day]], "Biên chế": [titles, *rows]}
    return read_staffing(sheets, tree)


# --- what it comes to ---


def test_the_meeting_s_numbers() -> None:
    found = told(
        **{"34": People(present=1823, to_cut=36, short=205)},
        department=People(present=1153),
        district=People(present=670),
    )
    whole = found.people("34")
    assert whole is not None
    assert (whole.present, whole.short, whole.to_cut, whole.left, whole.assigned) == (1823, 205, 36, 169, None)
    parts = found.parts("34")
    assert parts is not None
    assert (parts.present, parts.short, parts.summed) == (1823, None, True)


def test_a_unit_without_a_row_is_the_sum_of_its_parts_and_says_so() -> None:
    found = told(s1=People(10, 8, 1, 2), s2=People(5, 5, 0, 0), x1=People(present=3), x2=People(present=4))
    assert found.people("h1") == People(present=7, summed=True)
    assert found.group("department") == People(15, 13, 1, 2, summed=True)
    assert found.people("34") == People(present=20, summed=True)


def test_a_part_that_is_not_known_leaves_the_sum_unknown() -> None:
    found = told(s1=People(10, 8, 1, 2), h1=People(present=9))
    assert found.group("department") is None
    assert found.people("34") is None
    assert found.people("x1") is None
    assert not found.told_of("34")
    assert told(s1=People(assigned=4), s2=People(present=3)).group("department") is None


def test_what_a_row_leaves_out_is_not_filled_in_from_the_parts() -> None:
    found = told(**{"34": People(present=30)}, s1=People(10, 8), s2=People(5, 5), h1=People(20, 17))
    assert found.people("34") == People(present=30)


def test_a_sum_with_an_invented_part_is_invented() -> None:
    found = told(s1=People(present=1, invented=True), s2=People(present=2))
    assert found.group("department") == People(present=3, invented=True, summed=True)


def test_under_lists_what_is_told_of() -> None:
    found = told(s2=People(present=1), h1=People(present=5), x2=People(present=2))
    assert found.under("34") == ["s2", "h1", "x2"]
    assert found.of_level("commune") == ["x1", "x2"]


NUMBERS = st.none() | st.integers(0, 3000)


@given(st.lists(st.builds(People, NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_sums_are_sums_or_unknown(parts: list[People]) -> None:
    found = total(parts) or People()
    for field in FIELDS:
        numbers = [part.number(field) for part in parts]
        assert found.number(field) == (None if None in numbers else sum(one for one in numbers if one is not None))
    assert total([*parts, None]) is None
    assert total([]) is None


# --- what a sheet says ---


def test_short_is_told_or_computed_and_may_be_below_zero(thai_binh: Tree) -> None:
    found = read(thai_binh, ["340", "96", "85", "2", ""], ["343", "80", "83", "", "-3"], ["344", "", "75", "", "8"])
    assert found.faults == ()
    assert found.staffing is not None
    assert [row.people.short for row in found.staffing.rows] == [11, -3, 8]
    assert [row.people.left for row in found.staffing.rows] == [9, None, None]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (["340", "96", "85", "2", "12"], "E", "parts_differ"),
        (["340", "96", "85", "97", "11"], "D", "more_than_maximum"),
        (["340", "", "", "", ""], "C", "missing"),
        (["Tỉnh", "", "5", "", ""], "A", "unknown_unit"),
        (["Thôn", "", "5", "", ""], "A", "unknown_unit"),
        (["", "", "5", "", ""], "A", "missing"),
        (["340", "", "-5", "", ""], "C", "bad_number"),
        (["340", "", "5,5", "", ""], "C", "bad_number"),
        (["340", "", "#", "", ""], "C", "no_value"),
    ],
)
def test_one_fault_for_one_cell(thai_binh: Tree, row: list[str], column: str, reason: str) -> None:
    found = read(thai_binh, ["343", "", "7", "", ""], row)
    assert [(one.sheet, one.row, one.column, one.reason) for one in found.faults] == [("Biên chế", 3, column, reason)]
    assert found.staffing is None


def test_a_fault_of_the_difference_says_what_was_expected(thai_binh: Tree) -> None:
    found = read(thai_binh, ["340", "96", "85", "2", "12"])
    assert [one.value for one in found.faults] == ["12 ≠ 96 − 85 = 11"]


def test_a_group_must_have_units_on_that_day() -> None:
    """There are no districts since 1 July 2025."""
    tree = Tree(
        [
            Unit("33", "33", "province", "Tỉnh Hưng Yên", "Hưng Yên", None, ALWAYS),
            Unit("old", "340", "district", "Huyện Đông Hưng", "Đông Hưng", "33", ALWAYS, date(2025, 6, 30)),
            Unit("new", "12700", "commune", "Xã Đông Hưng", "Đông Hưng", "33", date(2025, 7, 1)),
        ]
    )
    rows = (["Huyện", "", "7", "", ""], ["Xã", "", "7", "", ""])
    today = read(tree, *rows, day="30/6/2026")
    assert [(one.row, one.column, one.reason) for one in today.faults] == [(2, "A", "unknown_set")]
    then = read(tree, *rows, day="30/6/2025")
    assert [(one.row, one.column, one.reason) for one in then.faults] == [(3, "A", "unknown_set")]
    assert [one.reason for one in read(tree, *rows, day="31/6/2026").faults] == ["bad_day"]


def test_a_unit_and_a_group_stand_once(thai_binh: Tree) -> None:
    found = read(thai_binh, ["Sở", "", "7", "", ""], ["department", "", "7", "", ""], ["34", "", "9", "", ""])
    assert [(one.row, one.column, one.reason) for one in found.faults] == [(3, "A", "twice")]


def test_a_day_that_cannot_be_read_is_one_fault(thai_binh: Tree) -> None:
    found = read(thai_binh, ["340", "", "7", "", ""], day="31/6/2018")
    assert [(one.sheet, one.column, one.reason) for one in found.faults] == [("Ngày", "A", "bad_day")]


def test_totals_that_disagree_with_their_parts_are_warned_of_and_taken(thai_binh: Tree) -> None:
    groups = (["Sở", "", "1153", "", ""], ["Huyện", "", "670", "", ""])
    same = read(thai_binh, ["34", "", "1823", "36", "205"], *groups)
    assert (same.faults, same.warnings) == ((), ())
    other = read(thai_binh, ["34", "", "1824", "36", "205"], *groups)
    assert other.faults == ()
    assert other.staffing is not None
    assert [(one.row, one.column, one.reason, one.value) for one in other.warnings] == [
        (2, "C", "parts_differ", "1824 ≠ 1823")
    ]


def test_a_district_has_people_of_its_own_beside_its_communes(thai_binh: Tree) -> None:
    communes = [unit.code for unit in thai_binh.children("340", DAY)]
    rows = [[code, "", "2", "", ""] for code in communes]
    more = read(thai_binh, ["340", "", str(2 * len(communes) + 5), "", ""], *rows)
    assert more.warnings == ()
    fewer = read(thai_binh, ["340", "", str(2 * len(communes) - 1), "", ""], *rows)
    assert [(one.row, one.column) for one in fewer.warnings] == [(2, "C")]


@pytest.mark.parametrize("written", ["1823", "1.823", "1,823"])
def test_people_as_they_are_written(thai_binh: Tree, written: str) -> None:
    found = read(thai_binh, ["34", "", written, "", ""]).staffing
    assert found is not None
    assert found.rows[0].people.present == 1823
