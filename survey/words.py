"""Words people type instead of a number or a label: data for `kinds`, folded unless said otherwise."""

from __future__ import annotations

from typing import Final

from survey.model import DONT_KNOW

ACCENTED_NUMBERS: Final = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
"""Vietnamese as written: "bà" is not "ba", so a word with accents must be the number's own word."""

PLAIN_NUMBERS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
"""Typed without any accent."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


BEFORE_NUMBER: Final = _set(
    "so muc chon diem la toi em con chau minh da dap an phuong an y cho lua i choose number option level answer"
)
"""May stand before a number that answers ("mức 4"); "câu" and "question" may not: they name a question."""

AFTER_NUMBER: Final = _set("a diem sao nhe lan nguoi ngay tuoi point points star stars time times day days people")

FILLERS: Final = _set(
    "toi em con chau minh bac ong ba anh chi co chu da thay la cung chon a nhe nha vay i am m was is it the feel"
)
"""May stand around a label without changing what it says. Words that weaken, deny or strengthen never belong here."""

SHORTHAND: Final = {
    "ko": "khong", "k": "khong", "kg": "khong", "hok": "khong", "hong": "khong", "khg": "khong",
    "dc": "duoc", "bt": "binh thuong", "bth": "binh thuong", "don't": "dont", "don’t": "dont", "i'm": "i am",
}  # fmt: skip

SYNONYMS: Final = {
    "yes": ("co", "vang", "da co", "da vang", "dung", "dung vay", "co chu", "roi", "yes", "yeah"),
    "no": ("khong", "da khong", "khong co", "chua", "chua co", "khong he", "no", "nope"),
    DONT_KNOW: (
        "khong biet", "khong co y kien", "khong y kien", "khong ro", "khong nho", "khong co y kien gi",
        "dont know", "do not know", "no opinion", "not sure", "no idea",
    ),
}  # fmt: skip
"""By choice name: what else means this choice, whatever its label says. A question's own labels come first."""

NEXT_WORDS: Final = frozenset({"tiep", "tiep tuc", "duoc", "vang", "da", "ok", "roi", "next", "continue", "yes"})
