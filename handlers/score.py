"""`/score UNIT [PERIOD]`: one unit's figure, with its count, its interval and what moved."""

from __future__ import annotations

from handlers import audit, by_procedure, chart, compare, criteria
from handlers.access import covers, may_read, offices
from handlers.asked import Asked, asked, own_units, token
from handlers.bubble import score_lines, set_beside
from handlers.context import Button, Context, Message
from handlers.figures import (
    Reading,
    day_of,
    default_period,
    index_survey,
    read,
    rest_of_province,
    sample_mark,
    values,
)
from handlers.former import past_notes, together
from handlers.improvement import done_at
from handlers.trend import line_of_weeks
from handlers.wording import within
from scoring.index import MEAN_OF_CRITERIA, MEAN_OF_FACTORS, OVERALL_ITEM, POOLED
from scoring.units import Unit

HOW = {
    POOLED: "how.pooled",
    MEAN_OF_CRITERIA: "how.mean_of_criteria",
    MEAN_OF_FACTORS: "how.mean_of_factors",
    OVERALL_ITEM: "how.overall_item",
}
"""The first of the four lines of [Cách tính], by method."""


def respond(context: Context, argument: str) -> list[Message]:
    """Words after the command: a unit and a period in either order; none: her own units, this quarter."""
    if argument.startswith("@how"):
        return [Message("\n".join(how(context, argument.removeprefix("@how").strip())))]
    if argument.startswith("@chart "):
        return chart.respond(context, argument.removeprefix("@chart "))
    if argument.startswith("@criteria "):
        return criteria.respond(context, argument.removeprefix("@criteria "))
    if argument.startswith("@together "):
        return together(context, argument.removeprefix("@together "))
    if compare.sides(argument):
        return compare.respond(context, argument)
    procedures = by_procedure.wanted(context, argument)
    if procedures is not None:
        return by_procedure.respond(context, *procedures)
    found = asked(context, "score", argument)
    if isinstance(found, Message):
        return [found]
    units = [found.unit] if found.named else own_units(context)
    return [_answer(context, unit, found) for unit in units]


def _answer(context: Context, unit: Unit, found: Asked) -> Message:
    reading = read(context, unit, found.period or default_period(context, unit))
    audit.note(context, "score", f"{unit.id} {reading.period.id}", "read")
    notes = [context.texts("score.rolling")] if found.rolling else []
    beside = _beside(context, reading) if reading.figures.overall.score is not None else []
    lines = [*sample_mark(context), *notes, *score_lines(context, reading, beside=beside)]
    lines += [
        *_own_desk(context, reading),
        *past_notes(context, reading),
        *_done(context, reading),
    ]
    return Message("\n".join(lines), _buttons(context, reading, found.others))


def _beside(context: Context, reading: Reading) -> list[str]:
    """Whether the unit clearly lies above or below the rest of the province, and how its last weeks went."""
    found = rest_of_province(context, reading)
    told = set_beside(context, reading, found[1], found[0]) if found else None
    return [line for line in (told, line_of_weeks(context, reading.unit, reading.figures.method)) if line]


def _own_desk(context: Context, reading: Reading) -> list[str]:
    """What the unit's own desk has, where the figure includes what lies under it."""
    no_desk = reading.unit.level == "province"
    if no_desk or reading.cell is None or not _has_children(context, reading):
        return []
    own = read(context, reading.unit, reading.period, "own").figures.overall
    name = within(context.texts, reading.unit.name)
    if own.score is None:
        return [context.texts("score.own_too_few", unit=name)]
    return [context.texts("score.own", unit=name, **values(context, own))]


def _done(context: Context, reading: Reading) -> list[str]:
    """The newest of what the office told as done in the period."""
    told = done_at(context, reading.unit, reading.period)[:1] if reading.figures.overall.score is not None else []
    return [context.texts("improvement.done", line=line) for line in told]


def _has_children(context: Context, reading: Reading) -> bool:
    day = day_of(context, reading.unit, reading.period)
    return bool(context.stores.units.tree().children(reading.unit.id, day))


def _buttons(context: Context, reading: Reading, others: tuple[Unit, ...]) -> tuple[tuple[Button, ...], ...]:
    code, period = token(context, reading.unit), reading.period.id
    extra = [(Button(other.name, f"c:score {other.code} {period}"),) for other in others if may_read(context, other.id)]
    if reading.figures.overall.score is None:
        return tuple(extra)
    main = (
        Button(context.texts("button.chart"), f"c:score @chart {code} {period}"),
        Button(context.texts("button.how"), f"c:score @how {reading.figures.method}"),
    )
    more = [
        Button(context.texts("button.why"), f"c:visao {code} {period}"),
        Button(context.texts("button.trend"), f"c:trend {code} {period}"),
    ]
    if criteria.behind(index_survey(context)):
        more.append(Button(context.texts("button.criteria"), f"c:score @criteria {code} {period}"))
    if by_procedure.has_figures(context, reading.unit):
        more.append(Button(context.texts("button.procedures"), f"c:score {by_procedure.LIST} {code}"))
    if _has_children(context, reading):
        more.append(Button(context.texts("button.rank"), f"c:rank {code} {period}"))
    if covers(context, offices(context), reading.unit.id, "manager"):
        more.append(Button(context.texts("button.sheet"), f"c:export {code} {period}"))
        more.append(Button(context.texts("button.report"), f"c:baocao {code} {period}"))
    return (main, *(tuple(more[place : place + 2]) for place in range(0, len(more), 2)), *extra)


def how(context: Context, method: str) -> list[str]:
    """The method of the figure that was asked about, in four lines."""
    if method not in HOW:
        method = context.province.method
    return [
        context.texts(HOW[method]),
        context.texts("how.interval"),
        context.texts("how.people", minimum=context.province.minimum),
        context.texts("how.method", method=method),
    ]
