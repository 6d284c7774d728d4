"""What a text may look like in a cell: never a formula, never a broken file."""

from __future__ import annotations

import re

MOST_LETTERS = 32_000
"""Excel holds 32,767 UTF-16 units in a cell; a letter outside the basic plane takes two."""

_START = "=+\\-@＝＋－＠\x00"
_UNSEEN = '\\s"\x00-\x1f\ufeff\u200b-\u200f\u2060'
_FORMULA = re.compile(rf"\A[{_UNSEEN}]*[\t\r{_START}]")
# Excel in a country of decimal commas splits at ";" and does not see our quotes there; so does a line break.
_INNER = re.compile(rf"([;|\t\r\n])(?=[{_UNSEEN}']*[{_START}])")
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")


def csv_cell(text: str) -> str:
    """`text` as a CSV cell no spreadsheet takes for a formula: an apostrophe before what would begin one.

    OWASP ASVS 5.0 1.2.10, with CR and the full-width signs, also behind leading blanks and behind other separators.
    """
    if text.isalnum():  # nearly every answer
        return text
    text = _INNER.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def sheet_cell(text: str) -> str:
    """`text` as a string cell of a workbook: written as a string it is none of a formula, so it stays as it is.

    Only what XML cannot hold becomes "?", and what the writer would take for its own rich text gets a blank.
    """
    text = _NOT_XML.sub("?", text)[:MOST_LETTERS]
    while len(text.encode("utf-16-le")) > 2 * MOST_LETTERS:
        text = text[: len(text) // 2]
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def xml_text(text: str) -> str:
    """`text` without what XML cannot hold; line breaks stay."""
    return _CONTROL.sub("", _NOT_XML.sub("?", text.replace("\r\n", "\n")))
