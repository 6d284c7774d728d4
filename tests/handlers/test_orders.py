"""B25: orders: who sees, reports and judges them, what is told unasked, each notice once, and the table of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.core import Lines
from bot.schedule import SYSTEM
from handlers.context import Context, Incoming
from handlers.order_words import COLUMNS, monday, order_table
from handlers.orders_taken import Taken, take_orders, take_rows
from handlers.tasks import answer
from scoring.orders import Given
from tests.test_dialogs import bring_hung_yen
from tests.world import World, world

SNV, CHAIR, HUNG, XUONG = "34-SNV", "34", "340", "343"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, sample=False, step=10) as one:
        yield one


def at(made: World, moment: str) -> None:
    made.now = datetime.fromisoformat(moment).replace(tzinfo=made.core.settings.zone)


def context(made: World) -> Context:
    return made.core.context(made.connection, SYSTEM, now=made.now)


def give(made: World, *orders: Given) -> Taken:
    made.connection.execute("BEGIN")
    taken = take_orders(context(made), orders, "operator")
    made.connection.execute("COMMIT")
    return taken


def joins(made: World, name: str, unit: str, role: str = "manager") -> None:
    made.person(name).channel = "telegram"
    made.official(name, unit, role)
    made.says(name, "/unsubscribe")


def told(made: World) -> list[tuple[str, str]]:
    """(who, the message) of every post about orders."""
    return made.rows(
        "SELECT p.address, o.message FROM outbox o JOIN person p ON p.id = o.person_id "
        "WHERE o.kind = 'order' ORDER BY o.created_at, o.id"
    )


def order(made: World, lead: str = HUNG, **facts: object) -> Given:
    today = context(made).today
    return Given(**({"words": "Niêm yết phí", "lead": lead, "given_by": CHAIR, "given_on": today} | facts))  # type: ignore[arg-type]


# --- the chairman's orders of 2018 ---

OLD = (
    Given(
        "Báo cáo số lượng còn thiếu",
        SNV,
        CHAIR,
        date(2018, 7, 20),
        date(2018, 8, 30),
        (HUNG,),
        "Thông báo kết luận của Chủ tịch",
    ),
    Given("Kiểm tra thường xuyên", HUNG, CHAIR, date(2018, 7, 20)),
)


def test_the_chairmans_orders_are_there_and_overdue_on_31_august_2018(made: World) -> None:
    assert give(made, *OLD).new == [(0, 1), (0, 2)]
    at(made, "2018-08-30 09:00")
    made.official("chair", CHAIR, "manager")
    assert "không có việc nào quá hạn" in made.says("chair", "/tasks overdue")
    at(made, "2018-08-31 09:00")
    said = made.says("chair", "/tasks overdue")
    assert "Nhiệm vụ được giao: 1 quá hạn" in said
    assert "1 · Sở Nội vụ · hạn 30/8/2018 (quá hạn 1 ngày): Báo cáo số lượng còn thiếu" in said
    assert "2 · Huyện Đông Hưng" in made.says("chair", "/tasks")


def test_old_orders_are_listed_and_nobody_is_written_to(made: World) -> None:
    give(made, *OLD)
    for name, unit in (("chair", CHAIR), ("office", SNV), ("district", HUNG)):
        joins(made, name, unit)
    for _ in range(15):
        made.tick()
        made.wait(days=1)
    assert told(made) == []
    assert "1 · Sở Nội vụ" in made.says("office", "/nhiemvu")


def test_the_same_orders_twice_add_nothing_and_what_differs_is_named(made: World) -> None:
    give(made, *OLD)
    changed = Given("báo cáo số lượng còn thiếu", SNV, CHAIR, date(2018, 7, 20), date(2018, 9, 30), line=4)
    again = give(made, *OLD, changed)
    assert (again.new, again.known, again.differing) == ([], 3, [4])
    assert made.rows("SELECT count(*) FROM given_order") == [(2,)]


def test_the_table_holds_what_the_page_and_a_file_show(made: World) -> None:
    give(made, *OLD)
    at(made, "2018-08-31 09:00")
    asked = context(made)
    columns, rows = order_table(asked, asked.stores.orders.of_state("open"))
    assert len(columns) == len(COLUMNS)
    assert rows[0] == [
        1, "Báo cáo số lượng còn thiếu", "Sở Nội vụ", "huyện Đông Hưng", "tỉnh Thái Bình", "2018-07-20", "2018-08-30",
        "Thông báo kết luận của Chủ tịch", "", "đang thực hiện", 1, "", "",
    ]  # fmt: skip
    assert rows[1][6] == ""


def test_a_sheet_is_taken_row_by_row(made: World) -> None:
    good = {"text": "Lắp thêm ghế", "lead": "Huyện Đông Hưng", "given_on": "1/11/2026", "criterion": "A"}
    taken = take_rows(context(made), [(2, good), (3, good | {"lead": "x"}), (4, good)], "operator")
    assert ([number for _, number in taken.new], taken.known) == ([1], 1)
    assert [(fault.line, fault.column) for fault in taken.faults] == [(3, "lead")]


# --- reminders ---


def test_a_program_that_stood_still_sends_only_the_newest_reminder(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made, deadline=date(2026, 12, 15)))
    made.tick()
    assert len(told(made)) == 1  # that it was given
    at(made, "2026-12-14 10:00")  # after the days of seven and of three
    made.tick()
    made.tick()
    assert len(told(made)) == 2
    assert "(còn 1 ngày làm việc)" in told(made)[1][1]
    assert {notice for (notice,) in made.rows("SELECT notice FROM order_notice")} == {"given:1", "before:1"}


def test_after_eight_weekly_reminders_an_order_only_stays_in_the_list(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made, deadline=date(2026, 11, 17)))
    at(made, "2026-11-18 09:00")
    for _ in range(150):
        made.tick()
        made.wait(days=1)
    late = [notice for (notice,) in made.rows("SELECT notice FROM order_notice") if notice.startswith("late")]
    assert late == [f"late:{week}" for week in range(1, 9)]
    assert "quá hạn" in made.says("chief", "/nhiemvu")


def test_nobody_is_written_to_at_night_at_weekends_or_on_holidays(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made, deadline=date(2026, 11, 25)))
    for moment in ("2026-11-16 07:59", "2026-11-16 20:00", "2026-11-21 10:00", "2026-11-24 10:00"):
        at(made, moment)
        made.tick()
    assert told(made) == []


def test_a_reminder_waits_for_somebody_who_can_be_told(made: World) -> None:
    give(made, order(made, deadline=date(2026, 11, 20)))
    made.tick()
    made.official("page", HUNG, "manager")  # on the console, where the program may write first
    made.connection.execute("UPDATE person SET channel = 'web'")
    made.tick()
    assert made.rows("SELECT * FROM order_notice") == []
    joins(made, "chief", HUNG, "viewer")
    made.tick()
    assert [who for who, _ in told(made)] == ["chief"]


def test_many_orders_come_in_one_message(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, *(order(made, words=f"Việc {number}") for number in range(12)))
    made.tick()
    made.tick()
    ((_, message),) = told(made)
    assert "Việc 7" in message
    assert "Và 4 nhiệm vụ nữa" in message


def test_an_order_that_was_reported_is_late_for_nobody(made: World) -> None:
    joins(made, "chief", HUNG)
    joins(made, "chair", CHAIR)
    give(made, order(made, deadline=date(2026, 11, 20)))
    made.tick()
    made.says("chief", "/nhiemvu 1 xong: đã niêm yết")
    made.tick()
    before = len(told(made))
    at(made, "2026-11-30 09:00")
    made.tick()
    assert len(told(made)) == before
    assert "không có việc nào quá hạn" in made.says("chair", "/nhiemvu quá hạn")


def test_where_the_superior_unit_has_nobody_the_one_above_it_is_told(made: World) -> None:
    joins(made, "chair", CHAIR)
    joins(made, "watcher", HUNG, "viewer")
    give(made, order(made, lead="12700", given_by=HUNG, deadline=date(2026, 11, 17), given_on=date(2026, 11, 1)))
    at(made, "2026-11-25 09:00")  # the 24th is a holiday
    made.tick()
    assert [who for who, _ in told(made)] == ["chair"]
    assert "Đơn vị cấp dưới quá hạn" in told(made)[0][1]


def test_after_a_merger_whoever_has_the_offices_work_is_told(tmp_path: Path) -> None:
    """Huyện Đông Hưng ended on 1 July 2025: its order goes on where its communes went."""
    with world(tmp_path, id="hung-yen", sample=False, step=10) as made:
        bring_hung_yen(made)
        old = next(one for one in context(made).stores.units.tree().units if one.name == "Huyện Đông Hưng")
        heir = context(made).stores.units.tree().successors(old.id)[0]
        given = Given("Niêm yết phí", old.id, heir.parent or "", date(2025, 6, 1), date(2026, 11, 17))
        assert give(made, given).new == [(0, 1)]
        joins(made, "heir", heir.code)
        joins(made, "chair", heir.parent or "")
        at(made, "2026-11-26 09:00")
        made.tick()
        assert {who for who, _ in told(made)} == {"heir", "chair"}
        assert "1 · Huyện Đông Hưng" in made.says("chair", "/nhiemvu")
        assert "1 quá hạn" in "".join(monday(context(made), heir.parent or ""))
        assert "1 · Huyện Đông Hưng" in made.says("heir", "/nhiemvu")
        assert "[Báo cáo xong]" not in made.says("chair", "/nhiemvu 1")
        assert "Đã ghi báo cáo" in made.says("heir", "/nhiemvu 1 xong: đã niêm yết")
        assert made.rows("SELECT unit_id FROM order_deed WHERE place = 2") == [(heir.id,)]
        assert "dành cho người quản lý" in made.says("heir", "/nhiemvu 1 chấp nhận")
        assert "Đã chấp nhận" in made.says("chair", "/nhiemvu 1 chấp nhận")


def test_a_report_goes_to_those_who_may_judge_it(tmp_path: Path) -> None:
    """The district that gave the order was divided: none of its communes judges what it gave, the province does."""
    with world(tmp_path, id="hung-yen", sample=False, step=10) as made:
        bring_hung_yen(made)
        tree = context(made).stores.units.tree()
        old = next(one for one in tree.units if one.name == "Huyện Đông Hưng")
        lead, other = tree.successors(old.id)[:2]
        give(made, Given("Niêm yết phí", lead.id, old.id, date(2025, 6, 1)))
        for name, unit in (("lead", lead.code), ("other", other.code), ("chair", lead.parent or "")):
            joins(made, name, unit)
        made.says("lead", "/nhiemvu 1 xong: đã niêm yết")
        made.tick()
        assert [who for who, _ in told(made)] == ["chair"]
        assert "Không tìm thấy" in made.says("other", "/nhiemvu 1")


# --- who may ---


def test_a_manager_of_one_district_sees_nothing_of_anothers(made: World) -> None:
    joins(made, "chief", HUNG)
    joins(made, "neighbour", XUONG)
    give(made, order(made), order(made, XUONG, words="Sửa mái"), order(made, SNV, words="Rà soát", supporting=(XUONG,)))
    said = made.says("neighbour", "/nhiemvu")
    assert "Niêm yết" not in said
    assert "Sửa mái" in said
    assert "Rà soát" in said
    for line in ("/nhiemvu 1", "/nhiemvu 1 xong: xong", "/nhiemvu Đông Hưng", "/nhiemvu @340"):
        assert "Niêm yết" not in made.says("neighbour", line)
    assert made.rows("SELECT count(*) FROM audit WHERE action IN ('orders', 'nhiemvu') AND outcome = 'refused'") == [
        (4,)
    ]
    assert made.rows("SELECT state FROM given_order WHERE number = 1") == [("open",)]


def test_where_figures_are_everybodys_orders_are_not(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10, publishes=True) as made:
        joins(made, "neighbour", XUONG)
        give(made, order(made))
        assert "Niêm yết" not in made.says("neighbour", "/nhiemvu Đông Hưng")


def test_who_only_supports_reads_and_does_not_judge(made: World) -> None:
    joins(made, "helper", XUONG)
    joins(made, "chief", HUNG)
    give(made, order(made, supporting=(XUONG,)))
    assert "Phối hợp: huyện Kiến Xương" in made.says("helper", "/nhiemvu 1")
    assert "dành cho người quản lý" in made.says("helper", "/nhiemvu 1 xong: tôi làm thay")
    made.says("chief", "/nhiemvu 1 xong: đã làm")
    assert "dành cho người quản lý" in made.says("chief", "/nhiemvu 1 chấp nhận")  # nobody accepts his own work
    assert made.rows("SELECT state FROM given_order") == [("reported",)]


def test_only_the_lead_reports_and_those_above_judge(made: World) -> None:
    """A superior who reported an order of a unit below as done could accept it at once."""
    joins(made, "chair", CHAIR)
    joins(made, "chief", HUNG)
    joins(made, "head", "12700")
    joins(made, "boss", SNV, "admin")
    give(made, order(made), order(made, "12700", given_by=HUNG, words="Lắp ghế"), order(made, SNV, words="Rà soát"))
    for name, number in (("chair", 1), ("chair", 2), ("chief", 2), ("boss", 1), ("boss", 2)):
        assert "[Báo cáo xong]" not in made.says(name, f"/nhiemvu {number}")
        assert "dành cho người quản lý của nơi chủ trì" in made.says(name, f"/nhiemvu {number} xong: thay họ")
    assert made.rows("SELECT DISTINCT state FROM given_order") == [("open",)]
    for name, number in (("chief", 1), ("head", 2), ("boss", 3)):
        made.says(name, f"/nhiemvu {number} xong: đã làm")
    assert made.rows("SELECT number, unit_id FROM order_deed WHERE deed = 'reported' ORDER BY number") == [
        (1, HUNG),
        (2, "12700"),
        (3, SNV),
    ]
    for name, number in (("chief", 1), ("head", 2)):
        assert "dành cho người quản lý của nơi giao" in made.says(name, f"/nhiemvu {number} chấp nhận")
    for name, number in (("chair", 1), ("chief", 2), ("chair", 3)):
        assert "Đã chấp nhận" in made.says(name, f"/nhiemvu {number} chấp nhận")


def test_a_report_is_made_by_the_office_that_leads_whatever_else_she_manages(made: World) -> None:
    joins(made, "chief", CHAIR)
    joins(made, "chief", HUNG)
    give(made, order(made))
    made.says("chief", "/nhiemvu 1 xong: đã làm")
    assert made.rows("SELECT unit_id FROM order_deed WHERE place = 2") == [(HUNG,)]


def test_a_link_is_kept_apart_and_a_number_is_masked(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made))
    made.says("chief", "/nhiemvu 1 xong: gọi 0912345678, tệp javascript:alert(1) https://a.vn/1234567890123.pdf.")
    assert made.rows("SELECT note, link FROM order_deed WHERE place = 2") == [
        ("gọi •••, tệp javascript:alert(1)", "https://a.vn/1234567890123.pdf")
    ]


def test_a_units_code_that_is_also_an_orders_number_means_what_she_may_see(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, *(order(made, XUONG, words=f"Việc {number}") for number in range(340)))
    assert "huyện Đông Hưng" in made.says("chief", "/nhiemvu 340")  # order 340 is another district's


def test_wiping_the_sample_takes_its_orders(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        joins(made, "chief", HUNG)
        give(made, order(made, supporting=(XUONG,)))
        made.tick()
        assert made.rows("SELECT count(*) FROM order_notice") == [(1,)]
        made.perform("wipe")
        for table in ("given_order", "order_support", "order_deed", "order_notice"):
            assert made.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_a_deadline_without_a_year_is_the_next_such_day(made: World) -> None:
    joins(made, "chair", CHAIR)
    for typed in ("20/11", "hạn 16.11", "15/11", "2026-12-01"):
        made.says("chair", f"/giao Đông Hưng {typed}: {typed}")
    found = [day for (day,) in made.rows("SELECT deadline FROM given_order ORDER BY number")]
    assert found == ["2026-11-20", "2026-11-16", "2027-11-15", "2026-12-01"]


def test_what_was_withdrawn_may_be_given_again_with_another_deadline(made: World) -> None:
    joins(made, "chair", CHAIR)
    made.says("chair", "/giao Đông Hưng 20/11: Niêm yết phí")
    assert "xin ông/bà rút lại rồi giao lại" in made.says("chair", "/giao Đông Hưng 30/11: niêm yết phí")
    for number in (1, 2):
        made.says("chair", f"/nhiemvu {number} rút: nhầm hạn")
        assert f"Nhiệm vụ {number + 1}" in made.says("chair", "/giao Đông Hưng 30/11: Niêm yết phí")
    assert made.rows("SELECT deadline FROM given_order WHERE state = 'open'") == [("2026-11-30",)]


def test_commas_part_offices_but_not_one_whose_name_holds_some(made: World) -> None:
    joins(made, "chair", CHAIR)
    made.says("chair", "/giao Sở Lao động, Thương binh và Xã hội 30/11: a")
    made.says("chair", "/giao Đông Hưng, Vũ Thư, Sở Nội vụ 30/11: b")
    made.says("chair", "/giao Sở Nội vụ; Sở Lao động, Thương binh và Xã hội: c")
    assert made.rows("SELECT lead_id FROM given_order ORDER BY number") == [("34-SLDTBXH",), (HUNG,), (SNV,)]
    support = made.rows("SELECT number, unit_id FROM order_support ORDER BY number, place")
    assert support == [(2, "344"), (2, SNV), (3, "34-SLDTBXH")]


def test_a_news_window_ends_with_its_week(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made, given_on=context(made).today - timedelta(days=8)))
    made.tick()
    assert told(made) == []


# --- what she types ---

LINK = "https://donghung.gov.vn/bc.pdf"


@pytest.mark.parametrize(
    ("typed", "note", "link"),
    [
        (f"xong {LINK}", "", LINK),
        (f"xong: {LINK}", "", LINK),
        (f"xong:{LINK}", "", LINK),
        (f"báo cáo xong {LINK}", "", LINK),
        (f"Xong. Xem {LINK}", "Xem", LINK),
        ("xong:đã niêm yết", "đã niêm yết", ""),
        ("xong - lúc 8:30 đã niêm yết", "lúc 8:30 đã niêm yết", ""),
        ("hoàn thành: đã niêm yết", "đã niêm yết", ""),
        ("đã xong, đã niêm yết", "đã niêm yết", ""),
        (f"đã hoàn thành {LINK}", "", LINK),
        ("báo cáo đã hoàn thành: đủ 18 xã", "đủ 18 xã", ""),
        ("done: put up", "put up", ""),
    ],
)
def test_a_report_may_be_worded_in_many_ways_with_a_colon_or_without(
    made: World, typed: str, note: str, link: str
) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made))
    made.says("chief", f"/nhiemvu 1 {typed}")
    assert made.rows("SELECT deed, note, link FROM order_deed WHERE place = 2") == [("reported", note, link)]


@pytest.mark.parametrize("typed", ["chưa xong: còn vướng", "gần hoàn thành", "xongg: a"])
def test_what_is_no_report_is_not_taken_for_one(made: World, typed: str) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made))
    assert "/nhiemvu 1 xong: kết quả" in made.says("chief", f"/nhiemvu 1 {typed}")
    assert made.rows("SELECT state FROM given_order") == [("open",)]


@pytest.mark.parametrize("colon", ["", ":"])
def test_a_link_is_never_longer_than_it_may_be(made: World, colon: str) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made))
    assert "đường dẫn trong 300 ký tự" in made.says("chief", f"/nhiemvu 1 xong{colon} https://a.vn/{'b' * 300}")
    assert made.rows("SELECT state FROM given_order") == [("open",)]


def test_the_page_offers_nothing_that_only_the_chat_can_do(made: World) -> None:
    joins(made, "chief", HUNG)
    give(made, order(made))
    asked = made.core.context(made.connection, Incoming("telegram", "", "chief", "text"), audit=Lines(), now=made.now)
    for words in ("1", "số 1", "1 xong", "1 xong: đã niêm yết"):
        answered = answer(asked, words)
        assert "Niêm yết phí" in answered.shown.lines[0]
        assert answered.buttons == ()
    assert "[Báo cáo xong]" in made.says("chief", "/nhiemvu 1")
    assert made.rows("SELECT state FROM given_order") == [("open",)]


@pytest.mark.parametrize(
    "typed", ["quá hạn Đông Hưng", "Đông Hưng quá hạn", "Quá hạn của huyện Đông Hưng", "overdue 340", "late Dong Hung"]
)
def test_what_is_overdue_may_be_said_before_the_unit_or_behind_it(made: World, typed: str) -> None:
    joins(made, "chair", CHAIR)
    give(made, order(made, deadline=date(2026, 11, 16)), order(made, SNV, words="Rà soát", deadline=date(2026, 11, 16)))
    at(made, "2026-11-17 09:00")
    said = made.says("chair", f"/nhiemvu {typed}")
    assert "Nhiệm vụ của huyện Đông Hưng: 1 quá hạn" in said
    assert "Rà soát" not in said


@pytest.mark.parametrize(
    "typed",
    [
        "30/11/2026", "30/11/26", "30-11-2026", "30.11.26", "2026-11-30", "30/11",
        "trước ngày 30/11/2026", "trước 30/11/26", "hạn ngày 30/11/2026", "hạn chót 30/11/2026",
        "hạn chót ngày 30/11/2026", "hạn cuối: 30/11/2026", "hạn: 30/11", "đến ngày 30/11/2026",
        "đến hết ngày 30/11/2026",
        "chậm nhất ngày 30/11/2026", "chậm nhất là 30/11/2026", "chậm nhất đến ngày 30/11", "ngày 30/11/2026",
        "truoc ngay 30/11/2026", "han chot 30/11/26", "thời hạn: ngày 30/11/2026",
        "trước ngày 30 tháng 11 năm 2026", "hạn 30 tháng 11", "by 30/11/2026", "due on 30/11/2026",
    ],
)  # fmt: skip
@pytest.mark.parametrize("unit", ["Đông Hưng", "dong hung"])
def test_a_deadline_is_read_as_officials_write_it(made: World, unit: str, typed: str) -> None:
    joins(made, "chair", CHAIR)
    made.says("chair", f"/giao {unit} {typed}: niêm yết phí lúc 8:30")
    assert made.rows("SELECT lead_id, deadline, words FROM given_order") == [
        (HUNG, "2026-11-30", "niêm yết phí lúc 8:30")
    ]


def test_a_name_that_ends_like_such_words_stays_whole(made: World) -> None:
    joins(made, "chair", CHAIR)
    for typed in ("Xã Đông La 30/11", "Xã Duy Nhất 30/11", "xa dong la han 30/11"):
        made.says("chair", f"/giao {typed}: {typed}")
    found = made.rows("SELECT u.name, o.deadline FROM given_order o JOIN unit u ON u.id = o.lead_id ORDER BY o.number")
    assert found == [(name, "2026-11-30") for name in ("Xã Đông La", "Xã Duy Nhất", "Xã Đông La")]


@pytest.mark.parametrize("typed", ["30/13/2026", "31/11/26", "1/11/26", "29/02/27"])
def test_a_deadline_that_is_no_day_to_come_is_said_again(made: World, typed: str) -> None:
    joins(made, "chair", CHAIR)
    assert f"{typed} không phải là một ngày sắp tới" in made.says("chair", f"/giao Đông Hưng hạn {typed}: a")


@pytest.mark.parametrize(
    ("head", "aim", "units"),
    [
        ("Đông Hưng #Tiếp cận", "A", [HUNG]),
        ("Đông Hưng #tiep can hạn 30/11", "A", [HUNG]),
        ("#Tiếp cận Đông Hưng", "A", [HUNG]),
        ("Đông Hưng #A; Sở Nội vụ 30/11", "A", [HUNG, SNV]),
        ("Đông Hưng; Sở Nội vụ 30/11 #Thủ tục", "B", [HUNG, SNV]),
        ("Đông Hưng 30/11 # b", "B", [HUNG]),
    ],
)
def test_a_factor_may_be_named_by_several_words(made: World, head: str, aim: str, units: list[str]) -> None:
    joins(made, "chair", CHAIR)
    made.says("chair", f"/giao {head}: niêm yết")
    lead, *others = units
    assert made.rows("SELECT lead_id, aim FROM given_order") == [(lead, aim)]
    assert made.rows("SELECT unit_id FROM order_support ORDER BY place") == [(unit,) for unit in others]


@pytest.mark.parametrize("head", ["Đông Hưng #Chỗ ngồi chờ 30/11", "#chỗ ngồi chờ"])
def test_what_is_no_factor_is_said_again_whole(made: World, head: str) -> None:
    joins(made, "chair", CHAIR)
    assert "hỗ ngồi chờ”. Xin ghi chữ của yếu tố" in made.says("chair", f"/giao {head}: niêm yết")
    assert made.rows("SELECT count(*) FROM given_order") == [(0,)]


@pytest.mark.parametrize(
    ("today", "deadline", "said"),
    [
        ("2026-11-19", date(2026, 11, 20), "còn 1 ngày làm việc"),
        ("2026-11-20", date(2026, 11, 20), "hạn là hôm nay"),
        ("2026-11-20", date(2026, 11, 21), "hạn là ngày mai, hôm nay là ngày làm việc cuối"),
        ("2026-11-20", date(2026, 11, 22), "còn 2 ngày là đến hạn, hôm nay là ngày làm việc cuối"),
        ("2026-11-21", date(2026, 11, 22), "hạn là ngày mai, không còn ngày làm việc nào"),
        ("2026-11-21", date(2026, 11, 24), "còn 1 ngày làm việc"),  # the 24th is a holiday
        ("2027-02-05", date(2027, 2, 9), "còn 4 ngày là đến hạn, không còn ngày làm việc nào"),  # Tết
    ],
)
def test_how_long_there_is_where_no_working_day_is_left(made: World, today: str, deadline: date, said: str) -> None:
    joins(made, "chair", CHAIR)
    give(made, order(made, deadline=deadline))
    at(made, f"{today} 09:00")
    assert said in made.says("chair", "/nhiemvu 1").splitlines()[0]
