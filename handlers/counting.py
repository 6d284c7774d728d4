"""From a finished response to counts and released cells, in the transaction that finishes it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from handlers.context import Context
from handlers.stores import Response
from scoring.counts import Item, Tally, of_response, total
from scoring.period import containing
from scoring.release import PATIENCE, Cell, Chain, absorb, due, held, reach, thin


def tally_of(context: Context, response: Response) -> Tally:
    return of_response(context.stores.responses.items(response.id), response.provenance)


def count(context: Context, response: Response) -> None:
    """Count a finished response for the first time; a complete one waits for the next block of each of its chains."""
    add_to_counts(context, response, 1)
    if response.disposition == "complete":
        parts = {item.criterion for item in context.stores.responses.items(response.id) if item.rotated}
        join(context, response, {"", *parts})


def join(context: Context, response: Response, parts: AbstractSet[str]) -> None:
    """Let a response wait in these chains of its desk, in which it never was."""
    for part in sorted(parts):
        chain = Chain(response.unit_id, response.survey_id, part)
        context.stores.responses.wait(chain, response.id)
        release(context, chain)


def add_to_counts(context: Context, response: Response, sign: int) -> None:
    """Put a response into the live counts (1) or take it out (-1), on the day that is its own for ever.

    Released cells stay as they are: what was published is not rewritten.
    """
    assert response.local_day is not None
    places = reach(context.stores.units.tree(), response.unit_id, response.local_day)
    context.stores.responses.add_counts(response, places, tally_of(context, response), sign)


def release(context: Context, chain: Chain) -> None:
    """Move a chain's waiting responses, once they make a block, into the cells of today's four periods."""
    responses, step = context.stores.responses, context.province.step
    waiting = list(responses.waiting(chain))
    if not due(len(waiting), step):
        return
    for _ in range(held(step)):
        waiting.pop(context.below(len(waiting)))
    answers = [[item for item in responses.items(one) if chain.holds(item)] for one in waiting]
    left_out = thin(answers, step)
    scored = {item.criterion for items in answers for item in items if item.factor}
    if left_out & scored and len(waiting) < PATIENCE * step:
        return
    shown = [[item for item in items if item.criterion not in left_out] for items in answers]
    responses.leave(chain, waiting)
    _publish(context, chain, _block(context, chain, waiting, shown), len(waiting))


def _block(context: Context, chain: Chain, people: Sequence[str], answers: Sequence[Sequence[Item]]) -> Tally:
    """What these people answered. Of a rotated criterion only the answers: the other chain counts the people."""
    tallies = []
    for response_id, items in zip(people, answers, strict=True):
        response = context.stores.responses.get(response_id)
        assert response is not None
        tally = of_response(items, response.provenance)
        tallies.append(Tally(values=tally.values) if chain.part else tally)
    return total(tallies)


def _publish(context: Context, chain: Chain, block: Tally, people: int) -> None:
    stores = context.stores
    if block == Tally():
        return
    for reached, scope in reach(stores.units.tree(), chain.unit_id, context.today):
        for period in containing(context.today):
            cell = stores.cells.get(reached, scope, chain.survey_id, period.id) or Cell(
                reached, scope, period.id, chain.survey_id, method=context.province.method
            )
            # A clock that was set back stands in a period that is closed for good. The block stays out of that cell
            # and goes into the others; the citizen whose answer completed it must not pay for the clock.
            if not cell.closed:
                stores.cells.put(absorb(cell, block, people, context.province.step), context.now_ms)
