"""A page cannot be written to: officials who come by the web are promised no message."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.handlers.visits import Citizen
from tests.world import world


@pytest.mark.parametrize(("channel", "promised"), [("web", False), ("telegram", True)])
def test_a_summary_is_promised_only_where_it_can_come(tmp_path: Path, channel: str, promised: bool) -> None:
    with world(tmp_path) as made:
        code = made.perform("invite", unit="34", role="admin")["code"]
        official = Citizen(made, "chief", channel)
        for words in (f"/vao {code}", "/subscribe"):
            (message,) = official.sends("text", words)
            assert ("7 giờ 30" in message.text) is promised
            assert ("không tự gửi" in message.text) is not promised
