"""Reading released cells, and writing a figure as people read it: never without its count and interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.access import may_read
from handlers.context import Attachment, Context
from handlers.wording import label, number, whole, within
from scoring.compare import Change
from scoring.counts import FACTORS, PROVENANCES, ROTATED, Tally, subtract, total
from scoring.index import Figure, Figures, figures, outward
from scoring.period import Period, of_kind, previous
from scoring.release import Cell
from scoring.units import Unit
from survey.model import Survey

ROMAN = ("I", "II", "III", "IV")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""For English; Vietnamese numbers its months."""


@dataclass(frozen=True)
class Reading:
    """A unit's released cell and the figures made from it. Without a cell every figure is withheld."""

    unit: Unit
    period: Period
    cell: Cell | None
    figures: Figures


def index_survey(context: Context) -> Survey:
    return context.stores.surveys.newest(context.province.index_survey)


def factor_codes(survey: Survey) -> dict[str, tuple[str, ...]]:
    """Criteria codes by factor letter, under "overall" the overall question, under "rotated" what some are asked."""
    codes: dict[str, tuple[str, ...]] = {}
    for question in survey.questions:
        if question.factor:
            under = ROTATED if question.rotated else question.factor
            codes[under] = (*codes.get(under, ()), question.criterion)
    return codes


def read(context: Context, unit: Unit, period: Period, scope: str = "all", *, method: str | None = None) -> Reading:
    """The figures by the method that the cell was released with, or by another one to be set beside others."""
    return _reading(context, unit, period, cell_of(context, unit, period, scope), method)


def read_together(
    context: Context, name: Unit, units: Sequence[Unit], period: Period, *, method: str | None = None
) -> Reading:
    """Several units as one, under the name of the unit that they came from."""
    cell = _together(name, [cell_of(context, unit, period) for unit in units])
    return _reading(context, name, period, cell, method)


def _reading(context: Context, unit: Unit, period: Period, cell: Cell | None, method: str | None) -> Reading:
    tally = cell.tally if cell else Tally()
    by = method or (cell.method if cell else context.province.method)
    return Reading(
        unit, period, cell, figures(tally, factor_codes(index_survey(context)), context.province.minimum, by)
    )


def read_apart(context: Context, reading: Reading) -> Mapping[str, Figures]:
    """The same unit and period by provenance, for those that have a figure."""
    found = {}
    for provenance in PROVENANCES:
        cell = cell_of(context, reading.unit, reading.period, provenance=provenance)
        one = _reading(context, reading.unit, reading.period, cell, reading.figures.method).figures
        if one.overall.score is not None:
            found[provenance] = one
    return found


def cell_of(context: Context, unit: Unit, period: Period, scope: str = "all", provenance: str = "") -> Cell | None:
    """The released cell. For days before the unit began: with those of the units that went into it as a whole."""
    survey_id = context.province.index_survey
    own = context.stores.cells.get(unit.id, scope, survey_id, period.id, provenance)
    if period.first >= unit.valid_from:
        return own
    before = context.stores.units.tree().predecessors(unit.id, whole=True)
    return _together(unit, [own, *(cell_of(context, one, period, scope, provenance) for one in before)])


def sources(context: Context, unit: Unit, period: Period) -> list[Unit]:
    """The units whose own cells make up the unit's figure of a period: itself, and what went into it as a whole."""
    if period.first >= unit.valid_from:
        return [unit]
    before = context.stores.units.tree().predecessors(unit.id, whole=True)
    return [unit, *(source for one in before for source in sources(context, one, period))]


def _together(unit: Unit, cells: Sequence[Cell | None]) -> Cell | None:
    found = [cell for cell in cells if cell is not None]
    if len(found) < 2:
        return found[0] if found else None
    return replace(
        found[0],
        unit=unit.id,
        step_no=sum(cell.step_no for cell in found),
        tally=total(cell.tally for cell in found),
        closed=all(cell.closed for cell in found),
    )


def without(context: Context, whole: Reading, part: Reading) -> Reading | None:
    """What is left of a unit without one that lies in it: the same released blocks, so nothing new is told.

    None where either has no cell, or the part's is not in the whole's (a clock was set back between the two).
    """
    if whole.cell is None or part.cell is None:
        return None
    try:
        rest = subtract(whole.cell.tally, part.cell.tally)
    except ValueError:
        return None
    found = figures(rest, factor_codes(index_survey(context)), context.province.minimum, part.figures.method)
    return Reading(whole.unit, whole.period, replace(whole.cell, tally=rest), found)


def rest_of_province(context: Context, reading: Reading) -> tuple[str, Reading] | None:
    """(what it is called, its figures) of the province without this unit: other people, so the two may be compared."""
    root = context.stores.units.tree().root(context.today)
    if root is None or root.id == reading.unit.id or not may_read(context, root.id):
        return None  # with the rest she would know the whole, too
    rest = without(context, read(context, root, reading.period), reading)
    return None if rest is None else (context.texts("rest_of", unit=within(context.texts, root.name)), rest)


def default_period(context: Context, unit: Unit) -> Period:
    """This quarter; before its first release, the quarter before."""
    now = of_kind("quarter", context.today)
    assert now is not None
    if read(context, unit, now).cell is None:
        before = previous(now)
        if before and read(context, unit, before).cell is not None:
            return before
    return now


def factor_names(context: Context) -> Mapping[str, str]:
    """What the factors of the index are called, by letter; the overall question is none of them."""
    named = index_survey(context).factors.items()
    return {letter: label(context, labels) for letter, labels in named if letter in FACTORS}


def values(context: Context, figure: Figure) -> dict[str, str]:
    """What a figure's sentence needs: score, low, high, n."""
    assert figure.score is not None
    assert figure.low is not None
    assert figure.high is not None
    low, high = outward(figure.low, figure.high, 0)
    return {
        "score": number(context, figure.score) if not figure.bound else f"{figure.bound} {figure.score:.0f}",
        "low": number(context, low, 0),
        "high": number(context, high, 0),
        "n": whole(context, figure.n),
    }


def figure_facts(figure: Figure) -> list[object]:
    """[score, low, high, n, bound] of a figure in a picture; None for each number that is withheld."""
    numbers = [None if one is None else round(one, 4) for one in (figure.score, figure.low, figure.high)]
    return [*numbers, None if figure.score is None else figure.n, figure.bound]


def picture(context: Context, name: str, title: str, **facts: object) -> Attachment:
    """A description of a picture: in the reader's language, watermarked where it is sample data."""
    mark = {"watermark": context.texts("sample")} if context.province.sample else {}
    return Attachment("picture", f"{name}.png", {"title": title, "language": context.texts.language, **facts, **mark})


def period_name(context: Context, period: Period) -> str:
    """Quý III/2026, Tuần 46/2026, Tháng 7/2026, Năm 2026; Q3 2026, Week 46/2026, July 2026, 2026."""
    match period.kind:
        case "week":
            year, _, week = period.id.partition("-W")
            return context.texts("period.week", number=int(week), year=year)
        case "month":
            number = period.first.month
            return context.texts("period.month", number=number, name=_MONTHS[number - 1], year=period.first.year)
        case "quarter":
            quarter = (period.first.month + 2) // 3
            return context.texts("period.quarter", number=quarter, roman=ROMAN[quarter - 1], year=period.first.year)
        case _:
            return context.texts("period.year", year=period.first.year)


def change_sentence(context: Context, moved: Change | None, before: Period | None) -> str:
    """How a figure moved against the period before; "no clear change" where the difference may be none."""
    name = period_name(context, before) if before else ""
    if moved is None:
        return context.texts("change.unknown", period=name)
    name = within(context.texts, name)
    if not moved.clear:
        return context.texts("change.none", period=name)
    return context.texts("change.up" if moved.points > 0 else "change.down", period=name, **difference(context, moved))


def difference(context: Context, moved: Change) -> dict[str, str]:
    """What a clear difference's sentence needs, without sign: points ("at least" where bounded), low, high."""
    near, far = sorted((abs(moved.low), abs(moved.high)))
    low, high = outward(near, far, 1)
    points = number(context, abs(moved.points))
    return {
        "points": context.texts("at_least", points=points) if moved.at_least else points,
        "low": number(context, low),
        "high": number(context, high),
    }


def signed(context: Context, points: float) -> str:
    """-12.3 as "−12,3", 5.1 as "+5,1"."""
    return f"{'−' if points < 0 else '+'}{number(context, abs(points))}"


def day_of(context: Context, unit: Unit, period: Period) -> date:
    """The day to look at the tree for what lay under a unit in a period: its last one, today, or the unit's last."""
    return min(day for day in (context.today, period.last, unit.valid_to) if day is not None)


def sample_mark(context: Context) -> list[str]:
    """The watermark line of sample data."""
    return [f"[{context.texts('sample')}]"] if context.province.sample else []
