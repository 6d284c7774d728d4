from __future__ import annotations

from datetime import date

from scoring.compare import change
from scoring.frame import CHILDREN_COLUMNS, SCORE_COLUMNS, children_table, score_rows
from scoring.index import figures
from scoring.period import by_id
from scoring.release import Cell, absorb, close
from scoring.units import Tree
from tests.scoring.people import FACTORS, answered

GOOD, BAD, FEW = answered(200, a=190, b=180, c=170), answered(30, a=10, b=20, c=11), answered(9, a=1, b=1, c=1)


def test_children_stand_lowest_first_and_withheld_last(thai_binh: Tree) -> None:
    district = {unit.id: unit for unit in thai_binh.units}
    good, bad, few = (figures(tally, FACTORS).overall for tally in (GOOD, BAD, FEW))
    table = children_table([
        (district["341"], few, None),
        (district["342"], good, change(good, bad)),
        (district["340"], bad, change(bad, bad)),
    ])  # fmt: skip
    assert tuple(table.columns) == CHILDREN_COLUMNS
    assert list(table["id"]) == ["340", "342", "341"]
    assert list(table["clear"]) == [False, True, False]
    assert table["score"].isna().tolist() == [False, False, True]
    assert table["points"].isna().tolist() == [False, False, True]
    assert children_table([]).empty


def test_the_export_has_a_row_for_every_figure(thai_binh: Tree) -> None:
    unit, period = thai_binh.get("340"), by_id("2026-W46")
    assert unit is not None
    assert period is not None
    cell = close(absorb(Cell("340", "all", "2026-W46", "sipas-quick"), BAD, BAD.n))
    table = score_rows([(unit, period, cell)], FACTORS, 10)
    assert tuple(table.columns) == SCORE_COLUMNS
    assert list(table["code"]) == ["*", "A", "B", "C", "Q0", "A1", "B1", "C1"]
    first = table.iloc[0]
    assert (first["unit"], first["period"], first["from"], first["closed"]) == (
        "Huyện Đông Hưng", "2026-W46", date(2026, 11, 9), True,
    )  # fmt: skip
    assert (first["n"], first["answers"], first["score"], first["method"]) == (30, 90, 45.56, "sipas-2017/pooled/1")
    withheld = score_rows([(unit, period, cell)], FACTORS, 31)
    assert withheld["score"].isna().all()
    assert set(withheld["reason"]) == {"too_few"}
    assert score_rows([], FACTORS, 10).empty
