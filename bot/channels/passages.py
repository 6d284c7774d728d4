"""Text as platforms count and carry it: UTF-16 units, strong passages by offset, nothing that UTF-8 cannot spell."""

from __future__ import annotations

import re

from handlers.context import PLAIN, STRONG

_MARK = re.compile(f"([{STRONG}{PLAIN}])")


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def passages(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without marks, and (offset, length) in UTF-16 units of every passage between them.

    A mark without its partner is dropped (a passage that is never closed ends with the text).
    """
    if STRONG not in text and PLAIN not in text:
        return text, []
    pieces: list[str] = []
    found: list[tuple[int, int]] = []
    offset, start = 0, -1
    for piece in (*_MARK.split(text), PLAIN):
        if piece == STRONG:
            start = offset if start < 0 else start
        elif piece == PLAIN:
            if 0 <= start < offset:
                found.append((start, offset - start))
            start = -1
        else:
            pieces.append(piece)
            offset += units(piece)
    return "".join(pieces), found


def sound(text: str) -> str:
    """Half a surrogate pair cannot be sent as UTF-8; it becomes U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
