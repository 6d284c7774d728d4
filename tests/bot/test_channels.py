"""One contract for every channel: a table of messages, and what must be true however a channel shows them.

A channel joins by adding its view to VIEWS: how it would show a message, read back from its own payload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pytest

from bot.channels.base import Limits, flat, with_numbers, without_marks
from bot.channels.telegram_parse import Heard
from bot.channels.telegram_render import LIMITS as TELEGRAM
from bot.channels.telegram_reply import Edit, Send, plan
from bot.channels.zalo_bot_render import LIMITS as ZALO_BOT
from bot.channels.zalo_bot_render import render as zalo_bot
from bot.channels.zalo_oa_render import LIMITS as ZALO_OA
from bot.channels.zalo_oa_render import render as zalo_oa
from handlers.context import PLAIN, STRONG, Attachment, Button, Incoming, Message, strong
from tests.standins.telegram.text import utf16_length

Part = Literal["edit", "send", "attachment"]


@dataclass(frozen=True)
class Shown:
    """What a person would meet. `parts` in order; `length` of the longest text in the channel's unit.

    `text` is the pieces of a text that was sent in several, joined by line breaks.
    """

    parts: tuple[Part, ...]
    text: str
    length: int
    strong: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class View:
    """`show(message, on_bubble)`: with `on_bubble` it answers a press on a bubble of ours."""

    limits: Limits
    show: Callable[[Message, bool], Shown]


def telegram_view(message: Message, on_bubble: bool) -> Shown:
    heard = Heard(Incoming("telegram", "1", "7", "press"), 7, 40 if on_bubble else None)
    parts: list[Part] = []
    body = None
    for step in plan(heard, [message]):
        match step:
            case Edit(40, shown):
                parts.append("edit")
                body = shown
            case Send(shown):
                parts.append("send")
                body = shown
            case Attachment():
                parts.append("attachment")
    if body is None:
        return Shown(tuple(parts), "", 0)
    raw = body["text"].encode("utf-16-le")
    marked = [(e["offset"] * 2, (e["offset"] + e["length"]) * 2) for e in body.get("entities", [])]
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    return Shown(
        tuple(parts),
        body["text"],
        utf16_length(body["text"]),
        tuple(raw[start:end].decode("utf-16-le") for start, end in marked),
        tuple((button["text"], button["callback_data"]) for row in rows for button in row),
    )


ELSEWHERE = "Hình: xem trên trang web."


def zalo_bot_view(message: Message, on_bubble: bool) -> Shown:
    bodies = zalo_bot([message], ELSEWHERE)
    marked = [
        body["text"].encode("utf-16-le")[style["start"] * 2 : (style["start"] + style["len"]) * 2].decode("utf-16-le")
        for body in bodies
        for style in body.get("text_styles", [])
    ]
    return Shown(
        ("send",),
        "\n".join(body["text"] for body in bodies),
        max(utf16_length(body["text"]) for body in bodies),
        tuple(marked),
    )


def zalo_oa_view(message: Message, _: bool) -> Shown:
    bodies = zalo_oa([message], instead=ELSEWHERE)
    buttons = bodies[-1].get("attachment", {}).get("payload", {}).get("buttons", [])
    assert all(set(body) == {"text"} for body in bodies[:-1])
    return Shown(
        ("send",),
        "\n".join(body["text"] for body in bodies),
        max(utf16_length(body["text"]) for body in bodies),
        buttons=tuple((button["title"], button["payload"]) for button in buttons),
    )


VIEWS: Mapping[str, View] = MappingProxyType(
    {
        "telegram": View(TELEGRAM, telegram_view),
        "zalo-bot": View(ZALO_BOT, zalo_bot_view),
        "zalo-oa": View(ZALO_OA, zalo_oa_view),
    }
)


def buttons(count: int, label: str = "Xã") -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(f"{label} {n}", f"o:{n}"),) for n in range(1, count + 1))


MESSAGES: Mapping[str, Message] = MappingProxyType(
    {
        "plain": Message("Xin chào ông/bà."),
        "one row": Message("3/9", ((Button("Hài lòng", "s:k:q:4", "good"), Button("Bỏ qua", "s:k:-")),)),
        "five levels": Message("Câu 2", buttons(5, "Mức")),
        "wide row": Message("Câu 2", (tuple(Button(str(n), f"n:{n}") for n in range(11)),)),
        "120 buttons": Message("Chọn nơi", buttons(120)),
        "long": Message("Đánh giá " * 700),
        "long and strong": Message(strong("Điểm") + " a" * 4000 + strong("Hết")),
        "emoji": Message("👍🏽" * 3000),
        "strong": Message(f"Tuần 34 {strong('81,4')} (79,5–83,3) {strong('Xã B 👍')}"),
        "stray marks": Message(f"a{PLAIN}b{STRONG}c"),
        "markup": Message("<b>đậm</b> *x* _y_ [z](http://a.vn) & `c`"),
        "right to left": Message("\u202eabc\u202c"),
        "data at the bound": Message("?", ((Button("a", "x" * 64),),)),
        "data beyond the bound": Message("?", ((Button("a", "x" * 65), Button("b", "y")),)),
        "picture": Message("Biểu đồ", attachment=Attachment("picture", "bieu-do")),
        "only a picture": Message("", attachment=Attachment("picture", "bieu-do")),
        "file with buttons": Message("Tệp", buttons(2), attachment=Attachment("sheet", "diem")),
        "replaces": Message("✓ Câu 1: Hài lòng", buttons(2), replaces=True),
        "replaces with a picture": Message("Điểm", replaces=True, attachment=Attachment("picture", "x")),
        "words expected": Message("Lời nhắn?", buttons(7), awaits="words"),
        "nothing visible": Message(" \n"),
    }
)


@pytest.fixture(params=sorted(VIEWS))
def view(request: pytest.FixtureRequest) -> View:
    return VIEWS[request.param]


@pytest.fixture(params=sorted(MESSAGES))
def message(request: pytest.FixtureRequest) -> Message:
    return MESSAGES[request.param]


def test_a_text_is_never_empty_and_never_too_long(view: View, message: Message) -> None:
    shown = view.show(message, False)
    if "send" in shown.parts:
        assert shown.text.strip()
    assert shown.length <= view.limits.text


def test_words_stand_as_they_are_or_are_cut_with_a_mark(view: View, message: Message) -> None:
    shown = view.show(message, False)
    words = without_marks(message.text)
    if not words.strip():
        return
    if view.limits.numbered:  # nothing is cut: a long text comes in pieces, parted at blanks and line breaks
        assert "".join(shown.text.split()).startswith("".join(words.split()))
        assert not shown.text.endswith("…")
        return
    assert shown.text.startswith(words) or (shown.text.endswith("…") and words.startswith(shown.text[:-1]))


def test_marks_never_show_and_strong_passages_are_the_messages_own(view: View, message: Message) -> None:
    shown = view.show(message, False)
    assert not {STRONG, PLAIN} & set(shown.text)
    assert all(passage in without_marks(message.text) for passage in shown.strong)


def test_every_button_can_be_pressed_or_stands_in_a_numbered_list(view: View, message: Message) -> None:
    shown = view.show(message, False)
    wanted = tuple((button.label, button.data) for row in message.buttons for button in row)
    assert len(shown.buttons) <= view.limits.buttons
    assert all(len(data.encode()) <= view.limits.data for _, data in shown.buttons)
    if view.limits.numbered:
        most = view.limits.buttons if all(len(data.encode()) <= view.limits.data for _, data in wanted) else 0
        numbered = with_numbers([message], most)[0]
        assert shown.buttons == tuple((button.label, button.data) for button in flat(numbered))
        lines, pressed = shown.text.split("\n"), {data for _, data in shown.buttons}
        sign = "#{} {}" if message.awaits == "words" else "{}. {}"
        assert all(sign.format(at, label) in lines for at, (label, data) in enumerate(wanted, 1) if data not in pressed)
    elif shown.buttons:
        assert shown.buttons == wanted
    else:
        assert all(f"{at}. {label}" in shown.text for at, (label, _) in enumerate(wanted, 1))


def test_the_parts_come_in_order(view: View, message: Message) -> None:
    # Where pictures cannot be sent, words stand for them.
    words = message.text.strip() or message.buttons or not (message.attachment and view.limits.pictures)
    edits = message.replaces and view.limits.edits
    for on_bubble in (False, True):
        expected: list[Part] = ["edit" if edits and on_bubble else "send"] if words else []
        if message.attachment and view.limits.pictures:
            expected.append("attachment")
        assert list(view.show(message, on_bubble).parts) == expected


def test_a_replaced_bubble_shows_what_a_new_one_would(view: View, message: Message) -> None:
    new, replaced = view.show(message, False), view.show(message, True)
    assert (new.text, new.strong, new.buttons) == (replaced.text, replaced.strong, replaced.buttons)


def test_a_picture_that_cannot_be_sent_is_said(view: View, message: Message) -> None:
    if message.attachment and not view.limits.pictures:
        assert ELSEWHERE in view.show(message, False).text
