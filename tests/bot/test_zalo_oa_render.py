"""What is special about Zalo's messages: five buttons, numbers for the rest, long texts in pieces, no files."""

from __future__ import annotations

import unicodedata

import pytest

from bot.channels.passages import units
from bot.channels.zalo_oa_render import render
from handlers.context import Attachment, Button, Message, strong


def rows(*labels: str) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(label, f"s:k:q2:{at}"),) for at, label in enumerate(labels, 1))


def test_a_question_of_five_levels_is_five_hidden_buttons() -> None:
    (body,) = render([Message(f"{strong('2/9')} · Thái độ?", rows("Rất không", "Không", "Vừa", "Hài lòng", "Rất"))])
    assert body["text"] == "2/9 · Thái độ?"
    buttons = body["attachment"]["payload"]["buttons"]
    assert body["attachment"]["type"] == "template"
    assert [button["title"] for button in buttons] == ["Rất không", "Không", "Vừa", "Hài lòng", "Rất"]
    assert {button["type"] for button in buttons} == {"oa.query.hide"}
    assert buttons[3]["payload"] == "s:k:q2:4"


def test_further_buttons_are_numbers_to_type() -> None:
    (body,) = render([Message("Câu 2", rows("a", "b", "c", "d", "e", "Quay lại", "Bỏ qua"))])
    assert body["text"] == "Câu 2\n\n6. Quay lại\n7. Bỏ qua"
    assert [one["title"] for one in body["attachment"]["payload"]["buttons"]] == [
        "1. a",
        "2. b",
        "3. c",
        "4. d",
        "5. e",
    ]


def test_a_long_text_goes_out_in_pieces_and_the_buttons_with_the_last() -> None:
    lines = [f"Xã số {n}: 81,4 (79,5 đến 83,3)" for n in range(120)]
    bodies = render([Message("\n".join(lines), rows("Xem"))])
    assert len(bodies) == 2
    assert "\n".join(body["text"] for body in bodies).split("\n") == lines
    assert ["attachment" in body for body in bodies] == [False, True]


def test_accents_are_written_in_one_letter() -> None:
    apart = unicodedata.normalize("NFD", "Rất hài lòng")
    (body,) = render([Message(apart, ((Button(apart, "x"),),))])
    assert body["text"] == "Rất hài lòng"
    assert body["attachment"]["payload"]["buttons"][0]["title"] == "Rất hài lòng"


def test_a_long_label_is_cut_and_still_pressed() -> None:
    (body,) = render([Message("?", ((Button("Uỷ ban " * 30, "o:34"),),))])
    (button,) = body["attachment"]["payload"]["buttons"]
    assert units(button["title"]) <= 100
    assert button["title"].endswith("…")
    assert button["payload"] == "o:34"


@pytest.mark.parametrize("text", ["Biểu đồ", ""])
def test_a_sentence_stands_for_a_picture(text: str) -> None:
    (body,) = render([Message(text, attachment=Attachment("picture", "x"))], instead="Gõ /trang.")
    assert body["text"] == f"{text}\n\nGõ /trang.".lstrip()
