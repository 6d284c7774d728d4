"""Five stars by telephone number: who is sent Zalo's rating template, and what becomes of the stars.

Nobody speaks to us there: the number is no person of ours, its answer belongs to nobody, and what joins the two is a
random tracking id. The stars are the answer to the overall question and to nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers import counting, keeping
from handlers.context import Context
from handlers.visit_code import GOOD_DAYS
from handlers.visit_store import Invitation, Requested, Visit
from handlers.wording import within
from scoring.counts import OVERALL, Item
from scoring.dossier_sheet import PHONE
from survey.kinds import kept_words
from survey.model import Question, Survey
from survey.text import MAX_TEXT

TEXT_VERSION = "zbs-1"
"""Of `zbs.template`, which the template must say: who rates has agreed to that."""
MOST_FIELD = 100
"""Characters of one field of the template."""
LANGUAGE = "vi"
"""The template's, whatever the installation speaks."""


def is_possible(context: Context) -> bool:
    """Whether numbers are of use: the template is set up, and the questionnaire has the question that stars answer."""
    return context.seal_phone is not None and _overall(_survey(context)) is not None


def queue(context: Context, invitation: Invitation) -> None:
    """Let the template go to an invitation's number, sealed as it is, until her hours are over."""
    assert invitation.channel == PHONE
    request_id = context.new_id()
    context.stores.ratings.queue(request_id, invitation, context.later_ms(days=GOOD_DAYS + 1), context.now_ms)


def is_wanted(context: Context, invitation: Invitation) -> bool:
    """Whether she is still to be asked: she may have come by herself, or said no, since it was queued."""
    refused = context.stores.invitations.refused(invitation.address_digest or "")
    came = invitation.answered or context.stores.talks.about(invitation.visit_id)
    return not refused and not came


def template_data(context: Context, visit: Visit) -> Mapping[str, str]:
    """The fields of the template by its names for them. No dossier's code: we keep none."""
    texts, unit = context.catalogues[LANGUAGE], context.stores.units.tree().get(visit.unit_id)
    procedure = next((one for one in context.procedures if one.code == visit.procedure_group), None)
    named = procedure is not None and procedure.code != "khac"
    fields = {
        "co_quan": within(texts, unit.name) if unit else "",
        "ngay": visit.local_day.strftime("%d/%m/%Y"),
        "thu_tuc": procedure.label.get(LANGUAGE, procedure.code) if procedure and named else texts("zbs.procedure"),
    }
    return {name: value[:MOST_FIELD] for name, value in fields.items()}


def take(context: Context, tracking_id: str, msg_id: str, stars: int, note: str) -> bool:
    """Count what somebody rated, once however often it is told; False where it counts for nothing.

    `stars` is 1 to 5. It is joined to its visit by our tracking id, else by Zalo's message id.
    """
    request = context.stores.ratings.find(tracking_id, msg_id)
    survey = _survey(context)
    question = _overall(survey)
    if request is None or request.response_id is not None or question is None:
        return False
    invitation = context.stores.invitations.by_ref(request.ref)
    assert invitation is not None, "a request has its invitation"
    visit = context.stores.talks.visit(invitation.visit_id)
    erased = invitation.answered and not context.stores.responses.sent_about(visit.id)
    if invitation.expires < context.today or erased:
        return False
    _keep(context, request, visit, survey, _answers(survey, question, stars, note))
    return True


def forget(context: Context, request_id: str, response_id: str | None) -> None:
    """From now on nothing leads from an answer to its visit, and nothing from a number's digest to either."""
    if response_id is not None:
        context.stores.responses.forget_times(response_id, context.new_id())
    context.stores.ratings.drop(request_id)


def _keep(context: Context, request: Requested, visit: Visit, survey: Survey, answers: Mapping[str, Item]) -> None:
    responses, response_id = context.stores.responses, context.new_id()
    responses.begin(
        response_id,
        context.new_id(),
        visit,
        survey,
        channel=counting.STARS_CHANNEL,
        language=LANGUAGE,
        text=context.catalogues[LANGUAGE]("zbs.template"),
        text_version=TEXT_VERSION,
        at=context.now_ms,
    )
    for name, item in answers.items():
        is_words = survey.by_name[name].kind == "text"
        responses.put_answer(response_id, name, item, item.value if is_words else None)
    context.stores.ratings.note_rated(request.id, response_id, context.later_ms(days=keeping.EDIT_DAYS))
    keeping.complete(context, response_id, visit, counted=True, receipt=None)


def _answers(survey: Survey, question: Question, stars: int, note: str) -> dict[str, Item]:
    """The stars, and the note where the questionnaire has a question for words that offices may read."""
    found = {question.name: Item(question.criterion, question.factor, str(stars))}
    words = kept_words(note[:MAX_TEXT])
    comment = next((one for one in survey.questions if one.kind == "text" and not one.confidential), None)
    if words and comment is not None:
        found[comment.name] = Item(comment.criterion, comment.factor, words)
    return found


def _survey(context: Context) -> Survey:
    return context.stores.surveys.newest(context.province.index_survey)


def _overall(survey: Survey) -> Question | None:
    return next((one for one in survey.questions if one.factor == OVERALL), None)
