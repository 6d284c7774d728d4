"""Official figures that are one and the same in the chat, on the officials' page and in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from handlers.context import PLAIN, STRONG, Attachment, Button, Context, Message
from handlers.figures import picture
from handlers.wording import number, whole

Cell = str | int | Decimal | date | None


@dataclass(frozen=True)
class Table:
    """`columns`: titles in the reader's language. None in a row: not known."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: int = 1
    """The column that names a row."""


@dataclass(frozen=True)
class Overview:
    """What is said of a unit: `lines` in the chat and above the tables, which the page and the file show.

    `name`: of the file. `bars`: (label, percentage) of its picture, and what they measure; no picture without.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    bars: tuple[tuple[str, Decimal], ...] = ()
    scale: str = ""
    notes: tuple[str, ...] = ()
    """Of `lines`: what a file or picture must say, too."""
    draft: bool = False


@dataclass(frozen=True)
class Answer:
    """What a question about official figures gets; its buttons give the same command with other words.

    `gives`: the chat gives the workbook or the picture under this sentence.
    """

    shown: Overview
    buttons: tuple[Button, ...] = ()
    gives: Literal["", "file", "picture"] = ""
    sentence: str = ""


def instead(message: Message) -> Answer:
    """A sentence in place of figures: which unit is meant, no such year, not hers."""
    buttons = tuple(button for row in message.buttons for button in row)
    return Answer(Overview("", "", (message.text,)), buttons)


def as_message(context: Context, answer: Answer) -> Message:
    shown = answer.shown
    if answer.gives == "file":
        return Message(f"{shown.title}\n{answer.sentence}", attachment=file_of(context, shown))
    if answer.gives == "picture" and shown.bars:
        return Message(shown.title, attachment=picture_of(context, shown))
    rows = tuple(tuple(answer.buttons[at : at + 2]) for at in range(0, len(answer.buttons), 2))
    return Message("\n".join(shown.lines), rows)


def decimal(context: Context, value: Decimal) -> str:
    """Every digit that was told and none more: 80.04 as "80,04", 77.00 as "77"."""
    digits = max(0, -int(value.normalize().as_tuple().exponent))
    return number(context, value, digits)


def percent(context: Context, value: Decimal) -> str:
    """Two decimals, as decisions print them: "96,25%"."""
    return f"{number(context, value, 2)}%"


def said(context: Context, cell: Cell) -> str:
    """A cell of a table as the page shows it."""
    match cell:
        case None:
            return "–"
        case Decimal():
            return decimal(context, cell)
        case int():
            return whole(context, cell)
        case date():
            return cell.strftime("%d/%m/%Y")
        case _:
            return cell


def file_of(context: Context, shown: Overview) -> Attachment:
    """The tables as a workbook, a sheet each, the same figures to the last digit."""
    tables = [
        {"title": table.title, "columns": list(table.columns), "rows": [_plain(row) for row in table.rows]}
        for table in shown.tables
    ]
    facts: dict[str, object] = {"title": _words(shown.title), "tables": tables, "note": " ".join(shown.notes)}
    return Attachment("sheet", f"{shown.name}.xlsx", facts | _watermark(context, shown))


def picture_of(context: Context, shown: Overview) -> Attachment:
    """The shares as bars, lowest first."""
    bars = [[label, float(share)] for label, share in shown.bars]
    drawn = picture(context, shown.name, _words(shown.title), bars=bars, scale=shown.scale)
    return replace(drawn, facts={**drawn.facts, **_watermark(context, shown)})


def _watermark(context: Context, shown: Overview) -> dict[str, object]:
    """Across what leaves the chat: that it is sample data, or that nobody signed it."""
    if context.province.sample:
        return {"watermark": context.texts("sample")}
    return {"watermark": context.texts("book.unsigned")} if shown.draft else {}


def _words(title: str) -> str:
    return title.replace(STRONG, "").replace(PLAIN, "")


def _plain(row: Sequence[Cell]) -> list[object]:
    """A day by its ISO text: facts are plain data."""
    return [
        float(cell) if isinstance(cell, Decimal) else cell.isoformat() if isinstance(cell, date) else cell
        for cell in row
    ]
