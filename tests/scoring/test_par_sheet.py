"""A workbook of the index as clerks spoil it: what would be believed is a fault, what is merely doubtful a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from scoring.book_line import Fault
from scoring.par_sheet import Read, read_par
from scoring.units import Tree
from tests.test_dialogs import bring_hung_yen
from tests.world import world

CRITERIA = [["Nhóm", "Mã tiêu chí", "Tên tiêu chí"], ["Huyện", "1", "Chỉ đạo"], ["Huyện", "2", "Thủ tục"]]
TITLES = ["Mã đơn vị", "Tên đơn vị", "Mã tiêu chí", "Điểm tối đa", "Điểm đạt"]
CLASSES = [["Nhóm", "Xếp loại", "Từ (%)"], ["Huyện", "khá", "80%"]]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    with world(tmp_path_factory.mktemp("tree")) as made:
        return made.core.context(made.connection, SYSTEM).stores.units.tree()


def read(tree: Tree, *rows: list[str], year: str = "2018", classes: list[list[str]] | None = None) -> Read:
    sheets = {
        "Năm": [["Năm"], [year]],
        "Tiêu chí": CRITERIA,
        "Điểm": [TITLES, *rows],
        "Xếp loại": classes or CLASSES,
    }
    return read_par(sheets, tree)


def named(found: tuple[Fault, ...]) -> list[tuple[str, int, str, str]]:
    return [(fault.sheet, fault.row, fault.column, fault.reason) for fault in found]


def test_a_name_beside_a_code_is_that_units(tree: Tree) -> None:
    """Two rows swapped would be believed: both numbers are in order."""
    found = read(tree, ["340", "Huyện Kiến Xương", "", "100", "88"], ["343", "UBND huyện Kiến Xương", "", "100", "61"])
    assert named(found.faults) == [("Điểm", 2, "B", "other_name")]
    assert read(tree, ["340", "huyen dong hung", "", "100", "88"], ["343", "(xem phụ lục)", "", "100", "61"]).year


def test_a_percentage_is_no_number_of_points(tree: Tree) -> None:
    found = read(tree, ["340", "", "", "120", "81,35%"])
    assert named(found.faults) == [("Điểm", 2, "E", "bad_number")]


def test_missing_rows_are_warned_of_and_make_no_sum(tree: Tree) -> None:
    found = read(tree, ["340", "", "1", "10", "9"], ["341", "", "1", "10", "9"], ["341", "", "2", "0", ""])
    assert named(found.warnings) == [("Điểm", 2, "C", "rows_missing")]
    assert found.warnings[0].value == "2"
    assert found.year is not None
    assert found.year.share("340") is None
    share = found.year.share("341")
    assert share is not None
    assert share.maximum == 10


def test_two_classes_do_not_begin_at_the_same_border(tree: Tree) -> None:
    classes = [*CLASSES, ["Huyện", "tốt", "80"]]
    assert named(read(tree, ["340", "", "", "100", "88"], classes=classes).faults) == [("Xếp loại", 3, "C", "twice")]


def test_a_workbook_is_one_provinces(tmp_path: Path) -> None:
    """Hưng Yên and Thái Bình, which are one today, had an index each in 2024."""
    with world(tmp_path, id="hung-yen", sample=False) as made:
        bring_hung_yen(made)
        both = made.core.context(made.connection, SYSTEM).stores.units.tree()
    found = read(both, ["33", "", "", "100", "85"], ["34", "", "", "100", "77"], year="2024")
    assert named(found.faults) == [("Điểm", 3, "A", "other_province")]
    alone = read(both, ["33", "Tỉnh Hưng Yên", "", "100", "85"], year="2024").year
    assert alone is not None
    assert alone.country.unit == alone.levels[0][0]
