"""`/compare A vs B [PERIOD]`: two units in one period, or one unit in two, and whether they really differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handlers import audit
from handlers.asked import CODE, named, own_units, token, words_of
from handlers.context import Context, Message, strong
from handlers.figures import (
    Reading,
    default_period,
    difference,
    factor_names,
    period_name,
    read,
    sample_mark,
    signed,
    sources,
    values,
    without,
)
from handlers.wording import within
from scoring.compare import change
from scoring.names import knows
from scoring.period import Period, rolling
from scoring.units import Unit
from survey.text import fold

BETWEEN = ("vs", "vs.", "v.s", "voi", "versus")
"""Folded words between the two sides; "so với" is "với" with a word before it."""
_JOINT = re.compile(r"\s+(?:và|va|and)\s+|\s*[,/]\s*", re.IGNORECASE)
BEFORE_BETWEEN = ("so", "doi", "sanh")


@dataclass(frozen=True)
class _Side:
    unit: Unit
    period: Period | None


def sides(argument: str) -> tuple[str, str] | None:
    """The words on both sides of "vs" or "với"; None where there are not two."""
    words = argument.split()
    places = [place for place, word in enumerate(words) if fold(word) in BETWEEN]
    if len(places) != 1:
        return None
    before, after = words[: places[0]], words[places[0] + 1 :]
    while before and fold(before[-1]) in BEFORE_BETWEEN:
        before.pop()
    return (" ".join(before), " ".join(after)) if after else None


def respond(context: Context, argument: str) -> list[Message]:
    pair = sides(argument) or _joined(context, argument)
    if pair is None:
        return [Message(context.texts("compare.how_to"))]
    found = _sides(context, pair)
    if isinstance(found, Message):
        return [found]
    one, other = found
    if one == other:
        return [Message(context.texts("compare.same", unit=within(context.texts, one.unit.name)))]
    notes = [context.texts("score.rolling")] if any(rolling(words) for words in pair) else []
    return [_answer(context, one, other, notes)]


def _joined(context: Context, argument: str) -> tuple[str, str] | None:
    """Two known units joined by "và", a comma or a stroke, which also stand inside names."""
    for found in _JOINT.finditer(argument):
        pair = argument[: found.start()].strip(), argument[found.end() :].strip()
        names = [words_of(context, words)[0] for words in pair]
        if all(name and knows(context.stores.units.tree(), name, context.today) for name in names):
            return pair
    return None


def _sides(context: Context, pair: tuple[str, str]) -> tuple[_Side, _Side] | Message:
    """Both sides. A period alone means the other side's unit; nothing at all means her own."""
    (name, period, bad), (other_name, other_period, other_bad) = (words_of(context, words) for words in pair)
    to_come = any(one is not None and one.first > context.today for one in (period, other_period))
    if bad or other_bad or to_come:
        return Message(context.texts("score.bad_period"))
    head = f"{CODE} {period.id}" if period else CODE
    tail = f" {other_period.id}" if other_period else ""
    other_words = other_name or (name if other_period else "")
    one = _unit(context, f"compare {head} vs {other_name}{tail}", name or (other_name if period else ""), period)
    if isinstance(one, Message):
        return one
    first = head.replace(CODE, token(context, one))
    other = _unit(context, f"compare {first} vs {CODE}{tail}", other_words, other_period or period)
    if isinstance(other, Message):
        return other
    if not name and not period and not other_name:  # "vs tháng 10": the period that /score would show
        period = default_period(context, one)
    return _Side(one, period or other_period), _Side(other, other_period or period)


def _unit(context: Context, again: str, words: str, period: Period | None) -> Unit | Message:
    if not words:
        mine = own_units(context)
        return mine[0] if mine else Message(context.texts("compare.how_to"))
    found = named(context, again, words, period)
    return found if isinstance(found, Message) else found[0]


def _answer(context: Context, one: _Side, other: _Side, notes: Sequence[str]) -> Message:
    first = read(context, one.unit, one.period or default_period(context, one.unit))
    second = read(context, other.unit, other.period or first.period, method=first.figures.method)
    readings = [first, second]
    audit.note(context, "compare", " vs ".join(f"{one.unit.id} {one.period.id}" for one in readings), "read")
    names = _names(context, readings)
    lines = [*sample_mark(context), *notes, strong(_head(context, readings))]
    lines += [_line(context, name, reading) for name, reading in zip(names, readings, strict=True)]
    return Message("\n".join([*lines, *_difference(context, readings, names)]))


def _names(context: Context, readings: Sequence[Reading]) -> list[str]:
    """What tells the two apart: their units, or their periods."""
    if readings[0].unit == readings[1].unit:
        return [period_name(context, reading.period) for reading in readings]
    if readings[0].period == readings[1].period:
        return [reading.unit.name for reading in readings]
    return [
        f"{reading.unit.name}, {within(context.texts, period_name(context, reading.period))}" for reading in readings
    ]


def _head(context: Context, readings: Sequence[Reading]) -> str:
    if readings[0].unit == readings[1].unit:
        return context.texts("compare.head", what=readings[0].unit.name)
    if readings[0].period == readings[1].period:
        return context.texts("compare.head", what=period_name(context, readings[0].period))
    return context.texts("compare.plain_head")


def _line(context: Context, name: str, reading: Reading) -> str:
    if reading.figures.overall.score is None:
        return context.texts("compare.too_few", name=name)
    return context.texts("compare.line", name=name, **values(context, reading.figures.overall))


def _difference(context: Context, readings: Sequence[Reading], names: Sequence[str]) -> list[str]:
    """Whether the two differ. Where one contains the other, the smaller is set against the rest: different people."""
    one, other = readings
    tree = context.stores.units.tree()
    for whole, part in ((one, other), (other, one)):
        if one.period == other.period and tree.covers(whole.unit.id, part.unit.id):
            rest = without(context, whole, part)
            rest_name = context.texts("rest_of", unit=within(context.texts, whole.unit.name))
            return _sentence(context, part, rest, part.unit.name, rest_name) if rest else []
    if _overlap(one.period, other.period) and _share(context, one, other):
        return [context.texts("compare.overlap")]
    return _sentence(context, one, other, names[0], within(context.texts, names[1]))


def _overlap(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last


def _share(context: Context, one: Reading, other: Reading) -> bool:
    """Whether the same people may stand behind both: a unit and what lies in it, or what went into it."""
    tree = context.stores.units.tree()
    return any(
        tree.covers(a.id, b.id) or tree.covers(b.id, a.id)
        for a in sources(context, one.unit, one.period)
        for b in sources(context, other.unit, other.period)
    )


def _sentence(context: Context, one: Reading, other: Reading, name: str, other_name: str) -> list[str]:
    moved = change(one.figures.overall, other.figures.overall)
    if moved is None:
        return []
    if not moved.clear:
        return [context.texts("compare.alike", one=name, other=other_name)]
    key = "compare.higher" if moved.points > 0 else "compare.lower"
    said = context.texts(key, one=name, other=other_name, **difference(context, moved))
    return [said, *_factors(context, one, other)]


def _factors(context: Context, one: Reading, other: Reading) -> list[str]:
    """The factors that clearly differ, the farthest first."""
    names = factor_names(context)
    found = [
        (moved.points, names.get(letter, letter))
        for letter, figure in one.figures.factors.items()
        if (moved := change(figure, other.figures.factors[letter])) is not None and moved.clear
    ]
    found.sort(key=lambda pair: -abs(pair[0]))
    if not found:
        return []
    return [
        context.texts(
            "compare.factors", factors="; ".join(f"{name} {signed(context, points)}" for points, name in found)
        )
    ]
