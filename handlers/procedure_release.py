"""Figures by procedure: what each block holds of each is kept until its quarter is over, and then released, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from handlers.context import Context
from handlers.figures import factor_codes
from handlers.response_store import Response
from scoring.by_procedure import Part, ProcedureCell, Rule, aside, cells
from scoring.counts import Item, of_response, total
from scoring.period import by_id, of_kind

OTHER = "khac"
UNTOLD = ""
"""Who came by a poster was not asked what for."""


def parts_of(context: Context, people: Sequence[tuple[Response, Sequence[Item]]]) -> list[Part]:
    """A block of one desk, cut by procedure, with the answers that leave with it; some of it go aside by lot.

    In the sample every block is one person, and they are added up at once.
    """
    step = context.province.step
    block = context.new_id() if step > 1 else ""
    lots = aside(len(people), step, context.below)
    cut: dict[tuple[str, bool], list[tuple[Response, Sequence[Item]]]] = defaultdict(list)
    for one, apart in zip(people, lots, strict=True):
        cut[one[0].procedure_group, apart].append(one)
    unit = _below_the_province(context, people[0][0].unit_id)
    return [
        Part(block, unit, code, apart, total(of_response(items, response.provenance) for response, items in some))
        for (code, apart), some in sorted(cut.items(), key=lambda one: one[0])
    ]


def _below_the_province(context: Context, unit_id: str) -> str:
    """The unit right below the province that a desk lies in, as the tree stands today; "": the province's own desk."""
    above = (unit_id, *(unit.id for unit in context.stores.units.tree().ancestors(unit_id, context.today)))
    return above[-2] if len(above) > 1 else ""


Quarters = Mapping[str, Sequence[ProcedureCell]]
"""What is to be released of each quarter that is over, by its id."""


def look(context: Context) -> Quarters:
    """What the quarters that are over, and whose parts are still kept, have to tell. Only reads: of a large province
    it takes seconds, once a quarter, and citizens must not wait for it."""
    running = of_kind("quarter", context.today)
    procedures = context.stores.procedures
    due = procedures.due(running.id) if running else ()
    return {period: [] if procedures.state(period) else _cells(context, period) for period in due}


def keep(context: Context, quarters: Quarters) -> int:
    """Release them, once and for good; how many figures that are."""
    for period, found in quarters.items():
        context.stores.procedures.settle(period, found, context.now_ms)
    return sum(len(found) for found in quarters.values())


def _cells(context: Context, period: str) -> list[ProcedureCell]:
    from scoring.procedure_choice import decide  # numpy, once a quarter: not in the memory of all days

    by_survey: Mapping[str, list[Part]] = defaultdict(list)
    for survey_id, part in context.stores.procedures.parts(period):
        by_survey[survey_id].append(part)
    quarter = by_id(period)
    root = context.stores.units.tree().root(quarter.last if quarter else context.today)
    rule, found = Rule.of(context.province.step), list[ProcedureCell]()
    known = {one.code for one in context.procedures} - {OTHER}
    for survey_id, parts in sorted(by_survey.items()):
        criteria = factor_codes(context.stores.surveys.newest(survey_id))
        remainder = {part.code for part in parts} - known
        release = decide(parts, criteria, remainder, rule)
        found += cells(release, parts, root.id if root else "", period, survey_id, context.province.method)
    return found
