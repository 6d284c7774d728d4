"""A second account: what it may do and how long; what goes to it, and that each summary does so once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import demo
from bot.storage.queries import SQL
from handlers.context import Incoming, to_ms
from handlers.enroll import MISSES_AN_HOUR
from tests.handlers.visits import Citizen, always
from tests.security.offices import CODE, office_of
from tests.test_registry import twice
from tests.world import World, world

DONG_HUNG = "340"
HALF_PAST_SEVEN = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ENDS = ("queued", "sending", "sent", "unknown", "failed", "dropped")
"""Every state of the outbox."""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    """Lan, a manager, with a second account, lan2; figures of her district."""
    with world(tmp_path, sample=False, step=10) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        for number in range(32):
            Citizen(made, f"p{number}").visits(DONG_HUNG, always("4"))
        made.official("lan", DONG_HUNG, "manager")
        link(made, "lan", "lan2")
        made.connection.execute("DELETE FROM outbox")
        yield made


def link(made: World, first: str, second: str) -> str:
    """The code goes from the one chat into the other; the answer there."""
    code = CODE.search(made.says(first, "/taikhoan2"))
    assert code
    return made.says(second, f"/vao {code[0]}")


def monday(made: World) -> None:
    """The summary of week 47 is queued."""
    made.now = HALF_PAST_SEVEN
    made.tick()


def end(made: World, state: str, name: str = "lan", reason: str = "bot was blocked by the user") -> None:
    """What waits for `name` ends so."""
    person = "person_id = (SELECT id FROM person WHERE address = ?)"
    made.connection.execute(
        f"UPDATE outbox SET state = ?, reason = ?, settled_at = ? WHERE {person} AND state = 'queued'",
        (state, reason, to_ms(made.now), name),
    )


def summaries(made: World) -> list[tuple[str, str]]:
    """Who was written a summary, and what became of it."""
    return made.rows(
        "SELECT p.address, o.state FROM outbox o JOIN person p ON p.id = o.person_id WHERE o.kind = 'weekly' ORDER BY 1"
    )


def told(made: World, ticks: int = 1) -> list[dict[str, str]]:
    """What the operator's log says of lost summaries."""
    with capture_logs() as logs:
        for _ in range(ticks):
            made.tick()
    return [dict(log) for log in logs if log["event"] == "a summary could not be delivered"]


# --- what goes to it ---


@pytest.mark.parametrize("state", ENDS)
def test_only_what_surely_was_not_delivered_goes_on_and_once(made: World, state: str) -> None:
    monday(made)
    end(made, state)
    assert told(made, ticks=3) == []
    assert summaries(made) == [("lan", state), *([("lan2", "queued")] if state == "failed" else [])]


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_what_became_of_it_there_is_what_the_ledger_says(made: World, state: str) -> None:
    monday(made)
    end(made, "failed")
    made.tick()
    end(made, state, "lan2")
    assert told(made) == []
    assert summaries(made) == [("lan", "failed"), ("lan2", state)]
    said = made.says("lan", "/bantin")
    assert ("1 người trong đó nhận ở tài khoản thứ hai." in said) == (state == "sent")
    assert ("1 người có thể chưa nhận được." in said) == (state == "unknown")


def test_what_fails_there_too_is_told_the_operator_once_with_both_reasons(made: World) -> None:
    monday(made)
    end(made, "failed")
    made.tick()
    end(made, "failed", "lan2", "over quota")
    (line,) = told(made, ticks=3)
    assert line["why"] == "bot was blocked by the user; second account: over quota"
    assert (line["official"], line["summary"], line["unit"]) == (office_of(made, "lan"), "weekly 2026-W47", DONG_HUNG)
    assert summaries(made) == [("lan", "failed"), ("lan2", "failed")]
    assert "1 người có thể chưa nhận được." in made.says("lan", "/bantin")


def test_without_a_second_account_the_operator_is_told_once(made: World) -> None:
    made.says("lan", "/taikhoan2 go")
    monday(made)
    end(made, "failed")
    (line,) = told(made, ticks=3)
    assert (line["official"], line["why"]) == (office_of(made, "lan"), "bot was blocked by the user")
    link(made, "lan", "lan2")
    made.tick()
    assert summaries(made) == [("lan", "failed")], "what was told is not sent later"


def test_an_office_that_has_ended_gets_nothing_more(made: World) -> None:
    monday(made)
    end(made, "failed")
    made.connection.execute("UPDATE official SET revoked_at = 1")
    assert len(told(made)) == 1
    assert summaries(made) == [("lan", "failed")]


def test_what_waits_for_an_account_that_is_unlinked_is_not_sent(made: World) -> None:
    monday(made)
    end(made, "failed")
    made.tick()
    made.says("lan", "/taikhoan2 go")
    (line,) = told(made)
    assert line["why"].endswith("second account: the second account was unlinked")
    assert summaries(made) == [("lan", "failed"), ("lan2", "failed")]


def test_a_clock_that_was_ahead_puts_nothing_off(made: World) -> None:
    made.now = HALF_PAST_SEVEN + timedelta(days=400)
    made.tick()
    end(made, "failed")
    made.tick()
    made.now = HALF_PAST_SEVEN
    made.tick()
    parameters = {"now": to_ms(made.now), "beyond": to_ms(made.now) + 86_400_000, "paused": "[]", "limit": 9}
    due = made.connection.execute(SQL.due_posts.sql, parameters).fetchall()
    assert "lan2" in [row[7] for row in due]


def test_after_a_restore_nothing_is_sent_on_that_may_have_been(made: World) -> None:
    monday(made)
    end(made, "failed")
    SQL.doubt_posts(made.connection, at=1)
    made.tick()
    assert summaries(made) == [("lan", "unknown")]


def test_a_manager_decides_from_her_second_account_and_stays_the_one_who_decided(made: World) -> None:
    made.core.province = replace(made.core.province, approves=True)
    made.official("reader", DONG_HUNG, "viewer")
    monday(made)
    end(made, "failed")
    made.tick()
    assert "Gửi mọi người" in made.rows("SELECT message FROM outbox WHERE instead_of IS NOT NULL")[0][0]
    assert "Đã quyết định gửi" in made.says("lan2", "/bantin gui 2026-W47 340")
    sql = "SELECT p.address FROM decision d JOIN person p ON p.id = d.person_id"
    assert made.rows(sql) == [("lan",)]
    made.tick()
    assert ("reader", "queued") in summaries(made)


# --- whose it is, and how long ---


def test_it_may_do_what_she_may_and_no_longer(made: World) -> None:
    assert "Điểm: " in made.says("lan2", "/score")
    made.connection.execute("UPDATE official SET revoked_at = 1")
    assert "Điểm: " not in made.says("lan2", "/score")
    made.connection.execute("UPDATE official SET revoked_at = NULL")
    made.says("lan2", "/taikhoan2 go")
    assert "Điểm: " not in made.says("lan2", "/score")


def test_an_office_anew_gives_nothing_to_the_second_account_of_before(made: World) -> None:
    made.connection.execute("UPDATE official SET revoked_at = 1")
    made.official("lan", DONG_HUNG)
    assert "Điểm: " in made.says("lan", "/score")
    assert "Điểm: " not in made.says("lan2", "/score")


def test_a_tick_clears_pairs_without_an_office_and_codes_that_hold_no_more(made: World) -> None:
    made.official("hoa", DONG_HUNG)
    made.says("hoa", "/taikhoan2")
    assert made.rows("SELECT count(*) FROM second_account") == [(2,)]
    made.wait(minutes=11)
    made.tick()
    assert made.rows("SELECT count(*) FROM second_account") == [(1,)]
    made.connection.execute("UPDATE official SET revoked_at = 1")
    made.tick()
    assert made.rows("SELECT count(*) FROM second_account") == [(0,)]


def test_a_deputys_second_account_ends_with_her_principal(made: World) -> None:
    code = CODE.search(made.says("lan", "/uyquyen 30/11/2026"))
    assert code
    made.says("hoa", f"/vao {code[0]}")
    link(made, "hoa", "hoa2")
    assert "Điểm: " in made.says("hoa2", "/score")
    made.connection.execute("UPDATE official SET revoked_at = 1 WHERE id = ?", (office_of(made, "lan"),))
    assert "Điểm: " not in made.says("hoa2", "/score")


def test_there_is_no_chain_and_no_other_way_in_beside_it(made: World) -> None:
    assert "Đây là tài khoản thứ hai" in made.says("lan2", "/taikhoan2")
    made.official("hoa", DONG_HUNG)
    assert "nên không nối được" in link(made, "hoa", "lan2")
    assert "nên không nối được" in link(made, "hoa", "lan")
    made.official("lan2", DONG_HUNG)
    assert made.rows("SELECT count(*) FROM official") == [(2,)], "an invitation waits until it is unlinked"


@pytest.mark.parametrize("line", ["/thuhoi {official}", "/moi Đông Hưng", "/uyquyen 30/11/2026"])
def test_it_lets_nobody_in_or_out(made: World, line: str) -> None:
    """B9: whoever got hold of a code of minutes does not stay by a code of her own."""
    made.official("hoa", DONG_HUNG)
    assert "làm ở tài khoản chính" in made.says("lan2", line.format(official=office_of(made, "hoa")))
    assert made.rows("SELECT count(*) FROM official WHERE revoked_at IS NULL") == [(2,)]
    assert made.rows("SELECT count(*) FROM invite WHERE used_at IS NULL") == [(0,)]


def test_nothing_is_subscribed_twice(made: World) -> None:
    made.says("lan2", "/subscribe")
    monday(made)
    assert summaries(made) == [("lan", "queued")]


def test_a_code_is_used_once_and_stands_nowhere(made: World) -> None:
    """B9: as with invitations."""
    made.official("hoa", DONG_HUNG)
    code = CODE.search(made.says("hoa", "/taikhoan2"))
    assert code
    assert code[0] not in "\n".join(made.connection.iterdump())
    assert "Đã nối" in made.says("hoa2", f"/vao {code[0]}")
    assert "Mã không đúng" in made.says("other", f"/vao {code[0]}")


def test_a_newer_code_takes_the_place_of_the_last(made: World) -> None:
    made.official("hoa", DONG_HUNG)
    old = CODE.search(made.says("hoa", "/taikhoan2"))
    new = CODE.search(made.says("hoa", "/taikhoan2"))
    assert old
    assert new
    assert "Mã không đúng" in made.says("hoa2", f"/vao {old[0]}")
    assert "Đã nối" in made.says("hoa2", f"/vao {new[0]}")


def test_guessing_is_limited_as_with_invitations(made: World) -> None:
    """B9: one limiter for both kinds of codes."""
    made.official("hoa", DONG_HUNG)
    code = CODE.search(made.says("hoa", "/taikhoan2"))
    assert code
    for _ in range(MISSES_AN_HOUR):
        made.says("guesser", "/vao AAAA-BBBB-CCCC-DDDD")
    assert "nhập sai nhiều lần" in made.says("guesser", f"/vao {code[0]}")


def test_a_page_has_none_and_is_none(made: World) -> None:
    made.official("hoa", DONG_HUNG)
    made.connection.execute("UPDATE person SET channel = 'web' WHERE address = 'hoa'")
    page = Incoming("web", "1", "hoa", "text", "/taikhoan2", "vi")
    assert "không tự gửi tin được" in made.take(page)[0].text
    made.official("minh", DONG_HUNG)
    code = CODE.search(made.says("minh", "/taikhoan2"))
    assert code
    assert "không tự gửi tin được" in made.take(Incoming("web", "2", "x", "text", f"/vao {code[0]}", "vi"))[0].text
    assert "Đã nối" in made.says("minh2", f"/vao {code[0]}"), "and the code is still good"


def test_linking_and_unlinking_delivered_twice_have_one_effect(made: World) -> None:
    made.official("hoa", DONG_HUNG)
    monday(made)
    end(made, "failed")
    made.tick()
    code = CODE.search(twice(made, Incoming("console", "t1", "hoa", "text", "/taikhoan2", "vi"))[0].text)
    assert code
    assert "Đã nối" in twice(made, Incoming("console", "t2", "hoa2", "text", f"/vao {code[0]}", "vi"))[0].text
    assert "Đã gỡ" in twice(made, Incoming("console", "t3", "lan2", "press", "c:taikhoan2 go", "vi"))[0].text


# --- what is kept ---


def test_an_erasure_leaves_the_pair_and_takes_what_an_unlinked_account_got(made: World) -> None:
    monday(made)
    end(made, "failed")
    made.tick()
    end(made, "sent", "lan2")
    erase = "/xoa dong-y"
    made.says("lan2", erase)
    assert "Điểm: " in made.says("lan2", "/score"), "as an official's own account"
    made.says("lan", "/taikhoan2 go")
    made.says("lan2", erase)
    assert made.rows("SELECT 1 FROM person WHERE address = 'lan2'") == []
    assert summaries(made) == [("lan", "failed")]


def test_a_second_account_is_not_idle_and_an_unlinked_one_is(made: World) -> None:
    made.says("lan2", "/dalam Đông Hưng: mở quầy số 2")
    made.wait(days=10)
    made.tick()
    assert made.rows("SELECT count(*) FROM person WHERE address LIKE 'lan%'") == [(2,)]
    made.says("lan", "/taikhoan2 go")
    made.tick()
    assert made.rows("SELECT address FROM person WHERE address LIKE 'lan%'") == [("lan",)]


def test_wiping_takes_the_pairs(made: World) -> None:
    monday(made)
    end(made, "failed")
    made.tick()
    demo.wipe(made.connection, made.core.province.id, made.core.settings, to_ms(made.now))
    assert made.rows("SELECT count(*) FROM second_account") == [(0,)]
