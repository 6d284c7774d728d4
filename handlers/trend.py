"""`/trend UNIT [theo tháng]`: how a unit's figure went over the last weeks, months, quarters or years."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers import audit
from handlers.asked import Asked, asked, token
from handlers.context import Attachment, Button, Context, Message, strong
from handlers.figures import (
    ROMAN,
    Reading,
    cell_of,
    change_sentence,
    figure_facts,
    period_name,
    picture,
    read,
    sample_mark,
    values,
)
from handlers.wording import number, whole, within
from scoring.alerts import REMEMBERED, WATCHED, moves
from scoring.compare import change
from scoring.control import limits
from scoring.counts import INDEX, Moments
from scoring.index import POOLED, outward
from scoring.period import Kind, Period, closed, of_kind, previous, span
from scoring.units import Unit
from survey.text import fold

COUNTS: dict[Kind, int] = {"week": 12, "month": 12, "quarter": 8, "year": 5}
"""How many periods are shown."""
WEEKS_BESIDE_A_SCORE = 8
NAMED = 4
"""How many of them are written out below the line of bars."""
BLOCKS = "▁▂▃▄▅▆▇█"
LOWEST = 20.0
"""A share up to this is the lowest block; each further ten points are the next one, so that noise stays small."""

_BY = re.compile(r"(?:^|\s)(?:theo|by|hang|moi|tung)\s+(tuan|thang|quy|nam|week|month|quarter|year)$")
_KINDS: dict[str, Kind] = {
    "tuan": "week", "thang": "month", "quy": "quarter", "nam": "year",
    "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip


def respond(context: Context, argument: str) -> list[Message]:
    """Words: a unit, and "theo tháng" or a period; the periods of that kind, up to that one."""
    argument, kind = _kind(argument)
    found = asked(context, "trend", argument)
    if isinstance(found, Message):
        return [found]
    kind = kind or (found.period.kind if found.period else "week")
    last = of_kind(kind, min(found.period.last, context.today) if found.period else context.today)
    assert last is not None, "today and every period lie in the years kept here"
    readings = series(context, found.unit, last, context.province.method)
    audit.note(context, "trend", f"{found.unit.id} {readings[-1].period.id}", "read")
    notes = [context.texts("score.rolling")] if found.rolling else []
    lines = [*sample_mark(context), *notes, strong(_head(context, found.unit, kind, len(readings)))]
    buttons = _buttons(context, found, kind)
    shown = [reading for reading in readings if reading.figures.overall.score is not None]
    if not shown:
        lines.append(context.texts("score.too_few", minimum=context.province.minimum))
        return [Message("\n".join(lines), buttons)]
    lines.append("".join(_block(reading) for reading in readings))
    lines += [_line(context, reading) for reading in reversed(readings[-NAMED:])]
    lines += [_change(context, found.unit, readings), *_usual(context, found.unit, readings[-1])]
    return [Message("\n".join(lines), buttons, attachment=_picture(context, found.unit, readings))]


def _kind(argument: str) -> tuple[str, Kind | None]:
    """The argument without "theo tháng" at its end, and what that means."""
    by = _BY.search(fold(argument))
    if by is None:
        return argument, None
    return " ".join(argument.split()[:-2]), _KINDS[by[1]]


def line_of_weeks(context: Context, unit: Unit, method: str) -> str:
    """The last weeks as blocks, "" while fewer than two have a figure."""
    week = of_kind("week", context.today)
    assert week is not None, "today lies in the years kept here"
    readings = series(context, unit, week, method, WEEKS_BESIDE_A_SCORE)
    if sum(reading.figures.overall.score is not None for reading in readings) < 2:
        return ""
    blocks = "".join(_block(reading) for reading in readings)
    return f"{context.texts('span.week', count=len(readings))} {blocks}"


def series(context: Context, unit: Unit, last: Period, method: str, most: int = 0) -> list[Reading]:
    """The periods up to `last` by one method, oldest first; without the running one while it has no figure."""
    most = most or COUNTS[last.kind]
    readings = [read(context, unit, period, method=method) for period in span(last, most + 1)]
    running = readings[-1]
    if running.figures.overall.score is None and running.period.last >= context.today:
        return readings[:-1] or readings
    return readings[-most:]


def _head(context: Context, unit: Unit, kind: Kind, count: int) -> str:
    return context.texts("trend.head", unit=unit.name, span=context.texts(f"span.{kind}", count=count))


def _block(reading: Reading) -> str:
    score = reading.figures.overall.score
    return "·" if score is None else BLOCKS[min(max(int((score - LOWEST) // 10), 0), len(BLOCKS) - 1)]


def _line(context: Context, reading: Reading) -> str:
    name = period_name(context, reading.period)
    if not closed(reading.period, context.today):
        name = context.texts("trend.open", period=name)
    if reading.figures.overall.score is None:
        return context.texts("compare.too_few", name=name)
    return context.texts("compare.line", name=name, **values(context, reading.figures.overall))


def _change(context: Context, unit: Unit, readings: Sequence[Reading]) -> str:
    """Weeks: what evidence has added up to, as on Monday. Longer periods: the last against the one before."""
    last = readings[-1]
    if last.period.kind != "week" or last.figures.method != POOLED:
        before = readings[-2] if len(readings) > 1 else None
        moved = change(last.figures.overall, before.figures.overall) if before else None
        return change_sentence(context, moved, before.period if before else previous(last.period))
    move = moves({unit.id: history(context, unit, last.period)}).get(unit.id)
    if move is None:
        return context.texts("trend.steady")
    since = within(context.texts, period_name(context, span(last.period, move.weeks)[0]))
    key = "trend.fell" if move.points < 0 else "trend.rose"
    return context.texts(key, since=since, points=number(context, abs(move.points)))


def _usual(context: Context, unit: Unit, last: Reading) -> list[str]:
    """Between which figures a week of so many people lies by chance alone, and whether this one does."""
    if last.period.kind != "week" or last.figures.method != POOLED or last.figures.overall.score is None:
        return []
    found = limits(history(context, unit, last.period))
    if found is None:
        return []
    low, high = outward(found.low, found.high, 0)
    shown = {
        "low": number(context, low, 0),
        "high": number(context, high, 0),
        "n": whole(context, last.figures.overall.n),
    }
    return [context.texts("trend.usual" if found.inside else "trend.unusual", **shown)]


def history(context: Context, unit: Unit, week: Period) -> list[Moments]:
    """The index moments of a unit's released weeks, oldest first and this one last, as `alerts.moves` wants them."""
    cells = (cell_of(context, unit, one) for one in span(week, WATCHED + REMEMBERED))
    return [cell.tally.moments.get(INDEX, Moments()) if cell else Moments() for cell in cells]


def _buttons(context: Context, found: Asked, kind: Kind) -> tuple[tuple[Button, ...], ...]:
    """The same unit, up to the same period, by the other kinds."""
    asked_for = f"{token(context, found.unit)}{f' {found.period.id}' if found.period else ''}"
    others = [one for one in COUNTS if one != kind]
    return (tuple(Button(context.texts(f"by.{one}"), f"c:trend {asked_for} by {one}") for one in others),)


def _picture(context: Context, unit: Unit, readings: Sequence[Reading]) -> Attachment:
    points = [[_short(context, reading.period), *figure_facts(reading.figures.overall)] for reading in readings]
    first, last = (period_name(context, reading.period) for reading in (readings[0], readings[-1]))
    title = f"{unit.name} · {first} – {within(context.texts, last)}"
    return picture(context, f"{unit.code}-{readings[-1].period.id}-trend", title, points=points)


def _short(context: Context, period: Period) -> str:
    """What fits under a point: tuần 46, 11/2026, IV/2026, 2026."""
    match period.kind:
        case "week":
            return context.texts("trend.week", number=int(period.id.partition("-W")[2]))
        case "month":
            return f"{period.first.month}/{period.first.year}"
        case "quarter":
            return f"{ROMAN[period.first.month // 3]}/{period.first.year}"
        case _:
            return period.id
