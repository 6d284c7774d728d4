"""The page of scores for officials: `/trang` gives the way to it, `board` what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Literal

from handlers import audit, by_procedure, turnout
from handlers.access import may_read
from handlers.asked import own_units, token
from handlers.bubble import score_lines
from handlers.context import Context, Message
from handlers.figures import (
    Reading,
    day_of,
    default_period,
    factor_names,
    period_name,
    read,
    values,
)
from handlers.former import past_notes
from handlers.improvement import done_below
from handlers.trend import series
from scoring.compare import RANKED_FROM
from scoring.index import Figure
from scoring.period import KINDS, Period, by_id, following, of_kind, previous
from scoring.units import Unit

LINK_MINUTES = 10
MOST_ROWS = 400

Order = Literal["score", "name", "n"]
ORDERS: tuple[Order, ...] = ("score", "name", "n")


@dataclass(frozen=True)
class Shown:
    """A figure as the page says it; `score`, `low`, `high` 0 to 100 place its bar, None where it is withheld."""

    words: str
    interval: str
    people: str
    n: int
    score: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One unit of the table, with its factors in their order."""

    name: str
    token: str
    whole: Shown
    factors: tuple[Shown, ...]


@dataclass(frozen=True)
class Point:
    label: str
    shown: Shown


@dataclass(frozen=True)
class Procedures:
    """Figures by procedure of a quarter that is over, the lowest first; none where there are none."""

    period: str
    points: tuple[Point, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """Everything on the page of one unit and period. `ways`: (label, token) up the tree; `periods`: (label, id)."""

    unit: str
    token: str
    period: str
    period_id: str
    lines: tuple[str, ...]
    factor_names: tuple[str, ...]
    rows: tuple[Row, ...]
    points: tuple[Point, ...]
    ways: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    done: tuple[str, ...]
    procedures: Procedures | None
    order: Order
    ranked_from: int = RANKED_FROM


def respond(context: Context, _: str) -> list[Message]:
    """`/trang`: a link that opens the page once, within ten minutes, in one browser."""
    link = context.page_link(context.person.id, context.now_ms + LINK_MINUTES * 60_000)
    if not link:
        return [Message(context.texts("page.nowhere"))]
    return [Message(context.texts("page.link", link=link, minutes=LINK_MINUTES))]


def board(context: Context, unit_token: str, period_id: str, order: str) -> Board | None:
    """The page of a unit (her own where none is named), or None where there is none that she may read."""
    tree = context.stores.units.tree()
    unit = tree.find(unit_token, context.today) if unit_token else next(iter(own_units(context)), None)
    if unit is None or not may_read(context, unit.id):
        audit.refused(context, "page", unit.id if unit else "-")
        return None
    named = by_id(period_id)
    period = named if named and named.first <= context.today else default_period(context, unit)
    audit.note(context, "page", f"{unit.id} {period.id}", "read")
    names = factor_names(context)
    reading = read(context, unit, period)
    below = tree.children(unit.id, day_of(context, unit, period))[:MOST_ROWS]
    rows = [_row(context, read(context, one, period, method=reading.figures.method), tuple(names)) for one in below]
    by: Order = next((known for known in ORDERS if known == order), "score")
    return Board(
        unit=unit.name,
        token=token(context, unit),
        period=period_name(context, period),
        period_id=period.id,
        lines=(*score_lines(context, reading), *_weighted(context, reading), *past_notes(context, reading)),
        factor_names=tuple(names.values()),
        rows=tuple(_ordered(rows, by)),
        points=tuple(_points(context, reading)),
        ways=tuple(_ways(context, unit)),
        periods=tuple(_periods(context, period)),
        done=tuple(done_below(context, unit, period)),
        procedures=_procedures(context, unit, period),
        order=by,
    )


def _procedures(context: Context, unit: Unit, period: Period) -> Procedures | None:
    """What /score says by procedure: of this quarter, else of the last one that is over."""
    quarter = by_procedure.quarter_of(context, period)
    told = by_procedure.groups(context, unit, quarter) if quarter else []
    if quarter is None or not told:
        return None
    points = [Point(by_procedure.group_name(context, group), shown(context, group.shown)) for group in told]
    return Procedures(period_name(context, quarter), tuple(points), tuple(by_procedure.why(context, told)))


def _weighted(context: Context, reading: Reading) -> list[str]:
    """Beside the figure of who answered: the one in which each office counts by its dossiers.

    Only here: it reads every office below, which the chat's answer must not wait for.
    """
    found = turnout.by_visits(context, reading)
    return [] if found is None else [context.texts("score.weighted", **values(context, found))]


def _row(context: Context, reading: Reading, letters: Sequence[str]) -> Row:
    found = reading.figures
    factors = tuple(shown(context, found.factors[letter]) for letter in letters)
    return Row(reading.unit.name, token(context, reading.unit), shown(context, found.overall), factors)


def shown(context: Context, figure: Figure) -> Shown:
    """A figure in words and as a bar; a withheld one says so."""
    if figure.score is None:
        return Shown(context.texts("page.too_few"), "", "", 0, None, 0.0, 0.0)
    said = values(context, figure)
    assert figure.low is not None
    assert figure.high is not None
    people = context.texts("page.people", n=said["n"])
    return Shown(
        said["score"], f"{said['low']}–{said['high']}", people, figure.n, figure.score, figure.low, figure.high
    )


def _ordered(rows: Sequence[Row], by: Order) -> list[Row]:
    """By name; by people, most first; or by score, lowest first: of too few people for a place in the tree's order."""
    match by:
        case "name":
            return sorted(rows, key=lambda row: row.name)
        case "n":
            return sorted(rows, key=lambda row: (-row.whole.n, row.name))
        case _:
            placed = [row for row in rows if row.whole.n >= RANKED_FROM]
            few = [row for row in rows if row.whole.score is not None and row.whole.n < RANKED_FROM]
            withheld = [row for row in rows if row.whole.score is None]
            return [*sorted(placed, key=lambda row: (row.whole.score or 0.0, row.name)), *few, *withheld]


def _points(context: Context, reading: Reading) -> list[Point]:
    """The periods up to this one, from the first that has a figure."""
    readings = dropwhile(
        lambda one: one.figures.overall.score is None,
        series(context, reading.unit, reading.period, reading.figures.method),
    )
    return [Point(period_name(context, one.period), shown(context, one.figures.overall)) for one in readings]


def _ways(context: Context, unit: Unit) -> list[tuple[str, str]]:
    """The units above that she may read, the highest first."""
    above = context.stores.units.tree().ancestors(unit.id, min(context.today, unit.valid_to or context.today))
    return [(one.name, token(context, one)) for one in reversed(above) if may_read(context, one.id)]


def _periods(context: Context, period: Period) -> list[tuple[str, str]]:
    """The period before and after, and the one of each other kind that holds this one's first day."""
    beside = [previous(period), following(period)]
    known = [one for one in beside if one is not None and one.first <= context.today]
    known += [one for kind in KINDS if kind != period.kind and (one := of_kind(kind, period.first)) is not None]
    return [(period_name(context, one), one.id) for one in known]
