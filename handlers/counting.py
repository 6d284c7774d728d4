"""From a finished response to counts and released cells, in the transaction that finishes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from handlers.context import Context
from handlers.stores import Response
from scoring.counts import Tally, add, of_response
from scoring.index import METHOD
from scoring.period import containing
from scoring.release import Cell, absorb, due

Place = tuple[str, str]
"""(unit id, scope): `own` is the desk itself, `all` includes what lies under it."""


def counted_places(context: Context, unit_id: str, on: date) -> list[Place]:
    """Where a response of `unit_id` counts: its own desk, and `all` of it and of what it stood under that day."""
    above = context.stores.units.tree().ancestors(unit_id, on)
    return [(unit_id, "own"), (unit_id, "all"), *((unit.id, "all") for unit in above)]


def chains(context: Context, unit_id: str, on: date) -> list[Place]:
    """The chains a response waits in: as counted, but a desk with nothing under it has one chain, not two alike."""
    places = counted_places(context, unit_id, on)
    return places if context.stores.units.tree().children(unit_id, on) else places[1:]


def tally_of(context: Context, response: Response) -> Tally:
    return of_response(context.stores.responses.items(response.id), response.provenance)


def count(context: Context, response: Response) -> None:
    """Count a finished response for the first time and release what is due. `response.local_day` is set."""
    assert response.local_day is not None
    places = counted_places(context, response.unit_id, response.local_day)
    context.stores.responses.add_counts(response, places, tally_of(context, response), 1)
    if response.disposition == "complete":
        waiting = chains(context, response.unit_id, response.local_day)
        context.stores.responses.wait(response, waiting)
        release(context, waiting, response.survey_id)


def recount(context: Context, response: Response) -> None:
    """Count a corrected response again, on the day that was always its own."""
    assert response.local_day is not None
    places = counted_places(context, response.unit_id, response.local_day)
    context.stores.responses.add_counts(response, places, tally_of(context, response), 1)


def uncount(context: Context, response: Response) -> None:
    """Take a counted response out of the live counts. Released cells stay as they are."""
    assert response.local_day is not None
    places = counted_places(context, response.unit_id, response.local_day)
    context.stores.responses.add_counts(response, places, tally_of(context, response), -1)


def release(context: Context, places: Iterable[Place], survey_id: str) -> None:
    """Move every chain that holds a whole block into the cells of today's week, month, quarter and year.

    A block leaves its chain at once and whole, so no two readings of a unit ever differ by fewer people than a block.
    """
    stores = context.stores
    for unit_id, scope in places:
        waiting = stores.responses.waiting(unit_id, scope, survey_id)
        if not due(len(waiting), context.province.step):
            continue
        block = Tally()
        for response_id in waiting:
            response = stores.responses.get(response_id)
            assert response is not None
            block = add(block, tally_of(context, response))
        stores.responses.leave(unit_id, scope, survey_id)
        for period in containing(context.today):
            cell = stores.cells.get(unit_id, scope, survey_id, period.id)
            if cell is None:
                cell = Cell(unit_id, scope, period.id, survey_id, 0, Tally(), METHOD, closed=False)
            stores.cells.put(absorb(cell, block), context.now_ms)
