"""What the command line may do about workbooks of official figures: take a version in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from bot.core import Core
from bot.errors import Unusable
from bot.schedule import SYSTEM
from bot.storage.books import BODIES, store_book
from bot.writing import Arguments, Write
from handlers import audit
from scoring.book_line import Fault

MOST_NAME = 120


def take_book(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """A checked workbook as the next version of its kind and key; the same one again adds none ("version" 0).

    `body` is JSON; it is checked again before the writer sees it, so that nothing half-read is ever stored.
    """
    kind, key, body = arguments["kind"], arguments["key"], arguments["body"]
    try:
        checked = BODIES[kind].validate_json(body)
    except (KeyError, ValidationError) as error:
        raise Unusable(f"the {kind} workbook", "cannot be stored as it is", "update sipas and import again") from error

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        name, warnings = arguments["name"][:MOST_NAME], [Fault(**one) for one in arguments["warnings"]]
        version = store_book(connection, core.province.id, kind, key, name, checked, warnings, context.now_ms)
        if version:
            audit.note(context, "book", f"{kind} {key} {version}", "taken", actor="operator")
        return {"version": version}

    return write(job)  # type: ignore[no-any-return]


OPERATIONS: Mapping[str, Callable[[Core, Write[Any], Arguments], dict[str, Any]]] = {"book": take_book}
