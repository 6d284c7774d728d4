"""B11: what a Message becomes on Telegram: exact entities, nothing typed can become markup, limits in UTF-16 units."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.channels.passages import units
from bot.channels.telegram_render import LIMITS, NOTHING, render
from handlers.context import PLAIN, STRONG, Button, Message, strong
from tests.standins.telegram.keyboards import read_markup
from tests.standins.telegram.text import check_entities, utf16_length

Json = dict[str, Any]

# Everything Unicode can hold but our own marks and half pairs; emoji beyond the first plane are frequent.
LETTERS = st.one_of(
    st.characters(codec="utf-8", exclude_characters=(STRONG, PLAIN)),
    st.sampled_from("👍🏽𝓗👨‍👩‍👧ế\u0301\u202e\u200f<&_*[](`\n "),
)
WORDS = st.text(LETTERS, max_size=40)


def bold(body: Json) -> list[str]:
    raw = body["text"].encode("utf-16-le")
    return [
        raw[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le") for e in body.get("entities", [])
    ]


@settings(max_examples=500)
@given(WORDS)
def test_any_text_arrives_as_it_is_and_bears_no_entity(text: str) -> None:
    body = render(Message(text))
    assert body["text"] == (text if text.strip() else NOTHING)
    assert "entities" not in body
    assert "parse_mode" not in body
    assert body["link_preview_options"] == {"is_disabled": True}


@settings(max_examples=500)
@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=8))
def test_entities_cover_exactly_the_strong_passages(passages: list[tuple[str, bool]]) -> None:
    plain = "".join(text for text, _ in passages)
    assume(plain.strip())
    body = render(Message("".join(strong(text) if is_strong else text for text, is_strong in passages)))
    assert body["text"] == plain
    assert bold(body) == [text for text, is_strong in passages if is_strong and text]
    check_entities(body["text"], body.get("entities", []))


@settings(max_examples=300)
@given(st.text(st.sampled_from([STRONG, PLAIN, "a", "👍", " "]), max_size=20))
def test_marks_in_any_disorder_never_show_and_never_overlap(text: str) -> None:
    body = render(Message(text))
    assert STRONG not in body["text"]
    assert PLAIN not in body["text"]
    ends = [(e["offset"], e["offset"] + e["length"]) for e in body.get("entities", [])]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ends))
    check_entities(body["text"], body.get("entities", []))


@pytest.mark.parametrize(
    ("text", "shown", "strong_parts"),
    [
        (f"a{STRONG}b", "ab", ["b"]),
        (f"a{PLAIN}b", "ab", []),
        (f"{STRONG}a{STRONG}b{PLAIN}c", "abc", ["ab"]),
        (f"{STRONG}{PLAIN}x", "x", []),
        (f"👍 {strong('Đông Hưng')} 🇻🇳", "👍 Đông Hưng 🇻🇳", ["Đông Hưng"]),
        (f"<b>{strong('<i>')}</b> *x* [y](http://z)", "<b><i></b> *x* [y](http://z)", ["<i>"]),
        ("", NOTHING, []),
        (strong("  \n"), NOTHING, []),
    ],
)
def test_marks(text: str, shown: str, strong_parts: list[str]) -> None:
    body = render(Message(text))
    assert body["text"] == shown
    assert bold(body) == strong_parts


@pytest.mark.parametrize("letter", ["a", "ế", "👍", "e\u0301"])
@pytest.mark.parametrize("length", [4095, 4096, 4097, 5000, 20_000])
def test_long_texts_are_cut_and_marked_by_utf16_units(letter: str, length: int) -> None:
    text = letter * length
    body = render(Message(text))
    assert utf16_length(body["text"]) <= LIMITS.text
    assert utf16_length(body["text"]) > LIMITS.text - 6
    if utf16_length(text) <= LIMITS.text:
        assert body["text"] == text
    else:
        assert body["text"].endswith("…")
        assert text.startswith(body["text"][:-1])


def test_marks_do_not_count_toward_the_limit() -> None:
    text = strong("a") * (LIMITS.text // 2) + "b" * (LIMITS.text // 2)
    body = render(Message(text))
    assert len(body["text"]) == LIMITS.text
    assert not body["text"].endswith("…")


def test_a_strong_passage_at_the_cut_is_left_out_whole() -> None:
    body = render(Message("a" * 4000 + strong("b" * 500)))
    assert body["text"] == "a" * 4000 + "…"
    assert "entities" not in body


def test_one_endless_strong_passage_loses_its_weight_and_not_its_words() -> None:
    body = render(Message(strong("chữ " * 3000)))
    assert utf16_length(body["text"]) > LIMITS.text - 6
    assert "entities" not in body


def test_half_a_surrogate_pair_does_not_stop_a_message() -> None:
    body = render(Message("a\ud83d b", ((Button("x\udc00", "d"),),)))
    assert body["text"] == "a\ufffd b"
    assert body["reply_markup"]["inline_keyboard"][0][0]["text"] == "x\ufffd"


def test_tones_are_styles_and_labels_stay_words() -> None:
    tones = render(
        Message(
            "?",
            (
                (Button("Không", "0", "bad"), Button("Có", "1", "good")),
                (Button("Gửi", "2", "main"), Button("Bỏ qua", "3")),
            ),
        )
    )
    rows = tones["reply_markup"]["inline_keyboard"]
    assert [[(b["text"], b.get("style")) for b in row] for row in rows] == [
        [("Không", "danger"), ("Có", "success")],
        [("Gửi", "primary"), ("Bỏ qua", None)],
    ]


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(
            st.builds(
                Button, st.text(LETTERS, max_size=10), st.text(LETTERS, max_size=40), st.sampled_from(["plain", "bad"])
            ),
            max_size=12,
        ),
        max_size=12,
    )
)
def test_any_buttons_give_a_keyboard_that_telegram_takes_or_a_list(rows: list[list[Button]]) -> None:
    body = render(Message("?", tuple(map(tuple, rows))))
    kept = read_markup(body.get("reply_markup"), inline_only=True)
    buttons = [button for row in rows for button in row]
    if kept:
        shown = [(b["text"], b["callback_data"]) for row in kept["inline_keyboard"] for b in row]
        assert shown == [(button.label, button.data) for button in buttons]
    else:
        assert all(f"{at}. {button.label}" in body["text"] for at, button in enumerate(buttons, 1))


def test_a_hundred_and_twenty_buttons_are_a_numbered_list() -> None:
    rows = tuple((Button(f"Xã {n}", f"o:{n}"),) for n in range(1, 121))
    body = render(Message("Chọn", rows))
    assert "reply_markup" not in body
    assert "120. Xã 120" in body["text"]
    assert "reply_markup" in render(Message("Chọn", rows[:100]))


def test_data_counts_in_bytes() -> None:
    assert "reply_markup" in render(Message("?", ((Button("a", "đ" * 32),),)))
    over = render(Message("?", ((Button("a", "đ" * 33), Button("b", "ok")),)))
    assert "reply_markup" not in over
    assert over["text"] == "?\n\n1. a\n2. b"


def test_units() -> None:
    assert [units(text) for text in ("", "abc", "ế", "👍", "👨‍👩‍👧")] == [0, 3, 1, 2, 8]
