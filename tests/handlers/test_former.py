"""/score across 1 July 2025: old districts answer, new communes have a past, totals agree on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from handlers.context import Context, to_ms
from handlers.figures import cell_of, read
from scoring.counts import Tally, total
from scoring.period import Period, by_id
from scoring.release import Cell
from scoring.units import Unit
from tests.scoring.people import answered
from tests.test_dialogs import bring_hung_yen
from tests.world import World, world


def period(period_id: str) -> Period:
    found = by_id(period_id)
    assert found is not None
    return found


BEFORE, AFTER = period("2025-Q1"), period("2026-Q4")


@pytest.fixture
def hung_yen(tmp_path: Path) -> Iterator[World]:
    """The province with its real units and their lineage, without answers."""
    with world(tmp_path, id="hung-yen", sample=False, step=10) as made:
        done = bring_hung_yen(made)
        assert (done["units"], done["ended"]) == (105, 401)
        yield made


def context_of(made: World) -> Context:
    return made.core.context(made.connection, SYSTEM, now=made.now)


def publish(context: Context, unit: Unit, when: Period, tally: Tally) -> None:
    cell = Cell(unit.id, "all", when.id, "sipas-quick", 1, tally, closed=when.last < context.today)
    context.stores.cells.put(cell, to_ms(context.now))


def old(context: Context, name: str) -> Unit:
    return next(one for one in context.stores.units.tree().units if one.name == name and one.valid_to)


def new(context: Context, name: str) -> Unit:
    return next(one for one in context.stores.units.tree().units if one.name == name and not one.valid_to)


def test_totals_before_and_after_agree_over_all_242_communes(hung_yen: World) -> None:
    """Every old commune has its own number of people; what the new units say of that time adds up to all of them."""
    context = context_of(hung_yen)
    tree = context.stores.units.tree()
    thai_binh = old(context, "Tỉnh Thái Bình")
    communes = [one for one in tree.descendants(thai_binh.id, BEFORE.last) if one.level == "commune"]
    assert len(communes) == 242
    for number, commune in enumerate(communes):
        publish(context, commune, BEFORE, answered(10 + number % 7, a=9, b=5, c=number % 10))
    asked = {one.id: one for commune in communes for one in tree.successors(commune.id)}
    found = [cell_of(context, one, BEFORE) for one in asked.values()]
    assert total(cell.tally for cell in found if cell) == total(
        cell.tally for one in communes if (cell := cell_of(context, one, BEFORE))
    )
    assert read(context, thai_binh, BEFORE).cell is None  # nothing is invented for a unit without a cell of its own


def test_the_whole_province_is_both_that_were_merged(hung_yen: World) -> None:
    context = context_of(hung_yen)
    publish(context, old(context, "Tỉnh Thái Bình"), BEFORE, answered(40, a=30, b=30, c=30))
    publish(context, old(context, "Tỉnh Hưng Yên"), BEFORE, answered(60, a=30, b=30, c=30))
    reading = read(context, new(context, "Tỉnh Hưng Yên"), BEFORE)
    assert reading.figures.overall.n == 100
    assert read(context, new(context, "Tỉnh Hưng Yên"), AFTER).cell is None


def test_every_old_district_answers_with_its_successors(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    context = context_of(hung_yen)
    districts = [one for one in context.stores.units.tree().units if one.level == "district"]
    assert len(districts) == 18
    for district in districts:
        said = hung_yen.says("boss", f"/score {district.name}")
        assert f"{district.name} đã kết thúc hoạt động từ 01/07/2025. Nay thuộc:" in said, district.name
        assert "[Xem gộp]" in said


def test_kien_xuong_by_its_bare_name_is_the_district_that_was(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    said = hung_yen.says("boss", "/score kien xuong")
    assert "Huyện Kiến Xương đã kết thúc hoạt động từ 01/07/2025." in said
    assert "[Xã Kiến Xương]" in said
    assert "Xã Kiến Xương · Quý" in hung_yen.says("boss", "/score xã kiến xương")
    hung_yen.official("commune", "Xã Kiến Xương")
    assert "Xã Kiến Xương · Quý" in hung_yen.says("commune", "/score kien xuong")


def test_the_successors_are_seen_together(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    context = context_of(hung_yen)
    district = old(context, "Huyện Kiến Xương")
    successors = context.stores.units.tree().successors(district.id)
    for one in successors:
        publish(context, one, AFTER, answered(20, a=16, b=16, c=16))
    hung_yen.says("boss", "/score kien xuong")
    said = hung_yen.says("boss", "[Xem gộp]")
    assert f"{len(successors)} đơn vị nay thay huyện Kiến Xương · Quý IV/2026" in said
    assert f"{20 * len(successors)} người" in said
    assert "Điểm: 80,0 (" in said
    assert "Gộp của: " in said


def test_a_period_before_the_change_is_answered_by_the_unit_of_that_time(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    context = context_of(hung_yen)
    publish(context, old(context, "Huyện Kiến Xương"), BEFORE, answered(50, a=40, b=40, c=40))
    publish(context, old(context, "Tỉnh Thái Bình"), BEFORE, answered(90, a=40, b=40, c=40))
    said = hung_yen.says("boss", "/score kien xuong q1 2025")
    assert "Huyện Kiến Xương · Quý I/2025 (đã chốt: 50 người)" in said
    assert "Đơn vị này hoạt động đến hết 30/06/2025." in said
    assert "[Tỉnh Thái Bình (cũ)]" in hung_yen.says("boss", "/score thai binh q1 2025")
    assert "Tỉnh Thái Bình · Quý I/2025 (đã chốt: 90 người)" in hung_yen.says("boss", "[Tỉnh Thái Bình (cũ)]")
    assert "Tỉnh Thái Bình: 44,4 (" in hung_yen.says("boss", "[Vì sao?]")
    assert "Tỉnh Thái Bình đã kết thúc" in hung_yen.says("boss", "/score tỉnh thái bình")


def test_a_name_of_several_ended_units_is_asked_about(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    said = hung_yen.says("boss", "/score thái bình")
    for label in ("[Phường Thái Bình]", "[Tỉnh Thái Bình (cũ)]", "[Thành phố Thái Bình (cũ)]"):
        assert label in said
    assert "Thành phố Thái Bình đã kết thúc" in hung_yen.says("boss", "[Thành phố Thái Bình (cũ)]")


def test_a_new_commune_has_the_past_of_what_went_into_it(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    context = context_of(hung_yen)
    tree = context.stores.units.tree()
    commune = new(context, "Phường Trà Lý")
    parts = tree.predecessors(commune.id, whole=True)
    for one in parts:
        publish(context, one, BEFORE, answered(20, a=10, b=10, c=10))
    said = hung_yen.says("boss", "/score phường trà lý q1 2025")
    assert f"({'đã chốt'}: {20 * len(parts)} người)" in said
    assert "Gồm cả phiếu trước khi nhập của: " in said
    assert "xã Đông Mỹ" in said
    assert "Gồm cả" not in hung_yen.says("boss", "/score phường trà lý")


def test_a_place_that_was_divided_is_left_out_and_said(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    context = context_of(hung_yen)
    commune = new(context, "Xã Đại Đồng")
    tree = context.stores.units.tree()
    for one in (*tree.predecessors(commune.id, whole=True), old(context, "Xã Lạc Đạo")):
        publish(context, one, BEFORE, answered(20, a=10, b=10, c=10))
    said = hung_yen.says("boss", "/score xã đại đồng q1 2025")
    assert f"(đã chốt: {20 * len(tree.predecessors(commune.id, whole=True))} người)" in said
    assert "Không gồm xã Lạc Đạo" in said


def test_rights_follow_what_a_unit_went_into(hung_yen: World) -> None:
    context = context_of(hung_yen)
    publish(context, old(context, "Huyện Kiến Xương"), BEFORE, answered(50, a=40, b=40, c=40))
    publish(context, old(context, "Xã Đông Mỹ"), BEFORE, answered(50, a=40, b=40, c=40))
    hung_yen.official("ward", "Phường Trà Lý")
    assert "80,0 (" in hung_yen.says("ward", "/score xã đông mỹ q1 2025")
    assert "80,0 (" not in hung_yen.says("ward", "/score huyện kiến xương q1 2025")
    assert "Xem gộp" not in hung_yen.says("ward", "/score huyện kiến xương")
    district = old(context, "Huyện Kiến Xương")
    assert "Ông/Bà xem được: phường Trà Lý." in hung_yen.says("ward", f"/score @together {district.id}")


def test_the_same_sheets_twice_change_nothing(hung_yen: World) -> None:
    before = hung_yen.rows("SELECT * FROM unit ORDER BY id"), hung_yen.rows("SELECT * FROM unit_lineage ORDER BY 2, 3")
    bring_hung_yen(hung_yen)
    after = hung_yen.rows("SELECT * FROM unit ORDER BY id"), hung_yen.rows("SELECT * FROM unit_lineage ORDER BY 2, 3")
    assert before == after


def test_a_new_unit_is_not_set_against_those_who_are_in_its_past(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên", "admin")
    context = context_of(hung_yen)
    town = old(context, "Thị trấn Kiến Xương")
    publish(context, town, BEFORE, answered(36, a=10, b=10, c=10))
    publish(context, old(context, "Tỉnh Thái Bình"), BEFORE, answered(90, a=40, b=40, c=40))
    shared = "Hai bên có phiếu chung"
    assert shared in hung_yen.says("boss", f"/compare {town.id} 2025-Q1 vs xã kiến xương 2025-Q1")
    province = old(context, "Tỉnh Thái Bình")
    assert shared in hung_yen.says("boss", f"/compare tỉnh hưng yên quý 1 2025 vs {province.id}")
    assert shared not in hung_yen.says("boss", f"/compare {town.id} 2025-Q1 vs xã vũ quý")


def test_the_rest_of_the_province_is_told_to_those_who_may_read_the_province(hung_yen: World) -> None:
    """With her own figure and the difference she would know the rest, and with two units the other one."""
    context = context_of(hung_yen)
    for name, satisfied in (("Xã Trà Giang", 70), ("Xã Vũ Quý", 20)):
        publish(context, new(context, name), AFTER, answered(100, a=satisfied, b=satisfied, c=satisfied))
    both = total([answered(100, a=70, b=70, c=70), answered(100, a=20, b=20, c=20)])
    publish(context, new(context, "Tỉnh Hưng Yên"), AFTER, both)
    hung_yen.official("viewer", "Xã Trà Giang")
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    for words in ("/score", "/visao"):
        assert "phần còn lại" not in hung_yen.says("viewer", words)
        assert "phần còn lại của tỉnh Hưng Yên 50,0 điểm" in hung_yen.says("boss", f"{words} xã trà giang")


def test_the_living_province_is_among_what_a_year_of_change_offers(hung_yen: World) -> None:
    hung_yen.official("viewer", "Xã Trà Giang")
    assert "[Tỉnh Hưng Yên]" in hung_yen.says("viewer", "/score hưng yên 2025")
    hung_yen.official("boss", "Tỉnh Hưng Yên")
    assert "Tỉnh Hưng Yên · Năm 2025" in hung_yen.says("boss", "/score hưng yên 2025")


def test_a_choice_too_long_for_buttons_is_told_in_words(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên", "admin")
    said = hung_yen.says("boss", "/compare Bình Minh quý 1 2025 vs Ủy ban nhân dân xã Nguyễn Trãi quý 1 2025")
    assert "Ông/Bà hỏi đơn vị nào?" in said
    assert "Bình Minh" in said


def test_names_that_look_like_what_people_add_are_names(hung_yen: World) -> None:
    hung_yen.official("boss", "Tỉnh Hưng Yên", "admin")
    assert "Vì sao? Xã Mễ Sở" in hung_yen.says("boss", "/visao Xã Mễ Sở")
    assert "Vì sao? Xã Mễ Sở" in hung_yen.says("boss", "/visao tại sao điểm xã mễ sở lại thấp thế")
