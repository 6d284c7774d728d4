"""Run an operation in the running program, or under the lock when none runs."""

from __future__ import annotations

from typing import Any

from bot.control import ask
from bot.core import make_core
from bot.operations import OPERATIONS, in_one_transaction
from bot.settings import Settings
from bot.storage.database import database_path
from bot.writing import own_database, socket_path


def perform(settings: Settings, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Raises Unusable with what, where and the mend; AlreadyRunning when a program holds the lock without listening."""
    answer = ask(socket_path(database_path(settings.database_url)), operation, arguments)
    if answer is not None:
        return answer
    with own_database(settings) as connection:
        core = make_core(settings, connection)
        return OPERATIONS[operation](core, in_one_transaction(connection), arguments)
