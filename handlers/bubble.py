"""The lines of one unit's figure, as /score says it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import trust, turnout
from handlers.context import Context, strong
from handlers.figures import (
    Reading,
    change_sentence,
    difference,
    factor_names,
    period_name,
    read,
    read_apart,
    values,
)
from handlers.wording import whole
from scoring.compare import RANKED_FROM, change
from scoring.index import SMALL, tells_of_many
from scoring.period import closed, previous

APART = {"verified": "apart.verified", "walk_in": "apart.walk_in", "assisted": "apart.assisted"}


def score_lines(
    context: Context,
    reading: Reading,
    name: str | None = None,
    moved: str | None = None,
    beside: Sequence[str] = (),
) -> list[str]:
    """Head, figure, change, factors, provenance, and what kind of figure it is.

    `name` instead of the unit's, `moved` instead of the sentence on the period before; `beside` follows it.
    """
    texts = context.texts
    head = texts("score.head", unit=strong(name or reading.unit.name), period=period_name(context, reading.period))
    if reading.cell is None or reading.figures.overall.score is None:
        return [head, texts("score.too_few", minimum=context.province.minimum)]
    state = "score.closed" if closed(reading.period, context.today) else "score.open"
    shown = values(context, reading.figures.overall)
    lines = [
        f"{head} ({texts(state, step=reading.cell.step_no, n=shown['n'])})",
        texts("score.line", score=strong(shown["score"]), low=shown["low"], high=shown["high"]),
        moved or _moved(context, reading),
        *beside,
    ]
    names = factor_names(context)
    for letter, figure in reading.figures.factors.items():
        if figure.score is not None:
            lines.append(texts("score.factor", name=names.get(letter, letter), **values(context, figure)))
    lines += [*_hint(context, reading), *_visits(context, reading)]
    return [*lines, texts("score.label")]


def _visits(context: Context, reading: Reading) -> list[str]:
    """How answers of each provenance stand apart, else how many are tied to a visit; how many dossiers were answered
    about, where a feed tells of them; and how far all this may be trusted."""
    found = read_apart(context, reading)
    said = [context.texts(APART[kind], **values(context, one.overall)) for kind, one in found.items()]
    answered = turnout.of_reading(context, reading, found)
    kinds = [context.texts("score.apart", kinds="; ".join(said))] if len(said) > 1 else visits(context, reading)
    told = [turnout.line(context, answered)] if answered else []
    return [*kinds, *told, trust.line(context, reading, found, answered)]


def _moved(context: Context, reading: Reading) -> str:
    before = previous(reading.period)
    earlier = read(context, reading.unit, before, method=reading.figures.method) if before else None
    moved = change(reading.figures.overall, earlier.figures.overall) if earlier else None
    return change_sentence(context, moved, before)


def _hint(context: Context, reading: Reading) -> list[str]:
    """That few people are a hint only; while the period is open, how many more it takes for a place among others."""
    n = reading.figures.overall.n
    few = [context.texts("score.hint", n=whole(context, n))] if n < SMALL else []
    more = (
        [context.texts("score.more", count=RANKED_FROM - n)]
        if n < RANKED_FROM and not closed(reading.period, context.today)
        else []
    )
    return [*few, *more]


def visits(context: Context, reading: Reading) -> list[str]:
    """How many of the answers are tied to a real visit, where at least ten are and ten are not: else only that."""
    of, minimum = reading.figures.provenance, max(context.province.minimum, 1)
    n, verified = sum(of.values()), of.get("verified", 0)
    if n < minimum:
        return []
    if tells_of_many(verified, n, minimum):
        return [context.texts("score.verified", share=round(100 * verified / n), n=whole(context, n))]
    few = "score.verified_few" if verified < minimum else "score.verified_nearly_all"
    return [context.texts(few, n=whole(context, n), minimum=minimum)]


def set_beside(context: Context, reading: Reading, other: Reading, name: str) -> str | None:
    """Whether the unit clearly lies above or below others, called `name`; None where either is withheld."""
    moved = change(reading.figures.overall, other.figures.overall)
    if moved is None:
        return None
    if not moved.clear:
        return context.texts("beside.alike", other=name)
    return context.texts(
        "beside.higher" if moved.points > 0 else "beside.lower", other=name, **difference(context, moved)
    )
