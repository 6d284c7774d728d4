"""Files for the operator: every row, nothing that leads to a person, no formula, whole or not at all."""

from __future__ import annotations

import csv
import gc
import io
import random
import re
import resource
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.core import Lines
from bot.drawing.cells import csv_cell
from bot.drawing.codebook import FIXED
from bot.drawing.exports import export_responses, export_scores
from bot.drawing.tables import Form, workbook
from bot.storage.queries import SQL
from handlers.context import Context, Incoming
from scoring.counts import Item, of_response, total
from scoring.frame import SCORE_COLUMNS
from scoring.period import by_id
from scoring.release import Cell, Scope
from survey.model import Survey
from tests.world import World, world

DAY = date(2026, 11, 16)
PERIOD = by_id("2026-Q4")
assert PERIOD is not None
FORMS: tuple[Form, ...] = ("csv", "xlsx")
DANGEROUS = tuple("=+-@\t\r\x00＝＋－＠")


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        yield made


def context_of(made: World) -> Context:
    return made.core.context(made.connection, Incoming("cli", "", "", "text"), now=made.now, audit=Lines())


def respond(
    made: World,
    number: int,
    answers: dict[str, str],
    *,
    unit: str | None = None,
    day: date = DAY,
    disposition: str = "complete",
    survey: str = "sipas-quick",
    words: dict[str, str] | None = None,
) -> None:
    """One stored response, as the turns would leave it."""
    province, run = made.core.province.id, made.connection.execute
    response_id, unit = f"t{number:06d}", unit or unit_id(made)
    finished = 1_800_000_000_000 + number if disposition in {"complete", "partial"} else None
    run("INSERT INTO consent VALUES (?, ?, '1', 'x', 'vi', 'web', 1)", (province, response_id))
    run(
        "INSERT INTO visit (province_id, id, receiving_unit_id, channel, local_day, provenance, created_at) "
        "VALUES (?, ?, ?, 'web', ?, 'walk_in', 1)",
        (province, response_id, unit, day.isoformat()),
    )
    run(
        "INSERT INTO response (province_id, id, consent_id, visit_id, survey_id, survey_version, unit_id, channel, "
        "language, provenance, disposition, counted, receipt, started_at, finished_at, local_day) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'web', 'vi', 'walk_in', ?, ?, ?, 1, ?, ?)",
        (province, response_id, response_id, response_id, survey, "1", unit, disposition,
         int(disposition == "complete"), f"R{number}", finished, day.isoformat()),
    )  # fmt: skip
    for name, value in answers.items():
        run("INSERT INTO answer VALUES (?, ?, ?, ?, NULL, ?, NULL)", (province, response_id, name.lower(), name, value))
    for name, text in (words or {}).items():
        run("INSERT INTO answer VALUES (?, ?, ?, ?, NULL, NULL, ?)", (province, response_id, name.lower(), name, text))


def unit_id(made: World, at: int = 0) -> str:
    units = [unit for unit in context_of(made).stores.units.tree().units if unit.level == "commune"]
    return units[at].id


def csv_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        lines = [line for line in csv.reader(stream) if not line[0].startswith("#")]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def sheet_rows(file: Path, name: str = "Phiếu", skip: int = 0) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(file, read_only=True)[name]
    lines = list(sheet.iter_rows(values_only=True))[skip:]
    return [dict(zip((str(one) for one in lines[0]), line, strict=True)) for line in lines[1:]]


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
    real = replace(context, province=replace(context.province, sample=False))
    for form in FORMS:
        export_responses(sample.connection, real, tmp_path / f"r.{form}", form)
    assert "DỮ LIỆU MẪU" not in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["Phiếu"]["A1"].value == FIXED[0]


# --- formulas ---

LEADS = [*DANGEROUS, " =", "\t=", "\n=", "\u200b=", "\ufeff=", '"=', "'=", ";=", "a;=", "a; -", "x\n=", "x\r\n+", "|@"]
BODIES = [
    "1+1",
    'HYPERLINK("http://x.vn","bấm")',
    "cmd|' /C calc'!A0",
    "DDE(1;2)",
    "SUM(1+9)*cmd",
    "",
    "ơi",
    "\U0001f600",
]
WRAPS = [
    "{}",
    '"{}"',
    "{} ",
    "<r>{}</r>",
    "<r><t>{}</t></r>",
    "_x003D_{}",
    "&#61;{}",
    "{}\x00\x1b\x7f",
    "{}\ufffe\uffff",
]


def hostile(count: int) -> list[str]:
    rng = random.Random(20261116)
    return [
        rng.choice(WRAPS).format("".join(rng.choice(LEADS) + rng.choice(BODIES) for _ in range(rng.randrange(1, 4))))
        for _ in range(count)
    ]


def formulas(content: str) -> list[str]:
    """Cells that begin a formula: for who reads commas, and for Excel where semicolons part the cells."""
    ours = [cell for cell in cells(content, ",") if cell.lstrip(' "\ufeff\u200b').startswith(DANGEROUS)]
    signs = tuple(sign for sign in DANGEROUS if sign not in "\t\r")
    return ours + [
        cell
        for other in ";\t|"
        for cell in cells(content, other)
        if cell.lstrip(' "\t\r\n\ufeff\u200b').startswith(signs)
    ]


def cells(content: str, delimiter: str) -> list[str]:
    return [cell for line in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter) for cell in line]


def test_two_thousand_hostile_answers_make_no_formula(sample: World, tmp_path: Path) -> None:
    texts = hostile(2_000)
    unit = unit_id(sample)
    for number, text in enumerate(texts):
        respond(sample, number, {}, unit=unit, words={"COMMENT": text})
    context = context_of(sample)
    export_responses(sample.connection, context, tmp_path / "r.csv", "csv")
    export_responses(sample.connection, context, tmp_path / "r.xlsx", "xlsx")
    content = (tmp_path / "r.csv").read_bytes().decode("utf-8-sig")
    assert formulas(content) == []
    kept = {csv_cell(text) for text in texts}
    assert {row["COMMENT"] for row in csv_rows(tmp_path / "r.csv")} == kept
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in sheet
    assert "<hyperlink" not in sheet
    read = list(openpyxl.load_workbook(tmp_path / "r.xlsx")["Phiếu"].iter_rows(min_row=3))
    assert len(read) == 2_000
    assert {cell.data_type for row in read for cell in row} <= {"s", "n", "d"}
    assert {cell.data_type for row in read for cell in row if isinstance(cell.value, str)} == {"s"}
    assert sum(isinstance(cell.value, str) and "HYPERLINK" in cell.value for row in read for cell in row) > 100


def test_without_the_rule_the_check_would_see_formulas() -> None:
    assert set(formulas('a,"=1"\r\nb,x;=2\r\nc, +3\r\n')) >= {"=1", "=2", " +3"}


@pytest.mark.parametrize("text", ["Nhanh, tốt", "5-5", "a@b", "1=1", "quá được!", "ok :-) nhưng chậm", "3,5"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert csv_cell(text) == text


@pytest.mark.parametrize("lead", DANGEROUS)
def test_every_sign_that_begins_a_formula_gets_an_apostrophe(lead: str) -> None:
    assert csv_cell(f"{lead}1").startswith("'")
    assert csv_cell(f" {lead}1").startswith("'") or lead in "\t\r"


# --- whole or not at all ---


def test_a_failure_leaves_the_old_file_and_nothing_else(sample: World, tmp_path: Path) -> None:
    out = tmp_path / "exports" / "r.csv"
    out.parent.mkdir()
    out.write_text("old", encoding="utf-8")
    respond(sample, 1, {"OVERALL": "4"})
    broken = context_of(sample)
    sample.connection.execute("DROP TABLE answer")
    for form in FORMS:
        with pytest.raises(sqlite3.Error):
            export_responses(sample.connection, broken, out, form)
        assert [file.name for file in out.parent.iterdir()] == ["r.csv"]
        assert out.read_text(encoding="utf-8") == "old"
    assert not sample.connection.in_transaction


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_full_disk_is_an_os_error_and_leaves_nothing(sample: World, tmp_path: Path, form: Form) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for number in range(300):
        respond(sample, number, {"OVERALL": "4"}, words={"COMMENT": f"{number} " + "chậm " * 90})
    context = context_of(sample)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            export_responses(sample.connection, context, folder / "r", form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    gc.collect()
    assert list(folder.iterdir()) == []


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_disk_that_is_full_only_when_the_parts_are_packed_says_so_once(tmp_path: Path) -> None:
    rng = random.Random(1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def pack() -> None:
        with workbook(tmp_path / "r.xlsx", constant_memory=True) as made:
            for _ in range(30):
                made.add_worksheet().write_string(0, 0, rng.randbytes(1500).hex())

    resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            pack()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written_are_os_errors(sample: World, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "none" / "r.csv", tmp_path / "folder", Path("/dev/null")):
        with pytest.raises(OSError) as failed:
            export_responses(sample.connection, context_of(sample), out, "csv")
        assert failed.value.strerror
    assert Path("/dev/null").is_char_device()


def test_only_the_operator_can_read_the_file(sample: World, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    export_responses(sample.connection, context_of(sample), out, "csv")
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(sample: World, tmp_path: Path) -> None:
    real, out = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old", encoding="utf-8")
    out.symlink_to(real)
    export_responses(sample.connection, context_of(sample), out, "csv")
    assert out.is_symlink()
    assert real.read_text(encoding="utf-8-sig").startswith("# DỮ LIỆU MẪU")


# --- scores ---


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
    assert (index["n"], index["score"], index["method"]) == ("12", "100.0", "sipas-2017/pooled/1")
    assert (index["from"], index["to"]) == ("2026-10-01", "2026-12-31")
    assert float(index["low"]) < 100


def test_withheld_figures_have_a_reason_and_no_numbers(sample: World, tmp_path: Path) -> None:
    release(sample, unit_id(sample), "all", 9)
    assert PERIOD is not None
    context = context_of(sample)
    strict = replace(context, province=replace(context.province, minimum=10))
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
