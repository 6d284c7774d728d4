"""`/xemlai [UNIT[: WORDS]]`: weeks whose answers should be looked at, why, and what the office says to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from handlers import audit
from handlers.access import herself
from handlers.asked import asked
from handlers.context import Context, Message
from handlers.figures import period_name
from handlers.finding_store import Found
from handlers.wording import within
from scoring.gaming import OFFICIALS
from scoring.period import Period, by_id, containing
from scoring.trace import Reason
from scoring.units import Unit
from survey.text import mask

WEEKS = 8
MOST_SHOWN = 6
MOST_LETTERS = 300


def respond(context: Context, argument: str) -> list[Message]:
    """A unit or nothing lists what was found at and below it; `UNIT: WORDS` answers the newest finding of that desk."""
    name, colon, words = argument.partition(":")
    found = asked(context, "xemlai", name, "manager")
    if isinstance(found, Message):
        how = context.texts("finding.how", unit=context.texts("improvement.unit"))
        return [replace(found, text=f"{found.text}\n{how}")]
    audit.note(context, "findings", found.unit.id, "read")
    if colon:
        return [_answer(context, found.unit, mask(words.strip()))]
    return [_list(context, found.unit)]


def _answer(context: Context, unit: Unit, words: str) -> Message:
    if not words or len(words) > MOST_LETTERS:
        return Message(context.texts("finding.words", most=MOST_LETTERS))
    newest = next((one for one in recent(context, [unit]) if one.flagged), None)
    if newest is None:
        return Message(context.texts("finding.none", unit=within(context.texts, unit.name), weeks=WEEKS))
    context.stores.findings.answer(newest, words, herself(context), context.now_ms)
    audit.note(context, "findings", unit.id, "answered")
    return _list(context, unit, context.texts("finding.told"))


def _list(context: Context, unit: Unit, above: str = "") -> Message:
    tree = context.stores.units.tree()
    units = [unit, *tree.descendants(unit.id, context.today)]
    flagged = [one for one in recent(context, units) if one.flagged]
    lines = [above] if above else []
    if not flagged:
        lines.append(context.texts("finding.none", unit=within(context.texts, unit.name), weeks=WEEKS))
        return Message("\n".join(lines))
    for one in flagged[:MOST_SHOWN]:
        lines += _lines(context, one)
    if len(flagged) > MOST_SHOWN:
        lines.append(context.texts("finding.more", count=len(flagged) - MOST_SHOWN))
    newest = tree.get(flagged[0].unit_id) or unit
    lines += ["", context.texts("finding.note"), context.texts("finding.how", unit=newest.name)]
    return Message("\n".join(lines))


def _lines(context: Context, found: Found) -> list[str]:
    unit, week = context.stores.units.tree().get(found.unit_id), by_id(found.week)
    head = context.texts(
        "finding.head",
        unit=unit.name if unit else found.unit_id,
        week=period_name(context, week) if week else found.week,
        suspected=found.suspected,
        sittings=found.sittings,
    )
    least = max(context.province.minimum, 1)  # that one official was served like anybody else is nobody's business
    told = [one for one in found.reasons if one.code != OFFICIALS or one.facts["sittings"] >= least]
    lines = [head, *(f"- {said(context, reason)}" for reason in told)]
    return [*lines, context.texts("finding.words_of", words=found.words)] if found.words else lines


def said(context: Context, reason: Reason) -> str:
    """A reason in plain words, with its numbers."""
    return context.texts(f"finding.by.{reason.code}", **{name: f"{number:g}" for name, number in reason.facts.items()})


def found_in(context: Context, week: Period) -> Sequence[Found]:
    """What was found in the whole province in one week."""
    tree = context.stores.units.tree()
    root = tree.root(context.today)
    units = (root, *tree.descendants(root.id, context.today)) if root else ()
    return context.stores.findings.of({unit.id for unit in units}, week.id, week.id)


def recent(context: Context, units: Sequence[Unit]) -> Sequence[Found]:
    """What was found at these desks in the last weeks, the newest first."""
    first = containing(context.today - timedelta(weeks=WEEKS))[0]
    return context.stores.findings.of({unit.id for unit in units}, first.id, containing(context.today)[0].id)
