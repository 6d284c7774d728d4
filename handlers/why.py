"""`/visao UNIT [PERIOD]`: which factor brought the difference to the period before, and to the rest of the province."""

from __future__ import annotations

from handlers import audit
from handlers.asked import asked, words_of
from handlers.bubble import set_beside
from handlers.context import Context, Message, strong
from handlers.figures import (
    Reading,
    default_period,
    factor_names,
    period_name,
    read,
    rest_of_province,
    sample_mark,
    signed,
    values,
)
from handlers.wording import within
from scoring.compare import change
from scoring.index import outward
from scoring.names import former, knows
from scoring.parts import Part, Parts, parts
from scoring.period import previous
from scoring.report import late_share
from survey.text import fold

MOST_PARTS = 3
ADDED = frozenset(
    {
        "diem", "cua", "lai", "thap", "cao", "kem", "tot", "giam", "tang", "tut", "the", "vay", "bi",
        "tai", "sao", "vi", "is", "score", "of", "low", "high", "down", "up", "falling", "rising",
    }
)  # fmt: skip
"""What people add to the question, folded."""
LEAST_SHOWN = 0.05
"""A part that rounds to nothing is not written."""


def respond(context: Context, argument: str) -> list[Message]:
    found = asked(context, "visao", _bare(context, argument))
    if isinstance(found, Message):
        return [found]
    reading = read(context, found.unit, found.period or default_period(context, found.unit))
    audit.note(context, "why", f"{found.unit.id} {reading.period.id}", "read")
    name = context.texts("score.head", unit=reading.unit.name, period=period_name(context, reading.period))
    notes = [context.texts("score.rolling")] if found.rolling else []
    lines = [*sample_mark(context), *notes, strong(context.texts("why.head", what=name))]
    if reading.cell is None or reading.figures.overall.score is None:
        return [Message("\n".join([*lines, context.texts("score.too_few", minimum=context.province.minimum)]))]
    lines.append(context.texts("compare.line", name=reading.unit.name, **values(context, reading.figures.overall)))
    told = [*_against_before(context, reading), *_against_rest(context, reading)]
    lines += told or [context.texts("why.nothing")]
    return [Message("\n".join([*lines, *_late(context, reading)]))]


def _bare(context: Context, argument: str) -> str:
    """Without what people add, "vì sao (điểm) vũ thư (lại thấp)", until the words left name a unit."""
    words = argument.strip(" ?!.").split()
    while words and not _names(context, " ".join(words)):
        if fold(words[0]) in ADDED:
            words.pop(0)
        elif fold(words[-1]).strip("?!.") in ADDED:
            words.pop()
        else:
            break
    return " ".join(words)


def _names(context: Context, words: str) -> bool:
    tree = context.stores.units.tree()
    name, _, bad = words_of(context, words)
    return bad or not name or knows(tree, name, context.today) or former(tree, name, context.today) is not None


def _against_before(context: Context, reading: Reading) -> list[str]:
    before = previous(reading.period)
    earlier = read(context, reading.unit, before, method=reading.figures.method) if before else None
    if earlier is None:
        return []
    return _explained(context, reading, earlier, within(context.texts, period_name(context, earlier.period)))


def _against_rest(context: Context, reading: Reading) -> list[str]:
    found = rest_of_province(context, reading)
    return _explained(context, reading, found[1], found[0]) if found else []


def _explained(context: Context, reading: Reading, other: Reading, name: str) -> list[str]:
    """The difference in one line and, where it is clear, a line for each of the factors that bring most of it."""
    told = set_beside(context, reading, other, name)
    if told is None:
        return []
    moved, found = change(reading.figures.overall, other.figures.overall), parts(reading.figures, other.figures)
    # A method that asks one question has no parts: there is nothing to take apart.
    shown = _parts(context, found) if moved and moved.clear and found and found.factors else []
    return [told, *([context.texts("why.through"), *shown] if shown else [])]


def _parts(context: Context, found: Parts) -> list[str]:
    names = factor_names(context)
    shown = [one for one in found.factors if abs(one.points) >= LEAST_SHOWN][:MOST_PARTS]
    lines = [_part(context, one, names.get(one.factor, one.factor)) for one in shown]
    if found.whole and abs(found.mixture) >= 1:
        lines.append(context.texts("why.mixture", points=signed(context, found.mixture)))
    return lines


def _part(context: Context, one: Part, name: str) -> str:
    low, high = outward(one.low, one.high, 1)
    return context.texts(
        "why.part_clear" if one.clear else "why.part",
        factor=name,
        points=signed(context, one.points),
        low=signed(context, low),
        high=signed(context, high),
    )


def _late(context: Context, reading: Reading) -> list[str]:
    assert reading.cell is not None
    late = late_share(reading.cell.tally, context.province.minimum)
    if late is None or late.score is None or late.bound:
        return []
    return [context.texts("weekly.late", late=round(late.score * late.base / 100), n=late.base)]
