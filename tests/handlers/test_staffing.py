"""B24: Staffing in the chat: what the meeting heard, the same figures everywhere, who sees what nobody signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from bot.storage.books import BODIES
from handlers.staffing import Said, answer, read
from handlers.topics import sight
from scoring.staffing_sheet import read_staffing
from tests.handlers.books import asks, bring_staffing, meeting, staffing_day
from tests.test_dialogs import bring_hung_yen
from tests.world import World, world


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        meeting(one)
        one.official("reader", "340", "viewer")
        one.official("boss", "340", "manager")
        one.official("chief", "34", "manager")
        yield one


def test_staffing_says_what_the_meeting_heard(made: World) -> None:
    said = made.says("chief", "/staffing 30/6/2018")
    assert "Có mặt: 1.823 người (1.153 ở sở, ban, ngành + 670 ở huyện, thành phố)." in said
    assert "Thiếu: 205 người." in said
    assert "Phải tinh giản: 36 người; trừ số này thì còn thiếu 169 người." in said
    assert "Báo cáo không nói: biên chế được giao." in said


def test_invented_units_add_up_to_what_the_report_says(made: World) -> None:
    day = staffing_day(made)
    told = {row.unit or row.group for row in day.rows if not row.people.invented}
    assert told == {"34", "department", "district"}
    groups = {level: day.units_of(level) for level in ("department", "district")}
    assert [group.present for group in groups.values() if group] == [1153, 670]
    assert sum(group.short or 0 for group in groups.values() if group) == 205
    assert sum(group.to_cut or 0 for group in groups.values() if group) == 36
    for line in ("/staffing đông hưng", "/staffing các sở", "/staffing tỉnh thái bình", "/staffing xu hướng vũ thư"):
        assert "GIẢ ĐỊNH" in made.says("reader", line)


def test_the_tables_of_the_province_hold_the_meetings_figures(made: World) -> None:
    rows = {row[0]: row[1:6] for row in answer(asks(made, "reader"), "34").shown.tables[0].rows}
    assert rows["Tỉnh Thái Bình"] == (None, 1823, 205, 36, 169)
    assert rows["Các sở, ban, ngành"] == (None, 1153, None, None, None)
    assert rows["Các huyện, thành phố"] == (None, 670, None, None, None)
    assert len(rows) == 3 + 17 + 8


def test_a_draft_is_seen_by_managers_of_the_unit_and_nobody_else(made: World) -> None:
    made.official("neighbour", "343", "manager")
    bring_staffing(made, date(2018, 12, 31), fewer=4)
    assert "Có mặt: 81" in made.says("boss", "/staffing @draft 340 2018-12-31")
    assert "Có mặt: 81" in made.says("chief", "/staffing @draft 340 2018-12-31")
    forbidden = [(name, "340") for name in ("reader", "neighbour")]
    forbidden += [("boss", whose) for whose in ("34", "343", "34-SNV", "district", "department", "các huyện")]
    for name, whose in forbidden:
        for flags in ("@draft", "@draft @file", "@draft trend", "@file @draft trend"):
            said = made.says(name, f"/staffing {flags} {whose} 2018-12-31")
            assert not re.search(r"\d|tệp kèm", said), (name, whose, flags)
    for name in ("reader", "neighbour", "boss"):
        assert "1.819" not in made.says(name, "/staffing 31/12/2018 34")
        assert "1.819" not in made.says(name, "/staffing xu hướng tỉnh thái bình")
        assert sight(asks(made, name), "staffing", "@draft 34 2018-12-31").grids == ()  # type: ignore[union-attr]


def test_a_draft_tells_a_district_nothing_of_others(made: World) -> None:
    bring_staffing(made, date(2018, 12, 31))
    tables = answer(asks(made, "boss"), "@draft 340 2018-12-31").shown.tables
    assert [row[0] for table in tables for row in table.rows] == ["Huyện Đông Hưng"]


def test_only_the_version_that_was_looked_at_is_signed(made: World) -> None:
    bring_staffing(made, date(2018, 12, 31), fewer=4)
    made.says("chief", "/kyduyet")
    bring_staffing(made, date(2018, 12, 31), fewer=5)
    assert "bản mới hơn" in made.says("chief", "[Ký duyệt biên chế ngày 31/12/2018]")
    assert "Chưa có" in made.says("reader", "/staffing 31/12/2018")
    assert "Đã ký duyệt" in made.says("chief", "/kyduyet ky staffing 2018-12-31 2")
    assert "Có mặt: 80 người" in made.says("reader", "/staffing 31/12/2018")


def test_a_district_that_ended_answers_for_the_days_on_which_it_was_there(tmp_path: Path) -> None:
    """Thái Bình and its districts ended on 30 June 2025; their people of 31/12/2024 are asked for in Hưng Yên."""
    with world(tmp_path, id="hung-yen", sample=False) as made:
        bring_hung_yen(made)
        made.official("chief", "33", "manager")
        sheets = {"Ngày": [["Ngày"], ["31/12/2024"]], "Biên chế": [["Mã đơn vị", "Có mặt"], ["340", "85"]]}
        found = read_staffing(sheets, made.core.context(made.connection, SYSTEM).stores.units.tree())
        assert found.faults == ()
        body = BODIES["staffing"].dump_json(found.staffing).decode()
        made.perform("book", kind="staffing", key="2024-12-31", name="a.xlsx", body=body, warnings=[])
        made.says("chief", "/kyduyet ky staffing 2024-12-31 1")
        assert "Có mặt: 85 người" in made.says("chief", "/staffing huyện đông hưng 31/12/2024")
        assert "Có mặt: 85 người" in made.says("chief", "/bienche 12/2024 dong hung")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", Said(False, "", "", False, False)),
        ("30/6/2018 Đông Hưng", Said(False, "2018-06-30", "Đông Hưng", False, False)),
        ("Đông Hưng 30-6-2018", Said(False, "2018-06-30", "Đông Hưng", False, False)),
        ("ngày 30 tháng 6 năm 2018 Sở Nội vụ", Said(False, "2018-06-30", "Sở Nội vụ", False, False)),
        ("2018-06-30 340", Said(False, "2018-06-30", "340", False, False)),
        ("tháng 6/2018", Said(False, "2018-06", "", False, False)),
        ("THÁNG 6 năm 2018 vũ thư", Said(False, "2018-06", "vũ thư", False, False)),
        ("vũ thư năm 2018", Said(False, "2018", "vũ thư", False, False)),
        ("2018", Said(False, "2018", "", False, False)),
        ("xu hướng đông hưng", Said(True, "", "đông hưng", False, False)),
        ("Dong Hung xu huong", Said(True, "", "Dong Hung", False, False)),
        ("@draft @file 340 2018-12-31", Said(False, "2018-12-31", "340", True, True)),
        ("xã 2018x", Said(False, "", "xã 2018x", False, False)),
        ("12700", Said(False, "", "12700", False, False)),
    ],
)
def test_words_in_any_order(words: str, wanted: Said) -> None:
    assert read(words) == wanted


@pytest.mark.parametrize(
    ("words", "day"),
    [("31/2/2018", "31/02/2018"), ("tháng 13/2018", "13/2018"), ("ngày 0/6/2018 vũ thư", "00/06/2018")],
)
def test_a_day_that_no_calendar_has_is_said_to_be_none(made: World, words: str, day: str) -> None:
    said = made.says("reader", f"/staffing {words}")
    assert f"Lịch không có {day}." in said
    assert "[30/06/2018]" in said
    assert "Chưa có số liệu" in made.says("reader", "/staffing 28/2/2018")


def test_a_group_is_written_small_inside_a_sentence(made: World) -> None:
    day = staffing_day(made)
    lone = replace(day, day=date(2018, 12, 31), rows=tuple(row for row in day.rows if row.unit == "340"))
    body = BODIES["staffing"].dump_json(lone).decode()
    made.perform("book", kind="staffing", key="2018-12-31", name="a.xlsx", body=body, warnings=[])
    made.says("chief", "/kyduyet ky staffing 2018-12-31 1")
    assert "Báo cáo không nói về biên chế của các huyện, thành phố." in made.says("reader", "/staffing các huyện")
    made.says("reader", "/language en")
    assert "The report does not tell the staffing of districts." in made.says("reader", "/staffing districts")


def test_a_manager_of_another_unit_hears_whose_the_draft_is(made: World) -> None:
    bring_staffing(made, date(2018, 12, 31))
    said = made.says("boss", "/staffing @draft 343 2018-12-31")
    assert "Bản chưa ký duyệt chỉ người quản lý của đơn vị ấy xem được." in said


@pytest.mark.parametrize("line", ["/biên chế vũ thư", "/bienche vu thu", "biên chế vũ thư", "/Biên Chế Vũ Thư 2018"])
def test_the_command_s_name_may_be_written_apart(made: World, line: str) -> None:
    assert "Huyện Vũ Thư" in made.says("reader", line)
