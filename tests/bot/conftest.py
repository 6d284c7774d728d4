"""What several programs start from: made once for each process of the test run."""

from __future__ import annotations

import pytest

from tests.bot.zalo_oa_rig import KEY, NOWHERE, ZONE
from tests.faults.lives import Server
from tests.faults.program import Program


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory, server: Server) -> bytes:
    """The sample's database with three weeks of answers."""
    extra = {"SIPAS_TIMEZONE": ZONE, "SIPAS_SECRET_KEY": KEY}
    program = Program(tmp_path_factory.mktemp("answered"), NOWHERE, "", extra=extra, server=server)
    program.sipas("demo", "--weeks", "3", "--responses", "400")
    return program.database.read_bytes()
