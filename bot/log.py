"""Structured logs for operators: what happened, never what a person wrote, never a secret."""

from __future__ import annotations

import logging
import sqlite3
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from bot.errors import SipasError, one_line

HIDDEN = "[hidden]"
MOST_PLACES = 12
"""How much of the way to an error is told; the newest places."""


def set_up(secrets: tuple[str, ...]) -> None:
    """One line on standard error for each event; every value that holds a secret is blanked, a library's too."""

    def hide(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: _tame(blank(value, secrets)) for key, value in event.items()}

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_error,
            hide,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Filter(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _Filter(logging.Filter):
    """Libraries log addresses; Telegram's hold the token."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        # Beyond the first line they show objects, and what was in them.
        words = record.getMessage().partition("\n")[0]
        if record.exc_info and record.exc_info[1]:
            words = f"{words} ({told(record.exc_info[1])})"
        record.msg, record.args = _tame(blank(words, self._secrets)), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _tell_error(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    error = found if isinstance(found, BaseException) else sys.exc_info()[1] if found else None
    if error is not None:
        event["exception"] = told(error)
    return event


def told(error: BaseException) -> str:
    """What an error is and the way it took, newest place last; its words only where no person can have written them."""
    words = f": {error}" if isinstance(error, OSError | sqlite3.Error | SipasError) else ""
    places = [
        f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    line = f"{type(error).__name__}{words} at {' > '.join(places[-MOST_PLACES:])}"
    return f"{told(cause)} | {line}" if cause else line


def _tame(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) else value


def blank(value: Any, secrets: tuple[str, ...]) -> Any:
    """A text without the secrets; anything else as it is."""
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, HIDDEN)
    return value
