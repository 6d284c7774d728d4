"""B23. Five stars by telephone number: who is asked, what stars become, counted once and in their own place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.schedule import SYSTEM
from bot.verify import differences
from handlers import rating
from tests.handlers.test_apart import score, verified
from tests.handlers.test_invited import OFFICE, answer, counted, feed, responses
from tests.world import World, world

PHONE = "0912 345 678"
SPELLINGS = (b"912345678", b"912 345 678", b"912.345.678", b"876543219")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, step=10) as one:
        set_up(one)
        yield one


def set_up(made: World) -> None:
    given = {"zalo_zbs_template": "7895417", "zalo_oa_app_id": "505"}
    made.core.settings = made.core.settings.model_copy(update=given)


def by_phone(made: World, code: str = "H53-1", phone: str = PHONE) -> str:
    """The code of a visit whose dossier came with a telephone number."""
    return feed(made, code, channel="phone", address=phone)


def asked(made: World, hours: float = 3) -> list[str]:
    """The tracking ids of what is to be sent after so many hours."""
    made.wait(hours=hours)
    made.tick()
    return [row[0] for row in made.rows("SELECT id FROM rating_request WHERE state = 'queued' ORDER BY created_at, id")]


def rates(made: World, tracking_id: str, stars: int = 5, note: str = "", msg_id: str = "") -> bool:
    def job(connection: Any) -> bool:
        context = made.core.context(connection, SYSTEM, now=made.now)
        return rating.take(context, tracking_id, msg_id, stars, note)

    taken: bool = made.commit(job)
    return taken


def states(made: World) -> list[str]:
    return [row[0] for row in made.rows("SELECT state FROM invitation ORDER BY visit_id")]


def agree(made: World) -> None:
    assert list(differences(made.connection, made.core.province.id)) == []


def waits(made: World) -> list[tuple[Any, ...]]:
    return made.rows("SELECT part, count(*) FROM waiting GROUP BY part ORDER BY part")


def test_a_number_is_asked_once_after_two_hours_and_lies_sealed_until_then(made: World) -> None:
    by_phone(made)
    assert asked(made, hours=1) == []
    ((sealed,),) = made.rows("SELECT address FROM invitation")
    assert "912345678" not in sealed
    (tracking_id,) = asked(made, hours=1.1)
    assert asked(made, hours=1) == [tracking_id]
    assert made.rows("SELECT state, address FROM invitation") == [("asked", None)]
    ((ref, kept),) = made.rows("SELECT ref, phone FROM rating_request")
    assert kept == sealed
    assert made.core.unseal_phone(kept, ref) == "84912345678"
    assert made.rows("SELECT * FROM person") == []
    assert made.rows("SELECT * FROM outbox") == []


@pytest.mark.parametrize("missing", ["zalo_zbs_template", "zalo_oa_app_id"])
def test_where_nothing_can_be_sent_no_number_is_kept(made: World, missing: str) -> None:
    made.core.settings = made.core.settings.model_copy(update={missing: ""})
    row = {"code": "1", "event": "returned", "unit": "Huyện Đông Hưng", "at": "2026-11-16 08:00"}
    done = made.perform("dossiers", rows=[[2, row | {"channel": "phone", "address": PHONE}]])
    assert (done["new"], done["no_phones"], done["faults"]) == (1, 1, [])
    assert made.rows("SELECT state, channel, address, address_digest FROM invitation") == [("open", None, None, None)]


def test_a_number_that_waits_goes_when_the_template_is_taken_out_of_the_settings(made: World) -> None:
    by_phone(made)
    made.core.settings = made.core.settings.model_copy(update={"zalo_zbs_template": ""})
    assert asked(made) == []
    assert made.rows("SELECT state, address FROM invitation") == [("open", None)]


def test_a_number_goes_when_its_hours_are_over_even_at_night(made: World) -> None:
    by_phone(made, "1")
    asked(made, hours=2.1)  # shortly after eleven, and not sent by anybody
    by_phone(made, "2", "0987 654 321")
    made.wait(hours=18.4)  # half past five
    made.tick()
    assert made.rows("SELECT state, phone FROM rating_request") == [("failed", None)]
    assert states(made) == ["late", "waiting"]
    made.wait(hours=2)  # half past seven: nobody is asked yet
    made.tick()
    assert made.rows("SELECT state, address FROM invitation") == [("late", None), ("late", None)]


def test_a_number_has_its_two_weeks_of_peace(made: World) -> None:
    by_phone(made, "1")
    asked(made)
    by_phone(made, "2", "+84912345678")
    by_phone(made, "3", "0987 654 321")
    made.wait(hours=3)
    made.tick()
    assert sorted(states(made)) == ["asked", "asked", "tired"]


def test_stars_answer_the_overall_question_and_nothing_else(made: World) -> None:
    by_phone(made)
    (tracking_id,) = asked(made)
    assert rates(made, tracking_id, 4, "Nhanh,\ncô Hoa 0912345678 nhiệt tình")
    assert made.rows("SELECT question, factor, value, words FROM answer ORDER BY question") == [
        ("comment", None, None, "Nhanh, cô Hoa ••• nhiệt tình"),
        ("overall", "overall", "4", None),
    ]
    assert responses(made) == [("verified", "complete", 1)]
    words = made.core.catalogues["vi"]("zbs.template")
    assert made.rows("SELECT text_version, text_digest, channel FROM consent") == [
        ("zbs-1", hashlib.sha256(words.encode()).hexdigest(), "zalo-zbs")
    ]
    assert made.rows("SELECT * FROM response_link") == []
    assert made.rows("SELECT * FROM moments") == []
    assert counted(made) == 1
    agree(made)


def test_it_is_counted_once_however_often_it_is_told(made: World) -> None:
    by_phone(made)
    (tracking_id,) = asked(made)
    made.connection.execute("UPDATE rating_request SET state = 'sent', phone = NULL, msg_id = 'zbs1'")
    assert rates(made, "", 5, msg_id="zbs1")
    assert not rates(made, tracking_id, 1)
    assert not rates(made, "", 1, msg_id="zbs1")
    assert not rates(made, "somebody-elses", 1, msg_id="other")
    assert not rates(made, "", 1)
    assert made.rows("SELECT value FROM answer") == [("5",)]
    made.wait(days=8)
    made.tick()
    assert not rates(made, tracking_id, 1, msg_id="zbs1")
    assert counted(made) == 1


def test_after_thirty_days_stars_come_too_late(made: World) -> None:
    by_phone(made)
    (tracking_id,) = asked(made)
    made.wait(days=31)
    assert not rates(made, tracking_id)
    made.wait(days=1)
    made.tick()
    assert made.rows("SELECT * FROM rating_request") == []
    assert responses(made) == []


@pytest.mark.parametrize("stars_first", [True, False])
def test_stars_and_a_chat_about_one_visit_both_wait(made: World, stars_first: bool) -> None:
    code = by_phone(made)
    (tracking_id,) = asked(made)
    if stars_first:
        assert rates(made, tracking_id)
        answer(made, "Lan", code)
    else:
        answer(made, "Lan", code)
        assert rates(made, tracking_id)
    assert responses(made) == [("verified", "complete", 0)] * 2
    assert waits(made) == []
    agree(made)
    held = {channel: one for one, channel in made.rows("SELECT id, channel FROM response")}
    made.perform("review", id=held["zalo-zbs"], decision="count")
    made.perform("review", id=held["console"], decision="leave-out")
    assert waits(made) == [("@stars", 1)]
    assert counted(made) == 1
    agree(made)


def test_who_erased_what_she_said_in_a_chat_is_not_counted_by_stars(made: World) -> None:
    code = by_phone(made)
    (tracking_id,) = asked(made)
    answer(made, "Lan", code).press("c:xoa dong-y")
    assert not rates(made, tracking_id)
    assert responses(made) == []


def test_after_seven_days_nothing_leads_from_the_stars_to_the_dossier(made: World) -> None:
    by_phone(made)
    (tracking_id,) = asked(made)
    rates(made, tracking_id)
    made.wait(days=8)
    made.tick()
    assert made.rows("SELECT * FROM rating_request") == []
    joined = "SELECT v.dossier_digest, r.started_at % 86400000 FROM response r JOIN visit v ON v.id = r.visit_id"
    assert made.rows(joined) == [(None, 0)]
    agree(made)


def test_stars_leave_in_blocks_of_their_own_and_hold_nobody_up(made: World) -> None:
    """Mixed with whole answers, ten of whom nine gave stars would wait for thirty and drop the tenth's criteria."""
    for number in range(12):
        tracking_id = _nth(made, number)
        assert rates(made, tracking_id, 5)
    answers = [feed(made, f"chat-{number}") for number in range(11)]
    for number, code in enumerate(answers):
        answer(made, f"person-{number}", code)
    assert waits(made) == [("", 11), ("@stars", 2)]
    cell = _cell(made)
    assert (cell.tally.n, cell.tally.moments, cell.tally.values) == (10, {}, {"OVERALL": {"5": 10}})
    answer(made, "one more", feed(made, "chat-11"))
    cell = _cell(made)
    assert (cell.tally.n, cell.tally.provenance) == (20, {"verified": 20})
    assert cell.tally.moments["*"].n == 10
    agree(made)


def _nth(made: World, number: int) -> str:
    by_phone(made, f"stars-{number}", f"09123456{number:02}")
    made.connection.execute(
        "INSERT INTO rating_request (province_id, id, ref, phone, not_before, not_after, forget_at, created_at, state) "
        "SELECT province_id, ?, ref, NULL, 0, 0, 99999999999999, 0, 'sent' FROM invitation ORDER BY rowid DESC LIMIT 1",
        (f"t{number}",),
    )
    return f"t{number}"


def _cell(made: World) -> Any:
    context = made.core.context(made.connection, SYSTEM, now=made.now)
    month = (made.now + timedelta(hours=7)).strftime("%Y-%m")
    return context.stores.cells.get(OFFICE, "own", context.province.index_survey, month, "verified")


def test_stars_do_not_narrow_what_the_silent_leave_open(made: World) -> None:
    """They stand behind no index, so its figure is as open as if they had said nothing."""
    verified(made, 12, "5", dossiers=40)
    for number in range(12):
        assert rates(made, _nth(made, number), 1)
    assert _cell(made).tally.n == 20
    said = score(made)
    assert "Trả lời: 19% trong 52 lượt" in said
    assert "từ 18 đến 100" in said
    assert "≥ 95" in said


def test_the_sample_is_wiped_with_its_ratings(made: World) -> None:
    by_phone(made)
    (tracking_id,) = asked(made)
    rates(made, tracking_id)
    made.perform("wipe")
    assert made.rows("SELECT * FROM rating_request") == []


def test_what_the_template_is_filled_with(made: World) -> None:
    feed(made, "1", procedure="khai sinh")
    feed(made, "2")
    context = made.core.context(made.connection, SYSTEM, now=made.now)
    visits = [context.stores.talks.visit(row[0]) for row in made.rows("SELECT id FROM visit ORDER BY rowid")]
    first = {"co_quan": "huyện Đông Hưng", "ngay": "16/11/2026", "thu_tuc": "Hộ tịch (khai sinh, kết hôn, khai tử)"}
    assert rating.template_data(context, visits[0]) == first
    assert rating.template_data(context, visits[1]) == first | {"thu_tuc": "thủ tục hành chính"}


def test_no_number_is_found_in_the_files(made: World, tmp_path: Path) -> None:
    by_phone(made)
    made.connection.execute("PRAGMA wal_checkpoint(FULL)")
    for hours in (0, 3, 30):
        made.wait(hours=hours)
        made.tick()
        for file in tmp_path.iterdir():
            raw = file.read_bytes()
            assert not [spelling for spelling in SPELLINGS if spelling in raw], file


def test_the_text_to_be_approved_is_the_text_that_is_agreed_to(made: World) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "van-hanh.md").read_text(encoding="utf-8")
    assert f"> {made.core.catalogues['vi']('zbs.template')}\n" in docs
    rows = [line.split("|")[2:4] for line in docs.splitlines() if re.match(r" +\| [1-5] \|", line)]
    assert len(rows) == 5
    for question, reasons in rows:
        assert len(question.strip()) <= 100
        assert len(reasons.split(";")) <= 5
