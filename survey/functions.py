"""The functions that a condition may call, with what each takes and gives: an allow-list, read top to bottom.

Not here, so refused: now, random and uuid (an answer must not depend on them), and whatever looks outside the form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Type = Literal["text", "number", "boolean", "day"]
"""What an expression gives; a day is counted from 1970-01-01, as XForms does when dates are compared."""


@dataclass(frozen=True)
class Function:
    """`takes` lists the operands' types; `least` of them must be given, and the last may repeat if `repeats`."""

    takes: tuple[Type, ...]
    gives: Type
    run: Callable[..., Any]
    least: int = -1
    repeats: bool = False

    def fits(self, count: int) -> bool:
        least = len(self.takes) if self.least < 0 else self.least
        return least <= count and (self.repeats or count <= len(self.takes))


@lru_cache(maxsize=4096)
def to_number(text: str) -> float:
    """XPath's number(): NaN for what is not a plain decimal, the empty text included."""
    return float(text) if _DECIMAL.fullmatch(text) else math.nan


_DECIMAL = re.compile(r"\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)


def to_text(number: float) -> str:
    """XPath's string(): 2 for 2.0, no exponent."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return str(int(number)) if number == int(number) else f"{number:.15f}".rstrip("0")


def _selected(values: str, name: str) -> bool:
    return name in values.split()


def _selected_at(values: str, place: float) -> str:
    """The choice at `place`, counted from 0, or the empty text."""
    names = dict(enumerate(values.split()))
    return names.get(int(place), "") if math.isfinite(place) else ""


def _substr(text: str, start: float, end: float = math.inf) -> str:
    """Characters from `start` (counted from 0) up to but without `end`; XForms' substr."""
    if math.isnan(start) or math.isnan(end):
        return ""
    return text[_place(start, text) : _place(end, text)]


def _place(number: float, text: str) -> int:
    return int(min(max(number, -len(text)), len(text)))


def _whole(rounding: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: float(rounding(number)) if math.isfinite(number) else number


def _least(*numbers: float) -> float:
    return math.nan if any(map(math.isnan, numbers)) else min(numbers)


def _most(*numbers: float) -> float:
    return math.nan if any(map(math.isnan, numbers)) else max(numbers)


FUNCTIONS: dict[str, Function] = {
    "selected": Function(("text", "text"), "boolean", _selected),
    "selected-at": Function(("text", "number"), "text", _selected_at),
    "count-selected": Function(("text",), "number", lambda values: float(len(values.split()))),
    "coalesce": Function(("text", "text"), "text", lambda first, second: first or second),
    "not": Function(("boolean",), "boolean", lambda truth: not truth),
    "true": Function((), "boolean", lambda: True),
    "false": Function((), "boolean", lambda: False),
    "boolean": Function(("boolean",), "boolean", lambda truth: truth),
    "number": Function(("number",), "number", lambda number: number),
    "int": Function(("number",), "number", _whole(math.trunc)),
    "round": Function(("number",), "number", _whole(lambda number: math.floor(number + 0.5))),
    "floor": Function(("number",), "number", _whole(math.floor)),
    "ceiling": Function(("number",), "number", _whole(math.ceil)),
    "abs": Function(("number",), "number", abs),
    "min": Function(("number",), "number", _least, repeats=True),
    "max": Function(("number",), "number", _most, repeats=True),
    "string": Function(("text",), "text", lambda text: text),
    "concat": Function(("text",), "text", lambda *texts: "".join(texts), repeats=True),
    "string-length": Function(("text",), "number", lambda text: float(len(text))),
    "normalize-space": Function(("text",), "text", lambda text: " ".join(text.split())),
    "contains": Function(("text", "text"), "boolean", lambda text, part: part in text),
    "starts-with": Function(("text", "text"), "boolean", str.startswith),
    "ends-with": Function(("text", "text"), "boolean", str.endswith),
    "substr": Function(("text", "number", "number"), "text", _substr, least=2),
}
"""Beside these, `compiled` knows if(), regex(), today() and date(), which need more than their operands' values."""
