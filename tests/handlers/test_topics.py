"""Official figures in the chat, on the page and in the file: one and the same to the last digit, whatever is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest

from bot.channels.base import without_marks
from bot.core import Lines
from bot.drawing.overview_file import overview_file
from handlers.context import Incoming
from handlers.overview import file_of
from handlers.topics import TOPICS, sight
from tests.handlers.books import bring_staffing, meeting
from tests.handlers.visits import Citizen, always
from tests.world import World, world

ASKED = (
    *((("par", words)) for words in ("2017 34", "340", "lost 340", "rank district", "rank department", "up 340")),
    *((("staffing", words)) for words in ("34 2018-06-30", "340", "department 2018", "district", "trend 34")),
    *((("nhiemvu", words)) for words in ("", "quá hạn", "340")),
    *((("doichieu", words)) for words in ("34", "340")),
    ("cosovatchat", "340"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("topics")) as one:
        meeting(one)
        one.official("chief", "34", "manager")
        bring_staffing(one, date(2018, 3, 31), fewer=4)
        one.says("chief", "/kyduyet ky staffing 2018-03-31 1")
        for unit, level in (("12700", "4"), ("12703", "2")):
            for number in range(70):
                Citizen(one, f"{unit}-{number}").visits(unit, always(level))
        yield one


def test_every_topic_is_asked() -> None:
    assert {topic for topic, _ in ASKED} == set(TOPICS)


@pytest.mark.parametrize(("topic", "words"), ASKED)
def test_chat_page_and_file_hold_the_same_figures(made: World, topic: str, words: str) -> None:
    from openpyxl import load_workbook

    context = made.core.context(made.connection, Incoming("console", "", "chief", "text"), now=made.now, audit=Lines())
    answered, page = TOPICS[topic](context, words), sight(context, topic, words)
    assert page is not None
    assert page.grids
    chat = made.says("chief", f"/{topic} {words}")
    for line in (page.heading, *page.lines):
        assert without_marks(line) in chat or line in answered.shown.notes
    book = load_workbook(BytesIO(overview_file(file_of(context, answered.shown).facts)))
    assert len(book.worksheets) == len(page.grids)
    for sheet, grid in zip(book.worksheets, page.grids, strict=True):
        titles, *rows = sheet.iter_rows(min_row=5, values_only=True)
        assert list(titles) == list(grid.columns)
        shown = [["" if cell == "–" else cell for cell in row] for row in grid.rows]
        assert [[_as_the_page(cell) for cell in row] for row in rows] == shown
    for label, share in answered.shown.bars if words.startswith("rank") else ():
        assert f"{label} {share:.2f}%".replace(".", ",") in chat


def _as_the_page(cell: object) -> str:
    """A cell of the workbook as Vietnamese writes it."""
    match cell:
        case None:
            return ""
        case int():
            return f"{cell:,}".replace(",", ".")
        case float():
            return f"{cell:.6f}".rstrip("0").rstrip(".").replace(".", ",")
        case _:
            return re.sub(r"^(\d{4})-(\d{2})-(\d{2})$", r"\3/\2/\1", str(cell))
