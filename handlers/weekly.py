"""The summary of a week, a month or a quarter: what it says. `/tuan` shows it without sending."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from handlers import audit, bulletin, turnout
from handlers.access import covers, offices
from handlers.approval import APPROVAL
from handlers.context import Attachment, Button, Context, Message, strong
from handlers.due import KIND_OF, Due, due, hour_of, newest_due
from handlers.figures import (
    cell_of,
    change_sentence,
    factor_codes,
    factor_names,
    figure_facts,
    index_survey,
    period_name,
    picture,
    read,
    sample_mark,
    values,
)
from handlers.improvement import done_at
from handlers.order_words import monday
from handlers.stores import Person
from handlers.trend import history
from handlers.upkeep import SILENT
from handlers.wording import number, whole, within
from scoring.alerts import Move
from scoring.counts import Tally
from scoring.index import POOLED, Figure
from scoring.period import Period, by_id, containing, parse, previous, span
from scoring.report import Standing, Summary, summary
from scoring.units import Unit

__all__ = ["Due", "attention", "due", "message", "picture_of", "preview", "preview_all", "summary_of"]

NAMED_TOO_FEW = 4
MOST_OFFICES = 3
MOST_BARS = 30

MOST_NAMED = 3
"""How many desks to look at one summary names."""


def preview(context: Context, argument: str) -> list[Message]:
    """`/tuan [tuần 46 | tháng 7 | quý 3]`: the summary of her units, not sent."""
    period = parse(argument, context.today) if argument.strip() else newest_due(context)
    if period is None or period.kind not in KIND_OF.values():
        return [Message(context.texts("score.bad_period"))]
    tree = context.stores.units.tree()
    units = dict.fromkeys(office.unit_id for office in offices(context))
    found = [unit for unit_id in list(units)[:MOST_OFFICES] if (unit := tree.get(unit_id))]
    shown = [message(context, Due(context.person, unit, (period,), late=False)) for unit in found]
    for unit in found:
        audit.note(context, "week", f"{unit.id} {period.id}", "read")
    mark = context.texts("weekly.preview")
    return [replace(one, text=f"[{mark}]\n{one.text}") for one in shown]


def preview_all(context: Context, week: str | None) -> list[str]:
    """What every subscriber would get, for an operator; the whole province where nobody subscribed yet."""
    period = by_id(week) if week else newest_due(context)
    root = context.stores.units.tree().root(context.today)
    if period is None or period.kind != "week" or root is None:
        return []
    taken = context.stores.officials.subscribed(context.today)
    everyone = {official.unit_id for official, edition, _ in taken if edition == "weekly"} or {root.id}
    units = [unit for unit_id in sorted(everyone) if (unit := context.stores.units.tree().get(unit_id))]
    return [message(context, Due(context.person, unit, (period,), late=False)).text for unit in units]


def message(context: Context, due: Due) -> Message:
    """Under ten lines, worst first, one likely driver, no name and no comment."""
    spoken = context.in_language(due.person.language)
    found = summary_of(spoken, due.unit, due.periods[-1])
    lines = [*sample_mark(spoken), _head(spoken, found)]
    if due.late:
        lines.append(spoken.texts("weekly.late_edition"))
    lines += _state(spoken, found)
    if due.periods[-1] == previous(containing(context.today)[0]):
        lines += monday(spoken, due.unit.id)
    if len(due.periods) > 1:
        weeks = ", ".join(within(spoken.texts, period_name(spoken, week)) for week in due.periods[:-1])
        lines.append(spoken.texts("weekly.missed", weeks=weeks))
    buttons = _buttons(spoken, found, due.person)
    if due.asks:
        goes = hour_of(context, due.periods[-1]) + APPROVAL
        lines.append(spoken.texts("bulletin.waits", hour=f"{goes:%H:%M}"))
        buttons = (*bulletin.choice(spoken, due.unit, due.periods[-1], None), *buttons)
    return Message("\n".join(lines), buttons, attachment=picture_of(spoken, found))


def _buttons(context: Context, found: Summary, person: Person) -> tuple[tuple[Button, ...], ...]:
    """The next question, one press away: the worst unit, why, how it came, the file, and a way out of the mail."""
    texts, week = context.texts, found.week.id
    shown = [
        Button(texts("button.see", unit=one.unit.name), f"c:score {one.unit.code} {week}") for one in found.worst[:1]
    ]
    if found.figure.score is not None:
        asked = found.worst[0].unit if found.worst else found.unit
        shown.append(Button(texts("button.why"), f"c:visao {asked.code} {week}"))
        shown.append(Button(texts("button.trend"), f"c:trend {found.unit.code} {week}"))
        held = context.stores.officials.of_person(person.id, context.today)
        if covers(context, held, found.unit.id, "manager"):
            shown.append(Button(texts("button.sheet"), f"c:export {found.unit.code} {week}"))
            shown.append(Button(texts("button.report"), f"c:baocao {found.unit.code} {week}"))
    if person.channel not in SILENT:
        shown.append(Button(texts("button.unsubscribe"), "c:unsubscribe"))
    return tuple(tuple(shown[place : place + 2]) for place in range(0, len(shown), 2))


def summary_of(context: Context, unit: Unit, week: Period) -> Summary:
    tree = context.stores.units.tree()
    children = tree.children(unit.id, week.last)
    before = previous(week)
    now = _tallies(context, [unit, *children], week)
    return summary(
        tree,
        unit,
        week,
        now=now,
        before=_tallies(context, [unit, *children], before) if before else {},
        factors=factor_codes(index_survey(context)),
        minimum=context.province.minimum,
        method=context.province.method,
        history={child.id: history(context, child, week) for child in children if child.id in now}
        if week.kind == "week" and context.province.method == POOLED
        else {},
    )


def _tallies(context: Context, units: Sequence[Unit], period: Period) -> dict[str, Tally]:
    """By unit id; units without a released cell are left out."""
    cells = ((unit.id, cell_of(context, unit, period)) for unit in units)
    return {unit_id: cell.tally for unit_id, cell in cells if cell is not None}


def _head(context: Context, found: Summary) -> str:
    head = context.texts("weekly.head", period=period_name(context, found.week), unit=found.unit.name)
    count = len(found.children) + len(found.too_few)
    return strong(f"{head} · {context.texts('weekly.children', count=count)}" if count else head)


def _state(context: Context, found: Summary) -> list[str]:
    """The figure and what moved, the worst, the best, and who has too few."""
    if found.figure.score is None:
        return [context.texts("weekly.none"), *_too_few(context, found)]
    change = change_sentence(context, found.change, previous(found.week))
    shown = values(context, found.figure)
    shown["score"] = strong(shown["score"])
    return [
        context.texts("weekly.figure", **shown) + " " + change,
        *turnout.short(context, read(context, found.unit, found.week)),
        *attention(context, found),
        *_too_few(context, found),
        *_to_review(context, found),
    ]


def _to_review(context: Context, found: Summary) -> list[str]:
    """Desks whose answers of the week should be looked at."""
    units = {one.id: one for one in (found.unit, *context.stores.units.tree().children(found.unit.id, found.week.last))}
    flagged = [one for one in context.stores.findings.of(units, found.week.id, found.week.id) if one.flagged]
    if not flagged or found.week.kind != "week":
        return []
    names = [within(context.texts, units[one.unit_id].name) for one in flagged[:MOST_NAMED]]
    return [context.texts("weekly.review", units=", ".join(names) + ("…" if len(flagged) > MOST_NAMED else ""))]


def attention(context: Context, found: Summary) -> list[str]:
    """Whether units differ, the worst with a likely driver, the best, and how many were kept waiting."""
    lines: list[str] = []
    if found.alike and found.children:
        lines.append(context.texts("weekly.unchanged"))
    lines += [_worst(context, one, found.week) for one in found.worst[:1]]
    if found.best is not None:
        lines.append(_best(context, found.best, found.week))
    if found.late is not None and found.late.score is not None and not found.late.bound:
        late = round(found.late.score * found.late.base / 100)
        lines.append(context.texts("weekly.late", late=whole(context, late), n=whole(context, found.late.base)))
    return lines


def _worst(context: Context, standing: Standing, week: Period) -> str:
    shown = {"unit": strong(standing.unit.name), **values(context, standing.figure)}
    if standing.move:
        return context.texts("weekly.fell", **shown, **_moved(context, standing.move, week))
    driver = standing.driver
    # A factor that stands no lower than the whole explains nothing.
    if driver is None or (driver.figure.score or 0) >= (standing.figure.score or 0):
        return context.texts("weekly.worst", **shown)
    of_factor = values(context, driver.figure)
    shown |= {
        "factor": factor_names(context).get(driver.factor, driver.factor),
        "factor_score": of_factor["score"],
        "factor_low": of_factor["low"],
        "factor_high": of_factor["high"],
    }
    return context.texts("weekly.worst_fell" if driver.kind == "fell" else "weekly.worst_factor", **shown)


def _best(context: Context, standing: Standing, week: Period) -> str:
    shown = {"unit": standing.unit.name, **values(context, standing.figure)}
    if standing.move:
        said = context.texts("weekly.rose", **shown, **_moved(context, standing.move, week))
    else:
        said = context.texts("weekly.best", **shown)
    done = done_at(context, standing.unit, week)
    return f"{said}. {context.texts('improvement.done', line=done[0])}" if done else said


def _moved(context: Context, move: Move, week: Period) -> dict[str, str]:
    since = span(week, move.weeks)[0]
    return {"points": number(context, abs(move.points)), "since": within(context.texts, period_name(context, since))}


def _too_few(context: Context, found: Summary) -> list[str]:
    if not found.too_few:
        return []
    if len(found.too_few) > NAMED_TOO_FEW:
        return [context.texts("rank.too_few_many", count=len(found.too_few))]
    return [context.texts("rank.too_few", units=", ".join(within(context.texts, unit.name) for unit in found.too_few))]


def picture_of(context: Context, found: Summary) -> Attachment | None:
    """One picture: the children's figures with their intervals, or the unit's own factors."""
    bars = [_bar(one.unit.name, one.figure) for one in found.children]
    if not bars:
        names = factor_names(context)
        bars = [_bar(names.get(key, key), one) for key, one in found.figures.factors.items() if one.score is not None]
    if found.figure.score is None or not bars:
        return None
    name = f"{found.unit.code}-{found.week.id}"
    title = f"{found.unit.name} · {period_name(context, found.week)}"
    return picture(context, name, title, bars=bars[:MOST_BARS], n=found.figure.n)


def _bar(name: str, figure: Figure) -> list[object]:
    return [name, *figure_facts(figure)]
