"""How many of a unit's dossiers were answered about, where a feed tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers.context import Context
from handlers.figures import Reading, day_of, read_apart, sources
from handlers.wording import number, whole
from scoring.index import ABOVE, BELOW, Figures, outward
from scoring.period import Period
from scoring.sampling import Turnout, needed, turnout


def of_reading(context: Context, reading: Reading, apart: Mapping[str, Figures]) -> Turnout | None:
    """None where no dossier proves an answer that may be shown, or none were told of."""
    verified = apart.get("verified")
    if verified is None or verified.overall.score is None:
        return None
    tree, day = context.stores.units.tree(), day_of(context, reading.unit, reading.period)
    units = {
        below.id
        for one in sources(context, reading.unit, reading.period)
        for below in (one, *tree.descendants(one.id, min(day, one.valid_to or day)))
    }
    visits = context.stores.invitations.visits(sorted(units), _parts(reading.period))
    if visits < max(context.province.minimum, 1):
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
