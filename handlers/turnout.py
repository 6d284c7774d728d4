"""How many of a unit's visits (events of dossiers) were answered about, where a feed tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from handlers.context import Context
from handlers.figures import Reading, day_of, read, read_apart, sources
from handlers.wording import number, whole
from scoring.index import ABOVE, BELOW, Figure, Figures, outward
from scoring.period import Period
from scoring.sampling import Turnout, needed, turnout
from scoring.units import Unit
from scoring.weighted import Part, weighted


def of_reading(context: Context, reading: Reading, apart: Mapping[str, Figures]) -> Turnout | None:
    """None where no dossier proves an answer that may be shown, or none were told of."""
    verified = apart.get("verified")
    if verified is None or verified.overall.score is None:
        return None
    visits = visits_of(context, reading)
    if visits is None:
        return None
    score = verified.overall.score
    lowest = 0.0 if verified.overall.bound == BELOW else score
    # Who gave only stars is not behind the figure, so she leaves it as open as the silent do.
    return turnout(verified.overall.n, visits, lowest, 100.0 if verified.overall.bound == ABOVE else score)


def short(context: Context, reading: Reading) -> list[str]:
    """How many of how many answered, for a summary."""
    found = of_reading(context, reading, read_apart(context, reading))
    if found is None:
        return []
    said = {"visits": whole(context, found.visits), "rate": number(context, found.rate, 0)}
    return [context.texts("turnout.short", **said)]


def _parts(period: Period) -> list[str]:
    """The days of a week, the months of anything longer."""
    days = [period.first + timedelta(days=at) for at in range((period.last - period.first).days + 1)]
    return list(dict.fromkeys(day.isoformat()[: 10 if period.kind == "week" else 7] for day in days))


def by_visits(context: Context, reading: Reading) -> Figure | None:
    """The index in which each office below, and the unit's own desk, counts by the visits that it had."""
    day = day_of(context, reading.unit, reading.period)
    children = context.stores.units.tree().children(reading.unit.id, day)
    if not children or reading.figures.overall.score is None:
        return None
    own = read(context, reading.unit, reading.period, "own", method=reading.figures.method)
    parts = [Part(own.figures.overall, _visits(context, reading, [reading.unit]))]
    for child in children:
        one = read(context, child, reading.period, method=reading.figures.method)
        parts.append(Part(one.figures.overall, _visits(context, reading, _with_below(context, child, reading))))
    return weighted(parts)


def _with_below(context: Context, unit: Unit, reading: Reading) -> list[Unit]:
    tree, day = context.stores.units.tree(), day_of(context, reading.unit, reading.period)
    return [
        below
        for one in sources(context, unit, reading.period)
        for below in (one, *tree.descendants(one.id, min(day, one.valid_to or day)))
    ]


def visits_in(context: Context, reading: Reading, months: Sequence[str]) -> int:
    """How many visits a feed told of in these months (2026-07), of the unit and all below it."""
    units = {one.id for one in _with_below(context, reading.unit, reading)}
    return context.stores.invitations.visits(sorted(units), months)


def visits_of(context: Context, reading: Reading) -> int | None:
    """How many visits a feed told of in a period, of the unit and all below it; None where they are too few to say."""
    found = _visits(context, reading, _with_below(context, reading.unit, reading))
    return found if found >= max(context.province.minimum, 1) else None


def _visits(context: Context, reading: Reading, units: Sequence[Unit]) -> int:
    return context.stores.invitations.visits(sorted({one.id for one in units}), _parts(reading.period))


def line(context: Context, found: Turnout) -> str:
    """How many answered, what the silent leave open, and how many answers are still to come."""
    low, high = outward(found.low, found.high, 0)
    said = context.texts(
        "turnout",
        visits=whole(context, found.visits),
        rate=number(context, found.rate, 0),
        low=number(context, low, 0),
        high=number(context, high, 0),
    )
    wanted = needed(found.visits)
    if found.answered >= wanted:
        return said
    more = context.texts("turnout.more", wanted=whole(context, wanted), more=whole(context, wanted - found.answered))
    return f"{said} {more}"
