"""The store of imported workbooks; what is in them is parsed once and kept on the shelf."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from bot.storage.queries import SQL
from bot.storage.units import Shelf
from handlers.book_store import Book, BookKind
from scoring.book_line import Fault
from scoring.par_year import ParYear
from scoring.staffing import Staffing

MOST_KEPT = 16
"""Parsed books on the shelf; the oldest goes."""

BODIES: dict[BookKind, TypeAdapter[Any]] = {"par": TypeAdapter(ParYear), "staffing": TypeAdapter(Staffing)}
"""How each kind is kept, checked again whenever it is loaded."""

WARNINGS = TypeAdapter(list[Fault])
"""What whoever signs is told of."""


def store_book(
    connection: sqlite3.Connection,
    province_id: str,
    kind: BookKind,
    key: str,
    name: str,
    body: Any,
    warnings: Sequence[Fault],
    at: int,
) -> int:
    """The number of the new version; 0 where the newest one says the same."""
    text = BODIES[kind].dump_json(body).decode()
    row = SQL.add_book(
        connection,
        province_id=province_id,
        kind=kind,
        key=key,
        name=name,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        body=text,
        warnings=WARNINGS.dump_json(list(warnings)).decode(),
        at=at,
    )
    return row[0] if row else 0


def _book(row: Sequence[Any]) -> Book:
    kind, key, version, name, warnings, at, signed_by, signed_at = row
    return Book(kind, key, version, name, tuple(WARNINGS.validate_json(warnings)), at, signed_by, signed_at)


@dataclass(slots=True)
class BookStore:
    connection: sqlite3.Connection
    province_id: str
    shelf: Shelf

    def signed(self, kind: BookKind) -> Sequence[Book]:
        return [_book(row) for row in SQL.signed_books(self.connection, province_id=self.province_id, kind=kind)]

    def newest(self, kind: BookKind, key: str) -> Book | None:
        row = SQL.newest_book(self.connection, province_id=self.province_id, kind=kind, key=key)
        return _book(row) if row else None

    def waiting(self) -> Sequence[Book]:
        return [_book(row) for row in SQL.unsigned_books(self.connection, province_id=self.province_id)]

    def sign(self, book: Book, person_id: str, at: int) -> bool:
        key = {"province_id": self.province_id, "kind": book.kind, "key": book.key, "version": book.version}
        return SQL.sign_book(self.connection, **key, person_id=person_id, at=at) is not None

    def par(self, book: Book) -> ParYear:
        return self._body(book)  # type: ignore[no-any-return]

    def staffing(self, book: Book) -> Staffing:
        return self._body(book)  # type: ignore[no-any-return]

    def _body(self, book: Book) -> Any:
        place = (self.province_id, book.kind, book.key, book.version, book.at)
        kept = self.shelf.books.pop(place, None)
        if kept is None:
            key = {"kind": book.kind, "key": book.key, "version": book.version}
            (body,) = SQL.book_body(self.connection, province_id=self.province_id, **key)
            kept = BODIES[book.kind].validate_json(body)
        self.shelf.books[place] = kept
        for old in list(self.shelf.books)[:-MOST_KEPT]:
            self.shelf.books.pop(old, None)  # readers on other threads do the same
        return kept
