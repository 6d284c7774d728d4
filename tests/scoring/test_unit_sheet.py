from __future__ import annotations

from datetime import date

from scoring.unit import ALWAYS, Unit
from scoring.unit_sheet import MAX_NAME, MAX_UNITS, Fault, read_units

HEADER = ("code", "parent", "level", "name", "short_name")


def sheet(*lines: str, header: tuple[str, ...] = HEADER) -> list[dict[str, str | None]]:
    return [dict(zip(header, line.split(","), strict=False)) for line in lines]


def test_a_good_sheet_becomes_units_in_its_order() -> None:
    rows = sheet("34,,province,Tỉnh  Thái Bình,Thái Bình", "340,34,District,Huyện Đông Hưng,")
    assert read_units(rows) == [
        Unit("34", "34", "province", "Tỉnh Thái Bình", "Thái Bình", None, ALWAYS, None),
        Unit("340", "340", "district", "Huyện Đông Hưng", "Huyện Đông Hưng", "34"),
    ]


def test_dates_aliases_and_ids_are_read() -> None:
    header = ("id", *HEADER, "valid_from", "valid_to", "aliases")
    rows = sheet(
        "p,33,,province,Tỉnh Mới,Mới,2025-07-01,,",
        "a,13225,p,commune,Xã Một,Một,2025-07-01,2025-12-31,x1| một  nhỏ |",
        "b,13225,p,commune,Xã Ba,Ba,2026-01-01,,",
        header=header,
    )
    units = read_units(rows)
    assert units[1] == Unit(
        "a", "13225", "commune", "Xã Một", "Một", "p", date(2025, 7, 1), date(2025, 12, 31), ("x1", "một nhỏ")
    )
    assert [unit.id for unit in units if isinstance(unit, Unit)] == ["p", "a", "b"]


def test_all_faults_come_at_once_with_row_and_column() -> None:
    rows = sheet(
        "34,,province,Tỉnh A,A,,",
        "1,34,huyện,Một,Một,,",
        "2,34,district,,Hai,,",
        "34,34,district,Ba,Ba,,",
        "4,99,district,Bốn,Bốn,,",
        "5,6,district,Năm,Năm,,",
        "6,5,district,Sáu,Sáu,,",
        "7,7,district,Bảy,Bảy,,",
        "8,,province,Tám,Tám,,",
        "9,34,district,Chín,Chín,1.7.2025,2025-02-30",
        "10,34,district,Mười,Mười,2025-07-02,2025-07-01",
        "11,2,commune,Dưới,Dưới,,",
        header=(*HEADER, "valid_from", "valid_to"),
    )
    assert read_units(rows) == [
        Fault(3, "level", "bad_level", "huyện"),
        Fault(4, "name", "missing"),
        Fault(5, "code", "duplicate", "34"),
        Fault(6, "parent", "unknown_parent", "99"),
        Fault(7, "parent", "cycle", "6"),
        Fault(8, "parent", "cycle", "5"),
        Fault(9, "parent", "cycle", "7"),
        Fault(10, "parent", "second_root", "8"),
        Fault(11, "valid_from", "bad_date", "1.7.2025"),
        Fault(11, "valid_to", "bad_date", "2025-02-30"),
        Fault(12, "valid_to", "ends_before_it_begins", "2025-07-01"),
    ]


def test_a_unit_that_hangs_under_a_cycle_is_not_blamed_for_it() -> None:
    faults = read_units(sheet("5,6,district,a,a", "6,5,district,b,b", "7,5,commune,c,c"))
    assert faults == [Fault(2, "parent", "cycle", "6"), Fault(3, "parent", "cycle", "5")]


def test_a_child_must_not_outlive_its_parent() -> None:
    rows = sheet(
        "1,,province,A,A,2020-01-01,2025-06-30",
        "2,1,commune,B,B,2019-01-01,2026-01-01",
        "3,1,commune,C,C,2020-01-01,",
        "4,1,commune,D,D,2020-01-01,2025-06-30",
        header=(*HEADER, "valid_from", "valid_to"),
    )
    assert read_units(rows) == [
        Fault(3, "valid_from", "outside_parent", "2019-01-01"),
        Fault(3, "valid_to", "outside_parent", "2026-01-01"),
        Fault(4, "valid_to", "outside_parent", ""),
    ]


def test_a_code_may_be_used_again_only_after_its_first_bearer_ended() -> None:
    header = ("id", *HEADER, "valid_from", "valid_to")
    rows = sheet(
        "p,1,,province,A,A,,",
        "a,2,p,commune,B,B,,2025-06-30",
        "b,2,p,commune,C,C,2025-06-30,",
        "b,3,p,commune,D,D,,",
        header=header,
    )
    assert read_units(rows) == [Fault(4, "code", "duplicate", "2"), Fault(5, "id", "duplicate", "b")]


def test_roots_may_follow_each_other() -> None:
    header = (*HEADER, "valid_from", "valid_to")
    rows = sheet("34,,province,A,A,,2025-06-30", "33,,province,B,B,2025-07-01,", header=header)
    assert len(read_units(rows)) == 2
    assert not isinstance(read_units(rows)[0], Fault)


def test_an_empty_a_foreign_and_a_huge_sheet_are_refused() -> None:
    assert read_units([]) == [Fault(2, "code", "no_units")]
    assert read_units([{"mã": "1", "code": "1", "name": "x"}]) == [
        Fault(1, "parent", "missing_column"),
        Fault(1, "level", "missing_column"),
        Fault(1, "short_name", "missing_column"),
    ]
    one = sheet("34,,province,A,A")[0]
    assert read_units([one] * (MAX_UNITS + 1)) == [Fault(MAX_UNITS + 2, "code", "too_many_units", str(MAX_UNITS + 1))]


def test_a_name_that_no_screen_can_hold_is_refused() -> None:
    faults = read_units(sheet("34,,province," + "A" * (MAX_NAME + 1) + ",A"))
    assert faults == [Fault(2, "name", "too_long", "A" * MAX_NAME)]


def test_a_short_row_is_a_row_with_empty_cells() -> None:
    assert read_units([{"code": "34", "parent": None, "level": "province", "name": "A", "short_name": None}]) == [
        Unit("34", "34", "province", "A", "A", None)
    ]
