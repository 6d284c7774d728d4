"""`/baocao [UNIT] [PERIOD]`: a Word report of the released figures, made from a template that the office may edit."""

from __future__ import annotations

from handlers import audit, weekly
from handlers.asked import asked
from handlers.bubble import set_beside, visits
from handlers.context import PLAIN, STRONG, Attachment, Context, Message
from handlers.figures import (
    Reading,
    change_sentence,
    default_period,
    factor_names,
    period_name,
    read,
    rest_of_province,
    sample_mark,
    values,
)
from handlers.score import how
from handlers.wording import within
from scoring.compare import RANKED_FROM, change
from scoring.index import Figure
from scoring.period import closed, previous

MOST_UNITS = 400


def respond(context: Context, argument: str) -> list[Message]:
    found = asked(context, "baocao", argument, "manager")
    if isinstance(found, Message):
        return [found]
    reading = read(context, found.unit, found.period or default_period(context, found.unit))
    if reading.figures.overall.score is None:
        head = context.texts("score.head", unit=reading.unit.name, period=period_name(context, reading.period))
        return [Message(f"{head}\n{context.texts('score.too_few', minimum=context.province.minimum)}")]
    audit.note(context, "report", f"{reading.unit.id} {reading.period.id}", "read")
    name = f"{reading.unit.code}-{reading.period.id}.docx"
    said = context.texts(
        "report.done",
        unit=within(context.texts, reading.unit.name),
        period=within(context.texts, period_name(context, reading.period)),
    )
    return [
        Message(
            "\n".join([*sample_mark(context), said]), attachment=Attachment("report", name, facts(context, reading))
        )
    ]


def facts(context: Context, reading: Reading) -> dict[str, object]:
    """What the template may use: plain words and numbers as people read them, of released figures only."""
    texts, root = context.texts, context.stores.units.tree().root(context.today)
    summary = weekly.summary_of(context, reading.unit, reading.period)
    children = summary.children[:MOST_UNITS]
    ranked = [one for one in children if one.figure.n >= RANKED_FROM]
    few = sorted((one for one in children if one.figure.n < RANKED_FROM), key=lambda one: one.unit.code)
    picture = weekly.picture_of(context, summary)
    names = factor_names(context)
    shown = reading.figures.factors
    return {
        "language": texts.language,
        "agency": context.province.agency,
        "place": root.short_name if root else context.province.name,
        "unit": reading.unit.name,
        "unit_within": within(texts, reading.unit.name),
        "period": period_name(context, reading.period),
        "period_within": within(texts, period_name(context, reading.period)),
        "open": not closed(reading.period, context.today),
        "day": context.today.day,
        "month": context.today.month,
        "year": context.today.year,
        **values(context, reading.figures.overall),
        "sentences": _sentences(context, reading),
        "attention": [sentence(line) for line in weekly.attention(context, summary)],
        "factors": [_row(context, names.get(key, key), one) for key, one in shown.items() if one.score is not None],
        "units": [_row(context, one.unit.name, one.figure) for one in ranked],
        "unranked": [_row(context, one.unit.name, one.figure) for one in few],
        "ranked_from": RANKED_FROM,
        "too_few": ", ".join(unit.name for unit in summary.too_few),
        "how": how(context, reading.figures.method),
        "label": texts("score.label"),
        "watermark": texts("sample") if context.province.sample else "",
        "picture": dict(picture.facts) if picture else None,
    }


def _sentences(context: Context, reading: Reading) -> list[str]:
    """How it moved, how it stands beside the rest of the province, and how many answers are tied to a visit."""
    before = previous(reading.period)
    earlier = read(context, reading.unit, before, method=reading.figures.method) if before else None
    moved = change(reading.figures.overall, earlier.figures.overall) if earlier else None
    rest = rest_of_province(context, reading)
    beside = set_beside(context, reading, rest[1], rest[0]) if rest else None
    return [change_sentence(context, moved, before), *([beside] if beside else []), *visits(context, reading)]


def _row(context: Context, name: str, figure: Figure) -> dict[str, str]:
    return {"name": name, **values(context, figure)}


def sentence(line: str) -> str:
    """A line of the chat as a sentence on paper."""
    return line.replace(STRONG, "").replace(PLAIN, "").rstrip(".") + "."
