"""Small pieces of wording that several handlers share: labels in a language, how a person is addressed, numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from handlers.context import Context, Texts
from scoring.units import Unit
from survey.model import CARRIED, DONT_KNOW, Answer, Labels, Question

MOST_QUOTED = 60
_COMMON = re.compile(
    r"(Tỉnh|Thành phố|Quận|Huyện|Thị xã|Thị trấn|Phường|Xã|Đặc khu) (?!\d|Hồ Chí Minh)|(Tuần|Tháng|Quý|Năm) (?=[\dIV])"
    r"|Các (?=sở|huyện|xã)"
)
_GROUPS = frozenset({"Departments", "Districts", "Communes"})


def label(context: Context, labels: Labels) -> str:
    """The label in the person's language (or the first there is), with {you} filled in."""
    text = labels.get(context.texts.language) or next(iter(labels.values()), "")
    if "{" not in text:
        return text
    return text.replace("{you}", context.texts("you")).replace("{You}", context.texts("You"))


def unit_label(context: Context, unit: Unit) -> str:
    """A unit on a button: a commune with its district, because many communes share a name."""
    parent = context.stores.units.tree().get(unit.parent) if unit.parent else None
    return f"{unit.name}, {within(context.texts, parent.name)}" if parent and parent.level == "district" else unit.name


def within(texts: Texts, name: str) -> str:
    """A unit, a group or a period in the middle of a sentence. Vietnamese writes the kind small, the name large (Decree
    30/2020, annex II): "xã Vũ Hội", "quý IV/2026"; before a number and in "Thành phố Hồ Chí Minh" it stays large. A
    group has no name of its own: "các huyện, thành phố".
    """
    if name in _GROUPS or (texts.language == "vi" and _COMMON.match(name)):
        return name[0].lower() + name[1:]
    return name


def quoted(text: str) -> str:
    """What a person typed, as it is said back to her: never more than a line."""
    return text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 1] + "…"


def answer_words(context: Context, question: Question, answer: Answer | None) -> str:
    """An answer as a person reads it."""
    match answer:
        case None:
            return context.texts("answer.skipped")
        case str() if answer == CARRIED:
            return context.texts("answer.carried")
        case int():
            return str(answer)
        case tuple():
            return "; ".join(_choice(context, question, name) for name in answer) or context.texts("answer.none")
        case str() if question.kind == "text":
            return answer
        case _:
            return _choice(context, question, answer)


def _choice(context: Context, question: Question, name: str) -> str:
    found = next((choice for choice in question.choices if choice.name == name), None)
    if found is None:
        return context.texts("answer.dont_know") if name == DONT_KNOW else name
    return label(context, found.label)


def number(context: Context, value: float | Decimal, digits: int = 1) -> str:
    """75.66 as "75,7" in Vietnamese, "75.7" in English."""
    text = f"{value:,.{digits}f}"
    return text if context.texts.language == "en" else text.translate(str.maketrans(",.", ".,"))


def whole(context: Context, value: int) -> str:
    """1204 as "1.204" in Vietnamese, "1,204" in English."""
    return number(context, value, 0)
