"""The writer and the turn alone, behind two pipes, to be killed: a line in is an update id, a line out an answered one.

`id` was answered now, `id again` from what an earlier life had stored.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
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
MOST_BYTES = 65_536


class Service:
    """Takes updates from `coming` and acknowledges them on `going`, by the rules or by a mutant's."""

    def __init__(self, path: Path, mutant: str, coming: int, going: int) -> None:
        self._mutant = mutant
        self._coming = coming
        self._going = going
        self._answers: dict[str, list[Message]] = {}
        self._highest = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._half = b""
        Lock(path).take()
        self._writer = Writer(open_writer(path))
        self._writer.connection.executescript(NO_KEY if mutant == "no_key" else SCHEMA)

    async def serve(self) -> None:
        """Until the process is killed or nobody writes any more."""
        self._writer.start()
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._coming, self._read, ended)
        await ended.wait()

    def _read(self, ended: asyncio.Event) -> None:
        come = os.read(self._coming, MOST_BYTES)
        if not come:
            ended.set()
        *lines, self._half = (self._half + come).split(b"\n")
        for line in lines:
            task = asyncio.create_task(self._take(line.decode()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _take(self, update_id: str) -> None:
        if self._mutant == "high_water" and self._below(update_id):
            self._say(update_id)
            return
        if self._mutant == "ack_first":
            self._say(update_id)
        turn = Turn("p", Incoming("test", update_id, "1", "text"), self._respond, Message("sorry"), 0)
        answer = await self._writer.do(turn)
        if self._mutant != "ack_first":
            self._say(update_id if answer is self._answers.pop(update_id, None) else f"{update_id} again")

    def _respond(self, connection: sqlite3.Connection, incoming: Incoming) -> list[Message]:
        connection.execute("INSERT INTO effect VALUES (?)", (incoming.update_id,))
        answer = self._answers[incoming.update_id] = [Message(incoming.update_id)]
        return answer

    def _below(self, update_id: str) -> bool:
        """The mutant remembers only the highest id, as many bots do."""
        below = int(update_id) <= self._highest
        self._highest = max(self._highest, int(update_id))
        return below

    def _say(self, line: str) -> None:
        os.write(self._going, f"{line}\n".encode())
