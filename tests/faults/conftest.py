"""What several fault harnesses share: made once for each process of the test run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import missing
from tests.faults.disk import compiled
from tests.faults.prepared import Prepared, prepare


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A database in which everything that a tick does is due."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk that can be watched and can fail."""
    built = compiled(tmp_path_factory.mktemp("disk"))
    if built is None:
        missing("no C compiler is installed: apt-get install --no-install-recommends gcc libc6-dev")
    return built
