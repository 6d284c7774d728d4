"""`/dulieu` shows what is held of a person; `/xoa` erases it, after one question."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from handlers import audit, counting, second
from handlers.context import Context, Message
from handlers.response_store import Response
from handlers.start import rows
from handlers.wording import answer_words, label
from survey.model import CARRIED, Answer


def show(context: Context, _: str) -> list[Message]:
    """Everything that is tied to her at this moment."""
    held = context.stores.responses.linked(context.person.id)
    lines = [
        context.texts(
            "mydata.contact",
            channel=context.person.channel,
            language=context.texts(f"language.{context.person.language}"),
        )
    ]
    other = second.other_account(context)
    if other is not None:
        lines.append(context.texts("mydata.second", channel=second.channel_name(context, other)))
    elsewhere = {talk.response_id: talk.session.carried for talk in context.stores.talks.all_of(context.person.id)}
    lines += [_one(context, response, elsewhere.get(response.id, frozenset())) for response in held]
    if not held:
        lines.append(context.texts("mydata.none"))
        return [Message("\n\n".join(lines))]
    lines.append(context.texts("mydata.how"))
    return [Message("\n\n".join(lines), rows((context.texts("button.erase"), "c:xoa")))]


def _one(context: Context, response: Response, elsewhere: AbstractSet[str]) -> str:
    """`elsewhere`: the questions that were answered at another door."""
    unit = context.stores.units.tree().get(response.unit_id)
    survey = context.stores.surveys.get(response.survey_id, response.survey_version)
    state = context.texts(f"disposition.{response.disposition}")
    code = f"{response.receipt[:4]}-{response.receipt[4:]}" if response.receipt else ""
    lines = [" · ".join(part for part in (unit.name if unit else "", state, code) if part)]
    held = context.stores.responses.answers(response.id)
    for question in survey.questions:
        if question.name not in held:
            continue
        value, words = held[question.name]
        answer = words if words is not None else value
        picked: Answer | None = tuple((value or "").split()) if question.kind == "select_multiple" else answer
        picked = CARRIED if question.name in elsewhere else picked
        lines.append(f"- {label(context, question.label)}\n   → {answer_words(context, question, picked)}")
    return "\n".join(lines)


def ask_to_erase(context: Context, argument: str) -> list[Message]:
    """`/xoa`: asks first; `/xoa dong-y` and `/xoa khong` are what its buttons say."""
    match argument.strip():
        case "dong-y":
            return erase(context)
        case "khong":
            return [Message(context.texts("erase.kept"), replaces=True)]
    if not context.stores.responses.linked(context.person.id) and not context.stores.talks.all_of(context.person.id):
        return [Message(context.texts("mydata.none"))]
    buttons = rows(
        (context.texts("button.erase_yes"), "c:xoa dong-y"), (context.texts("button.erase_no"), "c:xoa khong")
    )
    return [Message(context.texts("erase.ask"), buttons)]


def erase(context: Context) -> list[Message]:
    for response in context.stores.responses.linked(context.person.id):
        if response.counted:
            counting.add_to_counts(context, response, -1)
    gone = context.stores.responses.erase(context.person.id)
    context.stores.people.set_choosing(context.person.id, None)
    audit.note(context, "erase", "responses", str(len(gone)), actor="citizen")
    return [Message(context.texts("erase.done", count=len(gone)), replaces=True)]
