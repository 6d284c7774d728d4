"""The message behind [Từng tiêu chí]: a unit's figures criterion by criterion, the lowest first within each factor."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import audit
from handlers.access import may_read
from handlers.context import Context, Message, strong
from handlers.figures import Reading, factor_names, index_survey, period_name, read, sample_mark, values
from handlers.wording import label, quoted
from scoring.counts import FACTORS
from scoring.index import Figure
from scoring.period import split
from survey.model import Question, Survey


def respond(context: Context, argument: str) -> list[Message]:
    """`CODE PERIOD`: the same released cell as /score, taken apart further."""
    code, _, period_id = argument.partition(" ")
    unit = context.stores.units.tree().find(code, context.today)
    _, period, _ = split(period_id, context.today)
    if unit is None or period is None or not may_read(context, unit.id):
        audit.refused(context, "criteria", unit.id if unit else "-")
        return [Message(context.texts("score.unknown_unit", name=quoted(code), command="score"))]
    reading = read(context, unit, period)
    audit.note(context, "criteria", f"{unit.id} {period.id}", "read")
    head = context.texts("score.head", unit=unit.name, period=period_name(context, period))
    return [Message("\n".join([*sample_mark(context), strong(head), *lines(context, reading)]))]


def behind(survey: Survey) -> Mapping[str, tuple[Question, ...]]:
    """The questions behind each factor, where they say more than the factor itself does."""
    asked = {letter: tuple(q for q in survey.questions if q.factor == letter) for letter in FACTORS}
    return {letter: _parts(questions) for letter, questions in asked.items() if len(questions) > 1}


def _parts(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """Where some are asked in rotation, the one that everybody answers is the factor, and told as that."""
    rotated = tuple(question for question in questions if question.rotated)
    return rotated or questions


def criterion_name(context: Context, question: Question) -> str:
    """What the criterion is called in tables; its question where the sheet gives it no short name."""
    return label(context, question.short or question.label)


def lines(context: Context, reading: Reading) -> list[str]:
    texts, survey = context.texts, index_survey(context)
    names, found = factor_names(context), behind(survey)
    told: list[str] = []
    if survey.rotate:
        told.append(texts("criteria.rotated", asked=survey.rotate, of=len(survey.rotated)))
    hidden = 0
    for letter, questions in found.items():
        figures = [(question, reading.figures.criteria[question.criterion]) for question in questions]
        shown = sorted(((q, figure) for q, figure in figures if figure.score is not None), key=_lowest)
        hidden += len(figures) - len(shown)
        if shown:
            told.append(strong(names.get(letter, letter)))
            told += [
                "- " + texts("score.factor", name=criterion_name(context, q), **values(context, figure))
                for q, figure in shown
            ]
    if hidden:
        told.append(texts("criteria.hidden", count=hidden, minimum=context.province.minimum))
    return told


def _lowest(one: tuple[Question, Figure]) -> tuple[float, str]:
    return one[1].score or 0.0, one[0].criterion
