"""One update, one effect: repeats, failures and erasures seen from the inbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operations import in_one_transaction
from bot.turn import Turn
from handlers.context import Incoming, Message
from tests.handlers.visits import Citizen, always
from tests.world import World, world

SORRY = Message("sorry")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        yield one


def turn(update_id: str, work: str = "", reply: str = "new") -> Turn:
    """A turn whose handler runs `work` as SQL; "" changes nothing."""

    def respond(connection: sqlite3.Connection, _: Incoming) -> list[Message]:
        if work:
            connection.execute(work)
        return [Message(reply)]

    return Turn("sample", Incoming("console", update_id, "ba", "text", "x"), respond, SORRY, 1)


def take(made: World, one: Turn) -> list[Message]:
    messages: list[Message] = in_one_transaction(made.connection)(one)
    return messages


ADD = "INSERT INTO invite_miss (province_id, id, person_id, at) VALUES ('sample', hex(randomblob(8)), 'nobody', 7)"
COUNT = "SELECT count(*) FROM invite_miss"


def test_a_repeat_gives_the_stored_reply_and_takes_back_what_its_handler_did(made: World) -> None:
    assert take(made, turn("1", ADD, "first")) == [Message("first")]
    assert take(made, turn("1", ADD, "second")) == [Message("first")]
    assert made.rows(COUNT) == [(1,)]


def test_a_turn_that_raises_leaves_its_row_and_nothing_else(made: World) -> None:
    assert take(made, turn("1", f"{ADD}; this is no SQL")) == [SORRY]
    assert take(made, turn("2", "INSERT INTO nowhere VALUES (1)")) == [SORRY]
    assert made.rows(COUNT) == [(0,)]
    assert made.rows("SELECT update_id, state FROM inbox ORDER BY update_id") == [("1", "failed"), ("2", "failed")]
    assert take(made, turn("2", ADD)) == [SORRY], "a failed update is not tried again"
    assert made.rows(COUNT) == [(0,)]


def test_a_repeat_whose_handler_would_fail_now_still_gives_the_stored_reply(made: World) -> None:
    assert take(made, turn("1", "", "first")) == [Message("first")]
    assert take(made, turn("1", "INSERT INTO nowhere VALUES (1)")) == [Message("first")]
    assert made.rows("SELECT state FROM inbox") == [("done",)]


def test_words_that_are_no_unicode_fail_alone(made: World) -> None:
    assert take(made, turn("1", "", "half a pair \ud83d")) == [SORRY]


def test_an_erasure_leaves_no_address(made: World) -> None:
    citizen = Citizen(made, "0912")
    citizen.visits(str(made.rows("SELECT id FROM unit WHERE name = 'Xã Vũ Hội'")[0][0]), always("4"))
    assert made.rows("SELECT count(*) > 0 FROM inbox WHERE address = '0912'") == [(1,)]
    asked = citizen.sends("text", "/xoa")
    yes = next(button.data for message in asked for row in message.buttons for button in row)
    citizen.press(yes)
    assert made.rows("SELECT count(*) FROM response") == [(0,)]
    assert made.rows("SELECT count(*) FROM inbox WHERE address = '0912'") == [(0,)]
    assert made.rows("SELECT count(*) FROM person WHERE address = '0912'") == [(0,)]
