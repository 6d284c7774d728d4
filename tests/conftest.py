"""Options of the test run."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-dialogs", action="store_true", help="write what the bot says now into tests/dialogs")
