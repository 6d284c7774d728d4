"""Summaries that could not be delivered: each goes on to its reader's second account, once, else the operator is told.

Which these are stands in the outbox: what ended as failed and no tick has seen to. To queue it for the second account
and to note that it is seen to is one transaction, so a crash at any point neither loses nor doubles one. What may have
arrived (`unknown`) is never among them.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from msgspec.structs import replace

from bot.codec import dump_messages, load_messages
from bot.storage.queries import SQL
from handlers.context import Context
from handlers.second import channel_name
from handlers.stores import Person

AT_ONCE = 200
"""How many one tick sees to; the next tick takes the rest."""


class _Lost(NamedTuple):
    """A row of `undelivered_posts`. `reader`: whose summary it is; `second_why`: None where it was on its first way."""

    id: str
    reader: str
    message: str
    created_at: int
    why: str
    second_why: str | None
    summary: str
    unit_id: str
    official: str


def pass_on(context: Context, connection: sqlite3.Connection) -> int:
    """How many went on; the operator's log has a line for each of the others."""
    rows = list(SQL.undelivered_posts(connection, province_id=context.province.id, limit=AT_ONCE))
    return sum(_see_to(context, connection, _Lost(*row)) for row in rows)


def _see_to(context: Context, connection: sqlite3.Connection, lost: _Lost) -> bool:
    SQL.see_to_post(connection, province_id=context.province.id, post_id=lost.id, at=context.now_ms)
    second = _second_of(context, lost)
    if second is None:
        why = lost.why if lost.second_why is None else f"{lost.why}; second account: {lost.second_why}"
        context.warn(
            "a summary could not be delivered", official=lost.official, summary=lost.summary, unit=lost.unit_id, why=why
        )
        return False
    # Due at once and as old as the first: a clock that was ahead when that failed must not put it off.
    SQL.queue_instead(
        connection,
        province_id=context.province.id,
        post_id=context.new_id(),
        person_id=second.id,
        message=_said(context, lost),
        instead_of=lost.id,
        at=lost.created_at,
    )
    return True


def _second_of(context: Context, lost: _Lost) -> Person | None:
    """Her second account, while she holds the office that the summary is about."""
    pair = context.stores.seconds.of(lost.reader)
    if lost.second_why is not None or pair is None or pair.first_id != lost.reader:
        return None
    held = context.stores.officials.of_person(lost.reader, context.today)
    if not any(office.unit_id == lost.unit_id for office in held):
        return None
    return context.stores.people.by_id(pair.second_id)


def _said(context: Context, lost: _Lost) -> str:
    """The same messages, after a line that says why they come here."""
    first = context.stores.people.by_id(lost.reader)
    assert first is not None, "whoever was sent a summary stays known"
    spoken = context.in_language(first.language)
    line = spoken.texts("second.instead", channel=channel_name(spoken, first))
    head, *rest = load_messages(lost.message)
    return dump_messages([replace(head, text=f"{line}\n{head.text}"), *rest])
