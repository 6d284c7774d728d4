"""Options of the test run, and what tests everywhere share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from bot.log import set_up
from tests.faults.lives import Server, fork_server

# As in the program: the default log of structlog prints what people wrote, and slowly.
set_up(())

# A busy machine fails no test: how long an example takes says nothing.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-dialogs", action="store_true", help="write what the bot says now into tests/dialogs")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A parent that has imported the program and forks its lives."""
    with fork_server() as server:
        yield server
