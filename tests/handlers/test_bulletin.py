"""Summaries that wait for a manager: never for ever by silence, never with nobody to ask; and who got them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schedule import SYSTEM, queue_letters, write_letters
from handlers.context import to_ms
from tests.handlers.visits import Citizen, always
from tests.world import World, world

DONG_HUNG = "340"
HALF_PAST_SEVEN = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, sample=False, step=10, approves=True) as made:
        for number in range(32):
            Citizen(made, f"p{number}").visits(DONG_HUNG, always("4"))
        yield made


def hired(made: World, name: str, role: str, unit: str = DONG_HUNG) -> None:
    made.official(name, unit, role)


def told(made: World, at: datetime) -> list[str]:
    """Who was written the summary of week 47, as of then."""
    made.now = at
    made.tick()
    sql = "SELECT p.address FROM report r JOIN person p ON p.id = r.recipient_id WHERE r.period = '2026-W47' ORDER BY 1"
    return [address for (address,) in made.rows(sql)]


def test_readers_wait_ninety_minutes_and_managers_do_not(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    assert told(made, HALF_PAST_SEVEN - timedelta(minutes=1)) == []
    assert told(made, HALF_PAST_SEVEN) == ["chief"]
    assert told(made, HALF_PAST_SEVEN + timedelta(minutes=89)) == ["chief"]
    assert told(made, HALF_PAST_SEVEN + timedelta(minutes=90)) == ["chief", "reader"]
    assert "đến muộn" not in made.rows("SELECT message FROM outbox ORDER BY created_at DESC")[0][0]


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_nobody_waits_where_all_are_alike(made: World, role: str) -> None:
    hired(made, "one", role)
    hired(made, "two", role)
    assert told(made, HALF_PAST_SEVEN) == ["one", "two"]


def test_a_manager_elsewhere_is_not_asked(made: World) -> None:
    hired(made, "chief", "manager", "341")
    hired(made, "reader", "viewer")
    assert "reader" in told(made, HALF_PAST_SEVEN)


def test_who_is_not_asked_to_approve_may_not(made: World) -> None:
    hired(made, "elsewhere", "manager", "341")
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    told(made, HALF_PAST_SEVEN)
    assert "chưa có quyền" in made.says("elsewhere", "/bantin giu 2026-W47 340")
    assert "dành cho người quản lý" in made.says("reader", "/bantin giu 2026-W47 340")
    assert made.rows("SELECT * FROM decision") == []


def test_held_for_days_and_then_sent_is_not_called_late(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    told(made, HALF_PAST_SEVEN)
    made.says("chief", "/bantin giu 2026-W47 340")
    assert told(made, HALF_PAST_SEVEN + timedelta(days=2)) == ["chief"]
    made.says("chief", "/bantin gui 2026-W47 340")
    assert told(made, made.now + timedelta(minutes=1)) == ["chief", "reader"]
    assert "đến muộn" not in made.rows("SELECT message FROM outbox ORDER BY created_at DESC")[0][0]
    assert [row[0] for row in made.rows("SELECT outcome FROM audit WHERE action = 'bulletin'")] == ["hold", "send"]


def test_an_operators_push_of_a_named_week_does_not_wait(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    made.now = HALF_PAST_SEVEN
    assert made.perform("push", week="2026-W47")["queued"] == 2


def test_the_ledger_counts_who_got_it_and_who_asked_on(made: World) -> None:
    hired(made, "chief", "manager")
    for name in ("a", "b", "c"):
        hired(made, name, "viewer")
    told(made, HALF_PAST_SEVEN + timedelta(hours=2))
    sent = to_ms(made.now)
    made.connection.execute("UPDATE outbox SET state = 'sent', settled_at = ? WHERE kind = 'weekly'", (sent,))
    lost = "(SELECT id FROM person WHERE address = 'c')"
    made.connection.execute(f"UPDATE outbox SET state = 'failed' WHERE person_id = {lost}")
    made.now += timedelta(minutes=5)
    made.says("a", "/score")
    context = made.core.context(made.connection, made.person("a").read("/score"), now=made.now)
    for words, _ in made.noted.kept:
        context.stores.audit.write(*words, audit_id=context.new_id(), at=to_ms(made.now))
    said = made.says("chief", "/bantin")
    assert "3 người đã nhận, 1 người đã xem tiếp." in said
    assert "1 người có thể chưa nhận được" in said


def test_a_decision_binds_when_whoever_took_it_has_left(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    told(made, HALF_PAST_SEVEN)
    made.says("chief", "/bantin giu 2026-W47 340")
    made.says("chief", "/unsubscribe")
    assert told(made, HALF_PAST_SEVEN + timedelta(hours=3)) == ["chief"]
    assert made.perform("push", week="2026-W47")["queued"] == 0, "nor by an operator's hand"


def test_a_superior_may_hold_it_where_nobody_else_manages(made: World) -> None:
    hired(made, "boss", "manager", "34")
    hired(made, "reader", "viewer")
    made.now = HALF_PAST_SEVEN - timedelta(minutes=1)
    assert "đã cũ" in made.says("boss", "/bantin giu 2026-W47 340"), "its hour has not come"
    made.now = HALF_PAST_SEVEN
    assert "Đang giữ lại" in made.says("boss", "/bantin giu 2026-W47 340")
    assert told(made, HALF_PAST_SEVEN + timedelta(hours=3)) == ["boss"], "his own unit's"


@pytest.mark.parametrize("how", ["by itself", "sent on"])
def test_what_has_gone_out_cannot_be_held(made: World, how: str) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    told(made, HALF_PAST_SEVEN)
    if how == "sent on":
        made.says("chief", "/bantin gui 2026-W47 340")
    told(made, HALF_PAST_SEVEN + timedelta(minutes=91))
    assert "đã gửi đi rồi" in made.says("chief", "/bantin giu 2026-W47 340")
    assert "Giữ lại" not in made.says("chief", "/bantin")


def test_a_viewer_who_became_a_manager_is_asked_and_does_not_wait(made: World) -> None:
    hired(made, "chief", "viewer")
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    assert told(made, HALF_PAST_SEVEN) == ["chief"]
    assert "Giữ lại" in made.rows("SELECT message FROM outbox")[0][0]
    assert told(made, HALF_PAST_SEVEN + timedelta(minutes=90)) == ["chief", "reader"]


def test_nobody_waits_for_a_manager_who_cannot_be_written_to(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    made.connection.execute("UPDATE person SET channel = 'web' WHERE address = 'chief'")
    assert told(made, HALF_PAST_SEVEN) == ["reader"]


def test_a_clock_set_back_after_the_decision_keeps_nobody_waiting(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    told(made, HALF_PAST_SEVEN + timedelta(days=3))
    made.connection.execute("DELETE FROM report WHERE recipient_id = (SELECT id FROM person WHERE address = 'reader')")
    made.says("chief", "/bantin gui 2026-W47 340")
    assert "reader" in told(made, HALF_PAST_SEVEN + timedelta(minutes=5))


def test_held_while_the_letters_were_being_written(made: World) -> None:
    hired(made, "chief", "manager")
    hired(made, "reader", "viewer")
    told(made, HALF_PAST_SEVEN)
    made.now = HALF_PAST_SEVEN + timedelta(minutes=90)
    context = made.core.context(made.connection, SYSTEM, now=made.now)
    letters = write_letters(context)
    made.says("chief", "/bantin giu 2026-W47 340")
    assert [letter.person.address for letter in letters] == ["reader"]
    assert queue_letters(context, letters) == 0
