"""What stands under official figures wherever they are shown: which version, who vouches for it, what is made up."""

from __future__ import annotations

from datetime import datetime

from handlers.book_store import Book
from handlers.context import Context


def notes(context: Context, book: Book, *, draft: bool, invented: str = "") -> list[str]:
    """That nobody signed it comes first; `invented`: the sentence that says what is made up."""
    found = [context.texts("book.draft", version=book.version)] if draft else []
    if invented:
        found.append(invented)
    if book.signed_at is not None:
        day = datetime.fromtimestamp(book.signed_at / 1000, context.zone).strftime("%d/%m/%Y")
        found.append(context.texts("book.signed", version=book.version, day=day))
    return found
