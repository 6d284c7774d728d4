"""A process that takes updates on standard input and acknowledges them on standard output, to be killed.

`python -m tests.faults.writer_child DATABASE [MUTANT]`. A line in is an update id; a line out is an acknowledged one.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
from pathlib import Path

from bot.storage.database import Lock, open_writer
from bot.turn import Turn
from bot.writer import Writer
from handlers.context import Incoming, Message

SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (province_id TEXT, channel TEXT, update_id TEXT, state TEXT, address TEXT,
  reply TEXT, at INTEGER,
  PRIMARY KEY (province_id, channel, update_id));
CREATE TABLE IF NOT EXISTS person (province_id TEXT, channel TEXT, address TEXT);
CREATE TABLE IF NOT EXISTS effect (update_id TEXT);
"""
NO_KEY = SCHEMA.replace(",\n  PRIMARY KEY (province_id, channel, update_id)", "")


def respond(connection: sqlite3.Connection, incoming: Incoming) -> list[Message]:
    connection.execute("INSERT INTO effect VALUES (?)", (incoming.update_id,))
    return [Message(incoming.update_id)]


def say(update_id: str) -> None:
    sys.stdout.write(update_id + "\n")
    sys.stdout.flush()


class HighWater:
    """Mutant: remembers only the highest id, as many bots do."""

    highest = 0

    def wrap(self, turn: Turn) -> Turn | None:
        number = int(turn.incoming.update_id)
        if number <= self.highest:
            return None
        self.highest = number
        return turn


async def serve(path: Path, mutant: str) -> None:
    writer = Writer(open_writer(path))
    writer.connection.executescript(NO_KEY if mutant == "no_key" else SCHEMA)
    writer.start()
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()
    high_water = HighWater()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())

    threading.Thread(target=read, daemon=True).start()

    async def take(update_id: str) -> None:
        turn: Turn | None = Turn("p", Incoming("test", update_id, "1", "text"), respond, Message("sorry"), 0)
        if mutant == "high_water" and turn is not None:
            turn = high_water.wrap(turn)
        if mutant == "ack_first":
            say(update_id)
        if turn is not None:
            await writer.do(turn)
        if mutant != "ack_first":
            say(update_id)

    tasks: set[asyncio.Task[None]] = set()
    while True:
        task = asyncio.create_task(take(await lines.get()))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    database = Path(sys.argv[1])
    Lock(database).take()
    asyncio.run(serve(database, sys.argv[2] if len(sys.argv) > 2 else ""))
