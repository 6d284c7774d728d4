"""A page cannot be written to: officials who come by the web are promised no message."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers import page
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


def test_the_page_sets_the_figure_weighted_by_dossiers_beside_the_plain_one(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.perform("demo", weeks=8, responses=300, seed=1)
        made.official("chief", "Tỉnh Thái Bình")
        incoming = made.person("chief").read("/score")
        context = made.core.context(made.connection, incoming, now=made.now, audit=made.noted)
        shown = page.board(context, "34", "", "score")
        assert shown is not None
        assert any(line.startswith("Tính theo số lượt làm thủ tục của từng nơi: ") for line in shown.lines)
