"""`/doichieu [UNIT] [PERIOD]`: satisfaction, the reform index and staffing of a unit beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from handlers import audit, par_figures, staffing_figures
from handlers.access import may_read
from handlers.asked import asked, token
from handlers.book_units import as_told
from handlers.context import Button, Context, Message, strong
from handlers.figures import Reading, day_of, default_period, period_name, read, sample_mark, values
from handlers.overview import Answer, Cell, Overview, Table, as_message, decimal, instead, percent
from handlers.turnout import visits_in
from scoring.par import Area, Share
from scoring.period import Period
from scoring.staffing import People
from scoring.units import Unit

COMMAND = "doichieu"
FILE = "@file"
PER = 1_000
"""Visits for which people are counted; fewer in a year say nothing about that."""
MONTHS = 12
"""So many closed ones: people are there all year, and a running month would move the figure every day."""
MOST_UNITS = 60


@dataclass(frozen=True)
class Beside:
    """What is known of one unit; None: not known, or not to be shown."""

    unit: Unit
    told_as: Unit
    """What the index calls it: after a merger its namesake of that year."""
    reading: Reading
    index: Share | None
    label: str
    people: People | None
    visits: int | None

    @property
    def per_thousand(self) -> Decimal | None:
        """People present for 1,000 visits of a year, to one decimal."""
        if self.people is None or self.people.present is None or self.visits is None or self.visits < PER:
            return None
        return (Decimal(PER * self.people.present) / self.visits).quantize(Decimal("0.1"), ROUND_HALF_UP)


def respond(context: Context, argument: str) -> list[Message]:
    return [as_message(context, answer(context, argument))]


def answer(context: Context, argument: str) -> Answer:
    """A unit she may read, and in the table its sisters that she may read, too."""
    words = " ".join(word for word in argument.split() if word != FILE)
    found = asked(context, COMMAND, words)
    if isinstance(found, Message):
        return instead(found)
    unit, period = found.unit, found.period or default_period(context, found.unit)
    audit.note(context, "together", f"{unit.id} {period.id}", "read")
    index, staff = par_figures.latest(context, period.last), staffing_figures.latest(context, period.last)
    units = [unit, *(one for one in _sisters(context, unit, period) if one.id != unit.id)]
    beside = [_beside(context, one, period, index, staff) for one in units]
    title = strong(context.texts("together.head", unit=unit.name, period=period_name(context, period)))
    lines = [*sample_mark(context), title, *_lines(context, beside[0], index, staff)]
    table = _table(context, sorted(beside, key=lambda one: one.unit.name))
    notes = tuple(_notes(context, beside, index, staff))
    shown = Overview(f"together-{unit.code}-{period.id}", title, tuple(lines), (table,), notes=notes)
    again = f"c:{COMMAND} {FILE} {token(context, unit)} {period.id}"
    file = FILE in argument.split()
    said = context.texts("together.file")
    return Answer(shown, (Button(context.texts("button.sheet"), again),), "file" if file else "", said)


def _sisters(context: Context, unit: Unit, period: Period) -> Sequence[Unit]:
    """The units of the same level under the same parent; under the province itself those right below it."""
    tree, day = context.stores.units.tree(), day_of(context, unit, period)
    if unit.parent is None:
        found: Sequence[Unit] = tree.children(unit.id, day)
    else:
        found = [one for one in tree.children(unit.parent, day) if one.level == unit.level]
    return [one for one in found if may_read(context, one.id)][:MOST_UNITS]


def _beside(
    context: Context,
    unit: Unit,
    period: Period,
    index: par_figures.Opened | None,
    staff: staffing_figures.Opened | None,
) -> Beside:
    reading = read(context, unit, period)
    then = as_told(context, unit, index.tells_of) if index else unit
    share = index.year.share(then.id) if index and index.tells_of(then.id) else None
    label = index.year.label(then.id) if index and share else ""
    whose = as_told(context, unit, staff.staffing.told_of) if staff else unit
    people = staff.staffing.people(whose.id) if staff else None
    return Beside(unit, then, reading, share, label, people, _visits(context, reading, period))


def _visits(context: Context, reading: Reading, period: Period) -> int | None:
    """Of a year; None where the feed did not tell of all of it: people of a year beside visits of weeks mislead."""
    months = _year_before(period, context.today)
    return visits_in(context, reading, months) if visits_in(context, reading, months[-1:]) else None


def _year_before(period: Period, today: date) -> list[str]:
    """The twelve closed months up to the end of a period, or up to now where it is open, the newest first."""
    month = min(period.last + timedelta(days=1), today).replace(day=1)
    found: list[str] = []
    for _ in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month.isoformat()[:7])
    return found


def _notes(
    context: Context,
    beside: Sequence[Beside],
    index: par_figures.Opened | None,
    staff: staffing_figures.Opened | None,
) -> Iterator[str]:
    """Of when the file's figures are, and whether some are made up."""
    if index is not None:
        yield context.texts("together.index_of", year=index.year.year)
    if staff is not None:
        yield context.texts("together.staffing_of", day=staff.book.shown)
    if any(_invented(one, index) for one in beside):
        yield context.texts("book.invented")
    yield context.texts("together.caution")


def _invented(one: Beside, index: par_figures.Opened | None) -> bool:
    made_up = index is not None and one.index is not None and index.year.invented(one.told_as.id)
    return made_up or (one.people is not None and one.people.invented)


def _lines(
    context: Context,
    one: Beside,
    index: par_figures.Opened | None,
    staff: staffing_figures.Opened | None,
) -> list[str]:
    say, figure = context.texts, one.reading.figures.overall
    lines = [
        say("together.few", minimum=context.province.minimum)
        if figure.score is None
        else say("together.score", **values(context, figure))
    ]
    if index is not None and one.index is not None:
        lines.append(_index_line(context, index, one.index, one))
    if staff is not None and one.people is not None and one.people.known:
        facts = ", ".join(staffing_figures.short_facts(context, one.people))
        lines.append(say("together.staffing", day=staff.book.shown, facts=facts))
    if one.per_thousand is not None:
        lines.append(say("together.per_thousand", people=decimal(context, one.per_thousand)))
    if _invented(one, index):
        lines.append(say("book.invented"))
    return [*lines, say("together.caution")] if len(lines) > 1 else lines


def _index_line(context: Context, index: par_figures.Opened, share: Share, one: Beside) -> str:
    say = context.texts
    shown = {"points": decimal(context, share.points), "maximum": decimal(context, share.maximum)}
    parts = [say("par.points", **shown)]
    if one.label:
        parts.append(say("par.class", label=one.label))
    line = say("together.index", year=index.year.year, said=", ".join(parts))
    worst = min(index.year.areas(one.told_as.id), key=_percent, default=None)
    if worst is None:
        return line
    return f"{line} {say('par.worst', area=worst.criterion.name, percent=percent(context, worst.share.percent))}"


def _percent(area: Area) -> Decimal:
    return area.share.percent


def _table(context: Context, beside: Sequence[Beside]) -> Table:
    say = context.texts
    names = ("unit", "score", "low", "high", "n", "index", "class", "present", "short", "per_thousand")
    return Table(
        say("together.table"),
        tuple(say(f"together.column.{name}") for name in names),
        tuple(_row(one) for one in beside),
        head=0,
    )


def _row(one: Beside) -> tuple[Cell, ...]:
    figure, people = one.reading.figures.overall, one.people or People()
    told: tuple[Cell, ...] = (None, None, None, None)
    if figure.score is not None and figure.low is not None and figure.high is not None:
        score: Cell = f"{figure.bound} {figure.score:.0f}" if figure.bound else Decimal(f"{figure.score:.2f}")
        told = (score, Decimal(f"{figure.low:.2f}"), Decimal(f"{figure.high:.2f}"), figure.n)
    index = one.index.percent if one.index else None
    return (one.unit.name, *told, index, one.label, people.present, people.short, one.per_thousand)
