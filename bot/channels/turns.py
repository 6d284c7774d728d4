"""One event handed to the shell, for channels that answer by a call of their own."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.channels.base import Receive
from bot.errors import StorageUnavailable
from handlers.context import Incoming, Message

log = structlog.get_logger()


async def one_turn(receive: Receive, incoming: Incoming, sorry: Callable[[str | None], Message]) -> list[Message]:
    """What to answer: `sorry`, in her language, where a bug stops it.

    Raises StorageUnavailable where nothing was stored and the event must come again.
    """
    try:
        return await receive(incoming)
    except StorageUnavailable:
        raise
    except MemoryError as error:  # passes, and nothing was stored
        raise StorageUnavailable("no memory") from error
    except Exception:
        # A turn that breaks outside its own net is a bug: told plainly, and not asked for again for ever.
        log.exception("an event was not understood", channel=incoming.channel, update_id=incoming.update_id)
        return [sorry(incoming.language)]
