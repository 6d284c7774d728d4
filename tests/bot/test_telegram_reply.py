"""Which messages are edits, which are sends, and which may ride in the webhook's answer; pure."""

from __future__ import annotations

import pytest

from bot.channels.telegram_files import safe_name
from bot.channels.telegram_parse import Heard
from bot.channels.telegram_reply import Edit, Send, plan, riding
from handlers.context import Attachment, Button, Incoming, Message

PRESS = Heard(Incoming("telegram", "1", "7", "press"), 7, bubble=40, query="q")
TYPED = Heard(Incoming("telegram", "1", "7", "text"), 7)
EDITS = Message("Câu 2", ((Button("a", "b"),),), replaces=True)
SAYS = Message("Cảm ơn")
CHART = Message("Điểm", replaces=True, attachment=Attachment("picture", "x"))


def kinds(heard: Heard, *messages: Message) -> list[str]:
    return [type(step).__name__ for step in plan(heard, messages)]


@pytest.mark.parametrize(
    ("heard", "messages", "expected"),
    [
        (PRESS, [], []),
        (PRESS, [EDITS], ["Edit"]),
        (TYPED, [EDITS], ["Send"]),
        (PRESS, [SAYS], ["Send"]),
        (PRESS, [EDITS, SAYS], ["Edit", "Send"]),
        (PRESS, [EDITS, EDITS], ["Edit", "Send"]),
        (PRESS, [SAYS, EDITS], ["Send", "Send"]),
        (PRESS, [CHART], ["Edit", "Attachment"]),
        (PRESS, [Message("", attachment=Attachment("sheet", "x"))], ["Attachment"]),
        (PRESS, [Message("")], ["Send"]),
    ],
)
def test_plan(heard: Heard, messages: list[Message], expected: list[str]) -> None:
    assert kinds(heard, *messages) == expected


def test_only_one_lone_edit_rides() -> None:
    rides = [riding(PRESS, messages) for messages in ([EDITS], [SAYS], [CHART], [EDITS, SAYS], [])]
    assert [call is not None for call in rides] == [True, False, False, False, False]
    assert rides[0] == {
        "method": "editMessageText",
        "chat_id": 7,
        "message_id": 40,
        "text": "Câu 2",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]},
    }


def test_an_edit_names_the_bubble_that_was_pressed() -> None:
    (step,) = plan(PRESS, [EDITS])
    assert isinstance(step, Edit)
    assert step.bubble == 40
    (step,) = plan(TYPED, [EDITS])
    assert isinstance(step, Send)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("điểm Đông Hưng.xlsx", "điểm Đông Hưng.xlsx"),
        ('a"b\r\nX: y/..\\c.png', "abX y..c.png"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
    ],
)
def test_file_names_can_break_no_header(name: str, safe: str) -> None:
    assert safe_name(name) == safe
