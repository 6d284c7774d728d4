"""What happens to one update: claimed once, answered from what was committed.

A turn that changes anything is a job of the writer. Its dedupe row goes in first, outside the savepoint of the
handlers: a turn that raises is rolled back alone, stays claimed as failed, and is answered with one plain sentence.
A repeated update gives the stored reply and changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.codec import dump_messages, load_messages
from bot.writer import is_storage_failure
from handlers.context import Incoming, Message

log = structlog.get_logger()

Respond = Callable[[sqlite3.Connection, Incoming], list[Message]]

_CLAIM = """INSERT INTO inbox (province_id, channel, update_id, state, address, at) VALUES (?, ?, ?, 'done', ?, ?)
            ON CONFLICT DO NOTHING"""
_REPLY = "UPDATE inbox SET state = ?, reply = ? WHERE province_id = ? AND channel = ? AND update_id = ?"
_STORED = "SELECT reply FROM inbox WHERE province_id = ? AND channel = ? AND update_id = ?"


@dataclass(frozen=True)
class Turn:
    """The writer's job for `incoming`; `sorry` is the sentence for a turn that fails."""

    province_id: str
    incoming: Incoming
    respond: Respond
    sorry: Message
    at: int

    def __call__(self, connection: sqlite3.Connection) -> list[Message]:
        key = (self.province_id, self.incoming.channel, self.incoming.update_id)
        if connection.execute(_CLAIM, (*key, self.incoming.address, self.at)).rowcount == 0:
            return self._repeated(connection, key)
        state = "done"
        connection.execute("SAVEPOINT turn")
        try:
            messages = self.respond(connection, self.incoming)
        except Exception as error:
            if is_storage_failure(error) or not connection.in_transaction:
                raise
            connection.execute("ROLLBACK TO turn")
            # The update's id leads back to the case; what the person wrote never enters a log.
            log.exception("turn failed", channel=self.incoming.channel, update_id=self.incoming.update_id)
            state, messages = "failed", [self.sorry]
        connection.execute("RELEASE turn")
        connection.execute(_REPLY, (state, dump_messages(messages), *key))
        return messages

    def _repeated(self, connection: sqlite3.Connection, key: tuple[str, str, str]) -> list[Message]:
        row = connection.execute(_STORED, key).fetchone()
        return load_messages(row[0]) if row and row[0] else []
