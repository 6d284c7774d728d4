"""Options of the test run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from bot.log import set_up

# As in the program: the default log of structlog prints what people wrote, and slowly.
set_up(())

# A busy machine fails no test: how long an example takes says nothing.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-dialogs", action="store_true", help="write what the bot says now into tests/dialogs")
