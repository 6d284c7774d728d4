"""Messages taken apart for the page."""

from __future__ import annotations

import pytest

from bot.channels.web_form import Form, parse_form
from bot.channels.web_lately import Lately
from bot.channels.web_render import bubble_of, marked
from handlers.context import PLAIN, STRONG, Attachment, Button, Message, strong

HEAD = f"{strong('3/9')} · Cán bộ có tận tình không?"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        (f"Mã {strong('K7Q2-4MXD')}.", 'Mã <strong class="code">K7Q2-4MXD</strong>.'),
        (strong("Xã <A>"), "<strong>Xã &lt;A&gt;</strong>"),
        (f"{STRONG}không đóng", "không đóng"),
        (f"không mở{PLAIN}", "không mở"),
        (f"{STRONG}{STRONG}a{PLAIN}{PLAIN}", "<strong>a</strong>"),
        (f"{strong('a')} {strong('b')}", "<strong>a</strong> <strong>b</strong>"),
    ],
)
def test_strong_passages_after_escaping(text: str, html: str) -> None:
    assert marked(text) == html


def test_a_question_is_taken_apart() -> None:
    bubble = bubble_of(Message(f"✓ Câu 2: Hài lòng\n\nXin lỗi, bot chưa hiểu.\n\n{HEAD}\nXin đừng ghi tên.\n\nThêm."))
    assert bubble.noted == ("✓ Câu 2: Hài lòng",)
    assert bubble.asides == ("Xin lỗi, bot chưa hiểu.",)
    assert bubble.step == (3, 9)
    assert bubble.heading == "Cán bộ có tận tình không?"
    assert bubble.paragraphs == ("Xin đừng ghi tên.", "Thêm.")


def test_any_other_message_is_paragraphs() -> None:
    bubble = bubble_of(Message("Một.\nHai.\n\nBa."))
    assert (bubble.heading, bubble.paragraphs) == (None, ("Một.\nHai.", "Ba."))
    assert bubble_of(Message("")).paragraphs == ()
    assert bubble_of(Message("✓ Một mình")).paragraphs == ("✓ Một mình",)


def test_a_list_is_set_line_by_line() -> None:
    (listed,) = bubble_of(Message(f"{strong('Xếp hạng')}\n1. A <b>\n2. B\n3. C")).paragraphs
    lines = ("<strong>Xếp hạng</strong>", "1. A &lt;b&gt;", "2. B", "3. C")
    assert listed == "".join(f'<span class="line">{line}</span>' for line in lines)


def test_boxes_and_the_look_of_buttons() -> None:
    rows = (
        (Button("☑ chờ lâu", "s:1:q:a"), Button("☐ xa", "s:1:q:b")),
        (Button("Xong", "s:1:q:-", "main"),),
        (Button("‹ Quay lại", "s:1:@back:q"), Button("Gửi", "s:1:@send", "main")),
    )
    first, second, third = bubble_of(Message(HEAD, rows)).rows
    assert [(choice.label, choice.picked) for choice in first] == [("chờ lâu", True), ("xa", False)]
    assert second[0].look == "main"
    assert [choice.look for choice in third] == ["quiet", "main"]


def review(numbers: str = "12", tail: str = "") -> Message:
    text = f"Xem lại giúp.\n\n1. Câu một?\n   → Hài lòng\n2. Câu hai?\n   → 4. không → phải{tail}"
    edits = tuple(Button(f"Sửa {number}", f"s:1:@edit:q{number}") for number in numbers)
    return Message(text, ((Button("Gửi", "s:1:@send", "main"),), edits), awaits="press")


def test_each_line_of_the_review_has_its_button() -> None:
    bubble = bubble_of(review())
    assert [(line.number, line.question, line.answer, line.edit.data) for line in bubble.answered] == [
        ("1", "Câu một?", "Hài lòng", "s:1:@edit:q1"),
        ("2", "Câu hai?", "4. không → phải", "s:1:@edit:q2"),
    ]
    assert bubble.paragraphs == ("Xem lại giúp.",)
    assert [[choice.label for choice in row] for row in bubble.rows] == [["Gửi"]]


@pytest.mark.parametrize(
    "message", [review("1"), review("21"), review("123"), review(tail="\nthêm một dòng"), review("")]
)
def test_a_review_that_does_not_add_up_is_shown_as_it_was_written(message: Message) -> None:
    bubble = bubble_of(message)
    assert bubble.answered == ()
    assert len(bubble.paragraphs) == 2
    assert sum(len(row) for row in bubble.rows) == sum(len(row) for row in message.buttons)


def test_attachments_are_named_by_kind() -> None:
    assert bubble_of(Message("x", attachment=Attachment("picture", "A"))).picture == "A"
    assert bubble_of(Message("x", attachment=Attachment("sheet", "B"))).sheet == "B"


def test_a_form_is_read_once_and_whole() -> None:
    assert parse_form(b"nonce=n&text=+a%0D%0Ab+&l=en") == Form("n", None, "a\nb", "en")
    assert parse_form(b"nonce=n&press=s%3A1%3Aq") == Form("n", "s:1:q")
    assert parse_form(b"nonce=n&text=%ED%A0%80") == 400, "a lone surrogate is not text"


def test_the_small_memory_forgets_by_time_and_by_number() -> None:
    now = [0.0]
    lately = Lately[int](2, lambda: now[0])
    lately.put("a", 1, 10)
    lately.put("b", 2, 5)
    assert (lately.get("a"), lately.get("b")) == (1, 2)
    now[0] = 5.0
    assert (lately.get("a"), lately.get("b")) == (1, None)
    lately.put("a", 3, 10)
    lately.put("c", 4, 10)
    assert (lately.get("a"), lately.get("b"), lately.get("c")) == (3, None, 4)
    lately.put("d", 5, 10)
    assert lately.get("a") is None, "the oldest gives way"
    lately.drop("c")
    lately.drop("c")
    assert lately.get("c") is None
