"""Official figures on the page: the commands that answer there, too, with the same words and the same figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers import facilities, par, staffing, tasks, together
from handlers.context import Context
from handlers.figures import sample_mark
from handlers.overview import Answer, said

TOPICS: Mapping[str, Callable[[Context, str], Answer]] = {
    "par": par.answer,
    "staffing": staffing.answer,
    "cosovatchat": facilities.answer,
    "doichieu": together.answer,
    "nhiemvu": tasks.answer,
}
"""By command. Each is asked as its command would be in the chat."""


@dataclass(frozen=True)
class Grid:
    """A table in the reader's language; `numbers`: which columns hold figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    head: int = 1


@dataclass(frozen=True)
class Sight:
    """What stands on the page. `links`: (label, topic, words) to what the chat's buttons lead to."""

    topic: str
    heading: str
    lines: tuple[str, ...]
    grids: tuple[Grid, ...]
    links: tuple[tuple[str, str, str], ...]


def sight(context: Context, topic: str, words: str) -> Sight | None:
    """None where there is no such topic."""
    answer = TOPICS[topic](context, words) if topic in TOPICS else None
    if answer is None:
        return None
    marks = sample_mark(context)  # the page bears them anyway
    said_too = [note for note in answer.shown.notes if note not in answer.shown.lines]  # of the tables below
    told = (*answer.shown.lines, *said_too)
    lines = [line for text in told for line in text.split("\n") if line not in marks]
    heading = answer.shown.title or lines[0]
    lines.remove(heading)
    return Sight(topic, heading, tuple(lines), tuple(_grids(context, answer)), tuple(_links(answer)))


def _grids(context: Context, answer: Answer) -> list[Grid]:
    found = []
    for table in answer.shown.tables:
        rows = tuple(tuple(said(context, cell) for cell in row) for row in table.rows)
        numbers = tuple(all(not isinstance(row[at], str) for row in table.rows) for at in range(len(table.columns)))
        found.append(Grid(table.title, table.columns, rows, numbers, table.head))
    return found


def _links(answer: Answer) -> list[tuple[str, str, str]]:
    """Those buttons that lead to such figures; files and pictures come in the chat."""
    found = []
    for button in answer.buttons:
        topic, _, words = button.data.removeprefix("c:").partition(" ")
        if topic in TOPICS and not words.startswith(("@file", "@chart")):
            found.append((button.label, topic, words))
    return found
