"""What the command line may change. Each runs in the running program when there is one, else under the lock."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot import book_operations, demo, feed_operations, order_operations
from bot.chance import new_code
from bot.core import SAMPLE, Core
from bot.errors import Unusable
from bot.named_units import find_unit
from bot.schedule import SYSTEM, queue_letters, write_letters
from bot.setup import import_units, publish
from bot.writing import Arguments, Write
from handlers import audit
from handlers.context import to_ms
from handlers.due import newest_due
from handlers.figures import index_survey
from handlers.invite import make_invite
from handlers.screens import minutes
from handlers.stores import Entry
from scoring.index import METHODS
from scoring.lineage import Lineage, read_lineage
from scoring.period import Period, by_id
from scoring.unit_sheet import read_units
from scoring.units import Unit

ENTRY_LETTERS = 10
"""50 random bits: nobody meets another office's code by chance."""


def invite(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        unit = find_unit(context, arguments["unit"])
        return {"code": make_invite(context, unit.id, arguments["role"], "operator"), "unit": unit.name}

    return write(job)  # type: ignore[no-any-return]


def revoke(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        done = context.stores.officials.revoke(arguments["id"], context.now_ms)
        if not done:
            raise Unusable(
                f"official {arguments['id']!r}", "is not known or already revoked", "see sipas official list"
            )
        audit.note(context, "revoke", arguments["id"], "done", actor="operator")
        return {}

    return write(job)  # type: ignore[no-any-return]


def link(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """The way-in code of a unit's counter, made once, the same ever after; and what a poster says of who asks."""

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        context = core.context(connection, SYSTEM)
        unit = find_unit(context, arguments["unit"])
        counter = arguments.get("counter") or ""
        entry = context.stores.units.entry_of(unit.id, counter)
        if entry is None:
            entry = Entry(new_code(ENTRY_LETTERS), unit.id, counter)
            context.stores.units.add_entry(entry, context.now_ms)
        return {
            "code": entry.code,
            "unit": unit.name,
            "telegram": core.telegram_name(),
            "minutes": minutes(index_survey(context)),
            "agency": core.province.agency,
            "hotline": core.province.hotline,
            "sample": core.province.sample,
        }

    return write(job)  # type: ignore[no-any-return]


def publish_survey(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    content = base64.b64decode(arguments["content"])

    def job(connection: sqlite3.Connection) -> dict[str, Any]:
        at = to_ms(core.clock())
        survey_id, version = publish(connection, core.province.id, content, arguments["name"], at)
        return {"survey": survey_id, "version": version}

    return write(job)  # type: ignore[no-any-return]


def bring_units(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    units = [unit for unit in read_units(arguments["rows"]) if isinstance(unit, Unit)]
    if not units:
        raise Unusable(arguments["name"], "has faults", "see sipas units check")
    from bot.settings import load_province

    province_id = load_province(core.settings.config_dir).id
    lineage = read_lineage(arguments["lineage"], units) if "lineage" in arguments else Lineage((), ())
    if isinstance(lineage, list):
        raise Unusable(arguments["lineage_name"], "has faults", "see sipas units check --lineage")
    every = [*units, *lineage.ended]
    write(lambda connection: import_units(connection, province_id, every, lineage.successions))
    return {
        "units": len(units),
        "ended": len(lineage.ended),
        "province": province_id,
        "serving": core.province.id,
    }


RESCORED_AT_ONCE = 500
"""Cells of one transaction: citizens' taps go between two of them."""


def a_week(text: str) -> Period:
    """Raises Unusable for what is no ISO week."""
    period = by_id(text)
    if period is None or period.kind != "week":
        raise Unusable(f"week {text!r}", "is not an ISO week", "write it like 2026-W46")
    return period


def push(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    week = arguments.get("week")
    period = a_week(week) if week else None

    def job(connection: sqlite3.Connection) -> int:
        context = core.context(connection, SYSTEM)
        newest = newest_due(context)
        if period is not None and (newest is None or newest.first < period.first):
            # Nobody gets a week twice: sent now, the whole week's summary would never come.
            raise Unusable(f"week {week}", "is not over", "wait until 07:30 on the first working day after it")
        return queue_letters(context, write_letters(context, week))

    return {"queued": write(job)}


def rescore(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """Released cells of the province by another method: their counts stay, what is made of them changes."""
    method = arguments["method"]
    if method not in METHODS:
        raise Unusable(f"method {method}", "is not known", f"one of: {', '.join(METHODS)}")

    def job(connection: sqlite3.Connection) -> int:
        context = core.context(connection, SYSTEM)
        cells = context.stores.cells.of_other_methods(method, RESCORED_AT_ONCE)
        for cell in cells:
            context.stores.cells.rescore(replace(cell, method=method))
        by_procedure = context.stores.procedures.of_other_methods(method, RESCORED_AT_ONCE)
        for one in by_procedure:
            context.stores.procedures.rescore(replace(one, method=method))
        return len(cells) + len(by_procedure)

    def note(connection: sqlite3.Connection) -> None:
        audit.note(core.context(connection, SYSTEM), "rescore", method, "done")

    write(note)
    done = 0
    while part := write(job):
        done += part
    return {"cells": done, "method": method, "next": core.province.method}


def fill_sample(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    return demo.fill(core, write, arguments["weeks"], arguments["responses"], arguments["seed"])


def wipe_sample(core: Core, write: Write[Any], _: Arguments) -> dict[str, Any]:
    return {"rows": write(lambda connection: demo.wipe(connection, SAMPLE, core.settings, to_ms(core.clock())))}


def note_backup(core: Core, write: Write[Any], arguments: Arguments) -> dict[str, Any]:
    """Somebody took all answers out of the house, sealed: the audit says when."""

    def job(connection: sqlite3.Connection) -> None:
        context = core.context(connection, SYSTEM)
        context.stores.audit.write(
            "operator", "backup", arguments["file"], "done", audit_id=context.new_id(), at=context.now_ms
        )

    write(job)
    return {}


def pragmas(_: Core, write: Write[Any], __: Arguments) -> dict[str, Any]:
    """How the writing connection is set: what `sipas doctor` asks a running program."""
    names = ("journal_mode", "synchronous", "foreign_keys")
    return write(  # type: ignore[no-any-return]
        lambda connection: {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    )


OPERATIONS: Mapping[str, Callable[[Core, Write[Any], Arguments], dict[str, Any]]] = {
    "invite": invite,
    "revoke": revoke,
    "link": link,
    **feed_operations.OPERATIONS,
    **book_operations.OPERATIONS,
    **order_operations.OPERATIONS,
    "publish": publish_survey,
    "units": bring_units,
    "push": push,
    "rescore": rescore,
    "demo": fill_sample,
    "wipe": wipe_sample,
    "backup": note_backup,
    "pragmas": pragmas,
}


def in_one_transaction(connection: sqlite3.Connection) -> Write[Any]:
    """`write` for a command that holds the lock itself: each job is a transaction."""

    def write(job: Callable[[sqlite3.Connection], Any]) -> Any:
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = job(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    return write
