"""How far a score may be trusted: the letter beside it, and what kept it from an A."""

from __future__ import annotations

from handlers import turnout
from handlers.context import Context
from handlers.figures import Reading, day_of, read_apart
from scoring.grade import Grade, Standing, grade
from scoring.period import containing

MOST_REASONS = 2


def of_reading(context: Context, reading: Reading) -> Grade:
    """Of the people whose answers were released, and of what was found about the weeks of the period."""
    apart = read_apart(context, reading)
    known = {kind: apart[kind].n if kind in apart else 0 for kind in ("verified", "assisted")}
    people = reading.figures.n
    answered = turnout.of_reading(context, reading, apart)
    tree = context.stores.units.tree()
    units = (reading.unit, *tree.descendants(reading.unit.id, day_of(context, reading.unit, reading.period)))
    weeks = containing(reading.period.first)[0].id, containing(min(reading.period.last, context.today))[0].id
    found = context.stores.findings.of({unit.id for unit in units}, *weeks)
    return grade(
        Standing(
            verified=known["verified"],
            assisted=known["assisted"],
            walk_in=max(people - sum(known.values()), 0),
            suspected=min(sum(one.suspected for one in found), max(people, sum(known.values()))),
            flagged=any(one.flagged and one.unit_id == reading.unit.id for one in found),
            response_rate=None if answered is None else answered.rate / 100,
        )
    )


def line(context: Context, reading: Reading) -> str:
    """The letter, with the weightiest of what kept it from an A."""
    found = of_reading(context, reading)
    why = [context.texts(f"grade.{reason.code}") for reason in found.reasons[:MOST_REASONS]]
    said = context.texts("grade", letter=found.letter)
    return f"{said}: {'; '.join(why)}." if why else f"{said}."
