"""A sheet of orders: every fault of a row with its column, and what an office's own words mean."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.dossier_words import Words
from scoring.order_sheet import COLUMNS, Known, columns_of, read_order
from scoring.orders import Given
from scoring.titled_rows import Fault
from scoring.unit import ALWAYS
from scoring.units import Tree, Unit
from survey.text import fold

UNITS = [
    Unit("34", "34", "province", "Tỉnh Thái Bình", "Thái Bình", None, ALWAYS),
    Unit("snv", "34-SNV", "department", "Sở Nội vụ", "Nội vụ", "34", ALWAYS),
    Unit("sld", "34-SLD", "department", "Sở Lao động, Thương binh và Xã hội", "Lao động", "34", ALWAYS),
    Unit("340", "340", "district", "Huyện Đông Hưng", "Đông Hưng", "34", ALWAYS),
]
KNOWN = Known(Words(Tree(UNITS), {}), {"a": "A", "tiep can": "A", "a2": "A2"}, "34", date(2018, 8, 31))
GOOD = {"text": "Báo cáo số còn thiếu", "lead": "Sở Nội vụ", "given_on": "1/7/2018", "deadline": "30/8/2018"}


def reasons(**cells: str) -> list[tuple[str, str]]:
    read = read_order(2, GOOD | cells, KNOWN)
    return [] if isinstance(read, Given) else [(fault.column, fault.reason) for fault in read]


def test_a_row_becomes_an_order() -> None:
    cells = GOOD | {
        "supporting": "Huyện Đông Hưng; Sở Lao động, Thương binh và Xã hội",
        "source": "Thông báo 25/TB-VPUBND",
        "criterion": "Tiếp cận",
    }
    assert read_order(7, cells, KNOWN) == Given(
        "Báo cáo số còn thiếu", "snv", "34", date(2018, 7, 1), date(2018, 8, 30), ("340", "sld"),
        "Thông báo 25/TB-VPUBND", "A", 7,
    )  # fmt: skip


@pytest.mark.parametrize("cell", ["340, 34-SLD", "Huyện Đông Hưng\nSở Lao động, Thương binh và Xã hội", "340;34-SLD;"])
def test_supporting_units_stand_apart_by_semicolons_lines_or_commas(cell: str) -> None:
    read = read_order(2, GOOD | {"supporting": cell}, KNOWN)
    assert isinstance(read, Given)
    assert read.supporting == ("340", "sld")


def test_a_name_with_a_comma_in_it_is_one_office() -> None:
    read = read_order(2, GOOD | {"supporting": "Sở Lao động, Thương binh và Xã hội"}, KNOWN)
    assert isinstance(read, Given)
    assert read.supporting == ("sld",)


@pytest.mark.parametrize("cell", ["", "Thực hiện ngay", "thường xuyên"])
def test_an_order_may_have_no_deadline(cell: str) -> None:
    read = read_order(2, GOOD | {"deadline": cell}, KNOWN)
    assert isinstance(read, Given)
    assert read.deadline is None


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"text": " "}, [("text", "missing")]),
        ({"text": "a" * 1001}, [("text", "too_long")]),
        ({"source": "a" * 201}, [("source", "too_long")]),
        ({"lead": "Sở Ngoại vụ"}, [("lead", "unknown_unit")]),
        ({"given_by": "x", "supporting": "y"}, [("given_by", "unknown_unit"), ("supporting", "unknown_unit")]),
        ({"supporting": "34-SNV"}, [("supporting", "lead_supports")]),
        ({"given_by": "34-SNV"}, [("given_by", "gives_itself")]),
        ({"lead": "34"}, [("given_by", "gives_itself")]),
        ({"given_on": "1/9/2018", "deadline": "2/9/2018"}, [("given_on", "in_future")]),
        ({"deadline": "30/6/2018"}, [("deadline", "before_given")]),
        ({"deadline": "cuối tháng 8"}, [("deadline", "bad_date")]),
        ({"criterion": "Z"}, [("criterion", "unknown_criterion")]),
        ({"lead": "", "given_on": "", "criterion": "Z"}, [
            ("lead", "missing"), ("given_on", "missing"), ("criterion", "unknown_criterion"),
        ]),
    ],
)  # fmt: skip
def test_every_fault_of_a_row_is_found(cells: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert reasons(**cells) == found


def test_nobodys_number_is_kept_or_said_again() -> None:
    read = read_order(2, GOOD | {"text": "Gọi 0912345678", "source": "a@b.vn"}, KNOWN)
    assert isinstance(read, Given)
    assert (read.words, read.source) == ("Gọi •••", "•••")
    assert read_order(2, GOOD | {"lead": "ông A 0912345678"}, KNOWN) == [Fault(2, "lead", "unknown_unit", "ông A •••")]


def test_titles_are_read_as_offices_write_them() -> None:
    header = ["TT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Ngày giao", "Thời hạn hoàn thành"]
    assert columns_of(header) == {1: "text", 2: "lead", 3: "given_on", 4: "deadline"}
    assert columns_of(["text", "Nhiệm vụ", "lead"]) == [
        Fault(1, "text", "column_twice", "Nhiệm vụ"),
        Fault(1, "given_on", "missing_column"),
    ]


def test_no_title_means_two_columns() -> None:
    words = [fold(word) for name, others in COLUMNS.items() for word in {name.replace("_", " "), *others}]
    assert sorted(words) == sorted(set(words))
