"""B24: The reform index in the chat: what the meeting heard, the same figures everywhere, and who sees what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo import fill
from bot.operations import in_one_transaction
from bot.schedule import SYSTEM
from bot.storage.books import BODIES
from handlers.topics import sight
from scoring.par_sheet import read_par
from tests.handlers.books import asks, bring_draft, meeting, par_sheets, par_year
from tests.test_dialogs import bring_hung_yen
from tests.world import World, world


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        meeting(one)
        one.official("reader", "340", "viewer")
        one.official("boss", "340", "manager")
        yield one


def test_par_2017_says_what_the_meeting_heard(made: World) -> None:
    said = made.says("reader", "/par 2017 tỉnh thái bình")
    for told in ("77/100 điểm, tăng 0,59 điểm so với năm 2016, hạng 34/63", "75,66%", "11,35/12 điểm"):
        assert told in said
    assert "17 sở, ban, ngành: trung bình 80,04/100 điểm. Cao nhất: Thực hiện cơ chế một cửa" in said
    assert "99,93% số điểm tối đa" in said
    assert "8 huyện, thành phố: trung bình 80,11/100 điểm. Cao nhất: Cải cách thủ tục hành chính, 96,25%" in said
    assert "Xếp loại: 8 khá, 9 trung bình." in said
    assert "Xếp loại: 3 khá, 5 trung bình." in said


def test_everything_that_the_report_does_not_say_is_marked_as_invented(made: World) -> None:
    year = par_year(made)
    assert {row.unit for row in year.points if not row.invented} == {"34"}
    assert all(border.invented for border in year.borders)
    assert year.share("34") is not None
    assert year.areas("34") == ()
    for line in ("/par đông hưng", "/par rank districts", "/par what-if đông hưng", "/par lost đông hưng"):
        assert "GIẢ ĐỊNH" in made.says("reader", line)


def test_a_draft_is_seen_by_managers_of_the_unit_and_nobody_else(made: World) -> None:
    bring_draft(made, 2018)
    made.official("chief", "34", "manager")
    made.official("neighbour", "343", "manager")
    assert "75,2/100" in made.says("boss", "/par @draft 340 2018")
    assert "75,2/100" in made.says("chief", "/par @draft 340 2018")
    for name in ("reader", "neighbour"):
        for line in ("/par @draft 340 2018", "/par @draft lost 340 2018", "/par @draft up 340 2018", "/par 2018 340"):
            assert not re.search(r"\d,\d", made.says(name, line)), line
    for line in (
        "/par @draft rank district 2018",
        "/par @draft 34 2018",
        "/par @draft 343 2018",
        "/par @file @draft 343 2018",
    ):
        assert not re.search(r"\d,\d|tệp kèm", made.says("boss", line)), line
    assert "hạng" not in made.says("boss", "/par @draft 340 2018"), "a place tells of the others"


def test_only_the_version_that_was_looked_at_is_signed(made: World) -> None:
    made.official("chief", "34", "manager")
    bring_draft(made, 2018)
    made.says("chief", "/kyduyet")
    bring_draft(made, 2018, warnings=3)
    assert "bản mới hơn" in made.says("chief", "[Ký duyệt chỉ số cải cách hành chính 2018]")
    assert "Chưa có" in made.says("reader", "/par 2018")
    assert "Đã ký duyệt" in made.says("chief", "/kyduyet ky par 2018 2")
    assert "bản 2, ký duyệt" in made.says("reader", "/par 2018").lower()


def test_a_signed_version_stays_until_its_correction_is_signed_too(made: World) -> None:
    made.official("chief", "34", "manager")
    bring_draft(made, 2018)
    made.says("chief", "/kyduyet ky par 2018 1")
    bring_draft(made, 2018, warnings=1)
    assert "Bản 1, ký duyệt" in made.says("reader", "/par 2018")
    made.says("chief", "/kyduyet ky par 2018 2")
    assert "Bản 2, ký duyệt" in made.says("reader", "/par 2018")


def test_a_district_that_ended_answers_for_the_years_in_which_it_was_there(tmp_path: Path) -> None:
    """Thái Bình and its districts ended on 30 June 2025; their index of 2024 is asked for in Hưng Yên."""
    with world(tmp_path, id="hung-yen", sample=False) as made:
        bring_hung_yen(made)
        made.official("chief", "33", "manager")
        sheets = dict(par_sheets())
        sheets["Năm"] = [["Năm"], ["2024"]]
        sheets["Tiêu chí"] = [row[:3] for row in sheets["Tiêu chí"]]
        sheets["Điểm"] = [row for row in sheets["Điểm"] if not row[0].startswith("34-") and row[0] != "34"]
        found = read_par(sheets, made.core.context(made.connection, SYSTEM).stores.units.tree())
        assert found.faults == ()
        body = BODIES["par"].dump_json(found.year).decode()
        made.perform("book", kind="par", key="2024", name="par.xlsx", body=body, warnings=[])
        made.says("chief", "/kyduyet ky par 2024 1")
        assert "75,2/100 điểm" in made.says("chief", "/par 2024 huyện đông hưng")
        assert "Huyện Thái Thụy" in made.says("chief", "/par xếp hạng huyện 2024")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("đông hưng mất điểm", "Mất 24,8 điểm"),
        ("2017 mat diem dong hung", "Mất 24,8 điểm"),
        ("sở nội vụ 2017 mất điểm", "Mất 14,57 điểm"),
        ("huyện xếp hạng", "1. Huyện Thái Thụy"),
        ("các sở", "1. Sở Kế hoạch và Đầu tư"),
        ("districts", "1. Huyện Thái Thụy"),
        ("nâng hạng đông hưng năm 2017", "Cần thêm 4,8 điểm"),
        ("đông hưng what-if", "Cần thêm 4,8 điểm"),
    ],
)
def test_words_may_come_in_any_order(made: World, typed: str, told: str) -> None:
    assert told in made.says("reader", f"/par {typed}")


def test_points_that_no_criterion_explains_are_not_laid_on_the_one_that_is_known(made: World) -> None:
    """The whole lost 25 points; of these half a one is known to be criterion 1.1's."""
    sheets = dict(par_sheets())
    sheets["Năm"] = [["Năm"], ["2019"]]
    sheets["Điểm"] = [
        ["Mã đơn vị", "Mã tiêu chí", "Điểm tối đa", "Điểm đạt"],
        ["340", "", "100", "75"],
        ["340", "1.1", "3", "2,5"],
    ]
    found = read_par(sheets, made.core.context(made.connection, SYSTEM).stores.units.tree())
    body = BODIES["par"].dump_json(found.year).decode()
    made.perform("book", kind="par", key="2019", name="par.xlsx", body=body, warnings=[])
    made.official("chief", "34", "manager")
    made.says("chief", "/kyduyet ky par 2019 1")
    said = made.says("reader", "/par 2019 mất điểm đông hưng")
    assert "Mất 25 điểm; theo từng tiêu chí mới biết rõ 0,5 điểm, ở 1 tiêu chí" in said


def test_after_a_merger_the_index_of_the_old_province_is_not_denied(tmp_path: Path) -> None:
    with world(tmp_path, id="hung-yen", sample=False) as made:
        bring_hung_yen(made)
        made.official("chief", "33", "manager")
        sheets = dict(par_sheets())
        sheets["Năm"] = [["Năm", "Chỉ số hài lòng SIPAS (%)"], ["2024", "81,2"]]
        sheets["Tiêu chí"] = [row[:3] for row in sheets["Tiêu chí"]]
        sheets["Điểm"] = [["Mã đơn vị", "Điểm tối đa", "Điểm đạt", "Mã tiêu chí"], ["33", "100", "85", ""]]
        found = read_par(sheets, made.core.context(made.connection, SYSTEM).stores.units.tree())
        body = BODIES["par"].dump_json(found.year).decode()
        made.perform("book", kind="par", key="2024", name="par.xlsx", body=body, warnings=[])
        made.says("chief", "/kyduyet ky par 2024 1")
        for line in ("/par", "/par 2024 tỉnh hưng yên"):
            said = made.says("chief", line)
            assert "85/100 điểm" in said
            assert "81,2%" in said


def test_the_page_says_what_is_invented_of_the_units_in_its_tables_too(made: World) -> None:
    made.official("chief", "34", "viewer")
    page = sight(asks(made, "chief"), "doichieu", "")
    assert page is not None
    assert any("GIẢ ĐỊNH" in line for line in page.lines)


def test_the_meeting_is_there_before_the_first_citizen_of_the_sample(tmp_path: Path) -> None:
    """Whoever tries the sample asks at once, while it is still being filled."""
    with world(tmp_path) as made:
        fill(made.core, in_one_transaction(made.connection), 8, 100, 1, go_on=lambda: False)
        made.official("reader", "34", "viewer")
        assert "77/100 điểm" in made.says("reader", "/par")
