"""The operator's file of responses: every row, and nothing that leads to a person."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import openpyxl
import pytest
from msgspec import structs

from bot.drawing.codebook import FIXED
from bot.drawing.exports import export_responses
from bot.storage.queries import SQL
from tests.bot.exported import DAY, FORMS, context_of, csv_rows, respond, sheet_rows, unit_id
from tests.world import World, world


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        yield made


def test_a_row_for_every_finished_response_and_no_other(sample: World, tmp_path: Path) -> None:
    respond(sample, 1, {"OVERALL": "4", "ONTIME": "late"}, words={"COMMENT": "Nhanh"})
    respond(sample, 2, {"OVERALL": "dk"}, disposition="partial")
    for number, disposition in enumerate(("open", "refused", "withdrawn"), 3):
        respond(sample, number, {"OVERALL": "1"}, disposition=disposition)
    out = tmp_path / "responses.csv"
    assert export_responses(sample.connection, context_of(sample), out, "csv") == 2
    by_disposition = {row["disposition"]: row for row in csv_rows(out)}
    assert by_disposition.keys() == {"complete", "partial"}
    row = by_disposition["complete"]
    assert (row["OVERALL"], row["ONTIME"], row["COMMENT"]) == ("4", "late", "Nhanh")
    assert (row["day"], row["channel"], row["counted"]) == ("2026-11-16", "web", "1")
    assert (row["survey"], row["version"], row["provenance"]) == ("sipas-quick", "1", "walk_in")
    unit = context_of(sample).stores.units.tree().get(unit_id(sample))
    assert unit is not None
    assert (row["unit_code"], row["unit"]) == (unit.code, unit.name)


def test_both_forms_say_the_same(sample: World, tmp_path: Path) -> None:
    for number in range(30):
        respond(sample, number, {"OVERALL": str(1 + number % 5)}, words={"COMMENT": f"ý kiến {number}"})
    context = context_of(sample)
    export_responses(sample.connection, context, tmp_path / "r.csv", "csv")
    export_responses(sample.connection, context, tmp_path / "r.xlsx", "xlsx")
    sheet = sheet_rows(tmp_path / "r.xlsx", skip=1)
    for plain, typed in zip(csv_rows(tmp_path / "r.csv"), sheet, strict=True):
        assert typed["day"].date() == date.fromisoformat(plain["day"])
        assert typed["counted"] == int(plain["counted"])
        assert typed["OVERALL"] == plain["OVERALL"], "answers stay as stored"
        assert typed["COMMENT"] == plain["COMMENT"]
        assert {name: value or "" for name, value in typed.items() if name not in {"day", "counted"}} == {
            name: value for name, value in plain.items() if name not in {"day", "counted"}
        }


def test_nothing_in_it_leads_to_a_person(sample: World, tmp_path: Path) -> None:
    for turn, line in enumerate(["/khaosat"]):
        sample.says(f"person {turn}", line)
    respond(sample, 7, {"OVERALL": "4", "TROUBLE": "yes", "EXTRA": "yes", "AROUND": "yes"})
    sample.connection.execute("UPDATE response SET receipt = 'K7Q2-4MXD'")
    out = tmp_path / "r.csv"
    export_responses(sample.connection, context_of(sample), out, "csv")
    text = out.read_text(encoding="utf-8-sig")
    assert "K7Q2-4MXD" not in text
    assert "t000007" not in text
    assert not re.search(r"1800000000\d{3}|\d\d:\d\d", text), "no instant, no time of day"
    assert not {"receipt", "person", "consent_id", "finished_at"} & set(csv_rows(out)[0])
    assert not {"TROUBLE", "EXTRA", "AROUND"} & set(csv_rows(out)[0]), "confidential answers stay in the database"
    assert "sách nhiễu" not in text


def test_the_order_tells_nothing_finer_than_the_day(sample: World, tmp_path: Path) -> None:
    for number in range(400):
        respond(sample, number, {}, words={"COMMENT": f"{number:04d}"}, day=DAY + timedelta(days=number // 200))
    out = tmp_path / "r.csv"
    export_responses(sample.connection, context_of(sample), out, "csv")
    rows = csv_rows(out)
    days = [row["day"] for row in rows]
    assert days == sorted(days)
    order = [int(row["COMMENT"]) for row in rows if row["day"] == DAY.isoformat()]
    assert sorted(order) == list(range(200))
    rising = sum(before < after for before, after in pairwise(order))
    assert 70 < rising < 130, "neither in time nor against it"


def test_pages_lose_and_double_nothing(sample: World, tmp_path: Path) -> None:
    units = [unit_id(sample, at) for at in range(5)]
    for number in range(1_203):
        day = DAY + timedelta(days=number % 7)
        respond(sample, number, {}, words={"COMMENT": str(number)}, unit=units[number % 5], day=day)
    out = tmp_path / "r.csv"
    assert export_responses(sample.connection, context_of(sample), out, "csv", page=4) == 1_203
    assert sorted(int(row["COMMENT"]) for row in csv_rows(out)) == list(range(1_203))
    keys = [(row["day"], row["unit"]) for row in csv_rows(out)]
    assert all(keys.count(key) == len(list(run)) for key, run in _runs(keys))


def _runs(keys: list[tuple[str, str]]) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    return [(key, list(run)) for key, run in groupby(keys)]


def test_one_read_is_short_and_uses_the_indexes(sample: World) -> None:
    keys = {"province_id": "sample", "day": "", "unit_id": "", "limit": 5, "ids": "[]"}
    for name in ("export_days", "export_ids", "export_responses", "export_answers"):
        rows = sample.connection.execute(f"EXPLAIN QUERY PLAN {getattr(SQL, name).sql}", keys).fetchall()
        steps = [row[3] for row in rows]
        assert not [step for step in steps if re.match(r"SCAN (response|r|a|answer)\b", step)], (name, steps)


def test_a_response_withdrawn_between_two_reads_is_left_out(sample: World) -> None:
    respond(sample, 1, {"OVERALL": "4"})
    respond(sample, 2, {"OVERALL": "4"}, disposition="withdrawn")
    place = {"province_id": "sample", "day": DAY.isoformat(), "unit_id": unit_id(sample)}
    assert [row[0] for row in SQL.export_ids(sample.connection, **place)] == ["t000001"]
    ids = '["t000001", "t000002"]'
    rows = SQL.export_responses(sample.connection, province_id="sample", ids=ids)
    assert [row[0] for row in rows] == ["t000001"]


def test_more_rows_than_a_sheet_holds_go_on_the_next(sample: World, tmp_path: Path) -> None:
    for number in range(25):
        respond(sample, number, {}, words={"COMMENT": str(number)})
    out = tmp_path / "r.xlsx"
    assert export_responses(sample.connection, context_of(sample), out, "xlsx", most_rows=12) == 25
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Phiếu", "Giải thích mã", "Phiếu 2", "Phiếu 3"]
    found = [row["COMMENT"] for name, skip in (("Phiếu", 1), ("Phiếu 2", 0), ("Phiếu 3", 0))
             for row in sheet_rows(out, name, skip)]  # fmt: skip
    assert sorted(int(text) for text in found) == list(range(25))


def test_the_codes_are_explained(sample: World, tmp_path: Path) -> None:
    respond(sample, 1, {"OVERALL": "4"})
    context = context_of(sample)
    export_responses(sample.connection, context, tmp_path / "r.csv", "csv")
    export_responses(sample.connection, context, tmp_path / "r.xlsx", "xlsx")
    text = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert "4 = Hài lòng" in text
    assert "{you}" not in text
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Giải thích mã"]
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == ("cột", "phiếu", "bản", "câu hỏi", "giá trị")
    explained = {line[0] for line in lines[1:]}
    assert explained == set(csv_rows(tmp_path / "r.csv")[0]), "every column is explained, and nothing else"


def test_the_sample_is_marked_and_real_data_is_not(sample: World, tmp_path: Path) -> None:
    context = context_of(sample)
    for form in FORMS:
        export_responses(sample.connection, context, tmp_path / f"r.{form}", form)
    assert (tmp_path / "r.csv").read_bytes().startswith("\ufeff# DỮ LIỆU MẪU\r\n".encode())
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["Phiếu"]["A1"].value == "DỮ LIỆU MẪU"
    real = structs.replace(context, province=dataclasses.replace(context.province, sample=False))
    for form in FORMS:
        export_responses(sample.connection, real, tmp_path / f"r.{form}", form)
    assert "DỮ LIỆU MẪU" not in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["Phiếu"]["A1"].value == FIXED[0]
