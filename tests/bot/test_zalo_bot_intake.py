"""One person's events in order, others' beside them; what polling has read is stored before it reads on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.channels import zalo_bot_intake
from bot.channels.zalo_bot_client import ZaloBotClient
from bot.channels.zalo_bot_intake import Intake
from bot.channels.zalo_bot_parse import Heard
from bot.channels.zalo_bot_polling import Polling
from bot.channels.zalo_bot_render import Json, render
from bot.errors import StorageUnavailable
from handlers.context import Incoming, Message
from tests.standins.zalo_bot import TOKEN, Fault, ZaloBotStandin

TED, LAN = "ted", "lan"
SEND = frozenset({"sendMessage"})


@dataclass
class Shell:
    """What stands behind the channel: echoes what it was told when its gate is open."""

    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    refuse: int = 0
    breaks: bool = False

    async def receive(self, incoming: Incoming) -> list[Message]:
        self.begun.append(incoming.text)
        if gate := self.gates.get(incoming.text):
            await gate.wait()
        if self.refuse:
            self.refuse -= 1
            raise StorageUnavailable("the disk is full")
        if self.breaks:
            raise ZeroDivisionError
        self.stored.append(incoming.text)
        return [Message(f"→ {incoming.text}")]


async def plainly(_: str, messages: Sequence[Message]) -> list[Json]:
    return render(messages)


@dataclass
class Rig:
    standin: ZaloBotStandin
    shell: Shell
    client: ZaloBotClient
    intake: Intake
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def round_trips(self, count: int) -> None:
        """So many calls to the stand-in and back: whoever asks without a pause asks as often."""
        for _ in range(count):
            await self.client.call("getMe")

    def hears(self, person: str, text: str) -> asyncio.Task[None]:
        heard = Heard(Incoming("zalo-bot", f"{person} {text}", person, "text", text), person)
        task = asyncio.create_task(self.intake.take(heard))
        self.tasks.append(task)
        return task


@asynccontextmanager
async def rigged() -> AsyncIterator[Rig]:
    async with ZaloBotStandin() as standin:
        standin.chats |= {TED: [], LAN: []}
        shell, client = Shell(), ZaloBotClient(TOKEN, standin.url)
        await client.open()
        yield Rig(standin, shell, client, Intake(shell.receive, client, plainly, Message("sorry")))
        await client.close()


@pytest.fixture
async def r() -> AsyncIterator[Rig]:
    async with rigged() as one:
        yield one


async def test_one_person_in_order_and_others_beside(r: Rig) -> None:
    r.shell.gates["1"] = gate = asyncio.Event()
    first, second, other = r.hears(TED, "1"), r.hears(TED, "2"), r.hears(LAN, "a")
    await other
    assert (r.shell.begun, r.standin.seen(LAN)) == (["1", "a"], ["→ a"])
    gate.set()
    await asyncio.gather(first, second)
    assert r.shell.stored == ["a", "1", "2"]
    assert r.standin.seen(TED) == ["→ 1", "→ 2"]


async def test_answers_keep_the_order_of_the_turns_while_the_next_is_stored(r: Rig) -> None:
    r.standin.faults.add(Fault("internal", SEND, TED))
    r.hears(TED, "1")
    second = r.hears(TED, "2")
    assert await r.standin.wait_until(lambda: r.shell.stored == ["1", "2"])
    assert r.standin.seen(TED) == []
    await second
    await r.standin.wait_seen(TED, 2)
    assert r.standin.seen(TED) == ["→ 1", "→ 2"]


async def test_what_was_not_stored_is_said_and_holds_nobody(r: Rig) -> None:
    r.shell.refuse = 1
    refused = r.hears(TED, "1")
    after = r.hears(TED, "2")
    with pytest.raises(StorageUnavailable):
        await refused
    await after
    assert r.standin.seen(TED) == ["→ 2"]


async def test_a_bug_is_answered_and_does_not_come_again(r: Rig) -> None:
    r.shell.breaks = True
    await r.hears(TED, "1")
    assert r.standin.seen(TED) == ["sorry"]


async def test_an_event_is_held_no_longer_than_a_moment(r: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zalo_bot_intake, "HOLD_SECONDS", 0.05)
    r.standin.faults.add(Fault("hang", SEND, TED))
    await r.hears(TED, "1")
    assert (r.shell.stored, r.standin.seen(TED)) == (["1"], [])
    await r.intake.finish(0.05)


async def test_after_a_part_that_cannot_go_out_the_rest_is_not_sent(r: Rig) -> None:
    async def two(_: str, messages: Sequence[Message]) -> list[Json]:
        return [{"text": "a"}, {"text": "b"}]

    intake = Intake(r.shell.receive, r.client, two, Message("sorry"))
    heard = Heard(Incoming("zalo-bot", "u", TED, "text", "1"), TED)
    r.standin.faults.add(Fault("refused", SEND))
    await intake.take(heard)
    assert r.standin.seen(TED) == []
    # One that may have arrived is no such part.
    r.standin.faults.add(Fault("drop_after", SEND))
    await intake.take(heard)
    assert r.standin.seen(TED) == ["a", "b"]


# Polling.


async def test_nothing_is_read_while_what_was_read_is_not_stored(r: Rig) -> None:
    r.shell.gates["1"] = gate = asyncio.Event()
    for text in ("1", "2"):
        r.standin.say(TED, text)
    polling = Polling(r.client, r.intake, wait=5)
    polling.start()
    assert await r.standin.wait_until(lambda: r.shell.begun == ["1"])
    await r.round_trips(3)  # long enough for another reading, if there were one
    assert len(r.standin.delivery.given) == 1
    gate.set()
    assert await r.standin.wait_seen(TED, 2) == ["→ 1", "→ 2"]
    await polling.stop(lambda: 5.0)


async def test_what_is_in_hand_at_the_end_is_finished(r: Rig) -> None:
    r.shell.gates["1"] = gate = asyncio.Event()
    r.standin.say(TED, "1")
    polling = Polling(r.client, r.intake, wait=5)
    polling.start()
    assert await r.standin.wait_until(lambda: r.shell.begun == ["1"])
    ending = asyncio.create_task(polling.stop(lambda: 5.0))
    await r.round_trips(1)
    assert not ending.done()
    gate.set()
    await ending
    assert r.standin.seen(TED) == ["→ 1"]


async def test_an_idle_poll_does_not_hold_up_the_end(r: Rig) -> None:
    polling = Polling(r.client, r.intake, wait=25)
    polling.start()
    assert await r.standin.wait_until(lambda: r.standin.delivery.pollers == 1)
    async with asyncio.timeout(1):
        await polling.stop(lambda: 5.0)


async def test_junk_refusals_and_hasty_silence_do_not_end_polling(r: Rig) -> None:
    r.standin.delivery.waiting.append({"event_name": "message.text.received"})
    for kind in ("internal", "drop_before", "proxy_page"):
        r.standin.faults.add(Fault(kind, frozenset({"getUpdates"})))
    r.standin.say(TED, "1")
    polling = Polling(r.client, r.intake, wait=0)
    polling.start()
    assert await r.standin.wait_seen(TED, 1) == ["→ 1"]
    asked = len(r.standin.asked("getUpdates"))
    await r.round_trips(20)
    assert len(r.standin.asked("getUpdates")) < asked + 10, "a platform that does not wait is not asked without a pause"
    await polling.stop(lambda: 5.0)
