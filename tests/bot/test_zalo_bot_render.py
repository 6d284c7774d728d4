"""What a reply becomes on a platform without buttons, edits and files: pieces that fit, styles that point at words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import without_marks
from bot.channels.passages import units
from bot.channels.pieces import split
from bot.channels.zalo_bot_render import LIMITS, NOTHING, render
from handlers.context import PLAIN, STRONG, Attachment, Button, Message, strong
from tests.standins.zalo_bot.shapes import check, length

LINE = "Đánh giá của người dân về cách phục vụ."


def texts(message: Message, elsewhere: str = "") -> list[str]:
    return [body["text"] for body in render([message], elsewhere)]


def test_buttons_are_numbers_counted_through_the_reply() -> None:
    first = Message("Câu 1", ((Button("Hài lòng", "a"), Button("Chưa", "b")),))
    second = Message("Lời nhắn?", ((Button("Bỏ qua", "c"),),), awaits="words")
    assert [body["text"] for body in render([first, second])] == [
        "Câu 1\n\n1. Hài lòng\n2. Chưa",
        "Lời nhắn?\n\n#3 Bỏ qua",
    ]


def test_a_strong_passage_is_a_style_by_utf16_units() -> None:
    (body,) = render([Message(f"👍 Tuần 34: {strong('81,4')} tại {strong('Xã B')}")])
    assert body["text"] == "👍 Tuần 34: 81,4 tại Xã B"
    styled = [(one["start"], one["len"], one["st"]) for one in body["text_styles"]]
    assert styled == [(12, 4, ["b"]), (21, 4, ["b"])]
    raw = body["text"].encode("utf-16-le")
    assert [raw[2 * at : 2 * (at + size)].decode("utf-16-le") for at, size, _ in styled] == ["81,4", "Xã B"]


def test_markup_stays_words_and_no_parse_mode_is_used() -> None:
    (body,) = render([Message("<b>đậm</b> *x* [z](http://a.vn)")])
    assert body == {"text": "<b>đậm</b> *x* [z](http://a.vn)"}


def test_text_goes_out_composed() -> None:
    assert texts(Message("ha\u0300i lo\u0300ng")) == ["hài lòng"]


@pytest.mark.parametrize("empty", ["", " \n", f"{STRONG} {PLAIN}"])
def test_nothing_visible_is_a_mark(empty: str) -> None:
    assert texts(Message(empty)) == [NOTHING]


def test_a_picture_is_a_sentence() -> None:
    picture = Attachment("picture", "x")
    assert texts(Message("Điểm", attachment=picture), "Xem trên web.") == ["Điểm\n\nXem trên web."]
    assert texts(Message("", attachment=picture), "Xem trên web.") == ["Xem trên web."]


def test_a_long_text_is_parted_at_line_breaks() -> None:
    lines = [f"{number}. {LINE}" for number in range(200)]
    pieces = texts(Message("\n".join(lines)))
    assert len(pieces) == 5
    assert [line for piece in pieces for line in piece.split("\n")] == lines
    assert all(units(piece) > LIMITS.text - 2 * len(LINE) for piece in pieces[:-1]), "as few pieces as can be"


def test_a_line_without_an_end_is_parted_at_blanks_and_at_last_between_letters() -> None:
    words = ["phục"] * 900
    assert " ".join(split(" ".join(words), LIMITS.text)).split() == words
    assert all(units(piece) <= LIMITS.text for piece in split(" ".join(words), LIMITS.text))
    assert split("ế" * 4500, LIMITS.text) == ["ế" * 2000, "ế" * 2000, "ế" * 500]


@pytest.mark.parametrize("letter", ["ỵ̂́", "👍🏽", "👨‍👩‍👧", "e\u0301\u0302"])
def test_no_piece_begins_inside_a_letter(letter: str) -> None:
    pieces = split(letter * 1500, LIMITS.text)
    assert "".join(pieces) == letter * 1500
    assert all(len(piece) % len(letter) == 0 for piece in pieces)


def test_a_strong_passage_is_never_parted() -> None:
    text = "a" * 1990 + " " + strong("Huyện Đông Hưng") + " b" * 50
    first, second = split(text, LIMITS.text)
    assert first == "a" * 1990
    assert second.startswith(strong("Huyện Đông Hưng"))
    # One that fits in no piece loses its weight, not its words.
    long = split(strong("từ " * 1000).rstrip(), LIMITS.text)
    assert " ".join(long).split() == ["từ"] * 1000
    assert all(STRONG not in piece for piece in long)


def test_marks_upon_marks_come_to_an_end() -> None:
    pieces = split("e" + "\u0301" * 9000, LIMITS.text)
    assert all(units(piece) <= LIMITS.text for piece in pieces)


TEXTS = st.lists(
    st.sampled_from([STRONG, PLAIN, "\n", " ", "ế", "👍🏽", "a" * 700, "từ ngữ " * 90, "e\u0301", "👨‍👩‍👧", "\ud83d"]),
    max_size=60,
).map("".join)


@settings(max_examples=200)
@given(TEXTS, st.booleans())
def test_whatever_is_said_the_platform_takes_it_and_no_word_is_lost(text: str, picture: bool) -> None:
    message = Message(text, attachment=Attachment("picture", "x") if picture else None)
    bodies = render([message], "Xem trên web.")
    for body in bodies:
        check("sendMessage", {"chat_id": "ted", **body})
        assert length(body["text"]) <= LIMITS.text
        assert not {STRONG, PLAIN} & set(body["text"])
    said = "".join("".join(body["text"].split()) for body in bodies).removesuffix("Xemtrênweb.")
    meant = without_marks(text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert said == ("".join(unicodedata.normalize("NFC", meant).split()) or ("" if picture else NOTHING))
