"""How far a score may be trusted: the letter beside it, and what kept it from an A."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.context import Context
from handlers.figures import Reading, day_of
from scoring.grade import Grade, Standing, grade
from scoring.index import Figures
from scoring.period import containing
from scoring.sampling import Turnout

MOST_REASONS = 2


def of_reading(context: Context, reading: Reading, apart: Mapping[str, Figures], answered: Turnout | None) -> Grade:
    """Of the people whose answers were released, and of what was found about the weeks of the period.

    `apart`: the figures by provenance; `answered`: the turnout, where it is known.
    """
    known = {kind: apart[kind].n if kind in apart else 0 for kind in ("verified", "assisted")}
    people = reading.figures.n
    tree = context.stores.units.tree()
    units = (reading.unit, *tree.descendants(reading.unit.id, day_of(context, reading.unit, reading.period)))
    weeks = containing(reading.period.first)[0].id, containing(min(reading.period.last, context.today))[0].id
    found = context.stores.findings.of({unit.id for unit in units}, *weeks)
    return grade(
        Standing(
            verified=known["verified"],
            assisted=known["assisted"],
            walk_in=max(people - sum(known.values()), 0),
            suspected=min(sum(one.suspected for one in found if one.flagged), max(people, sum(known.values()))),
            flagged=any(one.flagged and one.unit_id == reading.unit.id for one in found),
            response_rate=None if answered is None else answered.rate / 100,
        )
    )


def line(context: Context, reading: Reading, apart: Mapping[str, Figures], answered: Turnout | None) -> str:
    """The letter, with the weightiest of what kept it from an A."""
    found = of_reading(context, reading, apart, answered)
    why = [context.texts(f"grade.{reason.code}") for reason in found.reasons[:MOST_REASONS]]
    said = context.texts("grade", letter=found.letter)
    return f"{said}: {'; '.join(why)}." if why else f"{said}."
