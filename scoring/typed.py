"""Keys for what people type: glued, dotted, raw Telex, with or without accents and the word of the level."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from survey.text import fold

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Grave, acute, tilde, hook, dot: the five marks whose place in a syllable is a matter of taste (Thụy, Thuỵ)."""

LEVEL_WORDS = (
    "van phong", "thanh pho", "thi xa", "thi tran", "thanh tra", "dac khu",
    "tinh", "huyen", "quan", "phuong", "xa", "so", "ban",
)  # fmt: skip
"""Folded words that stand before a unit's own name, longest first."""

_ONSET = re.compile(r"^(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?")
_TELEX_MARKS = re.compile(r"[sfrxjwz]")
_FREE_I = re.compile(r"\b([hklmst]|qu)i\b")
"""Syllables that are written with i or y as one likes: Mỹ and Mĩ, Quý and Quí."""
_ONSETS_AS_TYPED = {"f": "ph", "z": "d", "j": "gi"}
_TELEX_DOUBLES = re.compile(r"([daeo])\1")


@dataclass(frozen=True)
class ShortForms:
    """`level` the initials of the level word (h), `initials` glued (kx, hkx), `dotted` "k xuong" or ""."""

    level: str
    initials: frozenset[str]
    dotted: str


def spaced(text: str) -> str:
    """Folded words of letters and digits with one space between: "Q.Phụ" becomes "q phu"; Quí and Quý meet."""
    words = " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())
    return _FREE_I.sub(r"\1y", words)


def glue(text: str) -> str:
    """`spaced` without the spaces: "Q. Phụ", "q phu" and "qphu" meet here."""
    return spaced(text).replace(" ", "")


def accented(text: str) -> str:
    """A key that keeps accents but not the place of the tone mark: Thụy = Thuỵ, Thủy differs."""
    words = []
    for word in unicodedata.normalize("NFD", text.casefold()).split():
        tone = "".join(sorted(letter for letter in word if letter in TONES))
        words.append("".join(letter for letter in word if letter not in TONES) + tone)
    return " ".join(words)


def untelex(text: str) -> str:
    """Folded raw Telex without its marking letters, f, z, j in front spelt out: "ddoong huwng" becomes "dong hung"."""
    words = []
    for word in spaced(text).split():
        plain = _TELEX_DOUBLES.sub(r"\1", _ONSETS_AS_TYPED.get(word[0], word[0]) + word[1:])
        onset = _ONSET.match(plain)
        start = onset.end() if onset else 0
        words.append(plain[:start] + _TELEX_MARKS.sub("", plain[start:]))
    return " ".join(words)


def without_level_word(words: str) -> str:
    """A spaced name without the word of its level: "huyen dong hung" becomes "dong hung"."""
    for word in LEVEL_WORDS:
        if words.startswith(word + " "):
            return words[len(word) + 1 :]
    return words


def short_forms(name: str) -> ShortForms:
    """The short forms of a full name. Two bare initials count only beside a district's or province's level word."""
    whole = spaced(name)
    own = without_level_word(whole)
    level = "".join(word[0] for word in whole[: len(whole) - len(own)].split())
    words = own.split()
    initials = "".join(word[0] for word in words)
    forms = {level + initials}
    # "tp" is Tư pháp's and every city's, "ct" anybody's: a department's two letters need their "s".
    if len(initials) > 2 or level in ("h", "t", "tp", "q", "tx"):
        forms.add(initials)
    dotted = f"{words[0][0]} {words[1]}" if len(words) == 2 else ""
    return ShortForms(level, frozenset(form for form in forms if len(form) > 1), dotted)


def without(text: str, folded: str) -> str:
    """The text without the words that fold to these."""
    words, wanted = text.split(), folded.split()
    for at in range(len(words)):
        if [fold(word) for word in words[at : at + len(wanted)]] == wanted:
            return " ".join(words[:at] + words[at + len(wanted) :])
    return text
