"""What is kept of a survey: the consent, each answer, the end of a response, a later correction."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from msgspec.structs import replace

from handlers import counting, start
from handlers.context import Context, Message, strong
from handlers.response_store import Response
from handlers.screens import CONSENT_VERSION, consent_text, survey_data
from handlers.stores import Talk
from handlers.visit_store import Visit
from scoring.counts import Item
from scoring.period import containing
from survey.model import Session, Survey

EDIT_DAYS = 7
"""How long a sent response can be seen and corrected; then the link to the person is deleted."""
RECEIPT_LETTERS = 8


def too_late(context: Context, response: Response | None) -> bool:
    """Whether a sent response is past its correction days: a session kept open by corrections holds no right longer."""
    finished = response.local_day if response else None
    return finished is not None and (context.today - finished).days > EDIT_DAYS


def begin(context: Context, talk: Talk, survey: Survey) -> str:
    """Consent was tapped: its row, and the response that cannot exist without it."""
    visit = context.stores.talks.visit(talk.visit_id)
    if context.incoming.channel == "kiosk":  # at the counter, whatever code was typed there
        visit = dataclasses.replace(visit, provenance="assisted")
    response_id = context.new_id()
    context.stores.responses.begin(
        response_id,
        context.new_id(),
        visit,
        survey,
        channel=context.incoming.channel,
        language=context.texts.language,
        text=consent_text(context, survey, start.about(context, talk)),
        text_version=CONSENT_VERSION,
        at=context.now_ms,
    )
    return response_id


def store_answers(context: Context, response_id: str, survey: Survey, before: Session, after: Session) -> None:
    """Bring the answer rows from `before` to `after`: only what changed is written."""
    if before.answers == after.answers:
        return
    gone = [name for name in before.answers if name not in after.answers]
    context.stores.responses.drop_answers(response_id, gone)
    for name, answer in after.answers.items():
        if before.answers.get(name) == answer:
            continue
        question = survey.question(name)
        assert question is not None
        match answer:
            case tuple():
                value = " ".join(answer) or "none"
            case _:
                value = str(answer)
        words = value if question.kind == "text" else None
        score = question.scores.get(value)
        item = Item(question.criterion, question.factor, str(score) if score else value, question.rotated)
        context.stores.responses.put_answer(response_id, name, item, words)


def finish(context: Context, talk: Talk, response_id: str) -> list[Message]:
    stores = context.stores
    visit = stores.talks.visit(talk.visit_id)
    receipt = _new_receipt(context)
    week = containing(context.today)[0].id
    counted = stores.responses.link(
        response_id,
        talk.person_id,
        visit.unit_id,
        week,
        visit.key,
        context.later_ms(days=EDIT_DAYS),
    )
    response, contested = complete(context, response_id, visit, counted=counted, receipt=receipt)
    return [_receipt(context, talk, response, contested=contested)]


def complete(
    context: Context, response_id: str, visit: Visit, *, counted: bool, receipt: str | None
) -> tuple[Response, bool]:
    """End a response as complete: it counts if it may, unless its visit was answered by somebody else as well.

    The response as it stands then, and whether that is so.
    """
    stores = context.stores
    stores.responses.set_disposition(
        response_id, "complete", counted=counted, receipt=receipt, local_day=context.today, at=context.now_ms
    )
    response = stores.responses.get(response_id)
    assert response is not None
    if visit.key and _answered(context, visit):
        rivals = [one for one in stores.responses.sent_about(visit.id) if one.id != response_id]
        return _hold(context, response, rivals), True
    if counted:
        counting.count(context, response)
    return response, False


def _answered(context: Context, visit: Visit) -> bool:
    """Whether a visit was answered before, also where that answer was erased since or is too old to lead to it."""
    invitation = context.stores.invitations.of_visit(visit.id)
    context.stores.invitations.mark_answered(visit.id)
    return invitation is not None and invitation.answered


def _hold(context: Context, response: Response, rivals: Sequence[Response]) -> Response:
    """One visit was answered twice, by two accounts: neither counts until somebody has looked at them.

    What was decided about one of them stays decided, however many come after it.
    """
    responses = context.stores.responses
    pairs = [pair for one in rivals if (pair := responses.pair_of(one.id))]
    pair = pairs[0] if pairs else min(one.id for one in (response, *rivals))
    for rival in rivals:
        if responses.hold(rival, "answered-twice", pair, context.now_ms) and rival.counted:
            counting.add_to_counts(context, rival, -1)
    # What was never counted has no chain to go back to.
    responses.hold(dataclasses.replace(response, counted=False), "answered-twice", pair, context.now_ms)
    context.warn("a visit was answered from two accounts: see sipas review list", unit=response.unit_id)
    return dataclasses.replace(response, counted=False)


def _new_receipt(context: Context) -> str:
    """A code that nobody else's response bears: among millions two would meet by chance."""
    while True:
        receipt = context.new_code(RECEIPT_LETTERS)
        if not context.stores.responses.has_receipt(receipt):
            return receipt


def _receipt(context: Context, talk: Talk, response: Response, *, contested: bool = False) -> Message:
    receipt = response.receipt or ""
    shown = strong(f"{receipt[:4]}-{receipt[4:]}")
    text = context.texts("receipt", code=shown, days=EDIT_DAYS)
    if contested:
        text += "\n" + context.texts("receipt.contested")
    elif not response.counted:
        text += "\n" + context.texts("receipt.repeated")
    data = survey_data(talk.session.id, "@review")
    return Message(text, start.rows((context.texts("button.review"), data)), replaces=True)


def correct(context: Context, talk: Talk, survey: Survey, response_id: str) -> list[Message]:
    """A sent response was changed and sent again: its day stays, its counts follow."""
    response = context.stores.responses.get(response_id)
    assert response is not None
    if response.counted:
        counting.add_to_counts(context, response, -1)
    stored = set(context.stores.responses.answers(response_id))
    context.stores.responses.drop_answers(response_id, stored)
    store_answers(context, response_id, survey, replace(talk.session, answers={}), talk.session)
    new = set(talk.session.answers) - stored
    parts = {q.criterion for q in survey.questions if q.rotated and q.name in new}
    if response.counted:
        counting.add_to_counts(context, response, 1)
        counting.join(context, response, parts)
    elif parts:
        context.stores.responses.hold_parts(response_id, parts)
    return [Message(context.texts("corrected"), replaces=True)]


def refuse(context: Context, response_id: str | None) -> None:
    """She stopped: what she had answered until then goes."""
    if response_id is not None:
        stored = set(context.stores.responses.answers(response_id))
        context.stores.responses.drop_answers(response_id, stored)
        context.stores.responses.set_disposition(
            response_id, "refused", counted=False, receipt=None, local_day=None, at=context.now_ms
        )
        context.stores.responses.forget_times(response_id, context.new_id())
