"""What differs between the measured bots: how to start one, how its citizen finds the next button, what it kept."""

import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECRET = "benchmark-secret-0123456789"
TAPS = 24
"""Taps of one citizen: 24 answers for a peer; consent, 22 answers and the last button for ours."""


class NotConnectedError(Exception):
    """This program cannot be measured; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where one run lives: its empty folder, the bot's port, and the root of the Bot API."""

    folder: Path
    port: int
    api: str


@dataclass(frozen=True)
class BotProgram:
    """One bot. `prepare` fills the folder and returns what follows /start; `choose(buttons, tap number from 0, rng)` is
    the callback_data to press; `durable` counts the updates whose effect stands in the database file; with `polling`
    it fetches its updates, else they come to its webhook."""

    name: str
    prepare: Callable[[Place], str]
    command: Callable[[Place], Sequence[str]]
    environment: Callable[[Place], dict[str, str]]
    choose: Callable[[Sequence[str], int, random.Random], str]
    durable: Callable[[Path], int]
    polling: bool = False


def count(database: Path, sql: str) -> int:
    """The one number that a query gives."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return int(connection.execute(sql).fetchone()[0])
    finally:
        connection.close()
