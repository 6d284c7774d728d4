"""What happens to one update: handled once, answered from what was committed.

A turn that changes anything is a job of the writer. Its row of the inbox and everything its handler wrote stand or fall
together: where the row is there already the update is a repeat, what the handler just wrote is taken back, and the
stored reply is given again. A turn that raises is rolled back alone, noted as failed, and answered with one plain
sentence.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from bot.codec import dump_messages, load_messages
from bot.failpoints import reach
from bot.writer import is_storage_failure
from handlers.context import Incoming, Message

log = structlog.get_logger()

Respond = Callable[[sqlite3.Connection, Incoming], list[Message]]

# The address leads an erasure to what was shown: noted only while its person stands, so never by the erasure itself.
_NOTE = """INSERT INTO inbox (province_id, channel, update_id, state, reply, at, address)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6,
             (SELECT address FROM person WHERE province_id = ?1 AND channel = ?2 AND address = ?7))
           ON CONFLICT DO NOTHING"""
STORED = "SELECT reply FROM inbox WHERE province_id = ? AND channel = ? AND update_id = ?"


Outcome = Literal["done", "failed", "repeated"]


@dataclass
class Turn:
    """The writer's job for `incoming`; `sorry` is the sentence for a turn that fails. `outcome` holds once it ran."""

    province_id: str
    incoming: Incoming
    respond: Respond
    sorry: Message
    at: int
    outcome: Outcome = "done"

    def __call__(self, connection: sqlite3.Connection) -> list[Message]:
        connection.execute("SAVEPOINT turn")
        reach("turn.savepoint")
        try:
            messages = self.respond(connection, self.incoming)
            reach("turn.responded")
            new = self._note(connection, "done", messages)
            reach("turn.noted")
        except Exception as error:
            if is_storage_failure(error) or not connection.in_transaction:
                raise
            connection.execute("ROLLBACK TO turn")
            reach("turn.undone")
            messages = [self.sorry]
            self.outcome = "failed"
            new = self._note(connection, self.outcome, messages)
            reach("turn.failure-noted")
            if new:
                # The update's id leads back to the case; what the person wrote never enters a log.
                log.exception("turn failed", channel=self.incoming.channel, update_id=self.incoming.update_id)
        if not new:
            self.outcome = "repeated"
            connection.execute("ROLLBACK TO turn")
            reach("turn.taken-back")
        connection.execute("RELEASE turn")
        reach("turn.released")
        return messages if new else self._stored(connection)

    def _note(self, connection: sqlite3.Connection, state: str, messages: list[Message]) -> bool:
        """Whether the update is new: its key in the inbox is what decides."""
        key = (self.province_id, self.incoming.channel, self.incoming.update_id)
        row = (*key, state, dump_messages(messages), self.at, self.incoming.address)
        return connection.execute(_NOTE, row).rowcount == 1

    def _stored(self, connection: sqlite3.Connection) -> list[Message]:
        key = (self.province_id, self.incoming.channel, self.incoming.update_id)
        row = connection.execute(STORED, key).fetchone()
        reach("turn.repeated")
        return load_messages(row[0]) if row and row[0] else []
