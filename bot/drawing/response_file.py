"""The operator's file of every finished response. Nothing in it leads to a person."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bot.drawing.codebook import Codebook, codebook
from bot.drawing.tables import MOST_ROWS, Form, SheetTable, Table, csv_table, workbook
from bot.drawing.words import SHEETS, words
from bot.storage.queries import SQL
from handlers.context import Context

PAGE = 500
"""Responses of one short read: a long one would keep the writer's log from being folded in."""


def export_responses(
    connection: sqlite3.Connection,
    context: Context,
    out: Path,
    form: Form,
    *,
    most_rows: int = MOST_ROWS,
    page: int = PAGE,
) -> int:
    """Write one row a complete or partial response; returns how many. OSError propagates and leaves no file.

    Rows stand by local day and unit, and within these by a digest: their order tells nothing about the hour.
    """
    book = codebook(context, SQL.published_surveys(connection, province_id=context.province.id))
    language = context.texts.language
    if form == "csv":
        with csv_table(out) as table:
            return _fill(table, connection, context, book, page)
    names = words(SHEETS, language)
    with workbook(out, constant_memory=True) as made:
        sheets = SheetTable(made, names["responses"], names["codes"], most_rows)
        return _fill(sheets, connection, context, book, page)


def _fill(table: Table, connection: sqlite3.Connection, context: Context, book: Codebook, page: int) -> int:
    table.explain(book.names, book.lines, _watermark(context))
    table.head(book.columns)
    rows = 0
    for ids in _pages(connection, context.province.id, page):
        for row in _rows(connection, context, book, ids):
            table.row(row)
            rows += 1
    return rows


def _watermark(context: Context) -> str:
    return context.texts("sample") if context.province.sample else ""


def _pages(connection: sqlite3.Connection, province_id: str, size: int) -> Iterator[list[str]]:
    page: list[str] = []
    for response_id in _ids(connection, province_id, size):
        page.append(response_id)
        if len(page) == size:
            yield page
            page = []
    if page:
        yield page


def _ids(connection: sqlite3.Connection, province_id: str, size: int) -> Iterator[str]:
    """Every finished response; at any moment no more ids are held than one desk has in a day."""
    day, unit_id = "", ""
    while places := list(SQL.export_days(connection, province_id=province_id, day=day, unit_id=unit_id, limit=size)):
        for day, unit_id in places:  # the last one is where the next page begins
            rows = SQL.export_ids(connection, province_id=province_id, day=day, unit_id=unit_id)
            yield from sorted((row[0] for row in rows), key=_mixed)


def _mixed(response_id: str) -> str:
    """Ids begin with their time; this order has none."""
    return hashlib.sha256(response_id.encode()).hexdigest()


def _rows(
    connection: sqlite3.Connection, context: Context, book: Codebook, page: Sequence[str]
) -> Iterator[list[object]]:
    """The page's responses in its order; one that is withdrawn meanwhile is left out."""
    key = {"province_id": context.province.id, "ids": json.dumps(page)}
    with _one_moment(connection):
        heads = {row[0]: row[1:] for row in SQL.export_responses(connection, **key)}
        answers: dict[str, dict[str, str]] = {}
        for response_id, criterion, value in SQL.export_answers(connection, **key):
            given = answers.setdefault(response_id, {})
            given[criterion] = f"{given[criterion]} {value}" if criterion in given else value
    tree = context.stores.units.tree()
    for response_id in page:
        if response_id in heads:
            day, unit_id, *rest = heads[response_id]
            unit = tree.get(unit_id)
            given = answers.get(response_id, {})
            names = (unit.code, unit.name) if unit else (unit_id, "")
            yield [date.fromisoformat(day), *names, *rest, *(given.get(code) for code in book.criteria)]


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Several reads of the same state of the database."""
    own = not connection.in_transaction
    if own:
        connection.execute("BEGIN")
    try:
        yield
    finally:
        if own:
            connection.execute("COMMIT")
