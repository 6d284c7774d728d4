"""From a finished response to counts and released cells, in the transaction that finishes it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from handlers.context import Context
from handlers.procedure_release import parts_of
from handlers.response_store import Response
from scoring.by_procedure import Part
from scoring.counts import Item, Tally, of_response, total
from scoring.period import containing, of_kind
from scoring.release import PATIENCE, STARS, Cell, Chain, absorb, due, held, reach, thin

STARS_CHANNEL = "zalo-zbs"
"""Where people are asked the overall question and nothing else."""


class Block(NamedTuple):
    """What leaves a chain together, of how many people, and of which provenance ("": of any)."""

    tally: Tally
    people: int
    provenance: str
    parts: tuple[Part, ...] = ()
    """The same cut by procedure; none where its chain has no figures by procedure."""


def tally_of(context: Context, response: Response) -> Tally:
    return of_response(context.stores.responses.items(response.id), response.provenance)


def count(context: Context, response: Response) -> None:
    """Count a finished response for the first time; a complete one waits for the next block of each of its chains."""
    add_to_counts(context, response, 1)
    if response.disposition == "complete":
        parts = {item.criterion for item in context.stores.responses.items(response.id) if item.rotated}
        whole = STARS if response.channel == STARS_CHANNEL else ""
        join(context, response, {whole, *parts})


def join(context: Context, response: Response, parts: AbstractSet[str]) -> None:
    """Let a response wait in these chains of its desk, in which it never was; what makes a block leaves."""
    blocks = []
    for part in sorted(parts):
        chain = Chain.of(response.unit_id, response.survey_id, part, response.provenance)
        context.stores.responses.wait(chain, response.id)
        blocks += _leaving(context, chain)
    if blocks:
        _publish(context, response, blocks)


def add_to_counts(context: Context, response: Response, sign: int) -> None:
    """Put a response into the live counts (1) or take it out (-1), on the day that is its own for ever.

    Released cells stay as they are: what was published is not rewritten.
    """
    assert response.local_day is not None
    places = reach(context.stores.units.tree(), response.unit_id, response.local_day)
    context.stores.responses.add_counts(response, places, tally_of(context, response), sign)


def _leaving(context: Context, chain: Chain) -> list[Block]:
    """The chain's waiting responses but for the held, once they make a block: they wait no more. Else none."""
    responses, step = context.stores.responses, context.province.step
    waiting = list(responses.waiting(chain))
    if not due(len(waiting), step):
        return []
    for _ in range(held(step)):
        waiting.pop(context.below(len(waiting)))
    answers = [[item for item in responses.items(one) if chain.holds(item)] for one in waiting]
    left_out = thin(answers, step)
    scored = {item.criterion for items in answers for item in items if item.factor}
    if left_out & scored and len(waiting) < PATIENCE * step:
        return []
    shown = [[item for item in items if item.criterion not in left_out] for items in answers]
    responses.leave(chain, waiting)
    people = list(zip(_found(context, waiting), shown, strict=True))
    block = _block(chain, people)
    parts = () if chain.part else tuple(parts_of(context, people))
    return [] if block == Tally() else [Block(block, len(waiting), chain.provenance, parts)]


def _found(context: Context, response_ids: Sequence[str]) -> list[Response]:
    responses = [context.stores.responses.get(one) for one in response_ids]
    assert all(responses), "who was erased waits no more"
    return [one for one in responses if one]


def _block(chain: Chain, people: Sequence[tuple[Response, Sequence[Item]]]) -> Tally:
    """What these people answered. Of a rotated criterion only the answers: the other chain counts the people."""
    tallies = [of_response(items, response.provenance) for response, items in people]
    return total(tally if chain.counts_people else Tally(values=tally.values) for tally in tallies)


def _publish(context: Context, response: Response, blocks: Sequence[Block]) -> None:
    """Put blocks of one desk into the cells of today's four periods, of the desk and of everything above it: of all
    answers, and of those of their provenance."""
    stores, survey_id = context.stores, response.survey_id
    _keep_parts(context, response, blocks)
    for reached, scope in reach(stores.units.tree(), response.unit_id, context.today):
        for period in containing(context.today):
            for provenance in ("", *sorted({block.provenance for block in blocks} - {""})):
                cell = stores.cells.get(reached, scope, survey_id, period.id, provenance) or Cell(
                    reached, scope, period.id, survey_id, method=context.province.method, provenance=provenance
                )
                # A clock that was set back stands in a period that is closed for good. The blocks stay out of that
                # cell and go into the others; the citizen whose answer completed one must not pay for the clock.
                if not cell.closed:
                    for block in blocks:
                        if provenance in {"", block.provenance}:
                            cell = absorb(cell, block.tally, block.people, context.province.step)
                    stores.cells.put(cell, context.now_ms)


def _keep_parts(context: Context, response: Response, blocks: Sequence[Block]) -> None:
    """What the blocks hold of each procedure, until this quarter is over; nothing where it was released already."""
    quarter = of_kind("quarter", context.today)
    if quarter is None or context.stores.procedures.state(quarter.id) is not None:
        return
    cell = context.stores.cells.get(response.unit_id, "own", response.survey_id, quarter.id)
    if cell is None or not cell.closed:
        for part in (part for block in blocks for part in block.parts):
            context.stores.procedures.keep(part, quarter.id, response.survey_id)
