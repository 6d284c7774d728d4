"""B22. Visits of the feed between two accounts, decided and decided again: counted once, and never altered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.context import Message
from tests.handlers.test_invited import OFFICE, agree, answer, counted, feed, responses
from tests.handlers.visits import Citizen, always, buttons
from tests.world import World, world


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, step=10) as one:
        yield one


def named(messages: list[Message], word: str) -> str:
    """The data of the button that holds this word."""
    return next(button.data for button in buttons(messages) if word in button.data)


def ids(made: World) -> list[str]:
    return [row[0] for row in made.rows("SELECT id FROM response ORDER BY id")]


def answer_of(made: World, response: str, question: str = "overall") -> str | None:
    rows = made.rows("SELECT value FROM answer WHERE response_id = ? AND question = ?", response, question)
    return rows[0][0] if rows else None


def test_who_is_correcting_what_she_sent_cannot_be_taken_over(made: World) -> None:
    """An answer that was sent is hers: whoever else holds the code answers apart, and both are looked at."""
    code = feed(made)
    lan = answer(made, "lan", code, "1")
    (hers,) = ids(made)
    review = lan.press(named(lan.sends("start", code), "@review"))
    lan.press(named(review, "@edit"))
    clerk = answer(made, "clerk", code, "5")
    assert answer_of(made, hers) == "1"
    assert len(ids(made)) == 2
    assert responses(made) == [("verified", "complete", 0)] * 2
    assert "5" not in {row[0] for row in made.rows("SELECT value FROM answer WHERE response_id = ?", hers)}
    agree(made)
    assert clerk.sends("start", code)


def test_what_was_decided_stays_decided_when_a_third_account_answers(made: World) -> None:
    code = feed(made)
    answer(made, "lan", code, "1")
    answer(made, "clerk", code, "5")
    hers, clerks = ids(made)
    made.perform("review", id=hers, decision="count")
    made.perform("review", id=clerks, decision="leave-out")
    answer(made, "chief", code, "5")
    assert responses(made) == [("verified", "complete", 1), ("verified", "complete", 0), ("verified", "complete", 0)]
    assert counted(made) == 1
    agree(made)
    pairs = made.rows("SELECT DISTINCT pair FROM review")
    assert len(pairs) == 1
    made.perform("review", id=ids(made)[2], decision="leave-out")
    assert counted(made) == 1
    agree(made)


def test_an_answer_begun_while_another_counted_is_held_after_that_one_was_cut_off(made: World) -> None:
    """After seven days the first leads to no dossier any more; the code still knows that it was used."""
    code = feed(made)
    answer(made, "lan", code)
    made.wait(days=6)
    slow = Citizen(made, "slow")
    begun = slow.press(buttons(slow.sends("start", code))[0].data)
    made.wait(days=3)
    made.tick()
    slow.goes_on(begun, always("5"))
    assert counted(made) == 1
    assert sorted(responses(made)) == [("verified", "complete", 0), ("verified", "complete", 1)]
    agree(made)


def test_an_answer_begun_before_the_other_was_erased_is_held(made: World) -> None:
    code = feed(made)
    lan = answer(made, "lan", code)
    slow = Citizen(made, "slow")
    begun = slow.press(buttons(slow.sends("start", code))[0].data)
    lan.press("c:xoa dong-y")
    slow.goes_on(begun, always("5"))
    assert responses(made) == [("verified", "complete", 0)]
    agree(made)


@pytest.mark.parametrize("decision", ["count", "leave-out"])
def test_what_is_held_may_be_corrected_and_counts_as_it_is_then(made: World, decision: str) -> None:
    code = feed(made)
    lan = answer(made, "lan", code, "1")
    answer(made, "clerk", code, "5")
    hers, _ = ids(made)
    review = lan.press(named(lan.sends("start", code), "@review"))
    question = lan.press(named(review, "@edit:overall"))
    lan.press(named(lan.press(named(question, ":overall:3")), "@send"))
    assert answer_of(made, hers) == "3"
    assert counted(made) == 0
    agree(made)
    made.perform("review", id=hers, decision=decision)
    assert counted(made) == (decision == "count")
    agree(made)


def test_a_criterion_that_is_added_while_it_is_held_waits_once_it_counts(tmp_path: Path) -> None:
    with world(tmp_path, step=10, index_survey="sipas-rotating") as made:
        code, left_out = feed(made), list[str]()
        lan = Citizen(made, "lan")
        reply = lan.press(named(lan.sends("start", code), "@begin"))
        while not any(button.data.endswith("@send") for button in buttons(reply)):
            skip = next((b.data for b in buttons(reply) if ":@skip:" in b.data), "")
            question = skip.rpartition(":")[2]
            if re.fullmatch(r"[a-d]\d+", question) and not left_out:
                left_out.append(question)
                reply = lan.press(skip)
            else:
                shown = [b.data for b in buttons(reply) if ":@" not in b.data]
                ticked = any(b.label.startswith("☑") for b in buttons(reply))
                done = next((b.data for b in buttons(reply) if b.data.endswith(":@done")), "")
                reply = lan.press(done if ticked else next((d for d in shown if d.endswith(":4")), (*shown, skip)[0]))
        lan.press(named(reply, "@send"))
        hers = ids(made)[0]
        answer(made, "clerk", code, "4")
        review = lan.press(named(lan.sends("start", code), "@review"))
        asked = lan.press(named(review, f"@edit:{left_out[0]}"))
        lan.press(named(lan.press(named(asked, f":{left_out[0]}:4")), "@send"))
        made.perform("review", id=hers, decision="count")
        parts = {row[0] for row in made.rows("SELECT part FROM waiting WHERE response_id = ?", hers)}
        assert parts == {
            "",
            *(row[0] for row in made.rows("SELECT criterion FROM answer WHERE response_id = ? AND rotated = 1", hers)),
        }
        assert len(parts) == 4
        agree(made)


@pytest.mark.parametrize("hour", range(24))
def test_whatever_the_hour_of_the_visit_nobody_is_asked_at_night_too_soon_or_too_late(made: World, hour: int) -> None:
    """Local time is seven hours ahead of the clock: the day turns at 17:00 there."""
    zone = made.core.settings.zone
    moment = datetime(2026, 11, 16, hour, 59, tzinfo=zone)
    made.now = (moment + timedelta(minutes=1)).astimezone(UTC)
    feed(made, at=moment.strftime("%Y-%m-%d %H:%M"), channel="telegram", address="lan")
    [(after, until, day)] = made.rows(
        "SELECT ask_after, ask_until, local_day FROM invitation i JOIN visit v ON v.id = i.visit_id"
    )
    asked = datetime.fromtimestamp(after / 1000, zone)
    assert 8 <= asked.hour < 20
    assert timedelta(hours=2) <= asked - moment <= timedelta(hours=20)
    assert until == int((moment + timedelta(hours=20)).timestamp() * 1000)
    assert day == "2026-11-16"


def test_one_of_a_pair_erases_and_the_other_still_waits(made: World) -> None:
    code = feed(made)
    answer(made, "lan", code, "1")
    clerk = answer(made, "clerk", code, "5")
    clerk.press("c:xoa dong-y")
    assert responses(made) == [("verified", "complete", 0)]
    agree(made)
    made.perform("review", id=ids(made)[0], decision="count")
    assert counted(made) == 1
    agree(made)


def test_both_of_a_pair_erase(made: World) -> None:
    code = feed(made)
    for citizen in (answer(made, "lan", code, "1"), answer(made, "clerk", code, "5")):
        citizen.press("c:xoa dong-y")
    assert made.rows("SELECT count(*) FROM review") == [(0,)]
    assert responses(made) == []
    agree(made)


def test_a_review_after_the_seven_days(made: World) -> None:
    code = feed(made)
    answer(made, "lan", code, "1")
    answer(made, "clerk", code, "5")
    made.wait(days=30)
    made.tick()
    for one, decision in zip(ids(made), ("count", "leave-out"), strict=True):
        made.perform("review", id=one, decision=decision)
    assert counted(made) == 1
    agree(made)


def test_the_code_goes_to_and_fro_and_nobody_sees_what_the_other_answered(made: World) -> None:
    code = feed(made)
    doors = [Citizen(made, name, channel) for name, channel in (("a", "telegram"), ("b", "web"), ("c", "zalo-oa"))]
    reply = doors[0].press(buttons(doors[0].sends("start", code))[0].data)
    for number in range(9):
        if not any("@" not in button.data.split(":")[2] for button in buttons(reply)):
            break
        door = doors[(number + 1) % 3]
        before = reply
        reply = door.press(buttons(door.sends("start", code))[0].data)
        choice = next(b.data for b in buttons(reply) if "@" not in b.data.split(":")[2])
        old = doors[number % 3].press(next(b.data for b in buttons(before) if "@" not in b.data.split(":")[2]))
        assert "máy khác" in old[0].text
        reply = door.press(choice)
    assert len(made.rows("SELECT id FROM session")) == 1
    agree(made)


def test_going_back_behind_the_move_shows_no_tick_of_what_was_answered_there(made: World) -> None:
    code = feed(made)
    first = Citizen(made, "lan", "telegram")
    reply = first.press(buttons(first.sends("start", code))[0].data)
    while not any(button.label.startswith("☐") for button in buttons(reply)):
        choices = [b.data for b in buttons(reply) if "@" not in b.data.split(":")[2]]
        assert choices, "low levels open a question with boxes"
        reply = first.press(choices[0])
    reply = first.press(next(b.data for b in buttons(reply) if b.label.startswith("☐")))
    reply = first.press(named(reply, "@done"))
    second = Citizen(made, "token", "web")
    reply = second.press(buttons(second.sends("start", code))[0].data)
    reply = second.press(named(reply, "@back"))
    assert "giữ nguyên" in reply[0].text
    assert not any(button.label.startswith("☑") for button in buttons(reply))


def test_an_office_that_ended_between_feed_and_answer_still_gets_its_answer(made: World) -> None:
    code = feed(made)
    made.connection.execute("UPDATE unit SET valid_to = '2026-11-16' WHERE id = ?", (OFFICE,))
    made.wait(days=3)
    answer(made, "lan", code)
    assert responses(made) == [("verified", "complete", 1)]
    agree(made)


def test_who_had_agreed_elsewhere_and_goes_on_at_the_kiosk_answers_beside_the_staff(made: World) -> None:
    code = feed(made)
    lan = Citizen(made, "lan", "telegram")
    lan.press(buttons(lan.sends("start", code))[0].data)
    kiosk = Citizen(made, "k", "kiosk")
    sent = kiosk.goes_on(kiosk.press(buttons(kiosk.sends("start", code))[0].data), always("5"))
    assert sent
    assert responses(made) == [("assisted", "complete", 1)]
    agree(made)


def test_of_whom_it_was_too_late_to_ask_nothing_is_kept(made: World) -> None:
    feed(made, at="2026-11-14 09:00", channel="telegram", address="lan")
    assert made.rows("SELECT state, address, address_digest FROM invitation") == [("late", None, None)]


def test_a_clock_set_back_refuses_nothing_and_asks_nobody_twice(made: World) -> None:
    code = feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    made.tick()
    made.wait(days=-40)
    made.tick()
    lan = Citizen(made, "lan", "telegram")
    lan.goes_on(lan.sends("start", code), always("5"))
    made.wait(days=41)
    made.tick()
    assert made.rows("SELECT count(*) FROM outbox WHERE kind = 'invitation'") == [(1,)]
    assert len(responses(made)) == 1
    agree(made)
