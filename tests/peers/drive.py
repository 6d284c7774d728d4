"""Drives the real program through telemelya by webhook: a survey, an enrolment, `/score`, a file, the weekly summary.

Started by `tests/peers/run`, which gives PEERS_TELEMELYA (address) and PEERS_KEY. Exit 0 when every line is ok.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults.program import Program
from tests.peers.official import enrol, excel, picture_of_score, score, summary
from tests.peers.person import Person, Telemelya
from tests.peers.proxy import Ledger, Proxy
from tests.peers.survey import whole_survey

TOKEN = "123456789:PEERS-token-of-nobody"
LIMIT_SECONDS = 135.0
UNIT = "Huyện Đông Hưng"
CITIZEN, OFFICIAL = 700_000_001, 700_000_002

Step = Callable[[], Coroutine[Any, Any, str]]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Drive:
    """The steps, each building on those before; each returns what it found, or raises AssertionError."""

    def __init__(self, program: Program, proxy: Proxy, telemelya: Telemelya) -> None:
        self.program = program
        self.proxy = proxy
        self.telemelya = telemelya
        self.citizen = Person(telemelya, CITIZEN, "Lan")
        self.official = Person(telemelya, OFFICIAL, "Hoa")

    def steps(self) -> tuple[tuple[str, Step], ...]:
        program, official = self.program, self.official
        return (
            ("secret", self.secret),
            ("sample", self.sample),
            ("survey", lambda: whole_survey(program, self.citizen, UNIT)),
            ("/vao", lambda: enrol(program, official, self.proxy.ledger)),
            ("/score", lambda: score(program, official, UNIT)),
            ("chart", lambda: picture_of_score(official)),
            ("excel", lambda: excel(official, self.proxy.ledger)),
            ("push", lambda: summary(program, official)),
            ("taps", self.taps),
            ("verify", self.verify),
        )

    async def secret(self) -> str:
        """What telemelya sends by itself, without the header, is refused."""
        update = {"update_id": 1, "message": {"text": "/start"}}
        async with self.proxy.session.post(self.proxy.webhook, json=update) as response:
            assert response.status == 403, response.status
        return "a delivery without the secret header is refused (403)"

    async def sample(self) -> str:
        done = await asyncio.to_thread(self.program.sipas, "demo", "--weeks", "2", "--responses", "150")
        return done.stdout.strip()

    async def taps(self) -> str:
        """Callbacks are answered beside the turns, so the last ones may still be under way."""
        everyone = (self.citizen, self.official)
        wanted = sum(one.presses for one in everyone)
        for _ in range(50):
            found = sum([await one.answered() for one in everyone])
            if found == wanted:
                break
            await asyncio.sleep(0.1)
        assert found == wanted, f"{found} of {wanted} presses were answered"
        return f"each of the {wanted} presses was answered once"

    async def verify(self) -> str:
        ledger = self.proxy.ledger
        assert not ledger.refused, dict(ledger.refused)
        assert set(ledger.statuses) == {200}, dict(ledger.statuses)
        done = await asyncio.to_thread(self.program.sipas, "verify")
        return f"{ledger.statuses[200]} deliveries, all acknowledged; no call refused. {done.stdout.strip()}"


async def run_steps(drive: Drive) -> bool:
    """One line for each; the first that fails ends it, because those behind build on it."""
    for name, step in drive.steps():
        try:
            found = await step()
        except AssertionError as error:
            say(f"FAILED  {name:8} {error}")
            return False
        say(f"ok      {name:8} {found}")
    return True


def tell(ledger: Ledger) -> None:
    say("what telemelya lacks and the proxy made up for:")
    for what, count in sorted(ledger.papered.items()):
        say(f"  {count:4} x {what}")
    say("calls of the bot:")
    for what, count in sorted(ledger.calls.items()):
        say(f"  {count:4} x {what}")
    for what, count in sorted(ledger.refused.items()):
        say(f"  refused {count:4} x {what}")


async def drive_all(folder: Path) -> bool:
    url, key = os.environ["PEERS_TELEMELYA"], os.environ["PEERS_KEY"]
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        telemelya = Telemelya(url, key, TOKEN, http)
        assert await telemelya.healthy(), "telemelya has lost its redis or its store"
        proxy = Proxy(url)
        await stack.enter_async_context(proxy.open())
        program = Program(folder, proxy.url, TOKEN)
        stack.callback(end, program)
        await asyncio.to_thread(program.start)
        sound = await run_steps(Drive(program, proxy, telemelya))
        if sound:
            code = await asyncio.to_thread(program.stop)
            sound = code == 0
            say(f"{'ok      ' if sound else 'FAILED  '}{'stop':8} the program ended with {code}")
        tell(proxy.ledger)
        if not sound:
            say("the program's log:\n" + program.log())
        return sound


def end(program: Program) -> None:
    if program.child is not None and program.child.poll() is None:
        program.kill()


async def main() -> int:
    task = asyncio.current_task()
    assert task is not None
    # Ends the bot too: its child must not outlive a drive that is told to stop.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with tempfile.TemporaryDirectory() as name:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                sound = await drive_all(Path(name))
        except TimeoutError:
            say(f"FAILED  not done after {LIMIT_SECONDS:.0f} s")
            sound = False
        except asyncio.CancelledError:
            say("FAILED  told to stop")
            sound = False
    say(f"peers: {'everything passed' if sound else 'FAILED'}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
