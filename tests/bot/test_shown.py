"""Numbers and words typed instead of pressing: they mean the screen she saw last, also when an event comes again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import shown
from bot.channels.base import with_numbers
from handlers.context import Button, Incoming, Message
from tests.world import World, world

CHANNEL, ADDRESS = "zalo-bot", "ted"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        one.take(Incoming(CHANNEL, "hello", ADDRESS, "start", ""))
        yield one


def screen(*labels: str, words: bool = False) -> Message:
    rows = tuple((Button(label, f"c:{label}"),) for label in labels)
    return Message("?", rows, awaits="words" if words else "press")


def show(made: World, *messages: Message) -> None:
    shown.note(made.connection, made.core.province.id, CHANNEL, ADDRESS, messages, 1)


def means(made: World, typed: str, update_id: str = "u1", *, choosing: bool = False) -> str:
    """The data of the press, or "" where the words stay words."""
    incoming = Incoming(CHANNEL, update_id, ADDRESS, "text", typed)
    meant = shown.meant(made.connection, made.core.province.id, incoming, choosing=choosing)
    assert (meant.kind == "press") == (meant.text != typed)
    return meant.text if meant.kind == "press" else ""


@pytest.mark.parametrize("typed", ["2", " 2 ", "2.", "2)", "#2", "Hài lòng", "HAI LONG", "hài  lòng"])
def test_a_number_or_its_words_press_the_button(made: World, typed: str) -> None:
    show(made, screen("☐ Không", "☑ Hài lòng"))
    assert means(made, typed) == "c:☑ Hài lòng"


@pytest.mark.parametrize("typed", ["0", "3", "99", "1 2", "hài", "", "-1", "１"])
def test_what_names_no_button_stays_words(made: World, typed: str) -> None:
    show(made, screen("Không", "Hài lòng"))
    assert means(made, typed) == ""


def test_where_words_are_expected_a_bare_number_is_an_answer(made: World) -> None:
    show(made, screen("Bỏ qua", words=True))
    assert means(made, "1", "a") == ""
    assert means(made, "#1", "b") == "c:Bỏ qua"
    assert means(made, "bo qua", "c") == "c:Bỏ qua"
    assert means(made, "1", "d", choosing=True) == "c:Bỏ qua"


def test_an_event_that_comes_again_means_what_it_meant(made: World) -> None:
    show(made, screen("Bắt đầu", "Để sau"))
    assert means(made, "1", "first") == "c:Bắt đầu"
    assert means(made, "7", "second") == ""
    show(made, screen("Gửi", *"abcdefg"))
    assert means(made, "1", "first") == "c:Bắt đầu"
    assert means(made, "7", "second") == ""
    assert means(made, "1", "third") == "c:Gửi"


def test_a_reply_without_buttons_leaves_the_older_ones(made: World) -> None:
    show(made, screen("Bắt đầu"))
    show(made, Message("Cảm ơn"))
    assert means(made, "1") == "c:Bắt đầu"


def test_two_messages_of_a_reply_count_on(made: World) -> None:
    reply = [screen("a", "b"), Message("-"), screen("c", "d")]
    show(made, *reply)
    assert means(made, "3") == "c:c"
    assert "3. c" in with_numbers(reply, 0)[2].text


def test_nothing_is_kept_of_somebody_who_was_erased(made: World) -> None:
    show(made, screen("Bắt đầu"))
    context = made.core.context(made.connection, Incoming(CHANNEL, "", ADDRESS, "text"))
    context.stores.responses.erase(context.person.id)
    show(made, screen("Bắt đầu"))
    assert made.rows("SELECT count(*) FROM shown") == [(0,)]


def test_the_main_button_stays_one_and_keeps_its_number() -> None:
    labels = ("a", "b", "c", "Gửi")
    rows = tuple((Button(label, f"c:{label}", "main" if label == "Gửi" else "plain"),) for label in labels)
    (message,) = with_numbers([Message("?", rows, awaits="press")], 2)
    assert [button.label for row in message.buttons for button in row] == ["4. Gửi", "1. a"]
    assert message.text == "?\n\n2. b\n3. c"


def test_numbers_begin_where_buttons_end() -> None:
    (message,) = with_numbers([screen("a", "b", "c", "d")], 3)
    assert [button.label for row in message.buttons for button in row] == ["1. a", "2. b", "3. c"]
    assert [button.data for row in message.buttons for button in row] == ["c:a", "c:b", "c:c"]
    assert message.text == "?\n\n4. d"
    assert with_numbers([screen("a", "b")], 3) == [screen("a", "b")]
    assert with_numbers([screen("Bỏ qua", words=True)], 0)[0].text == "?\n\n#1 Bỏ qua"
