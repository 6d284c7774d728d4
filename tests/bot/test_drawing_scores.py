"""The operator's file of released figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from msgspec import structs

from bot.drawing.exports import export_scores
from scoring.counts import Item, of_response, total
from scoring.frame import SCORE_COLUMNS
from scoring.period import by_id
from scoring.release import Cell, Scope
from survey.model import Survey
from tests.bot.exported import FORMS, context_of, csv_rows, unit_id
from tests.world import World, world

PERIOD = by_id("2026-Q4")
assert PERIOD is not None


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        yield made


def release(made: World, unit: str, scope: Scope, people: int) -> Survey:
    context = context_of(made)
    survey = context.stores.surveys.newest(context.province.index_survey)
    items = [Item(q.criterion, q.factor, "4") for q in survey.questions if q.factor]
    tally = total(of_response(items, "walk_in") for _ in range(people))
    assert PERIOD is not None
    context.stores.cells.put(Cell(unit, scope, PERIOD.id, survey.id, 1, tally), 1)
    return survey


def test_every_released_figure_with_its_count_interval_and_method(sample: World, tmp_path: Path) -> None:
    survey = release(sample, unit_id(sample), "all", 12)
    out = tmp_path / "s.csv"
    assert PERIOD is not None
    rows = export_scores(context_of(sample), PERIOD, out, "csv")
    assert out.read_bytes().startswith("\ufeff# DỮ LIỆU MẪU\r\n".encode())
    found = csv_rows(out)
    assert list(found[0]) == list(SCORE_COLUMNS)
    scored = [question for question in survey.questions if question.factor]
    letters = {question.factor for question in scored} - {"overall"}
    assert rows == len(found) == 1 + len(letters) + len(scored)
    index = next(row for row in found if row["kind"] == "index")
    assert index["bound"] == "≥"
    assert (index["n"], index["score"], index["method"]) == ("12", "95.0", "sipas-2017/pooled/1")
    assert (index["from"], index["to"]) == ("2026-10-01", "2026-12-31")
    assert float(index["low"]) < 100


def test_withheld_figures_have_a_reason_and_no_numbers(sample: World, tmp_path: Path) -> None:
    release(sample, unit_id(sample), "all", 9)
    assert PERIOD is not None
    context = context_of(sample)
    strict = structs.replace(context, province=dataclasses.replace(context.province, minimum=10))
    for form in FORMS:
        export_scores(strict, PERIOD, tmp_path / f"s.{form}", form)
    for row in csv_rows(tmp_path / "s.csv"):
        assert row["reason"] == "too_few"
        assert row["n"] == row["answers"] == row["score"] == row["low"] == row["high"] == ""


def test_the_workbook_has_the_table_the_chart_and_every_figure(sample: World, tmp_path: Path) -> None:
    release(sample, unit_id(sample), "all", 12)
    release(sample, unit_id(sample), "own", 11)
    assert PERIOD is not None
    out = tmp_path / "s.xlsx"
    rows = export_scores(context_of(sample), PERIOD, out, "xlsx")
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[0] == "Điểm"
    assert book.sheetnames[-1] == "Chi tiết"
    figures = list(book["Chi tiết"].iter_rows(min_row=2, values_only=True))
    assert len(figures) == rows
    assert {row[3] for row in figures} == {"all", "own"}
    assert {type(row[SCORE_COLUMNS.index("score")]) for row in figures} <= {float, int}
    assert {row[SCORE_COLUMNS.index("n")] for row in figures} == {12, 11}
    units = context_of(sample).stores.units.tree().units
    assert book["Điểm"].max_row == 5 + len(units), "every unit has its line, with or without a figure"


def test_a_period_without_figures_is_an_empty_table(sample: World, tmp_path: Path) -> None:
    assert PERIOD is not None
    assert export_scores(context_of(sample), PERIOD, tmp_path / "s.csv", "csv") == 0
    assert export_scores(context_of(sample), PERIOD, tmp_path / "s.xlsx", "xlsx") == 0
    assert csv_rows(tmp_path / "s.csv") == []


def test_a_desk_with_nothing_under_it_is_listed_once(sample: World, tmp_path: Path) -> None:
    release(sample, unit_id(sample), "all", 12)
    release(sample, unit_id(sample), "own", 12)
    assert PERIOD is not None
    export_scores(context_of(sample), PERIOD, tmp_path / "s.csv", "csv")
    assert {row["scope"] for row in csv_rows(tmp_path / "s.csv")} == {"all"}


def test_units_are_those_of_the_period(sample: World, tmp_path: Path) -> None:
    gone, kept = unit_id(sample, 0), unit_id(sample, 1)
    for one in (gone, kept):
        release(sample, one, "all", 12)
    sample.connection.execute("UPDATE unit SET valid_to = '2026-09-30' WHERE id = ?", (gone,))
    sample.connection.execute("UPDATE unit SET valid_to = '2026-10-01' WHERE id = ?", (kept,))
    sample.connection.execute("UPDATE province SET units_version = units_version + 1")
    assert PERIOD is not None
    export_scores(context_of(sample), PERIOD, tmp_path / "s.csv", "csv")
    unit = context_of(sample).stores.units.tree().get(kept)
    assert unit is not None
    assert {row["unit_code"] for row in csv_rows(tmp_path / "s.csv")} == {unit.code}
