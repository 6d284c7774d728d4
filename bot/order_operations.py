"""What the command line may do about orders: take many in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from bot.core import Core
from bot.schedule import SYSTEM
from bot.writing import Arguments, Write
from handlers.orders_taken import take_rows


def take(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """Rows of a sheet, each [line, {our column: text}]; one transaction."""
    rows = [(line, cells) for line, cells in arguments["rows"]]

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        return asdict(take_rows(core.context(connection, SYSTEM), rows, "operator"))

    return write(job)  # type: ignore[no-any-return]


OPERATIONS: Mapping[str, Callable[[Core, Write[Any], Arguments], dict[str, Any]]] = {"orders": take}
