"""The code of a poster typed alone leads in, on every channel, and only where nothing else can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import handlers
from handlers.context import Incoming
from tests.world import World, world

CODE = "SN0142XYZW"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        drawn = one.perform("link", unit="Xã Vũ Hội", counter="")["code"]
        one.connection.execute("UPDATE entry SET code = ? WHERE code = ?", (CODE, drawn))
        yield one


def sessions(made: World) -> int:
    count: int = made.rows("SELECT count(*) FROM session")[0][0]
    return count


@pytest.mark.parametrize("channel", ["telegram", "zalo-bot", "web"])
@pytest.mark.parametrize("typed", [CODE, CODE.lower(), f"#{CODE}", f" {CODE} ", "sn01-42xyzw", "SN01 42XY ZW"])
def test_a_code_typed_alone_leads_in(made: World, channel: str, typed: str) -> None:
    (message,) = made.take(Incoming(channel, "u1", "ted", "text", typed))
    assert "xã Vũ Hội" in message.text
    assert sessions(made) == 1


@pytest.mark.parametrize(
    "typed", ["SN0142XYZV", "#SN0142XYZV", "Vũ Hội", f"{CODE} nhé", f"mã {CODE}", "#", "# 7", "12"]
)
def test_what_is_no_code_of_ours_stays_words(made: World, typed: str) -> None:
    made.take(Incoming("zalo-bot", "u1", "ted", "text", typed))
    assert sessions(made) == 0


def test_a_code_never_answers_for_somebody(made: World) -> None:
    """In a group or forwarded it leads nobody in; while a question takes free text it is her answer."""
    made.take(Incoming("zalo-bot", "u1", "ted", "text", CODE, private=False))
    made.take(Incoming("zalo-bot", "u2", "ted", "text", CODE, fresh=False))
    assert sessions(made) == 0
    made.says("ted", f"/start {CODE}")
    made.says("ted", "[Bắt đầu]")
    made.says("ted", CODE)
    assert sessions(made) == 1, "it is open already, and she is told so"
    session = made.rows("SELECT id FROM session")[0][0]
    made.connection.execute("UPDATE session SET state = json_set(state, '$.current', 'comment')")
    made.says("ted", CODE)
    words = made.rows("SELECT words FROM answer WHERE question = 'comment'")
    assert (words, session) == ([(CODE,)], made.rows("SELECT id FROM session")[0][0])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("SON-01", "SON-01"), ("#son-01", "son-01"), ("ABCDE12345", "ABCDE12345"), ("4", ""), ("2026", ""), ("", ""),
        ("/start X", ""), ("#1", ""), ("a" * 27, "a" * 27), ("a" * 28, ""), ("mã-01", ""), ("a  b", ""), ("a\nb", ""),
    ],
)  # fmt: skip
def test_what_may_be_a_code(typed: str, code: str) -> None:
    assert handlers.way_in(Incoming("zalo-bot", "u1", "ted", "text", typed)) == code
    assert handlers.way_in(Incoming("zalo-bot", "u1", "ted", "press", typed)) == ""
