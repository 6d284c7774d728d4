"""`/compare A vs B [PERIOD]`: two units in one period, or one unit in two, and whether they really differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import audit
from handlers.asked import named, own_units, token, words_of
from handlers.context import Context, Message, strong
from handlers.figures import (
    Reading,
    default_period,
    factor_names,
    period_name,
    read,
    sample_mark,
    signed,
    values,
    without,
)
from handlers.wording import number, within
from scoring.compare import change
from scoring.index import outward
from scoring.period import Period
from scoring.units import Unit
from survey.text import fold

BETWEEN = ("vs", "vs.", "v.s", "voi", "versus")
"""Folded words between the two sides; "so với" is "với" with a word before it."""
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
    pair = sides(argument)
    if pair is None:
        return [Message(context.texts("compare.how_to"))]
    found = _sides(context, pair)
    if isinstance(found, Message):
        return [found]
    one, other = found
    if one == other:
        return [Message(context.texts("compare.same", unit=within(context.texts, one.unit.name)))]
    return [_answer(context, one, other)]


def _sides(context: Context, pair: tuple[str, str]) -> tuple[_Side, _Side] | Message:
    """Both sides; what one leaves out, unit or period, is the other's."""
    named_here = [words_of(context, words) for words in pair]
    if any(bad for _, _, bad in named_here):
        return Message(context.texts("score.bad_period"))
    (name, period, _), (other_name, other_period, _) = named_here
    tail = f" {other_period.id}" if other_period else ""
    units: list[Unit] = []
    for words, when, again in (
        (
            name or other_name,
            period or other_period,
            f"compare {{code}} {period.id if period else ''} vs {other_name}{tail}",
        ),
        (
            other_name or name,
            other_period or period,
            f"compare {{first}} {period.id if period else ''} vs {{code}}{tail}",
        ),
    ):
        pattern = " ".join(again.split())
        unit = _unit(context, pattern.replace("{first}", token(context, units[0]) if units else ""), words, when)
        if isinstance(unit, Message):
            return unit
        units.append(unit)
    return _Side(units[0], period or other_period), _Side(units[1], other_period or period)


def _unit(context: Context, again: str, words: str, period: Period | None) -> Unit | Message:
    if not words:
        mine = own_units(context)
        return mine[0] if mine else Message(context.texts("compare.how_to"))
    found = named(context, again, words, period)
    return found if isinstance(found, Message) else found[0]


def _answer(context: Context, one: _Side, other: _Side) -> Message:
    first = read(context, one.unit, one.period or default_period(context, one.unit))
    second = read(context, other.unit, other.period or first.period, method=first.figures.method)
    readings = [first, second]
    audit.note(context, "compare", " vs ".join(f"{one.unit.id} {one.period.id}" for one in readings), "read")
    names = _names(context, readings)
    lines = [*sample_mark(context), strong(_head(context, readings))]
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
    if one.period == other.period:
        for whole, part in ((one, other), (other, one)):
            if context.stores.units.tree().covers(whole.unit.id, part.unit.id):
                rest = without(context, whole, part)
                if rest is None:
                    return []
                rest_name = context.texts("rest_of", unit=within(context.texts, whole.unit.name))
                return _sentence(context, part, rest, part.unit.name, rest_name)
    elif _overlap(one.period, other.period) and _related(context, one.unit, other.unit):
        return [context.texts("compare.overlap")]
    return _sentence(context, one, other, names[0], within(context.texts, names[1]))


def _overlap(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last


def _related(context: Context, one: Unit, other: Unit) -> bool:
    tree = context.stores.units.tree()
    return tree.covers(one.id, other.id) or tree.covers(other.id, one.id)


def _sentence(context: Context, one: Reading, other: Reading, name: str, other_name: str) -> list[str]:
    moved = change(one.figures.overall, other.figures.overall)
    if moved is None:
        return []
    if not moved.clear:
        return [context.texts("compare.alike", one=name, other=other_name)]
    key = "compare.higher" if moved.points > 0 else "compare.lower"
    near, far = sorted((abs(moved.low), abs(moved.high)))
    low, high = outward(near, far, 1)
    said = context.texts(
        key,
        one=name,
        other=other_name,
        points=number(context, abs(moved.points)),
        low=number(context, low),
        high=number(context, high),
    )
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
