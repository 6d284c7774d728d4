"""`/cosovatchat [UNIT] [PERIOD]`: which communes' waiting places and equipment people complain of most."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from handlers import audit
from handlers.asked import asked, token
from handlers.context import Button, Context, Message, strong
from handlers.criteria import behind, criterion_name
from handlers.figures import (
    Reading,
    day_of,
    default_period,
    factor_names,
    index_survey,
    period_name,
    read,
    sample_mark,
    values,
)
from handlers.overview import Answer, Cell, Overview, Table, as_message, instead
from handlers.wording import within
from scoring.compare import RANKED_FROM, Ranked, ranks
from scoring.index import Figure
from scoring.period import Period
from scoring.units import Unit
from survey.model import Question

FACTOR = "A"
"""Access: in the frame of 2017 its criteria are the waiting place and the equipment."""
FILE = "@file"
MOST_LINES = 15
MOST_UNITS = 400


def respond(context: Context, argument: str) -> list[Message]:
    return [as_message(context, answer(context, argument))]


def answer(context: Context, argument: str) -> Answer:
    """The communes below a unit, the lowest first: where money for equipment would meet most complaints."""
    words = " ".join(word for word in argument.split() if word != FILE)
    found = asked(context, "cosovatchat", words)
    if isinstance(found, Message):
        return instead(found)
    unit, period = found.unit, found.period or default_period(context, found.unit)
    communes = _communes(context, unit, period)
    if not communes:
        return instead(Message(context.texts("facilities.none", unit=unit.name)))
    audit.note(context, "facilities", f"{unit.id} {period.id}", "read")
    items = behind(index_survey(context)).get(FACTOR, ())
    whole = read(context, unit, period)
    readings = [read(context, one, period, method=whole.figures.method) for one in communes]
    shown = _overview(context, whole, readings, items)
    again = f"c:cosovatchat {FILE} {token(context, unit)} {period.id}"
    said = context.texts("facilities.file", unit=within(context.texts, unit.name))
    file = FILE in argument.split()
    return Answer(shown, (Button(context.texts("button.sheet"), again),), "file" if file else "", said)


def _communes(context: Context, unit: Unit, period: Period) -> list[Unit]:
    below = context.stores.units.tree().descendants(unit.id, day_of(context, unit, period))
    return [one for one in below if one.level == "commune"][:MOST_UNITS]


def _overview(context: Context, whole: Reading, readings: Sequence[Reading], items: Sequence[Question]) -> Overview:
    when = period_name(context, whole.period)
    title = strong(context.texts("facilities.head", unit=whole.unit.name, period=when))
    lines = [*sample_mark(context), title, *_whole(context, whole, items)]
    by_unit = {one.unit.id: one for one in readings}
    pairs = [(one.unit, one.figures.factors[FACTOR]) for one in readings]
    placed = ranks([pair for pair in pairs if pair[1].n >= RANKED_FROM])[::-1]
    if placed:
        lines.append(context.texts("facilities.first"))
        lines += [_line(context, one, by_unit[one.unit.id], len(placed), items) for one in placed[:MOST_LINES]]
    else:
        lines.append(context.texts("facilities.no_order", count=RANKED_FROM))
    if len(placed) > MOST_LINES:
        lines.append(context.texts("facilities.more", count=len(placed) - MOST_LINES))
    waiting = len(readings) - len(placed)
    if placed and waiting:
        lines.append(context.texts("facilities.waiting", count=waiting, people=RANKED_FROM))
    order = [by_unit[one.unit.id] for one in placed]
    rest = [one for one in readings if one.unit.id not in {two.unit.id for two in placed}]
    table = _table(context, [*order, *rest], items)
    return Overview(f"facilities-{whole.unit.code}-{whole.period.id}", title, tuple(lines), (table,))


def _whole(context: Context, whole: Reading, items: Sequence[Question]) -> list[str]:
    """The unit's own figure and its items, the lowest first."""
    figure = whole.figures.factors[FACTOR]
    if figure.score is None:
        return []
    name = factor_names(context)[FACTOR]
    lines = [context.texts("score.factor", name=name, **values(context, figure))]
    known = sorted(_known(whole, items), key=lambda pair: pair[1].score or 0.0)
    return lines + [
        "- " + context.texts("score.factor", name=criterion_name(context, item), **values(context, one))
        for item, one in known
    ]


def _known(reading: Reading, items: Sequence[Question]) -> list[tuple[Question, Figure]]:
    pairs = [(item, reading.figures.criteria[item.criterion]) for item in items]
    return [pair for pair in pairs if pair[1].score is not None]


def _line(context: Context, one: Ranked, reading: Reading, count: int, items: Sequence[Question]) -> str:
    """Places are counted from the lowest: the most urgent is the first."""
    first, last = count + 1 - one.worst, count + 1 - one.best
    place = f"{first}–{last}" if first != last else str(first)
    line = context.texts("rank.line", place=place, unit=one.unit.name, **values(context, one.figure))
    lowest = min(_known(reading, items), key=lambda pair: pair[1].score or 0.0, default=None)
    if lowest is None:
        return line
    said = values(context, lowest[1])
    return f"{line}. {context.texts('facilities.lowest', item=criterion_name(context, lowest[0]), **said)}"


def _table(context: Context, readings: Sequence[Reading], items: Sequence[Question]) -> Table:
    texts = context.texts
    names = [factor_names(context)[FACTOR], *(criterion_name(context, item) for item in items)]
    columns = [texts("facilities.code"), texts("facilities.unit")]
    for name in names:
        columns += [texts(f"facilities.column.{part}", name=name) for part in ("score", "low", "high", "n")]
    rows = []
    for one in readings:
        figures = [one.figures.factors[FACTOR], *(one.figures.criteria[item.criterion] for item in items)]
        rows.append((one.unit.code, one.unit.name, *(cell for figure in figures for cell in _cells(figure))))
    return Table(texts("facilities.table"), tuple(columns), tuple(rows))


def _cells(figure: Figure) -> tuple[Cell, Cell, Cell, Cell]:
    """Score, low, high, people; all empty where it is withheld."""
    if figure.score is None or figure.low is None or figure.high is None:
        return None, None, None, None
    score: Cell = f"{figure.bound} {figure.score:.0f}" if figure.bound else Decimal(f"{figure.score:.2f}")
    return score, Decimal(f"{figure.low:.2f}"), Decimal(f"{figure.high:.2f}"), figure.n
