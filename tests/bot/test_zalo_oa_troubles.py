"""The real program and a Zalo Official Account when things go wrong: forgers, lost tokens, kills, closed windows."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.bot.test_zalo_oa_program import CODE, HOA, LAN, QUICK, begins, everything
from tests.bot.zalo_oa_rig import Rig, running, settings_of
from tests.faults.lives import Server
from tests.standins.zalo_oa import Fault, ZaloOaStandin, signed
from tests.standins.zalo_oa import events as made_of
from tests.standins.zalo_oa.standin import APP_ID, MESSAGE, OA_ID, OA_SECRET, TOKEN, buttons

EVENTS = 1_000
MALLORY = "5510185758261927999"
ANSWERED = "SELECT count(*) FROM answer"


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin(QUICK) as made:
        yield made


@pytest.fixture
async def rig(standin: ZaloOaStandin, tmp_path: Path, server: Server) -> AsyncIterator[Rig]:
    async with running(tmp_path, standin, server) as made:
        yield made
        assert not standin.courier.disabled


@pytest.fixture
async def busy(standin: ZaloOaStandin, tmp_path: Path, server: Server, answered: bytes) -> AsyncIterator[Rig]:
    """A program with three weeks of answers."""
    async with running(tmp_path, standin, server, answered) as made:
        yield made
        assert not standin.courier.disabled


# B2: forged, altered, replayed and stale events.


async def test_a_thousand_forged_altered_replayed_and_stale_events_change_no_row(rig: Rig) -> None:
    standin, rng = rig.standin, random.Random(7)
    await begins(rig, LAN)
    await rig.presses(LAN, "1. Bắt đầu")
    pressed = standin.press(LAN, "5. Rất hài lòng")
    await rig.does(pressed)
    await rig.says(LAN, "/trogiup")
    assert await standin.wait_until(lambda: bool(rig.rows("SELECT 1 FROM last_action")))
    before, said = everything(rig), {user: list(standin.texts(user)) for user in (LAN, MALLORY)}
    real = [one for one in standin.courier.deliveries if one.taken]
    statuses: dict[str, set[int]] = {
        "forged": set(),
        "altered": set(),
        "replayed": set(),
        "stale": set(),
        "other": set(),
    }
    for number in range(EVENTS):
        kind = list(statuses)[number % len(statuses)]
        raw, mac = attack(kind, number, rng, real[rng.randrange(len(real))].raw, standin)
        statuses[kind].add(await standin.courier.call(raw, mac))
    assert statuses == {"forged": {403}, "altered": {403}, "replayed": {200}, "stale": {200}, "other": {403}}
    # What they could have brought would be there by the time that something true is.
    await rig.does(standin.follow(HOA))
    assert standin.texts(LAN) == said[LAN]
    assert standin.texts(MALLORY) == said[MALLORY] == []
    after = everything(rig)
    new = {table: [row for row in rows if row not in before[table]] for table, rows in after.items()}
    assert {table for table, rows in new.items() if rows} == {"person", "inbox", "shown", "last_action"}
    assert all(len(rows) <= 1 for rows in new.values())
    assert all(set(map(repr, rows)) <= set(map(repr, after[table])) for table, rows in before.items())


def attack(kind: str, number: int, rng: random.Random, real: bytes, standin: ZaloOaStandin) -> tuple[bytes, str | None]:
    """Body and signature header of one attack. `real` is an event that was taken."""
    words = made_of.text(MALLORY, OA_ID, rng.choice(["/start", "c:khaosat", "xin chào"]), f"forged{number}")
    raw, mac = standin.event(words)
    match kind:
        case "forged":
            wrong = signed(raw, APP_ID, OA_SECRET[::-1])
            return raw, rng.choice([wrong, None, "mac=", "mac=" + "0" * 64, mac[:-1], mac + "0", "sha256=" + mac[4:]])
        case "altered":
            event = json.loads(real)
            changed = json.dumps({**event, "timestamp": str(int(event["timestamp"]) + 1)}, ensure_ascii=False).encode()
            return rng.choice([changed, real + b" ", real.replace(b'"text"', b'"TEXT"') + b"\n"]), signed(
                real, APP_ID, OA_SECRET
            )
        case "replayed":
            return real, signed(real, APP_ID, OA_SECRET)
        case "stale":
            return standin.event(words, ago=rng.choice([7_205.0, 86_400.0, 3e7, -605.0, -86_400.0]))
    other = json.dumps({**json.loads(raw), "app_id": "77"}).encode()
    return other, signed(other, APP_ID, OA_SECRET)


# Tokens.


async def test_a_token_that_is_over_in_the_middle_of_a_survey_is_renewed_unseen(rig: Rig) -> None:
    standin = rig.standin
    await begins(rig, LAN)
    await rig.presses(LAN, "1. Bắt đầu")
    standin.tokens.expire()
    assert "2/" in await rig.presses(LAN, "5. Rất hài lòng")
    assert standin.tokens.given == 2
    assert len([call for call in standin.calls if call.answer and call.answer.get("error") == -216]) == 1


async def test_tokens_are_kept_sealed_and_a_restart_needs_no_new_ones(rig: Rig) -> None:
    standin = rig.standin
    await rig.does(standin.follow(LAN))
    kept = b"".join(path.read_bytes() for path in rig.program.database.parent.iterdir() if path.is_file())
    for secret in (standin.tokens.access, standin.tokens.refresh, *standin.tokens.used):
        assert secret.encode() not in kept
        assert secret not in rig.program.log()
    await rig.kill()
    await rig.restart()
    await rig.says(LAN, "xin chào")
    assert standin.tokens.given == 1


async def test_a_refresh_whose_answer_is_lost_is_said_plainly_and_consenting_again_mends_it(
    standin: ZaloOaStandin, tmp_path: Path, server: Server
) -> None:
    standin.faults.add(Fault("drop_after", path=TOKEN))
    async with running(tmp_path, standin, server) as rig:
        event = standin.follow(LAN)
        assert await standin.wait_until(lambda: event.taken and any(call.path == TOKEN for call in standin.calls))
        # Stored it is; it cannot be answered.
        assert rig.rows("SELECT state FROM inbox") == [("done",)]
        assert standin.texts(LAN) == []
        await rig.kill()  # stopping, it would wait for the answer
    program = rig.program
    program.begin()
    await asyncio.to_thread(program.wait_healthy)  # /healthz does not depend on Zalo
    assert await until(lambda: "consent again" in program.log())
    told = await asyncio.to_thread(program.sipas, "doctor", expect=1)
    assert "consent again" in told.stdout
    await asyncio.to_thread(program.stop)
    program.extra |= settings_of(standin, standin.tokens.consent())
    await asyncio.to_thread(program.start)
    await Rig(standin, program).says(LAN, "xin chào")
    told = await asyncio.to_thread(program.sipas, "doctor")
    assert "consent again" not in told.stdout
    await asyncio.to_thread(program.stop)


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether it came to hold in time, for what the stand-in cannot see."""
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.05)
    return True


# Kills and repeats.


async def test_killed_between_commit_and_answer_the_retry_shows_the_same_screen_and_counts_once(rig: Rig) -> None:
    standin, program = rig.standin, rig.program
    await begins(rig, LAN)
    await rig.presses(LAN, "1. Bắt đầu")
    await rig.kill()
    # Of this life the first commit is the tick's, the second will be the press.
    program.begin("writer.committed:2")
    assert await until(lambda: program.log().count("event=serving") == 2)
    pressed = standin.press(LAN, "5. Rất hài lòng")
    assert await until(lambda: program.child is not None and program.child.poll() is not None)
    assert not pressed.taken
    assert rig.rows(ANSWERED) == [(1,)]
    screens = len(standin.texts(LAN))
    await rig.restart()
    assert await standin.wait_until(lambda: pressed.taken, 20)
    assert await standin.wait_until(lambda: len(standin.texts(LAN)) == screens + 1)
    assert "2/" in standin.texts(LAN)[-1]
    assert rig.rows(ANSWERED) == [(1,)]
    # The same event once more is neither counted nor shown again.
    again = standin.again(pressed)
    assert await standin.wait_until(lambda: again.taken)
    await rig.says(LAN, "/trogiup")
    assert len(standin.texts(LAN)) == screens + 2
    assert rig.rows(ANSWERED) == [(1,)]


async def test_killed_with_the_answer_on_its_way_she_sees_where_she_is_when_she_writes_again(rig: Rig) -> None:
    standin = rig.standin
    await begins(rig, LAN)
    await rig.presses(LAN, "1. Bắt đầu")
    standin.faults.add(Fault("code", times=100, path=MESSAGE, code=-32))
    pressed = standin.press(LAN, "5. Rất hài lòng")
    assert await standin.wait_until(lambda: pressed.taken)
    await rig.kill()
    standin.faults.clear()
    await rig.restart()
    said = await rig.says(LAN, "4")
    assert "2/" in said or "3/" in said
    assert rig.rows("SELECT count(DISTINCT response_id) FROM answer") == [(1,)]


async def test_events_that_overtake_each_other_end_as_if_they_had_not(rig: Rig) -> None:
    standin = rig.standin
    await begins(rig, LAN)
    await rig.presses(LAN, "1. Bắt đầu")
    payloads = [one["payload"] for one in buttons(standin.newest(LAN))]
    worst, best = (standin.event(made_of.text(LAN, OA_ID, data, f"late{at}")) for at, data in enumerate(payloads[::4]))
    # She pressed the worst, then the best, and went on; the first press comes last, and again.
    assert await standin.courier.call(*best) == 200
    assert await standin.wait_until(lambda: "2/" in standin.texts(LAN)[-1])
    await rig.says(LAN, "2")
    for raw, mac in (worst, best, worst):
        assert await standin.courier.call(raw, mac) == 200
    await rig.says(LAN, "/trogiup")
    assert rig.rows("SELECT count(*) FROM inbox WHERE update_id LIKE 'late%'") == [(2,)]
    values = rig.rows("SELECT question, count(*) FROM answer GROUP BY question HAVING count(*) > 1")
    assert values == []
    assert rig.rows(ANSWERED) == [(2,)]


async def test_an_answer_that_may_have_arrived_is_not_sent_twice(rig: Rig) -> None:
    standin = rig.standin
    await rig.does(standin.follow(LAN))
    standin.faults.add(Fault("drop_after", path=MESSAGE))
    await rig.says(LAN, "/trogiup")
    standin.faults.add(Fault("server_error", path=MESSAGE))
    lost = standin.say(LAN, "/ai")
    assert await standin.wait_until(lambda: lost.taken)
    await rig.says(LAN, "/trogiup")
    assert len(standin.texts(LAN)) == 3


async def test_an_answer_that_was_throttled_comes_a_little_later(rig: Rig) -> None:
    standin = rig.standin
    await rig.does(standin.follow(LAN))
    standin.faults.add(Fault("code", path=MESSAGE, code=-32))
    said = standin.say(LAN, "/trogiup")
    assert await standin.wait_until(lambda: len(standin.texts(LAN)) == 2, 15)
    assert said.tries == [200]


async def test_twenty_people_at_once_each_in_her_order(rig: Rig) -> None:
    standin, code = rig.standin, await rig.entry()
    people = [str(int(MALLORY) + n) for n in range(20)]
    for user in people:
        for words in (f"#{code}", "1", "5", "2"):
            standin.say(user, words)
    assert await standin.wait_until(lambda: all(len(standin.texts(user)) == 4 for user in people), 30)
    for user in people:
        firsts = [text.rpartition("\n\n")[0] + text for text in standin.texts(user)]
        assert "1/" in firsts[1]
        assert "✓ Câu 1: Rất hài lòng" in firsts[2]
        assert "✓ Câu 2: Đúng hẹn" in firsts[3]


# What nobody asked for.


def closed_week() -> str:
    """The ISO week before the last one: closed also on a Monday morning."""
    year, week, _ = (datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(days=14)).isocalendar()
    return f"{year}-W{week:02d}"


async def enrolled(rig: Rig, user: str) -> None:
    sipas = rig.program.sipas
    printed = (
        await asyncio.to_thread(sipas, "official", "invite", "--unit", "Huyện Vũ Thư", "--role", "viewer")
    ).stdout
    code = CODE.search(printed)
    assert code
    await rig.says(user, f"/vao {code[0]}")


async def test_the_summary_goes_out_once_and_its_numbers_can_be_typed(busy: Rig) -> None:
    rig, standin = busy, busy.standin
    await enrolled(rig, LAN)
    before = len(standin.texts(LAN))
    await asyncio.to_thread(rig.program.sipas, "push", "--week", closed_week())
    assert await standin.wait_until(lambda: len(standin.texts(LAN)) > before)
    summary = standin.texts(LAN)[-1]
    assert "Tuần" in summary
    assert await until(lambda: rig.rows("SELECT state FROM outbox") == [("sent",)])
    assert await rig.says(LAN, "1") != summary
    assert "Queued 0" in (await asyncio.to_thread(rig.program.sipas, "push", "--week", closed_week())).stdout


@pytest.mark.parametrize("how", ["ours", "zalo's"])
async def test_beyond_the_window_a_summary_ends_as_failed_and_says_why(busy: Rig, how: str) -> None:
    rig, standin = busy, busy.standin
    await enrolled(rig, LAN)
    assert await until(lambda: bool(rig.rows("SELECT 1 FROM last_action")))
    calls = len([call for call in standin.calls if call.path == MESSAGE])
    if how == "ours":
        await asyncio.to_thread(rig.program.stop)
        with closing(sqlite3.connect(rig.program.database)) as connection, connection:
            connection.execute("DELETE FROM last_action")
        await rig.restart()
    else:
        standin.close_window(LAN)
    await asyncio.to_thread(rig.program.sipas, "push", "--week", closed_week())
    assert await until(lambda: rig.rows("SELECT state FROM outbox") == [("failed",)])
    ((reason,),) = rig.rows("SELECT reason FROM outbox")
    assert "7 days" in reason
    tried = len([call for call in standin.calls if call.path == MESSAGE]) - calls
    assert tried == (0 if how == "ours" else 1)
    assert "7 days" in (await asyncio.to_thread(rig.program.sipas, "doctor")).stdout
    assert LAN not in rig.program.log()
