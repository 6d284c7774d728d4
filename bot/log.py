"""Structured logs for operators: what happened, never what a person wrote, never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"


def set_up(secrets: tuple[str, ...]) -> None:
    """Lines on standard error; every value that holds a secret is blanked, from our code and from libraries."""

    def hide(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: _blank(value, secrets) for key, value in event.items()}

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
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
        record.msg = _blank(record.getMessage(), self._secrets)
        record.args = ()
        if record.exc_info:
            record.exc_text = _blank(logging.Formatter().formatException(record.exc_info), self._secrets)
        return True


def _blank(value: Any, secrets: tuple[str, ...]) -> Any:
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, HIDDEN)
    return value
