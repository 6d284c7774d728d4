"""SIGKILL of the real program between what it stored and what it sent over the Zalo Bot Platform."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.lives import Server
from tests.faults.prepared import Prepared
from tests.faults.program import Program
from tests.standins.checker import read_rows
from tests.standins.zalo_bot import Fault, ZaloBotStandin

TED = "6ede9afa66b88fe6d6a9"
SECRET = "stand-in-secret-0123456789"
SEND = frozenset({"sendMessage"})


def program(folder: Path, standin: ZaloBotStandin, mode: str, server: Server) -> Program:
    settings = {
        "SIPAS_ZALO_BOT_TOKEN": standin.token,
        "SIPAS_ZALO_BOT_API": standin.url,
        "SIPAS_ZALO_BOT_SECRET": SECRET if mode == "webhook" else "",
    }
    return Program(folder, "", "", extra=settings, server=server)


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_a_kill_between_storing_and_sending_loses_and_doubles_nothing(
    tmp_path: Path, prepared: Prepared, server: Server, mode: str
) -> None:
    prepared.lay(tmp_path)
    async with ZaloBotStandin() as standin:
        one = program(tmp_path, standin, mode, server)
        await asyncio.to_thread(one.start)
        standin.say(TED, prepared.code)
        await standin.wait_seen(TED, 1)
        standin.say(TED, "1")
        (_, first) = await standin.wait_seen(TED, 2)
        standin.faults.add(Fault("hang", SEND))
        answered = standin.say(TED, "4")
        assert await standin.wait_until(lambda: len(standin.asked("sendMessage")) == 3)
        await asyncio.to_thread(one.kill)
        assert answers(one) == 1, "it was stored before it was answered"
        await asyncio.to_thread(one.start)
        if mode == "webhook":
            assert await standin.wait_until(lambda: standin.statuses(answered) == [0])
            standin.redeliver(answered)
        else:  # what was read is gone there: she asks for the question again
            standin.say(TED, "tiếp tục")
            await standin.wait_seen(TED, 3)
            standin.say(TED, "1")
        shown = (await standin.wait_seen(TED, 3 if mode == "webhook" else 4))[-1]
        assert "2/12 ·" in shown
        assert shown != first
        standin.say(TED, "2")
        assert "3/12 ·" in (await standin.wait_seen(TED, 4 if mode == "webhook" else 5))[-1]
        assert await asyncio.to_thread(one.stop) == 0
    assert answers(one) == 2


def answers(one: Program) -> int:
    """How many answers Ted's response holds."""
    count: int = read_rows(
        one.database,
        "SELECT count(*) FROM answer a JOIN session s ON s.response_id = a.response_id "
        "JOIN person p ON p.id = s.person_id WHERE p.channel = 'zalo-bot'",
    )[0][0]
    return count
