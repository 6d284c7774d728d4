"""Options of the test run."""

from __future__ import annotations

import pytest

from bot.log import set_up

# As in the program: the default log of structlog prints what people wrote, and slowly.
set_up(())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-dialogs", action="store_true", help="write what the bot says now into tests/dialogs")
