"""The Telegram stand-in with its journal in a file, on a thread, and as a process of its own."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.standins.sample_bot import Client, Json, Receiver
from tests.standins.telegram import Patience, TelegramStandin, in_thread

QUICK = Patience(timeout=0.3, first_pause=0.01, longest_pause=0.02)


async def test_the_journal_is_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "a b.jsonl"
    async with TelegramStandin(log=path, patience=QUICK) as standin, aiohttp.ClientSession() as session:
        client = Client(standin, session)
        async with Receiver() as receiver:
            assert (await client.call("setWebhook", url=receiver.url))["ok"]
            assert await standin.wait_acknowledged(standin.say(1, "a\u2028b"))
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]
    assert [record["kind"] for record in kept] == ["call", "update", "delivery", "ack"]
    assert kept == standin.journal.records


def test_it_runs_on_a_thread_of_its_own() -> None:
    with in_thread() as threaded:
        update_id = threaded.do(lambda standin: standin.say(1, "a"))
        assert threaded.run(lambda standin: standin.wait_acknowledged(update_id, 0.01), 5) is False
        assert threaded.do(lambda standin: len(standin.delivery.queue)) == 1


async def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.standins.telegram", "--token", "5:T", "--log", str(tmp_path / "log.jsonl")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    url = (await process.stdout.readline()).decode().split()[-1]
    try:
        async with aiohttp.ClientSession() as session:

            async def control(action: str, **body: Any) -> Json:
                async with session.post(f"{url}/control/{action}", json=body) as response:
                    answer: Json = await response.json()
                    return answer

            said = await control("say", user_id=1, text="/start")
            assert said["update_id"] > 0
            assert (await control("say"))["error"] == "KeyError: 'user_id'"
            await control("fault", kind="throttled", methods=["getMe"], retry_after=9)
            async with session.get(f"{url}/bot5:T/getMe") as response:
                assert (await response.json())["parameters"] == {"retry_after": 9}
            async with session.get(f"{url}/bot5:T/sendMessage?chat_id=1&text=x") as response:
                assert (await response.json())["ok"]
            assert [one["text"] for one in (await control("chat", chat_id=1))["messages"]] == ["/start", "x"]
            assert (await control("state"))["waiting"] == 1
            assert (await control("log", since=1))["total"] == 3
            await control("stop")
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
