"""What the command line and the feed may do about dossiers: take them in, name senders, decide on what waits."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.chance import new_code
from bot.core import Core, Lines
from bot.errors import Unusable
from bot.keyed import MOST_LETTERS
from bot.named_units import find_unit
from bot.schedule import SYSTEM
from bot.storage.queries import SQL
from bot.writing import Arguments, Write
from handlers import audit, dossiers, reviewing
from handlers.context import Context

SENDER_KEY_LETTERS = 32

Rows = Sequence[tuple[int, Mapping[str, str]]]


def take_dossiers(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """Rows of the feed, each [line, {our column: text}]; one transaction."""
    return write(taking(core, "operator", [(line, cells) for line, cells in arguments["rows"]]))  # type: ignore[no-any-return]


def taking(core: Core, actor: str, rows: Rows) -> Callable[[sqlite3.Connection], dict[str, Any]]:
    """The writer's job that takes rows in."""

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        taken = dossiers.take(context, rows)
        if taken.new:
            audit.note(context, "dossiers", str(taken.new), "taken", actor=actor)
        return asdict(taken)

    return job


def sender_of(core: Core, key: str, connection: sqlite3.Connection) -> str | None:
    """The sender whose key this is."""
    digest = sender_digest(core.context(connection, SYSTEM, audit=Lines()), key)
    row = SQL.sender_of(connection, province_id=core.province.id, key_digest=digest)
    return row[0] if row else None


def add_sender(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """A key for one sender of dossiers, shown once."""
    name, key = arguments["name"], new_code(SENDER_KEY_LETTERS)
    if not re.fullmatch(r"[\w.-]{1,40}", name):
        raise Unusable(f"sender {name!r}", "is no name", "write up to 40 letters, digits, dots or dashes")

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        digest = sender_digest(context, key)
        row = {"province_id": core.province.id, "name": name, "key_digest": digest, "at": context.now_ms}
        if SQL.add_sender(connection, **row) is None:
            mend = f"end it first: sipas dossiers sender revoke {name}"
            raise Unusable(f"sender {name!r}", "has a key already", mend)
        audit.note(context, "sender", name, "added", actor="operator")
        return {"name": name, "key": key}

    return write(job)  # type: ignore[no-any-return]


def revoke_sender(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    name = arguments["name"]

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        if SQL.revoke_sender(connection, province_id=core.province.id, name=name, at=context.now_ms) is None:
            raise Unusable(f"sender {name!r}", "is not known or already revoked", "see sipas dossiers sender list")
        audit.note(context, "sender", name, "revoked", actor="operator")
        return {}

    return write(job)  # type: ignore[no-any-return]


def sender_digest(context: Context, key: str) -> str:
    """How a sender's key is found again that is not kept."""
    return context.keyed("sender", key, MOST_LETTERS)


def decide_review(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        if not reviewing.decide(context, arguments["id"], arguments["decision"]):
            raise Unusable(
                f"response {arguments['id']!r}",
                "waits for no review, or another about that visit counts",
                "see sipas review list",
            )
        audit.note(context, "review", arguments["id"], arguments["decision"], actor="operator")
        return {}

    return write(job)  # type: ignore[no-any-return]


def settle_week(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """What came of looking at a desk's week."""

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        unit = find_unit(context, arguments["unit"])
        key = {"province_id": core.province.id, "unit_id": unit.id, "week": arguments["week"]}
        if SQL.decide_finding(connection, **key, decision=arguments["decision"]) is None:
            where = f"{unit.name}, week {arguments['week']}"
            raise Unusable(where, "has nothing to look at", "see sipas review week")
        audit.note(context, "findings", f"{unit.id} {arguments['week']}", arguments["decision"], actor="operator")
        return {"unit": unit.name}

    return write(job)  # type: ignore[no-any-return]


OPERATIONS: Mapping[str, Callable[[Core, Write[Any], Arguments], dict[str, Any]]] = {
    "dossiers": take_dossiers,
    "sender-add": add_sender,
    "sender-revoke": revoke_sender,
    "review": decide_review,
    "review-week": settle_week,
}
