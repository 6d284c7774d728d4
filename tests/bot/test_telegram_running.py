"""Starting, stopping, losing Telegram and finding it again; polling's own rules; menus; pushes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import pytest
from structlog.testing import capture_logs

from bot.channels.base import Drawn
from bot.channels.telegram import TelegramSetup
from bot.channels.telegram_answers import MOST_WAITING, Answers
from bot.channels.telegram_client import TelegramClient
from bot.channels.telegram_commands import menu
from bot.channels.telegram_files import Files
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_reply import Replies
from bot.errors import SendError, Unusable
from bot.settings import SHIPPED_CONFIG
from bot.texts import load_catalogues
from handlers import COMMANDS as REAL_COMMANDS
from handlers.context import Attachment, Button, Message, strong
from tests.bot.telegram_rig import CATALOGUES, COMMANDS, QUICK, SECRET, Mode, Rig, Shell, channel_for, rig
from tests.standins.telegram import TOKEN, Fault, TelegramStandin

LAN, HOA = 1001, 1002


@pytest.fixture
async def standin() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(patience=QUICK) as running:
        yield running


# Starting.


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_refused_token_ends_the_program_with_one_line(standin: TelegramStandin, mode: Mode) -> None:
    shell = Shell()
    channel = channel_for(shell, TelegramSetup("881:wrong", standin.url, mode, SECRET, "http://127.0.0.1:9"))
    with pytest.raises(Unusable, match="SIPAS_TELEGRAM_TOKEN") as caught:
        async with channel.open(shell.receive, []):
            raise AssertionError("it must not open")
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a b", "881:x/../y", "881:é", "881:x?y", "881:x\n"])
def test_what_can_be_no_token_is_refused_before_any_call(token: str) -> None:
    with pytest.raises(Unusable, match="SIPAS_TELEGRAM_TOKEN"):
        TelegramSetup(token)


@pytest.mark.parametrize("secret", ["", "a b", "ă", "x" * 257])
def test_a_webhook_needs_a_secret_that_telegram_takes(secret: str) -> None:
    with pytest.raises(Unusable, match="SIPAS_TELEGRAM_SECRET"):
        TelegramSetup("881:x", mode="webhook", secret=secret)


def test_secrets_do_not_show() -> None:
    assert TOKEN not in repr(setup := TelegramSetup(TOKEN, secret=SECRET))
    assert SECRET not in repr(setup)


async def test_without_telegram_the_rest_runs_and_telegram_comes_later() -> None:
    shell, standin = Shell(), TelegramStandin(patience=QUICK)
    await standin.start()
    url = standin.url
    await standin.stop()
    channel = channel_for(shell, TelegramSetup(TOKEN, url))
    with capture_logs() as logs:
        async with channel.open(shell.receive, []):
            assert any(log["log_level"] == "warning" for log in logs)
            with pytest.raises(SendError, match="unreachable"):
                await channel.send(str(LAN), Message("a"))
            await standin.start()
            assert await standin.wait_until(lambda: standin.delivery.polled)
            await standin.wait_acknowledged(standin.say(LAN, "a"))
        assert [turn.text for turn in shell.turns] == ["a"]
    await standin.stop()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_telegram_goes_away_and_comes_back(standin: TelegramStandin, mode: Mode) -> None:
    async with rig(mode, Shell(), standin) as r:
        bubble = await r.start(LAN)
        await standin.stop()
        pressed = [standin.press(LAN, bubble, "q:1"), standin.press(LAN, bubble, "q:2")]
        await standin.start()
        standin._wake()
        await r.done(*pressed)
        await r.sees(LAN, "Câu 2/3")
        assert r.shell.texts(LAN) == ["", "q:1", "q:2"]


async def test_updates_that_waited_before_the_start_are_all_taken(standin: TelegramStandin) -> None:
    waiting = [standin.say(LAN, str(n)) for n in range(5)]
    async with rig("polling", Shell(), standin) as r:
        await r.done(*waiting)
        assert r.shell.texts(LAN) == ["0", "1", "2", "3", "4"]
        assert r.channel.username == "standin_bot"
        assert r.standin.journal.calls("deleteWebhook")[0]["params"] == {"drop_pending_updates": False}


# Stopping.


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_what_was_received_is_finished_before_the_end(standin: TelegramStandin, mode: Mode) -> None:
    shell = Shell()
    shell.gates[str(LAN)] = gate = asyncio.Event()
    async with rig(mode, shell, standin) as r:
        update = standin.say(LAN, "a")
        assert await standin.wait_until(lambda: len(shell.calls) == 1)
        asyncio.get_running_loop().call_later(0.2, gate.set)
    assert r.seen(LAN) == ["text: a"]
    assert standin.acknowledged(update)


# Polling's own rules.


async def polling(standin: TelegramStandin, act: Callable[[Rig], Awaitable[None]]) -> None:
    async with rig("polling", Shell(), standin) as r:
        await act(r)


async def test_the_offset_stays_before_what_was_not_stored_and_nothing_is_answered_twice(
    standin: TelegramStandin,
) -> None:
    async def act(r: Rig) -> None:
        r.shell.gates[str(LAN)] = gate = asyncio.Event()
        r.shell.refuse_for = {str(LAN): 2}
        # They wait in one batch: nobody polls while the first is held.
        held = standin.say(LAN, "held")
        assert await standin.wait_until(lambda: len(r.shell.calls) == 1)
        later = [standin.say(LAN, "after"), standin.say(HOA, "beside")]
        gate.set()
        await r.done(held, *later)
        await r.sees(LAN, "text: held", "text: after")
        await r.sees(HOA, "text: beside")
        assert r.shell.texts(LAN) == ["held", "after"]
        assert len(standin.journal.calls("sendMessage")) == 3

    await polling(standin, act)


async def test_a_chat_whose_answer_waits_does_not_hold_the_offset(standin: TelegramStandin) -> None:
    async def act(r: Rig) -> None:
        standin.faults.add(Fault("throttled", methods=frozenset({"sendMessage"}), chat_id=LAN, retry_after=3))
        slow = standin.say(LAN, "a")
        await r.done(slow)
        assert r.shell.texts(LAN) == ["a"]
        standin.say(HOA, "b")
        standin.say(LAN, "c")
        await r.sees(HOA, "text: b")
        assert await standin.wait_until(lambda: r.shell.texts(LAN) == ["a", "c"])
        assert r.seen(LAN) == []

    await polling(standin, act)
    # Leaving waited for them, and they kept their order.
    assert [message["text"] for message in standin.chat(LAN).from_bot()] == ["text: a", "text: c"]


async def test_another_poller_is_named_in_the_log(standin: TelegramStandin) -> None:
    with capture_logs() as logs:
        async with rig("polling", Shell(), standin) as r:
            bot = r.channel._client
            await bot.call("set_webhook", url="http://127.0.0.1:9/x")
            assert await standin.wait_until(lambda: any("another program" in str(log["event"]) for log in logs))
    assert any(log["log_level"] == "error" for log in logs)


class Trouble:
    """A client that breaks in a way that nobody foresaw, then works."""

    def __init__(self, client: TelegramClient) -> None:
        self.client = client
        self.calls = 0

    async def updates(self, offset: int, wait: int) -> list[object]:
        self.calls += 1
        if self.calls == 1:
            raise ZeroDivisionError
        return await self.client.updates(offset, 0)


async def test_polling_survives_what_nobody_foresaw(standin: TelegramStandin) -> None:
    standin.say(LAN, "a")
    shell = Shell()
    client = TelegramClient(standin.token, standin.url)
    await client.open()
    answers = Answers(client)
    files = Files(client, shell.draw, lambda _: CATALOGUES["vi"])
    replies = Replies(client, files, shell.mark_reachable)
    intake = Intake(shell.receive, replies, answers, shell.mark_reachable, lambda _: Message("sorry"))
    polling = Polling(cast("TelegramClient", trouble := Trouble(client)), intake, wait=0)
    polling.start()
    assert await standin.wait_calls("sendMessage")
    assert trouble.calls > 1
    await polling.stop(lambda: 5.0)
    await client.close()


class Noting:
    """A log that notes."""

    def __init__(self, told: list[dict[str, object]]) -> None:
        self.told = told

    def warning(self, event: str, **facts: object) -> None:
        self.told.append({"event": event, **facts})


async def test_a_bot_api_that_is_gone_is_told_as_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr("bot.channels.telegram_answers.log", Noting(told))
    client = TelegramClient("1:a", "http://127.0.0.1:9")
    await client.open()
    answers = Answers(client)
    answers.start()
    for number in range(3 * MOST_WAITING):
        answers.put(str(number))
    await answers.stop(10)
    await client.close()
    assert told == [{"event": "callbacks not answered", "count": 1, "why": "too many wait"}]


# Menus.


def test_a_menu_shows_what_the_role_may_use() -> None:
    assert menu(COMMANDS, "citizen", CATALOGUES["en"]) == [("start", "en:help.start"), ("survey", "en:help.khaosat")]
    assert [name for name, _ in menu(COMMANDS, "viewer", CATALOGUES["vi"])] == ["start", "khaosat", "score"]
    assert len(menu(COMMANDS, "admin", CATALOGUES["vi"])) == 4
    assert menu([("Bad name", "citizen", "Bad name")], "citizen", CATALOGUES["vi"]) == []


def test_every_command_has_words_for_its_menu_in_every_language() -> None:
    table = [(name, command.role, command.english or name) for name, command in REAL_COMMANDS.items()]
    for texts in load_catalogues(SHIPPED_CONFIG / "locales", "ông/bà").values():
        shown = menu(table, "admin", texts)
        assert [name for name, _ in shown] == [
            english if texts.language == "en" else name for name, _, english in table
        ]
        assert all(3 <= len(about) <= 256 and "{" not in about for _, about in shown)


async def test_menus_are_set_by_scope_and_language(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        everybody, chat = '{"type": "default"}', f'{{"type": "chat", "chat_id": {LAN}}}'
        assert set(standin.world.commands) == {(everybody, ""), (everybody, "vi"), (everybody, "en")}
        await r.channel.show_commands(str(LAN), "viewer")
        assert [c["command"] for c in standin.world.commands[chat, "en"]] == ["start", "survey", "score"]
        assert standin.world.commands[chat, "vi"][2]["description"] == "vi:help.score"
        await r.channel.show_commands(str(LAN), "citizen")
        assert {scope for scope, _ in standin.world.commands} == {everybody}
        standin.faults.add(Fault("refused", methods=frozenset({"setMyCommands"}), times=None))
        await r.channel.show_commands(str(LAN), "viewer")


# Pushes.


async def test_a_push_goes_out_and_its_receipt_names_it(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        await r.start(LAN)
        message = Message(
            f"Tuần 34: {strong('81,4')}",
            ((Button("Vì sao?", "c:score", "main"),),),
            replaces=True,
            attachment=Attachment("picture", "tuan"),
        )
        receipt = await r.channel.send(str(LAN), message)
        sent = standin.chat(LAN).messages[int(receipt.id)]
        assert sent["text"] == "Tuần 34: 81,4"
        assert sent["entities"] == [{"type": "bold", "offset": 9, "length": 4}]
        assert r.seen(LAN)[-1] == "<photo>"
        alone = await r.channel.send(str(LAN), Message("", attachment=Attachment("picture", "x")))
        assert "photo" in standin.chat(LAN).messages[int(alone.id)]


async def test_a_push_fails_by_kind_and_is_never_repeated(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        await r.start(LAN)
        before = len(standin.journal.calls("sendMessage"))
        for fault, kind in (
            (Fault("throttled", retry_after=33), "throttled"),
            (Fault("blocked"), "gone"),
            (Fault("server_error"), "uncertain"),
            (Fault("drop_after"), "uncertain"),
        ):
            standin.faults.add(fault)
            with pytest.raises(SendError, match=kind):
                await r.channel.send(str(LAN), Message("x"))
        assert len(standin.journal.calls("sendMessage")) == before + 4
        for address in ("nobody", ""):
            with pytest.raises(SendError, match="rejected"):
                await r.channel.send(address, Message("x"))
        with pytest.raises(SendError, match="gone"):
            await r.channel.send("424242", Message("x"))


async def test_a_push_whose_picture_fails_has_still_gone_out(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        await r.start(LAN)
        standin.faults.add(Fault("server_error", methods=frozenset({"sendDocument"})))
        r.shell.draw_with = lambda _: Drawn(b"PK", "x.xlsx", "application/zip")
        receipt = await r.channel.send(str(LAN), Message("Tuần 34", attachment=Attachment("sheet", "x")))
        assert standin.chat(LAN).messages[int(receipt.id)]["text"] == "Tuần 34"
        assert r.seen(LAN) == ["Xin chào", "Tuần 34"]


PICTURE = Message("Tuần 34", attachment=Attachment("picture", "tuan"))


async def test_a_throttled_picture_follows_its_text_when_its_time_has_come(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        await r.start(LAN)
        standin.faults.add(Fault("throttled", methods=frozenset({"sendPhoto"}), retry_after=1))
        receipt = await r.channel.send(str(LAN), PICTURE)
        assert standin.chat(LAN).messages[int(receipt.id)]["text"] == "Tuần 34"
        assert r.seen(LAN) == ["Xin chào", "Tuần 34", "<photo>"]
        refused, taken = (call["at"] for call in standin.journal.calls("sendPhoto"))
        assert taken - refused >= 0.99


async def test_a_picture_that_would_wait_too_long_is_left_out(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        await r.start(LAN)
        standin.faults.add(Fault("throttled", methods=frozenset({"sendPhoto"}), retry_after=3600))
        async with asyncio.timeout(5):
            await r.channel.send(str(LAN), PICTURE)
        assert r.seen(LAN) == ["Xin chào", "Tuần 34"]


async def test_a_picture_that_waits_holds_up_no_end(standin: TelegramStandin) -> None:
    async with rig("polling", Shell(), standin) as r:
        await r.start(LAN)
        standin.faults.add(Fault("throttled", methods=frozenset({"sendPhoto"}), retry_after=60))
        sending = asyncio.create_task(r.channel.send(str(LAN), PICTURE))
        assert await standin.wait_calls("sendPhoto")
        sending.cancel()
        async with asyncio.timeout(1):
            await asyncio.wait([sending])
        assert sending.cancelled()
