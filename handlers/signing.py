"""`/kyduyet`: a manager of the province looks at imported figures and signs them; only then others see them."""

from __future__ import annotations

from handlers import audit
from handlers.access import covers, herself, offices
from handlers.book_store import Book
from handlers.context import Button, Context, Message
from handlers.start import rows
from scoring.book_line import Fault

SIGN = "ky"
MOST_LISTED = 8
MOST_WARNINGS = 5


def respond(context: Context, argument: str) -> list[Message]:
    """Nothing: what waits. `ky KIND KEY VERSION`: signs that version, where it is still the newest."""
    root = context.stores.units.tree().root(context.today)
    if root is None or not covers(context, offices(context), root.id, "manager"):
        audit.refused(context, "kyduyet")
        return [Message(context.texts("sign.province_only"))]
    word, _, rest = argument.partition(" ")
    if word == SIGN:
        return [_sign(context, rest.split())]
    waiting = context.stores.books.waiting()[:MOST_LISTED]
    if not waiting:
        return [Message(context.texts("sign.none"))]
    lines = [context.texts("sign.waiting"), *(_line(context, book) for book in waiting)]
    buttons: list[tuple[Button, ...]] = []
    for book in waiting:
        name = _name(context, book)
        see = Button(context.texts("button.see_draft", name=name), f"c:{book.kind} @draft {book.key}")
        sign = Button(
            context.texts("button.sign", name=name), f"c:kyduyet {SIGN} {book.kind} {book.key} {book.version}"
        )
        buttons += [(see,), (sign,)]
    return [Message("\n".join(lines), tuple(buttons))]


def _name(context: Context, book: Book) -> str:
    return context.texts(f"book_kind.{book.kind}", key=book.shown)


def _line(context: Context, book: Book) -> str:
    line = context.texts("sign.line", name=_name(context, book), version=book.version, file=book.name)
    if not book.warnings:
        return line
    warned = [_warning(context, one) for one in book.warnings[:MOST_WARNINGS]]
    more = ["…"] * (len(book.warnings) > MOST_WARNINGS)
    return "\n".join([f"{line} {context.texts('sign.warnings', count=len(book.warnings))}", *warned, *more])


def _warning(context: Context, fault: Fault) -> str:
    what = context.texts(f"book_fault.{fault.reason}", value=fault.value)
    where = {"sheet": fault.sheet, "row": fault.row, "column": fault.column}
    return context.texts("sign.warning", what=what, **where)


def _sign(context: Context, words: list[str]) -> Message:
    waiting = {f"{book.kind} {book.key} {book.version}": book for book in context.stores.books.waiting()}
    book = waiting.get(" ".join(words))
    if book is None or not context.stores.books.sign(book, herself(context), context.now_ms):
        return Message(context.texts("sign.gone"), rows((context.texts("button.waiting"), "c:kyduyet")))
    audit.note(context, "sign", f"{book.kind} {book.key} {book.version}", "signed")
    done = context.texts("sign.done", name=_name(context, book), version=book.version)
    return Message(done, rows((context.texts("button.show"), f"c:{book.kind} {book.key}")), replaces=True)
