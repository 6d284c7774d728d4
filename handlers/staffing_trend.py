"""How staffing moved over the days that were signed, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handlers.book_store import Book
from handlers.context import Context, strong
from handlers.overview import Cell, Overview, Table
from handlers.staffing_figures import COLUMNS, Subject, cells, framed, name_of, short_facts, signed_days, titles
from handlers.wording import whole
from scoring.staffing import People

MOST_DAYS = 12
"""Days looked at, as many as stay parsed on the shelf."""


@dataclass(frozen=True)
class _Step:
    """One signed day and what changed among those present since the signed day before it; None: not known."""

    book: Book
    people: People | None
    moved: int | None


def trend(context: Context, subject: Subject) -> Overview:
    """A line and a row of the table for each day."""
    say, steps = context.texts, _steps(context, subject)
    lines = []
    for step in steps:
        facts = ", ".join(short_facts(context, step.people, _moved(context, step.moved)))
        lines.append(say("staffing.line", name=step.book.shown, facts=facts))
    if len(steps) < 2:
        lines.append(say("staffing.trend_one"))
    invented = any(step.people is not None and step.people.invented for step in steps)
    columns = titles(context, "day", *COLUMNS, "change", "invented")
    table = Table(say("staffing.table.trend"), columns, tuple(_row(context, step) for step in steps), head=0)
    title = strong(say("staffing.trend", unit=name_of(context, subject)))
    name = f"staffing-{subject.level or subject.unit.code}"
    under = [say("book.invented")] if invented else []
    return framed(context, title, lines, name=name, table=table, under=under, draft=False)


def _steps(context: Context, subject: Subject) -> Sequence[_Step]:
    books = context.stores.books
    read = [(book, subject.people(books.staffing(book))) for book in signed_days(context)[:MOST_DAYS]]
    pairs = pairwise([*read, None])
    return [_Step(*now, _change(now[1], before[1] if before else None)) for now, before in pairs if now is not None]


def _change(now: People | None, before: People | None) -> int | None:
    if now is None or before is None or now.present is None or before.present is None:
        return None
    return now.present - before.present


def _moved(context: Context, moved: int | None) -> str:
    if moved is None:
        return ""
    key = "staffing.same" if moved == 0 else "staffing.more" if moved > 0 else "staffing.fewer"
    return context.texts(key, count=whole(context, abs(moved)))


def _row(context: Context, step: _Step) -> tuple[Cell, ...]:
    invented = step.people is not None and step.people.invented
    return (step.book.shown, *cells(step.people), step.moved, context.texts("staffing.mark") if invented else "")
