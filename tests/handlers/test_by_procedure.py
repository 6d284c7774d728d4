"""Figures by procedure: kept while a quarter runs, released once when it is over, and then as they are for good."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.drawing.sheets import HEAD_ROW, score_sheet
from bot.schedule import SYSTEM
from bot.verify import differences
from handlers import by_procedure, page
from handlers.context import Incoming
from handlers.export import procedure_table
from handlers.visit_store import Provenance
from scoring.by_procedure import ProcedureCell
from scoring.index import MEAN_OF_FACTORS
from scoring.span import quarter, year
from tests.handlers.served import correct, erase, serve
from tests.world import World, world

DESK, PROVINCE = "340", "34"
"""Huyện Đông Hưng and its own desk."""
JANUARY, FEBRUARY = datetime(2027, 1, 4, 2, tzinfo=UTC), datetime(2027, 2, 22, 2, tzinfo=UTC)
CODES = ["ho-tich"] * 5 + ["dat-dai"] * 4 + ["cu-tru"]
PEOPLE = 172
CELLS = "SELECT unit_id, procedure_groups, n, tally, digest FROM procedure_cell ORDER BY 1, 2"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, sample=False, step=10) as made:
        made.core.below = random.Random(2).randrange
        yield made


def fill(made: World, people: int = PEOPLE, unit: str = DESK, name: str = "p") -> list[str]:
    rng = random.Random(1)
    return [
        serve(made, f"{name}{number}", unit, rng.choice(CODES), lambda _: rng.choice(("1", "4", "5")))
        for number in range(people)
    ]


def close(made: World, at: datetime = JANUARY) -> int:
    made.now = at
    return made.tick()["procedures"]


def cells(made: World, unit: str = PROVINCE, period: str = "2026-Q4") -> dict[tuple[str, ...], ProcedureCell]:
    stores = made.core.context(made.connection, SYSTEM).stores
    return {cell.codes: cell for cell in stores.procedures.cells(unit, period, "sipas-quick")}


def off(made: World) -> list[str]:
    return list(differences(made.connection, made.core.province.id))


def test_nothing_is_told_while_the_quarter_runs(real: World) -> None:
    fill(real)
    real.tick()
    assert real.rows("SELECT count(*) > 20 FROM block_part") == [(1,)]
    assert real.rows(CELLS) == []


def test_a_quarter_that_is_over_is_released_once_and_its_parts_are_deleted(real: World) -> None:
    fill(real)
    assert close(real) == 4, "two groups, of the district and of the province"
    assert sorted(code for codes in cells(real) for code in codes) == ["cu-tru", "dat-dai", "ho-tich"]
    assert real.rows("SELECT count(*) FROM block_part") == [(0,)]
    assert real.rows("SELECT period, state FROM procedure_quarter") == [("2026-Q4", "told")]
    before = real.rows(CELLS)
    assert close(real) == 0
    assert real.rows(CELLS) == before
    assert off(real) == []
    assert all(n >= 12 for _, _, n, _, _ in before)
    assert sum(n for unit, _, n, _, _ in before if unit == PROVINCE) < 170, "some of each block are aside"


def test_a_tick_that_is_weeks_late_releases_the_same(real: World, tmp_path: Path) -> None:
    fill(real)
    with world(_folder(tmp_path), sample=False, step=10) as late:
        late.core.below = random.Random(2).randrange
        fill(late)
        late.now = JANUARY
        fill(late, 60, name="q")
        close(real)
        assert close(late, FEBRUARY) == 4
        assert late.rows(CELLS) == real.rows(CELLS)
        assert late.rows("SELECT DISTINCT period FROM block_part") == [("2027-Q1",)]


def _folder(path: Path) -> Path:
    folder = path / "other"
    folder.mkdir()
    return folder


def test_what_somebody_corrects_or_erases_after_her_block_left_changes_nothing(real: World, tmp_path: Path) -> None:
    fill(real)
    with world(_folder(tmp_path), sample=False, step=10) as other:
        other.core.below = random.Random(2).randrange
        ids = fill(other)
        waiting = {one for (one,) in other.rows("SELECT response_id FROM waiting")}
        left = [number for number, one in enumerate(ids) if one not in waiting]
        correct(other, f"p{left[3]}", ids[left[3]], "1")
        erase(other, f"p{left[5]}")
        close(real)
        close(other)
        assert other.rows(CELLS) == real.rows(CELLS) != []
        assert off(other) == []


def test_who_waits_still_is_in_no_figure_and_may_erase_everything(real: World) -> None:
    ids = fill(real, 11)
    for number in range(len(ids)):
        erase(real, f"p{number}")
    assert real.rows("SELECT count(*) FROM block_part") == [(0,)]


def test_a_quarter_whose_blocks_began_to_leave_before_the_upgrade_is_not_released(real: World) -> None:
    fill(real, 30)
    real.connection.execute("INSERT INTO procedure_quarter VALUES (?, '2026-Q4', 'begun')", (real.core.province.id,))
    fill(real, name="q")
    assert close(real) == 0
    assert real.rows("SELECT count(*) FROM block_part") == [(0,)]
    real.official("boss", PROVINCE)
    assert "bắt đầu tách theo thủ tục khi quý đã chạy" in real.says("boss", "/score thủ tục")


def test_a_clock_that_was_set_back_changes_no_quarter_that_was_released(real: World) -> None:
    fill(real)
    close(real)
    before = real.rows(CELLS)
    real.now = datetime(2026, 12, 30, 2, tzinfo=UTC)
    fill(real, 60, name="q")
    assert real.rows("SELECT count(*) FROM block_part") == [(0,)]
    close(real)
    assert real.rows(CELLS) == before


def test_stars_and_rotated_criteria_have_no_figures_by_procedure(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10, index_survey="sipas-rotating") as made:
        made.core.below = random.Random(2).randrange
        for number in range(30):
            serve(made, f"s{number}", DESK, "dat-dai", lambda _: "4", channel="zalo-zbs")
        assert made.rows("SELECT count(*) FROM block_part") == [(0,)]
        fill(made, 200)
        close(made)
        (tally,) = {tuple(sorted(cell.tally.values)) for cell in _rotating(made)}
        assert {code for code in tally if code[1:].isdigit()} == {"A0", "B0", "C0", "D0", "E0"}


def _rotating(made: World) -> list[ProcedureCell]:
    stores = made.core.context(made.connection, SYSTEM).stores
    return list(stores.procedures.cells(PROVINCE, "2026-Q4", "sipas-rotating"))


def test_blocks_of_two_provenances_are_blocks_of_their_own(real: World) -> None:
    rng = random.Random(1)
    for number in range(24):
        kind: Provenance = "verified" if number % 2 else "walk_in"
        serve(real, f"p{number}", DESK, "dat-dai", lambda _: rng.choice(("1", "4")), provenance=kind)
    assert real.rows("SELECT count(DISTINCT block) FROM block_part") == [(2,)]


def test_an_altered_figure_is_found(real: World) -> None:
    fill(real)
    close(real)
    real.connection.execute("UPDATE procedure_cell SET tally = replace(tally, '\"4\":', '\"5\":') WHERE unit_id = '34'")
    assert len(off(real)) == 2
    assert all("by procedure 34 2026-Q4" in line for line in off(real))
    real.connection.execute("UPDATE procedure_cell SET tally = '{' WHERE unit_id = '34'")
    assert all("cannot be read" in line for line in off(real))


def test_another_method_is_written_into_them_too(real: World) -> None:
    fill(real)
    close(real)
    real.perform("rescore", method=MEAN_OF_FACTORS)
    assert {cell.method for cell in cells(real).values()} == {MEAN_OF_FACTORS}
    assert off(real) == []


def test_a_desk_without_enough_people_has_none_and_says_why(real: World) -> None:
    fill(real, 40)
    assert close(real) == 0
    real.official("boss", PROVINCE)
    assert "chưa đủ người trả lời để tách theo thủ tục" in real.says("boss", "/score đông hưng thủ tục")


def test_a_procedure_of_its_own_and_one_that_is_told_with_others(real: World) -> None:
    fill(real)
    close(real)
    real.official("boss", DESK)
    joined = next(codes for codes in cells(real, DESK) if len(codes) > 1)
    alone = next(codes[0] for codes in cells(real, DESK) if len(codes) == 1)
    assert "được tính chung trong nhóm này" in real.says("boss", f"/score @procedure {joined[0]} 340")
    assert "được tính chung" not in real.says("boss", f"/score @procedure {alone} 340")
    assert "Quý này chưa có ai trả lời về" in real.says("boss", "/score lái xe")


def test_only_whoever_may_read_a_unit_reads_its_figures_by_procedure(real: World) -> None:
    fill(real)
    close(real)
    real.official("elsewhere", "343")
    for words in ("đông hưng thủ tục", "khai sinh đông hưng", "@procedures 340", "@procedure ho-tich 340 2026-Q4"):
        assert "Đông Hưng · Quý" not in real.says("elsewhere", f"/score {words}")
        assert "Đông Hưng · Quý" not in real.says("citizen", f"/score {words}")
    assert {outcome for (_, action, _, outcome), _ in real.noted.kept if action == "score"} <= {"refused", "stranger"}


def test_a_period_that_is_no_closed_quarter_means_the_last_one_that_is(real: World) -> None:
    context = real.core.context(real.connection, SYSTEM, now=JANUARY)
    last, running = quarter(2026, 4), quarter(2027, 1)
    assert by_procedure.quarter_of(context, None) == last
    assert by_procedure.quarter_of(context, running) == last
    assert by_procedure.quarter_of(context, quarter(2026, 2)) == quarter(2026, 2)
    assert by_procedure.quarter_of(context, year(2026)) == last


def test_the_page_and_the_file_say_what_the_chat_says(real: World) -> None:
    fill(real)
    close(real)
    real.official("boss", DESK, "manager")
    incoming = Incoming("console", "look", "boss", "press")
    context = real.core.context(real.connection, incoming, now=real.now)
    board = page.board(context, DESK, "", "score")
    assert board is not None
    assert board.procedures is not None
    said = real.says("boss", "/score đông hưng thủ tục")
    for point in board.procedures.points:
        assert f"{point.label}: {point.shown.words} ({point.shown.interval}; {point.shown.people})" in said
    unit, last = context.stores.units.tree().get(DESK), quarter(2026, 4)
    assert unit is not None
    assert last is not None
    table = procedure_table(context, [unit], last)
    assert table is not None
    rows: Any = table["rows"]
    assert [row[3] for row in rows] == [point.label for point in board.procedures.points]
    content = score_sheet({"title": "x", "columns": ["code"], "rows": [], "procedures": table})
    book = openpyxl.load_workbook(BytesIO(content))
    assert [cell.value for cell in book["Theo thủ tục"][HEAD_ROW + 2]][3:5] == [rows[0][3], rows[0][4]]
    assert procedure_table(context, [], last) is None
