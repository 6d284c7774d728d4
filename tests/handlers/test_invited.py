"""B22. Answers about visits that the feed told of: verified, counted once, from any door, and never by two accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Unusable
from bot.verify import differences
from tests.handlers.visits import Citizen, always, buttons
from tests.test_registry import dump
from tests.world import World, world

OFFICE, OFFICE_NAME = "340", "Huyện Đông Hưng"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, step=10) as one:
        yield one


def feed(made: World, code: str = "H53-1", **cells: str) -> str:
    """The code of the visit."""
    day = made.now.astimezone(made.core.settings.zone).strftime("%Y-%m-%d %H:%M")
    row = {"code": code, "event": "returned", "unit": OFFICE_NAME, "at": day} | cells
    done = made.perform("dossiers", rows=[[2, row]])
    assert not done["faults"]
    return str(done["codes"][0][1])


def answer(made: World, name: str, code: str, level: str = "5", channel: str = "console") -> Citizen:
    """From the code to the receipt."""
    citizen = Citizen(made, name, channel)
    citizen.goes_on(citizen.sends("start", code), always(level))
    return citizen


def responses(made: World) -> list[tuple[Any, ...]]:
    return made.rows("SELECT provenance, disposition, counted FROM response ORDER BY id")


def counted(made: World, criterion: str = "overall") -> int:
    rows = made.rows(
        "SELECT coalesce(sum(n), 0) FROM counts WHERE unit_id = ? AND scope = 'own' AND length(period) = 7 "
        "AND criterion = (SELECT criterion FROM answer WHERE question = ? LIMIT 1)",
        OFFICE,
        criterion,
    )
    return int(rows[0][0])


def agree(made: World) -> None:
    assert list(differences(made.connection, made.core.province.id)) == []


def test_an_answer_by_code_is_verified_and_counted_once(made: World) -> None:
    code = feed(made)
    answer(made, "lan", code)
    assert responses(made) == [("verified", "complete", 1)]
    again = Citizen(made, "lan", "console", turn=90).sends("start", code)
    assert [button.data.split(":")[2] for button in buttons(again)] == ["@review"]
    assert counted(made) == 1
    agree(made)


def test_a_code_typed_at_the_kiosk_is_answered_beside_the_staff(made: World) -> None:
    answer(made, "k", feed(made), channel="kiosk")
    assert responses(made) == [("assisted", "complete", 1)]


def test_each_event_of_a_dossier_is_a_visit_of_its_own(made: World) -> None:
    lan = Citizen(made, "lan")
    for event in ("received", "supplemented", "refused", "returned"):
        lan.goes_on(lan.sends("start", feed(made, event=event)), always("5"))
    assert responses(made) == [("verified", "complete", 1)] * 4
    assert counted(made) == 4
    agree(made)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{dashed}"])
def test_a_code_is_read_as_people_type_it(made: World, typed: str) -> None:
    code = feed(made)
    dashed = "-".join(code[at : at + 6] for at in range(0, len(code), 6))
    shown = Citizen(made, "lan").sends("start", typed.format(code, lower=code.lower(), dashed=dashed))
    assert any(button.data.endswith("@begin") for button in buttons(shown))


def test_a_code_typed_alone_leads_in(made: World) -> None:
    code = feed(made)
    dashed = "-".join(code[at : at + 6] for at in range(0, len(code), 6))
    assert "huyện Đông Hưng" in made.says("lan", dashed)
    assert "huyện Đông Hưng" in made.says("lan", f"#{code.lower()}")
    assert made.rows("SELECT count(*) FROM session") == [(1,)]
    assert "huyện" not in made.says("other", "0" * 22 + "A")


def test_it_goes_on_at_another_door_and_what_was_answered_is_not_shown_there(made: World) -> None:
    code = feed(made)
    first = Citizen(made, "lan", "telegram")
    begun = first.press(buttons(first.sends("start", code))[0].data)
    first.press(next(b.data for b in buttons(begun) if b.data.endswith(":overall:1")))
    second = Citizen(made, "token", "web")
    reply = second.press(buttons(second.sends("start", code))[0].data)
    assert "2/" in reply[0].text
    assert "Rất không hài lòng" not in "\n".join(message.text for message in second.sends("text", "/dulieu"))
    sent = second.goes_on(reply, lambda question, names: None if question == "why" else always("5")(question, names))
    while any(button.data.endswith("@skip:why") for button in buttons(sent)):
        sent = second.goes_on(second.press(next(b.data for b in buttons(sent) if "@skip" in b.data)), always("5"))
    assert responses(made) == [("verified", "complete", 1)]
    assert made.rows("SELECT value FROM answer WHERE question = 'overall'") == [("1",)]
    assert counted(made) == 1
    agree(made)


def test_the_first_door_cannot_answer_any_more_and_may_come_back_by_the_code(made: World) -> None:
    code = feed(made)
    first, second = Citizen(made, "lan"), Citizen(made, "other")
    begun = first.press(buttons(first.sends("start", code))[0].data)
    second.sends("start", code)
    refused = first.press(next(b.data for b in buttons(begun) if b.data.endswith(":overall:1")))
    assert made.rows("SELECT count(*) FROM answer") == [(0,)]
    assert "máy khác" in refused[0].text
    back = first.press(buttons(first.sends("start", code))[0].data)
    assert "1/9" in back[0].text


def test_two_accounts_about_one_visit_wait_and_are_decided_one_by_one(made: World) -> None:
    code = feed(made)
    answer(made, "lan", code, "1")
    answer(made, "clerk", code, "5")
    assert responses(made) == [("verified", "complete", 0)] * 2
    assert counted(made) == 0
    assert made.rows("SELECT count(*) FROM waiting") == [(0,)]
    agree(made)
    hers, clerks = (row[0] for row in made.rows("SELECT id FROM response ORDER BY id"))
    made.perform("review", id=hers, decision="count")
    made.perform("review", id=clerks, decision="leave-out")
    assert responses(made) == [("verified", "complete", 1), ("verified", "complete", 0)]
    assert made.rows("SELECT response_id FROM waiting WHERE part = ''") == [(hers,)]
    assert made.rows("SELECT DISTINCT value FROM answer WHERE response_id = ? AND question = 'overall'", hers) == [
        ("1",)
    ]
    agree(made)


def test_a_third_answer_finds_both_others_held(made: World) -> None:
    code = feed(made)
    for name in ("lan", "clerk", "chief"):
        answer(made, name, code)
    assert responses(made) == [("verified", "complete", 0)] * 3
    assert made.rows("SELECT count(*) FROM review") == [(3,)]
    agree(made)


def test_what_left_in_a_block_is_not_released_a_second_time(made: World) -> None:
    code = feed(made)
    made.core.below = lambda number: number - 1  # the last two stay
    answer(made, "lan", code)
    for number in range(11):
        answer(made, f"other{number}", feed(made, f"H53-9{number}"))
    released = made.rows("SELECT DISTINCT n FROM cell WHERE unit_id = ? AND scope = 'own'", OFFICE)
    assert released == [(10,)]
    answer(made, "clerk", code)
    agree(made)
    (hers,) = made.rows("SELECT response_id FROM review WHERE parts IS NOT NULL")[0]
    made.perform("review", id=hers, decision="count")
    assert made.rows("SELECT count(*) FROM waiting WHERE response_id = ?", hers) == [(0,)]
    agree(made)


def test_a_code_whose_answer_was_erased_is_used_up(made: World) -> None:
    code = feed(made)
    citizen = answer(made, "lan", code)
    citizen.press("c:xoa dong-y")
    assert made.rows("SELECT count(*) FROM response") == [(0,)]
    for name in ("lan", "clerk"):
        assert "không còn dùng được" in Citizen(made, name, turn=50).sends("start", code)[0].text
    agree(made)


def test_after_its_seven_days_an_answer_leads_to_no_dossier_and_the_code_stays_used(made: World) -> None:
    code = feed(made, procedure="khai sinh")
    answer(made, "lan", code)
    made.wait(days=9)
    made.tick()
    joined = "SELECT count(*) FROM response r JOIN visit v ON v.id = r.visit_id WHERE v.dossier_digest IS NOT NULL"
    assert made.rows(joined) == [(0,)]
    said = made.rows("SELECT procedure_group, provenance, receiving_unit_id FROM visit ORDER BY procedure_group")
    assert said == [("", "verified", OFFICE), ("ho-tich", "verified", OFFICE)]
    assert made.rows("SELECT procedure_group FROM response") == [("ho-tich",)]
    assert "không còn dùng được" in Citizen(made, "clerk").sends("start", code)[0].text
    agree(made)


def test_of_who_was_asked_nothing_is_left_after_her_two_weeks_of_peace(made: World) -> None:
    feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    made.tick()
    made.wait(days=14)
    made.tick()
    assert made.rows("SELECT address_digest IS NULL FROM invitation") == [(0,)]
    made.wait(days=2)
    made.tick()
    assert made.rows("SELECT address_digest IS NULL FROM invitation") == [(1,)]


def test_who_takes_a_survey_over_cannot_change_what_was_answered(made: World) -> None:
    code = feed(made)
    first, clerk = Citizen(made, "lan"), Citizen(made, "clerk")
    begun = first.press(buttons(first.sends("start", code))[0].data)
    first.press(next(b.data for b in buttons(begun) if b.data.endswith(":overall:1")))
    [(session,)] = made.rows("SELECT id FROM session")
    clerk.sends("start", code)
    for data in (f"s:{session}:overall:5", f"s:{session}:@back", f"s:{session}:@edit:overall"):
        clerk.press(data)
        assert made.rows("SELECT value FROM answer WHERE question = 'overall'") == [("1",)]
    reply = clerk.press(f"s:{session}:@resume")
    clerk.goes_on(reply, always("5"))
    for data in (f"s:{session}:@edit:overall", f"s:{session}:overall:5"):
        clerk.press(data)
    clerk.press(f"s:{session}:@send")
    assert made.rows("SELECT value FROM answer WHERE question = 'overall'") == [("1",)]
    agree(made)


def test_who_was_asked_takes_her_survey_back_without_a_code(made: World) -> None:
    code = feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    made.tick()
    lan = Citizen(made, "lan", "telegram")
    [(session,)] = made.rows("SELECT id FROM session")
    lan.press(f"s:{session}:@begin")
    Citizen(made, "clerk").sends("start", code)
    assert made.rows("SELECT address FROM person p JOIN session s ON s.person_id = p.id") == [("clerk",)]
    assert "1/9" in lan.press(f"s:{session}:@resume")[0].text
    assert made.rows("SELECT address FROM person p JOIN session s ON s.person_id = p.id") == [("lan",)]


def test_of_two_answers_about_one_visit_one_may_count(made: World) -> None:
    code = feed(made)
    answer(made, "lan", code)
    answer(made, "clerk", code)
    one, other = (row[0] for row in made.rows("SELECT id FROM response ORDER BY id"))
    made.perform("review", id=one, decision="count")
    with pytest.raises(Unusable, match="another about that visit counts"):
        made.perform("review", id=other, decision="count")
    made.perform("review", id=other, decision="leave-out")
    assert counted(made) == 1
    agree(made)


def test_a_place_in_the_days_list_is_forgotten_with_the_code(made: World) -> None:
    answer(made, "lan", feed(made))
    made.wait(days=40)
    made.tick()
    assert made.rows("SELECT count(*) FROM visit WHERE ordinal IS NOT NULL") == [(0,)]
    assert made.rows("SELECT sum(answered) FROM invitation") == [(0,)]


def test_nobody_is_reminded_at_night(made: World) -> None:
    feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    made.tick()
    made.now = made.now.replace(hour=16, minute=30)  # 23:30 in Việt Nam
    [(session,)] = made.rows("SELECT id FROM session")
    Citizen(made, "lan", "telegram").press(f"s:{session}:@begin")
    made.wait(days=1, minutes=1)
    assert made.tick()["reminders"] == 0
    made.wait(hours=9)
    assert made.tick()["reminders"] == 1


def test_an_expired_code_says_so(made: World) -> None:
    code = feed(made)
    made.now += timedelta(days=30)
    assert any(button.data.endswith("@begin") for button in buttons(Citizen(made, "a").sends("start", code)))
    made.now += timedelta(days=1)
    assert "không còn dùng được" in Citizen(made, "b").sends("start", code)[0].text


def test_the_same_feed_twice_changes_nothing(made: World) -> None:
    cells = {"procedure": "khai sinh", "channel": "telegram", "address": "lan", "due": "2026-11-20"}
    code = feed(made, **cells)
    before = dump(made)
    assert feed(made, **cells) == code
    assert feed(made, code=" h53-1 ", **cells) == code
    assert dump(made) == before


def test_a_feed_that_says_otherwise_changes_nothing_and_is_named(made: World) -> None:
    feed(made)
    before = dump(made)
    row = {"code": "H53-1", "event": "returned", "unit": "Huyện Vũ Thư", "at": "2026-11-16"}
    done = made.perform("dossiers", rows=[[9, row]])
    assert (done["new"], done["known"], done["differing"]) == (0, 1, [9])
    assert dump(made) == before


# --- asking by message ---


def asked(made: World) -> list[tuple[Any, ...]]:
    made.tick()
    return made.rows("SELECT kind FROM outbox ORDER BY created_at")


def state(made: World) -> list[str]:
    return [row[0] for row in made.rows("SELECT state FROM invitation ORDER BY ref")]


def test_she_is_asked_two_hours_after_the_visit_and_once(made: World) -> None:
    feed(made, channel="telegram", address="lan")
    made.wait(hours=1.9)
    assert asked(made) == []
    made.wait(hours=0.2)
    assert asked(made) == [("invitation",)]
    assert asked(made) == [("invitation",)]
    assert state(made) == ["asked"]
    assert made.rows("SELECT address FROM invitation") == [(None,)]


def test_nobody_is_asked_at_night_and_in_the_morning_while_it_is_fresh(made: World) -> None:
    made.now = made.now.replace(hour=11, minute=30)  # 18:30 in Việt Nam
    feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    assert asked(made) == []
    made.wait(hours=10.4)  # 07:54
    assert asked(made) == []
    made.wait(hours=0.2)
    assert asked(made) == [("invitation",)]


def test_after_twenty_hours_it_is_too_late(made: World) -> None:
    feed(made, channel="telegram", address="lan")
    made.wait(hours=23)  # 08:00 the next day, 23 hours after
    assert asked(made) == []
    assert state(made) == ["late"]
    assert made.rows("SELECT address FROM invitation") == [(None,)]


def test_who_was_asked_lately_is_left_in_peace_whatever_the_office(made: World) -> None:
    feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    asked(made)
    feed(made, "H53-2", unit="Huyện Vũ Thư", channel="telegram", address="lan")
    made.wait(hours=3)
    assert asked(made) == [("invitation",)]
    assert state(made) == ["asked", "tired"]
    made.wait(days=15)
    feed(made, "H53-3", channel="telegram", address="lan")
    made.wait(hours=3)
    assert asked(made)[-1] == ("invitation",)
    assert state(made) == ["asked", "tired", "asked"]


def test_who_came_by_herself_is_not_asked(made: World) -> None:
    code = feed(made, channel="telegram", address="lan")
    answer(made, "slip", code, channel="web")
    made.wait(hours=3)
    assert asked(made) == []
    assert state(made) == ["open"]


def test_do_not_ask_again_holds_for_every_office_and_for_reminders(made: World) -> None:
    feed(made, channel="telegram", address="lan")
    made.wait(hours=3)
    asked(made)
    [(session,)] = made.rows("SELECT id FROM session")
    lan = Citizen(made, "lan", "telegram")
    lan.press(f"s:{session}:@never")
    made.wait(days=20)
    feed(made, "H53-2", unit="Huyện Vũ Thư", channel="telegram", address="lan")
    made.wait(hours=3)
    before = len(asked(made))
    assert state(made)[-1] == "stopped"
    lan.visits(OFFICE, lambda *_: None)  # she begins by herself and leaves
    made.wait(days=2)
    assert len(asked(made)) == before
