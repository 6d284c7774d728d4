"""From a finished response to counts and released cells, in the transaction that finishes it."""

from __future__ import annotations

from handlers.context import Context
from handlers.stores import Response
from scoring.counts import Tally, add, of_response
from scoring.period import containing
from scoring.release import PATIENCE, Cell, absorb, reach, thin


def tally_of(context: Context, response: Response) -> Tally:
    return of_response(context.stores.responses.items(response.id), response.provenance)


def count(context: Context, response: Response) -> None:
    """Count a finished response for the first time; a complete one waits for its desk's next block."""
    add_to_counts(context, response, 1)
    if response.disposition == "complete":
        context.stores.responses.wait(response)
        release(context, response.unit_id, response.survey_id)


def add_to_counts(context: Context, response: Response, sign: int) -> None:
    """Put a response into the live counts (1) or take it out (-1), on the day that is its own for ever.

    Released cells stay as they are: what was published is not rewritten.
    """
    assert response.local_day is not None
    places = reach(context.stores.units.tree(), response.unit_id, response.local_day)
    context.stores.responses.add_counts(response, places, tally_of(context, response), sign)


def release(context: Context, unit_id: str, survey_id: str) -> None:
    """Move a desk's waiting responses, once they make a block, into the cells of today's four periods."""
    stores = context.stores
    step = context.province.step
    waiting = stores.responses.waiting(unit_id, survey_id)
    if len(waiting) < step:
        return
    answers = [stores.responses.items(response_id) for response_id in waiting]
    left_out = thin(answers, step)
    scored = {item.criterion for items in answers for item in items if item.factor}
    if left_out & scored and len(waiting) < PATIENCE * step:
        return
    block = Tally()
    for response_id, items in zip(waiting, answers, strict=True):
        response = stores.responses.get(response_id)
        assert response is not None
        shown = [item for item in items if item.criterion not in left_out]
        block = add(block, of_response(shown, response.provenance))
    stores.responses.leave(unit_id, survey_id)
    for reached, scope in reach(stores.units.tree(), unit_id, context.today):
        for period in containing(context.today):
            cell = stores.cells.get(reached, scope, survey_id, period.id) or Cell(
                reached, scope, period.id, survey_id, method=context.province.method
            )
            # A clock that was set back stands in a period that is closed for good. The block stays out of that cell
            # and goes into the others; the citizen whose answer completed it must not pay for the clock.
            if not cell.closed:
                stores.cells.put(absorb(cell, block, step), context.now_ms)
