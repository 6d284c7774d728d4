"""Which group of procedures do typed words mean, and where in "khai sinh ở đông hưng" does it stand?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from survey.text import fold

ALL = "@all"
"""Every procedure: "thủ tục"."""
_ALL = frozenset(
    {"thu tuc", "theo thu tuc", "tung thu tuc", "thu tuc nao", "cac thu tuc", "by procedure", "procedures", "procedure"}
)
_BEFORE = ("", "thu tuc ", "linh vuc ")
_JOINTS = frozenset({"o", "tai", "cua", "in", "at", "of", "-", ",", ":", "theo"})
"""Words that may stand between a procedure and a unit and belong to neither."""


def split(text: str, names: Mapping[str, str], is_unit: Callable[[str], bool]) -> tuple[str, str] | None:
    """(the other words as typed, the code of a procedure or ALL) where one stands at either end of the words.

    `names`: folded names to codes. The longest name wins. None where there is none, or where the others are nothing
    that `is_unit` knows.
    """
    words = text.split()
    for size in range(len(words), 0, -1):
        for named, others in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            code = _meant(fold(" ".join(named)).strip(" .,;:!?"), names)
            left = _joined(others)
            if code and (not left or is_unit(left)):
                return left, code
    return None


def _meant(words: str, names: Mapping[str, str]) -> str | None:
    if words in _ALL:
        return ALL
    found = (names.get(words.removeprefix(before)) for before in _BEFORE if words.startswith(before))
    return next((code for code in found if code), None)


def _joined(words: list[str]) -> str:
    while words and fold(words[-1]) in _JOINTS:
        words = words[:-1]
    while words and fold(words[0]) in _JOINTS:
        words = words[1:]
    return " ".join(words)
