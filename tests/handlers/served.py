"""Finished answers without the conversation that led to them: fast, but counted by the program's own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from sqlite3 import Connection

from handlers import counting, mydata
from handlers.context import Context, Incoming
from handlers.visit_store import Provenance, Visit
from scoring.counts import Item
from survey.flow import order, start
from survey.model import Question
from tests.world import World

Says = Callable[[str], str]
"""criterion -> value"""


def serve(
    made: World,
    name: str,
    unit: str,
    procedure: str,
    says: Says,
    *,
    provenance: Provenance = "walk_in",
    channel: str = "console",
) -> str:
    """Somebody answers everything that she is asked about a visit now; the id of her response."""
    visit = Visit("", unit, None, procedure, made.now.date(), provenance)
    answered: str = made.commit(partial(_serve, made, name, visit, says, channel))
    return answered


def _serve(made: World, name: str, visit: Visit, says: Says, channel: str, connection: Connection) -> str:
    context = _context(made, connection, name)
    survey, response_id = context.stores.surveys.newest(context.province.index_survey), context.new_id()
    stores = context.stores
    visit = replace(visit, id=context.new_id())
    stores.talks.add_visit(visit, channel, context.now_ms)
    stores.responses.begin(
        response_id, context.new_id(), visit, survey,
        channel=channel, language="vi", text="", text_version="1", at=context.now_ms,
    )  # fmt: skip
    for question in order(survey, start(survey, response_id)):
        if question.factor:
            stores.responses.put_answer(response_id, question.name, _item(question, says(question.criterion)), None)
    stores.responses.link(response_id, context.person.id, visit.unit_id, "2026-W47", "", context.later_ms(days=7))
    stores.responses.set_disposition(
        response_id, "complete", counted=True, receipt=None, local_day=context.today, at=context.now_ms
    )
    response = stores.responses.get(response_id)
    assert response is not None
    counting.count(context, response)
    return response_id


def _item(question: Question, value: str) -> Item:
    return Item(question.criterion, question.factor, value, question.rotated)


def _context(made: World, connection: Connection, name: str) -> Context:
    return made.core.context(connection, Incoming("console", name, name, "press"), now=made.now, keep_person=True)


def correct(made: World, name: str, response_id: str, value: str) -> None:
    """She gives every answer that she gave that value."""

    def job(connection: Connection) -> None:
        context = _context(made, connection, name)
        response = context.stores.responses.get(response_id)
        assert response is not None
        survey = context.stores.surveys.newest(response.survey_id)
        counting.add_to_counts(context, response, -1)
        for question in survey.questions:
            if question.factor:
                context.stores.responses.put_answer(response_id, question.name, _item(question, value), None)
        counting.add_to_counts(context, response, 1)

    made.commit(job)


def erase(made: World, name: str) -> None:
    made.commit(lambda connection: mydata.erase(_context(made, connection, name)))
