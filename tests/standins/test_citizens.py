"""Citizens carry whole surveys through real bots, and the checker finds what a bad bot does."""

import random
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.standins.checker import check_updates, classify, is_whole, read_journal, read_rows
from tests.standins.citizens import Button, Citizen, Outcome, acknowledged_presses, complete_survey, crowd, walk
from tests.standins.sample_bot import QUESTIONS, Form, Json, PollingBot, Receiver, WebhookBot
from tests.standins.telegram import Fault, Patience, TelegramStandin

QUICK = Patience(timeout=5, first_pause=0.01, longest_pause=0.02)
USER = 700_000_001


def is_send(button: Button) -> bool:
    return button.data == "send"


async def whole(citizen: Citizen) -> Outcome:
    return await complete_survey(citizen, walk("s:", is_send), code="K7Q2", seconds=60)


async def clumsy(citizen: Citizen) -> Outcome:
    return await complete_survey(citizen, walk("s:", is_send), code="K7Q2", double_taps=0.5, seconds=60)


def check_form(outcomes: list[Outcome], form: Form, standin: TelegramStandin) -> None:
    assert all(outcome.complete for outcome in outcomes)
    assert form.finished == {outcome.user_id for outcome in outcomes}
    last = {
        (outcome.user_id, press.data.split(":")[1]): press.data.split(":")[2]
        for outcome in outcomes
        for press in outcome.presses
        if press.data.startswith("s:")
    }
    assert form.answers == last
    assert len(last) == QUESTIONS * len(outcomes)
    verdict = check_updates(standin.journal.records, [("telegram", number) for number in form.counted])
    assert verdict.sound, str(verdict)
    assert verdict.acknowledged == verdict.attempted == sum(len(outcome.updates) for outcome in outcomes)


async def test_a_crowd_answers_a_polling_bot() -> None:
    form = Form()
    async with TelegramStandin(patience=QUICK) as standin, PollingBot(standin.url, standin.token, form):
        check_form(await crowd(standin, 10, whole), form, standin)


async def test_a_crowd_that_taps_twice_answers_a_webhook_bot() -> None:
    form = Form()
    async with TelegramStandin(patience=QUICK) as standin, WebhookBot(standin.url, standin.token, form, "s3cret"):
        outcomes = await crowd(standin, 10, clumsy)
        check_form(outcomes, form, standin)
        assert len(acknowledged_presses(outcomes)) > 10 * (QUESTIONS + 2)
        assert all(call["answer"]["ok"] for call in standin.journal.calls("setWebhook"))


class ReplyingBot:
    """The form without a library: every answer rides in the webhook's response."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.fail_once: set[int] = set()
        self.receiver = Receiver(self.answer)

    async def answer(self, update: Json) -> web.StreamResponse:
        number = update["update_id"]
        if number not in self.form.counted:
            self.form.counted.append(number)
        if self.fail_once and number in self.fail_once:
            self.fail_once.discard(number)
            return web.Response(status=503)
        if "message" in update:
            return self._call("sendMessage", 0, chat_id=update["message"]["chat"]["id"])
        query = update["callback_query"]
        message = query["message"]
        step = self.form._next_step(query["from"]["id"], query["data"])
        return self._call("editMessageText", step, chat_id=message["chat"]["id"], message_id=message["message_id"])

    def _call(self, method: str, step: int, **where: int) -> web.StreamResponse:
        text, keyboard = self.form.screen(step)
        markup = {"reply_markup": keyboard.to_dict()} if keyboard else {}
        return web.json_response({"method": method, "text": text, **where, **markup})


async def hooked(standin: TelegramStandin, receiver: Receiver) -> None:
    standin.delivery.set_webhook({"url": receiver.url, "max_connections": 100})


@pytest.mark.parametrize("count", [50, 200])
async def test_many_citizens_at_once(count: int) -> None:
    bot = ReplyingBot(Form())
    async with TelegramStandin(patience=QUICK) as standin, bot.receiver:
        await hooked(standin, bot.receiver)
        check_form(await crowd(standin, count, clumsy), bot.form, standin)


async def test_a_bot_that_fails_and_loses_replies_still_gets_every_survey() -> None:
    bot = ReplyingBot(Form())
    async with TelegramStandin(patience=QUICK) as standin, bot.receiver:
        await hooked(standin, bot.receiver)
        first = standin.delivery.queue._next_id
        bot.fail_once = set(range(first, first + 60, 3))
        for _ in range(5):
            standin.faults.add(Fault("throttled", methods=frozenset({"editMessageText"})))
        outcomes = await crowd(standin, 10, whole, patience=0.3)
        assert bot.form.finished == {outcome.user_id for outcome in outcomes}
        verdict = check_updates(standin.journal.records, [("telegram", number) for number in bot.form.counted])
        assert verdict.sound, str(verdict)


async def test_a_silent_bot_ends_the_survey_without_an_error() -> None:
    async with TelegramStandin(patience=QUICK) as standin, Receiver() as receiver:
        await hooked(standin, receiver)
        citizen = Citizen(standin, USER, random.Random(1), patience=0.05)
        outcome = await complete_survey(citizen, walk("s:", is_send), seconds=0.3)
        assert not outcome.complete
        assert outcome.presses == ()


async def test_a_citizen_finds_presses_goes_back_and_taps_old_buttons() -> None:
    bot = ReplyingBot(Form())
    async with TelegramStandin(patience=QUICK) as standin, bot.receiver:
        await hooked(standin, bot.receiver)
        citizen = Citizen(standin, USER, random.Random(1))
        assert citizen.buttons() == []
        await citizen.start("K7Q2")
        await citizen.press("Bắt đầu")
        old = citizen.find("4")
        assert (old.data, old.row) == ("s:1:4", 0)
        await citizen.press(old)
        await citizen.press_any("s:2:")
        with pytest.raises(LookupError, match="no such button"):
            citizen.find("Bắt đầu")
        with pytest.raises(LookupError):
            await citizen.press_any("t:")
        await citizen.double_tap(lambda button: button.label == "5")
        update_id = citizen.tap(old)
        assert await standin.wait_acknowledged(update_id)
        await citizen.type("xong")
        bubble = citizen.bubble()
        assert bubble is not None
        assert bubble["text"] == "Xin chào"
        assert Counter(press.data for press in citizen.report(complete=True).presses)["s:3:5"] == 2


def test_the_four_words() -> None:
    verdict = classify(attempted=[1, 2, 3, 4, 5], acknowledged=[1, 2, 3], found=[1, 1, 3, 4, 9])
    assert (verdict.lost, verdict.duplicated, verdict.unexpected, verdict.recovered) == ((2,), (1,), (9,), (4,))
    assert not verdict.sound
    assert "1 lost: [2]" in str(verdict)
    assert classify([1, 2], [1], [1, 2]).sound


def test_rows_are_judged_by_plain_sql(tmp_path: Path) -> None:
    path = tmp_path / "a b?#.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE inbox (channel TEXT, update_id TEXT)")
    rows = [("telegram", "1"), ("telegram", "2"), ("web", "nonce"), ("telegram", "9")]
    connection.executemany("INSERT INTO inbox VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    kinds: list[tuple[str, list[int]]] = [("update", [1, 2, 3, 4, 5]), ("ack", [1, 3]), ("dropped", [4]), ("call", [7])]
    records: list[dict[str, Any]] = [{"kind": kind, "update_id": n} for kind, numbers in kinds for n in numbers]
    verdict = check_updates(records, read_rows(path, "SELECT channel, update_id FROM inbox WHERE 1 = ?", (1,)))
    assert (verdict.lost, verdict.unexpected, verdict.recovered, verdict.attempted) == (("3",), ("9",), ("2",), 4)
    assert is_whole(path)
    with pytest.raises(sqlite3.OperationalError):
        read_rows(path, "DELETE FROM inbox")


def test_a_journal_cut_short_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"kind": "ack", "update_id": 1}\n{"kind": "a\u2028"}\n{"kind": "upd', encoding="utf-8")
    assert len(read_journal(path)) == 2
