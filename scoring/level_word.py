"""The word of a level that stands before a typed name, and the units it allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.typed import spaced
from scoring.unit import Level, Unit


@dataclass(frozen=True)
class LevelWord:
    """`prefix`: how full names of this kind begin, folded; `generic`: the word is also said of the whole level."""

    prefix: str
    level: Level
    generic: bool = False

    def narrow(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """The units this word allows: of this very kind, else of this level if the word is used that loosely."""
        of_level = [unit for unit in units if unit.level == self.level]
        of_kind = tuple(unit for unit in of_level if spaced(unit.name).startswith(self.prefix + " "))
        return of_kind or (tuple(of_level) if self.generic else ())


_PROVINCE = LevelWord("tinh", "province", generic=True)
_CITY = LevelWord("thanh pho", "district")
_DISTRICT = LevelWord("huyen", "district", generic=True)
_QUARTER = LevelWord("quan", "district")
_BOROUGH = LevelWord("thi xa", "district")
_TOWN = LevelWord("thi tran", "commune")
_WARD = LevelWord("phuong", "commune")
_COMMUNE = LevelWord("xa", "commune", generic=True)
_DEPARTMENT = LevelWord("so", "department", generic=True)

LEVEL_WORDS: dict[str, LevelWord] = {
    "tinh": _PROVINCE, "province": _PROVINCE,
    "thanh pho": _CITY, "tp": _CITY, "city": _CITY,
    "huyen": _DISTRICT, "h": _DISTRICT, "district": _DISTRICT,
    "quan": _QUARTER, "q": _QUARTER,
    "thi xa": _BOROUGH, "tx": _BOROUGH,
    "thi tran": _TOWN, "tt": _TOWN, "town": _TOWN,
    "phuong": _WARD, "p": _WARD, "ward": _WARD,
    "xa": _COMMUNE, "x": _COMMUNE, "commune": _COMMUNE,
    "so": _DEPARTMENT, "department": _DEPARTMENT,
}  # fmt: skip

_AFTER = ("province", "city", "district", "town", "ward", "commune", "department")
"""English level words stand behind the name."""

LOOSE_WORDS = ("ubnd", "uy ban nhan dan", "uy ban", "mot cua", "bo phan mot cua", "dia phan")
"""Words before a name that say nothing about the level: "UBND huyện Vũ Thư" is Vũ Thư."""


def split_level(words: str) -> tuple[LevelWord | None, str]:
    """The level word at the front of a spaced text (an English one at either end), and the rest."""
    for word, level in LEVEL_WORDS.items():
        if words.startswith(word + " "):
            return level, words[len(word) + 1 :]
        if word in _AFTER and words.endswith(" " + word):
            return level, words[: -len(word) - 1]
    return None, words


def without_loose_words(words: str) -> str:
    """The text without "UBND", "một cửa" and the like before the name."""
    for word in LOOSE_WORDS:
        if words.startswith(word + " "):
            return words[len(word) + 1 :]
    return words
