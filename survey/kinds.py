"""The question kinds: how each reads typed text and which press it accepts. A new kind is one line of KINDS."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from survey.model import DONT_KNOW, NEXT, Answer, Choice, Kind, Question
from survey.text import clean, fold, mask
from survey.words import (
    ACCENTED_NUMBERS,
    AFTER_NUMBER,
    BEFORE_NUMBER,
    FILLERS,
    NEXT_WORDS,
    PLAIN_NUMBERS,
    SHORTHAND,
    SYNONYMS,
)

MAX_DIGITS = 9
"""A whole number has at most this many digits."""

_PUNCTUATION = ".,;:!?…\"“”'()[]*_~-/"

Read = Callable[[Question, str, str], Answer | None]
Accept = Callable[[Question, str], Answer | None]


@dataclass(frozen=True)
class Rules:
    read: Read
    accept: Accept


def read(question: Question, text: str, language: str) -> Answer | None:
    """The answer that typed `text` gives to `question`, or None when it is unclear; never raises."""
    return KINDS[question.kind].read(question, text, language)


def accept(question: Question, choice: str) -> Answer | None:
    """The answer (for select_multiple: the one box) of a button, or None when the question has no such button."""
    return KINDS[question.kind].accept(question, choice)


def numbered(question: Question) -> dict[int, Choice]:
    """What a typed number means: on a scale its score, elsewhere its place in the list, counted from 1."""
    by_place = dict(enumerate(question.choices, 1))
    by_score = {choice.score: choice for choice in question.choices if choice.score is not None}
    if not by_score:
        return by_place
    unscored = {place: c for place, c in by_place.items() if c.score is None and place not in by_score}
    return {**unscored, **by_score}


# --- one choice ---


def _read_one(question: Question, text: str, language: str) -> str | None:
    typed = _normal(fold(text))
    if not typed:
        return None
    name = _by_label(question, text, typed, language)
    if name is None:
        number = read_number(text)
        chosen = None if number is None else numbered(question).get(number)
        name = chosen.name if chosen else None
    return name


def _accept_one(question: Question, choice: str) -> str | None:
    return choice if choice in question.scores else None


def _by_label(question: Question, text: str, typed: str, language: str) -> str | None:
    """A label as a whole (in the person's language first), else a label among words that change nothing."""
    own = [(choice.label[language], choice.name) for choice in question.choices if language in choice.label]
    labels = [(label, choice.name) for choice in question.choices for label in choice.label.values()]
    synonyms = [(synonym, choice.name) for choice in question.choices for synonym in SYNONYMS.get(choice.name, ())]
    for phrases in (own, labels, synonyms):
        names = {name for phrase, name in phrases if _phrase(phrase) == typed}
        if len(names) > 1:  # "Má" and "Mã" fold alike: only the accents tell
            names = {name for phrase, name in phrases if phrase.lower() == clean(text).lower()}
            return names.pop() if len(names) == 1 else None
        if names:
            return names.pop()
    return _inside(labels + synonyms, typed)


def _inside(phrases: list[tuple[str, str]], typed: str) -> str | None:
    """The longest phrase that stands in `typed` with only fillers around it."""
    inside = [(_phrase(phrase), name) for phrase, name in phrases if f" {_phrase(phrase)} " in f" {typed} "]
    longest = max((len(phrase) for phrase, _ in inside), default=0)
    names = {name for phrase, name in inside if len(phrase) == longest and _only_fillers_around(phrase, typed)}
    return names.pop() if len(names) == 1 else None


def _only_fillers_around(phrase: str, typed: str) -> bool:
    before, _, after = f" {typed} ".partition(f" {phrase} ")
    return FILLERS.issuperset(before.split()) and FILLERS.issuperset(after.split())


@lru_cache(maxsize=4096)
def _phrase(label: str) -> str:
    return _normal(fold(label))


def _normal(folded: str) -> str:
    """Folded text without punctuation, with shorthand written out: "ko hai long!" is "khong hai long"."""
    words = (word.strip(_PUNCTUATION) for word in folded.split())
    return " ".join(SHORTHAND.get(word, word) for word in words if word)


# --- numbers ---


def read_number(text: str) -> int | None:
    """The one whole number that `text` consists of ("4", "４", "4️⃣", "bốn", "mức 4", "4/5"), or None.

    "câu 4" names a question and is None; so is anything with a second number or an unknown word.
    """
    found: list[int] = []
    for word in clean(text).lower().split():
        number = _number_word(word)
        if number is not None:
            found.append(number)
        elif fold(word.strip(_PUNCTUATION)) not in (AFTER_NUMBER if found else BEFORE_NUMBER):
            return None
    return found[0] if len(found) == 1 else None


def _number_word(word: str) -> int | None:
    bare = word.strip(".,;:!?()[]")
    digits = _DIGITS.fullmatch(fold(bare))
    if digits:
        return int(digits[1])
    if bare in ACCENTED_NUMBERS:
        return ACCENTED_NUMBERS[bare]
    return PLAIN_NUMBERS.get(bare)


_DIGITS = re.compile(rf"([+\-]?\d{{1,{MAX_DIGITS}}})(?:/\d{{1,2}})?")


def _read_integer(_question: Question, text: str, _language: str) -> int | None:
    return read_number(text)


# --- several choices ---


def _read_several(question: Question, text: str, language: str) -> tuple[str, ...] | None:
    whole = _read_one(question, text, language)
    if whole is not None:
        return (whole,)
    parts = [_read_one(question, part, language) for part in _parts(clean(text))]
    names = {part for part in parts if part is not None}
    if None in parts or not names or (DONT_KNOW in names and len(names) > 1):
        return None
    return tuple(c.name for c in question.choices if c.name in names)


def _parts(text: str) -> list[str]:
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if len(parts) == 1 and all(_number_word(word) is not None for word in text.split()):
        return text.split()
    return parts


_BETWEEN = re.compile(r"[,;/+&]|\s(?:và|va|and)\s", re.IGNORECASE)


# --- words, and no answer at all ---


def kept_words(text: str) -> str | None:
    """What somebody wrote, as it is kept: on one line and masked; None where nothing is left."""
    return mask(clean(text)) or None


def _read_text(_question: Question, text: str, _language: str) -> str | None:
    return kept_words(text)


def _read_next(_question: Question, text: str, _language: str) -> str | None:
    return NEXT if _normal(fold(text)) in NEXT_WORDS else None


def _accept_next(_question: Question, choice: str) -> str | None:
    return NEXT if choice == NEXT else None


def _accept_nothing(_question: Question, _choice: str) -> None:
    return None


KINDS: dict[Kind, Rules] = {
    "select_one": Rules(_read_one, _accept_one),
    "select_multiple": Rules(_read_several, _accept_one),
    "text": Rules(_read_text, _accept_nothing),
    "integer": Rules(_read_integer, _accept_nothing),
    "note": Rules(_read_next, _accept_next),
}
