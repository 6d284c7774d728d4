"""Which columns an export of responses has, and what their codes mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.drawing.words import CODES, words
from handlers.context import Context
from handlers.wording import label
from survey.model import DONT_KNOW, Question, Survey

FIXED = (
    "day", "unit_code", "unit", "procedure_group", "channel", "language", "provenance", "disposition", "counted",
    "survey", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Codebook:
    """`criteria` in the order of their columns; `lines` explain every column, under `names`."""

    criteria: tuple[str, ...]
    names: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> list[str]:
        """Headings: small letters for what is fixed, criterion codes (capitals) for answers."""
        return [*FIXED, *self.criteria]


def codebook(context: Context, published: Sequence[tuple[str, str]]) -> Codebook:
    """The codes of all published versions, the index questionnaire first; what is confidential in one is in none."""
    ordered = sorted(published, key=lambda one: one[0] != context.province.index_survey)
    surveys = [context.stores.surveys.get(*one) for one in ordered]
    hidden = {question.criterion for survey in surveys for question in survey.questions if question.confidential}
    spoken = words(CODES, context.texts.language)
    shown = [
        (survey, question)
        for survey in surveys
        for question in survey.questions
        if question.kind != "note" and question.criterion not in hidden
    ]
    lines = [*_fixed(spoken), *(_line(context, spoken, survey, question) for survey, question in shown)]
    names = tuple(spoken[name] for name in ("column", "survey", "version", "question", "values"))
    return Codebook(tuple(dict.fromkeys(question.criterion for _, question in shown)), names, tuple(lines))


def _fixed(spoken: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for name in FIXED:
        yield (name, "", "", spoken[name], "")


def _line(context: Context, spoken: Mapping[str, str], survey: Survey, question: Question) -> tuple[str, ...]:
    if question.kind == "text":
        values = spoken["words"]
    else:
        known = [f"{choice.name} = {label(context, choice.label)}" for choice in question.choices]
        if question.kind == "select_one" and not any(choice.name == DONT_KNOW for choice in question.choices):
            known.append(spoken["dk"])
        values = "; ".join(known)
    return (question.criterion, survey.id, survey.version, label(context, question.label), values)
