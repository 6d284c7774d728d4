"""The real program over HTTP beside the Zalo Bot Platform's stand-in: by webhook and by polling."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.channels.zalo_bot import PATH
from bot.errors import StorageUnavailable
from bot.program import running
from tests.bot.zalo_bot_rig import SECRET, Mode, Rig, rig, settings_for
from tests.standins.zalo_bot import SECRET_HEADER, Fault, ZaloBotStandin
from tests.standins.zalo_bot.delivery import Webhook
from tests.standins.zalo_bot.events import event, wrapped

TED, LAN = "6ede9afa66b88fe6d6a9", "77aa01"
BOTH = pytest.mark.parametrize("mode", ["webhook", "polling"])


@pytest.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path, "webhook") as one:
        yield one


def number_of(shown: str, label: str) -> str:
    """What to type for a label, as the screen says it: "4" or "#1"."""
    found = re.search(rf"(?m)^(?:(\d+)\.|(#\d+)) {re.escape(label)}$", shown)
    assert found, shown
    return found[1] or found[2]


async def answer_all(r: Rig, person: str) -> str:
    """A whole survey from its first screen to its receipt; numbers and words take turns."""
    shown = await r.says(person, await r.entry())
    shown = await r.says(person, number_of(shown, "Bắt đầu"))
    for turn in range(40):
        if "Cảm ơn" in shown:
            return shown
        if "\n#1 " in shown:
            shown = await r.says(person, "Cán bộ hướng dẫn kỹ 1")
        elif re.search(r"(?m)^\d+\. Gửi$", shown):
            shown = await r.says(person, number_of(shown, "Gửi"))
        elif "Hài lòng" in shown.splitlines()[-1] or "4. Hài lòng" in shown:
            shown = await r.says(person, "4" if turn % 2 else "hài lòng")
        else:
            shown = await r.says(person, "1")
    raise AssertionError(shown)


@BOTH
async def test_a_whole_survey_by_typing_numbers_and_words(tmp_path: Path, mode: Mode) -> None:
    async with rig(tmp_path, mode) as r:
        receipt = await answer_all(r, TED)
        assert re.search(r"\d?\w{4}-\w{4}", receipt)
        assert await r.rows("SELECT disposition, counted FROM response") == [("complete", 1)]
        assert await r.rows("SELECT count(*) FROM answer WHERE words LIKE '%hướng dẫn kỹ 1%'") == [(1,)]
        assert (await r.says(TED, "1")).startswith("Ông/Bà xem lại giúp")
        assert all(one.answer and one.answer["ok"] for one in r.standin.asked("sendMessage"))
        if mode == "polling":
            assert r.standin.asked("setWebhook") == []
        else:
            assert r.standin.asked("getUpdates") == []


@BOTH
async def test_an_official_enters_asks_for_a_score_and_gets_the_summary(
    tmp_path: Path, mode: Mode, answered: bytes
) -> None:
    async with rig(tmp_path, mode, answered) as r:
        code = (await r.perform("invite", unit="34", role="viewer"))["code"]
        assert "tỉnh Thái Bình" in await r.says(LAN, f"/vao {code}")
        score = await r.says(LAN, "/score Tỉnh Thái Bình")
        assert "Điểm: " in score
        # A button of a reading command, by its number; the picture behind it cannot be sent.
        assert "Cán bộ gõ /trang" in await r.says(LAN, number_of(score, "Biểu đồ"))
        before = len(r.standin.seen(LAN))
        week = (datetime.now(UTC) - timedelta(days=14)).isocalendar()
        await r.perform("push", week=f"{week.year}-W{week.week:02}")
        summary = "\n".join((await r.standin.wait_seen(LAN, before + 1))[before:])
        assert re.search(r"(?m)^1\. ", summary), summary
        styles = r.standin.chats[LAN][before]["text_styles"]
        assert styles
        assert all(one["st"] == ["b"] for one in styles)
        # What was sent unasked is the screen that a number means now.
        assert "▆" in await r.says(LAN, number_of(summary, "Xu hướng"))


async def test_a_forged_secret_has_no_effect(hooked: Rig) -> None:
    """B2: near the truth, missing, empty; and junk with the right one."""
    url = hooked.settings.public_url + PATH
    body = wrapped(event("text", "m1", 1, TED, TED, {"text": "/start"}))
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {SECRET_HEADER: SECRET + "x"}, {SECRET_HEADER: ""}, {SECRET_HEADER: SECRET.upper()}):
            async with session.post(url, json=body, headers=headers) as response:
                assert response.status == 403
        for junk in (b"", b"[]", b"null", b"{}", b'{"ok": true, "result": 7}', b"[" * 5000):
            async with session.post(url, data=junk, headers={SECRET_HEADER: SECRET}) as response:
                assert response.status == 200
        async with session.post(url, data=b" " * 300_000, headers={SECRET_HEADER: SECRET}) as response:
            assert response.status == 413
        assert await hooked.rows("SELECT count(*) FROM person") == [(0,)]
        assert await hooked.rows("SELECT count(*) FROM inbox") == [(0,)]
        async with session.post(url, json=body, headers={SECRET_HEADER: SECRET}) as response:
            assert response.status == 200
    assert await hooked.rows("SELECT count(*) FROM inbox") == [(1,)]


@BOTH
async def test_a_repeated_delivery_shows_the_same_screen_and_counts_once(tmp_path: Path, mode: Mode) -> None:
    async with rig(tmp_path, mode) as r:
        shown = await r.says(TED, await r.entry())
        begun = r.standin.say(TED, number_of(shown, "Bắt đầu"))
        first = (await r.standin.wait_seen(TED, 2))[1]
        await r.says(TED, "4")
        for number in (4, 5):
            r.standin.redeliver(begun)
            # "1" meant "begin" then, and does not mean the first choice of the question she sees now.
            assert (await r.standin.wait_seen(TED, number))[-1] == first
        assert await r.rows("SELECT count(*) FROM answer") == [(1,)]
        assert await r.rows("SELECT count(*) FROM inbox WHERE state = 'failed'") == [(0,)]


async def test_a_receipt_is_given_once_however_often_its_event_comes(hooked: Rig) -> None:
    await answer_all(hooked, TED)
    sent = hooked.standin.delivery.calls[-1].event["message"]["message_id"]
    receipt = hooked.standin.seen(TED)[-1]
    hooked.standin.redeliver(sent)
    hooked.standin.redeliver(sent)
    count = len(hooked.standin.seen(TED))
    assert (await hooked.standin.wait_seen(TED, count + 2))[-2:] == [receipt, receipt]
    assert await hooked.rows("SELECT disposition, counted FROM response") == [("complete", 1)]


async def test_storage_that_refuses_is_503_and_the_event_may_come_again(
    hooked: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = hooked.app.writer.do
    failing = True

    async def do(job: Any) -> Any:
        if failing:
            raise StorageUnavailable("the disk is full")
        return await receive(job)

    monkeypatch.setattr(hooked.app.writer, "do", do)
    sent = hooked.standin.say(TED, "/start")
    assert await hooked.standin.wait_until(lambda: hooked.standin.statuses(sent) == [503])
    assert hooked.standin.seen(TED) == []
    failing = False
    hooked.standin.redeliver(sent)
    assert "Sở Nội vụ" in (await hooked.standin.wait_seen(TED, 1))[0]
    assert await hooked.standin.wait_until(lambda: hooked.standin.statuses(sent) == [503, 200])


async def test_polling_keeps_what_storage_refuses_until_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig(tmp_path, "polling") as r:
        receive = r.app.writer.do
        left = 2

        async def do(job: Any) -> Any:
            nonlocal left
            if left:
                left -= 1
                raise StorageUnavailable("the disk is full")
            return await receive(job)

        monkeypatch.setattr(r.app.writer, "do", do)
        r.standin.say(TED, "/start")
        r.standin.say(LAN, "/start")
        assert len(await r.standin.wait_seen(TED, 1)) == 1
        assert len(await r.standin.wait_seen(LAN, 1)) == 1
        assert left == 0


async def test_one_persons_events_keep_their_order_and_others_do_not_wait(hooked: Rig) -> None:
    shown = await hooked.says(TED, await hooked.entry())
    await hooked.says(TED, number_of(shown, "Bắt đầu"))
    # Ted's answers cannot get out; Lan's can, and what Ted types is stored in its order.
    hooked.standin.faults.add(Fault("internal", frozenset({"sendMessage"}), TED, times=3))
    for text in ("1", "1", "2"):
        hooked.standin.say(TED, text)
        await asyncio.sleep(0)
    await hooked.says(LAN, "/start")
    texts = await hooked.standin.wait_seen(TED, 5)
    assert [text.split(" ·")[0].split("\n")[-1].split("/")[0] for text in texts[1:]] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("kind", ["throttled", "internal", "server_error"])
async def test_an_answer_that_did_not_arrive_is_tried_again(hooked: Rig, kind: Any) -> None:
    hooked.standin.faults.add(Fault(kind, frozenset({"sendMessage"})))
    assert "Sở Nội vụ" in await hooked.says(TED, "/start")
    assert len(hooked.standin.asked("sendMessage")) == 2


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "proxy_page"])
async def test_an_answer_that_may_have_arrived_is_not_sent_twice(hooked: Rig, kind: Any) -> None:
    hooked.standin.faults.add(Fault(kind, frozenset({"sendMessage"})))
    sent = hooked.standin.say(TED, "/start")
    assert await hooked.standin.wait_until(lambda: hooked.standin.statuses(sent) == [200])
    assert len(hooked.standin.asked("sendMessage")) == 1
    await hooked.says(TED, "/trogiup")
    assert len(hooked.standin.asked("sendMessage")) == 2


async def test_what_zalo_keeps_from_us_is_answered_with_the_way_to_the_web(hooked: Rig) -> None:
    hooked.standin.send(TED, "unsupported")
    (said,) = await hooked.standin.wait_seen(TED, 1)
    assert hooked.settings.public_url in said
    for number, name in enumerate(("image", "sticker", "voice"), 1):
        hooked.standin.send(TED, name)
        assert "chỉ đọc được chữ" in "\n".join(await hooked.standin.wait_seen(TED, 2 * number + 1))


async def test_neither_secrets_nor_words_stand_in_the_log(tmp_path: Path) -> None:
    """B13: every warning of the channel is provoked."""
    with capture_logs() as logs:
        async with rig(tmp_path, "webhook") as r:
            send = frozenset({"sendMessage"})
            for kind in ("refused", "drop_after", "unauthorized"):
                r.standin.faults.add(Fault(kind, send))
                r.standin.say(TED, "chimxanhlacloi")
                assert await r.standin.wait_until(lambda: all(one.status == 200 for one in r.standin.delivery.calls))
            url = r.settings.public_url + PATH
            async with aiohttp.ClientSession() as session:
                for secret in (SECRET, "chimvang"):
                    headers = {SECRET_HEADER: secret}
                    async with session.post(url, json={"message": "chimxanhlacloi"}, headers=headers) as response:
                        assert response.status in {200, 403}
    told = str(logs)
    assert len([log for log in logs if log["log_level"] == "warning"]) >= 5
    assert not [word for word in (r.standin.token, SECRET, "chimxanhlacloi", "chimvang", TED) if word in told]


async def test_a_group_hears_nothing_private(hooked: Rig) -> None:
    code = await hooked.entry()
    hooked.standin.say(TED, code, chat="group1")
    hooked.standin.say(TED, "/start", chat="group1")
    (said,) = await hooked.standin.wait_seen("group1", 1)
    assert "riêng" in said
    assert await hooked.rows("SELECT count(*) FROM session") == [(0,)]


async def test_a_webhook_that_another_program_left_is_deleted_before_polling(tmp_path: Path) -> None:
    async with ZaloBotStandin() as standin:
        standin.delivery.webhook = Webhook("http://127.0.0.1:9/x", "another-secret")
        async with running(settings_for(tmp_path, standin, "polling")):
            assert await standin.wait_until(lambda: standin.delivery.webhook is None)
            standin.say(TED, "/start")
            await standin.wait_seen(TED, 1)


async def test_events_that_came_out_of_order_are_each_one_turn(hooked: Rig) -> None:
    hooked.standin.delivery.held = True
    for text in ("/start", "/trogiup"):
        hooked.standin.say(TED, text)
    hooked.standin.delivery.release(backwards=True)
    assert len(await hooked.standin.wait_seen(TED, 2)) == 2
    assert await hooked.rows("SELECT count(*) FROM inbox WHERE channel = 'zalo-bot'") == [(1,)]
