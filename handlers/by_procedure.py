"""`/score UNIT thủ tục`, `/score khai sinh [UNIT] [QUARTER]`: a quarter's figures by procedure, once it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import audit
from handlers.access import may_read
from handlers.asked import Asked, asked, token, words_of
from handlers.context import Button, Context, Message, strong
from handlers.dossiers import procedure_words
from handlers.figures import factor_codes, factor_names, index_survey, period_name, sample_mark, values
from handlers.procedure_release import OTHER, UNTOLD
from handlers.wording import within
from scoring.by_procedure import ProcedureCell
from scoring.counts import OVERALL
from scoring.index import Figure, Figures, figures
from scoring.names import Choices, Match, knows, resolve
from scoring.period import Period, closed, of_kind, previous
from scoring.procedure_words import ALL, split
from scoring.units import Unit

LIST, ONE = "@procedures", "@procedure"
"""What buttons say: `@procedures UNIT QUARTER`, `@procedure CODE UNIT QUARTER`."""


@dataclass(frozen=True)
class Group:
    """A group of procedures as it is told: its cell, all its figures, and the one that it is ranked by."""

    cell: ProcedureCell
    figures: Figures
    shown: Figure


def wanted(context: Context, argument: str) -> tuple[str, str] | None:
    """(the words without it, the code of a procedure or ALL) where these words ask for figures by procedure."""
    if argument.startswith(f"{LIST} "):
        return argument.removeprefix(f"{LIST} "), ALL
    if argument.startswith(f"{ONE} "):
        code, _, words = argument.removeprefix(f"{ONE} ").partition(" ")
        return words, code
    words, period, bad = words_of(context, argument)
    if bad or knows(context.stores.units.tree(), words, context.today):
        return None
    found = split(words, procedure_words(context), lambda name: _is_unit(context, name))
    return (f"{found[0]} {period.id if period else ''}".strip(), found[1]) if found else None


def _is_unit(context: Context, words: str) -> bool:
    """Whether these words may name a unit, perhaps with a period."""
    name, _, _ = words_of(context, words)
    return not name or isinstance(resolve(context.stores.units.tree(), name, context.today), Match | Choices)


def respond(context: Context, words: str, code: str) -> list[Message]:
    """The figures of one procedure, or of all of them, the lowest first; else why there are none."""
    again = f"score {LIST}" if code == ALL else f"score {ONE} {code}"
    found = asked(context, again, words)
    if isinstance(found, Message):
        return [found]
    quarter = quarter_of(context, found.period)
    if quarter is None:
        return [Message(context.texts("score.bad_period"))]
    audit.note(context, "score", f"{found.unit.id} {quarter.id} procedures", "read")
    return [_answer(context, found, quarter, code)]


def quarter_of(context: Context, period: Period | None) -> Period | None:
    """The quarter asked for if it is over, else the last one that is."""
    if period is not None and period.kind == "quarter" and closed(period, context.today):
        return period
    running = of_kind("quarter", context.today)
    return previous(running) if running else None


def has_figures(context: Context, unit: Unit) -> bool:
    """Whether the last quarter that is over has figures by procedure of this unit."""
    quarter = quarter_of(context, None)
    if quarter is None:
        return False
    province = context.province
    return context.stores.procedures.has_cells(unit.id, quarter.id, province.index_survey, province.minimum)


def groups(context: Context, unit: Unit, quarter: Period) -> list[Group]:
    """The groups of a unit and quarter, the lowest figure first: of the index, else of the overall question."""
    survey = index_survey(context)
    codes = factor_codes(survey)
    found = [
        (cell, figures(cell.tally, codes, context.province.minimum, cell.method))
        for cell in context.stores.procedures.cells(unit.id, quarter.id, survey.id)
    ]
    by_index = any(one.overall.score is not None for _, one in found)
    told = [Group(cell, one, one.overall if by_index else _overall(one)) for cell, one in found]
    return sorted((one for one in told if one.shown.score is not None), key=_lowest)


def _lowest(group: Group) -> tuple[float, tuple[str, ...]]:
    return group.shown.score or 0.0, group.cell.codes


def _overall(found: Figures) -> Figure:
    return found.criteria[found.codes[OVERALL][0]] if found.codes.get(OVERALL) else found.overall


def _answer(context: Context, found: Asked, quarter: Period, code: str) -> Message:
    told = groups(context, found.unit, quarter)
    one = next((group for group in told if code in group.cell.codes), None)
    about, offered = context.texts("procedures.head"), list[Unit]()
    if not told:
        lines, offered = _none(context, found.unit, quarter)
    elif code == ALL:
        lines = [_line(context, group) for group in told]
    elif one is None:
        lines, offered = [context.texts("procedures.not_there", name=name_of(context, code))], [found.unit]
    else:
        about, lines, offered = group_name(context, one), _one(context, one, code), [found.unit]
    period = period_name(context, quarter)
    head = context.texts("procedures.title", about=strong(about), unit=found.unit.name, period=period)
    end = why(context, told) if told else []
    return Message("\n".join([*sample_mark(context), head, *lines, *end]), _buttons(context, offered, quarter))


def _line(context: Context, group: Group) -> str:
    return "- " + context.texts("score.factor", name=group_name(context, group), **values(context, group.shown))


def _one(context: Context, group: Group, code: str) -> list[str]:
    texts, names = context.texts, factor_names(context)
    shown = values(context, group.shown)
    joined = [texts("procedures.joined", name=name_of(context, code))] if len(group.cell.codes) > 1 else []
    factors = [
        texts("score.factor", name=names.get(letter, letter), **values(context, figure))
        for letter, figure in group.figures.factors.items()
        if figure.score is not None
    ]
    return [*joined, texts("procedures.line", **{**shown, "score": strong(shown["score"])}), *factors]


def why(context: Context, told: Sequence[Group]) -> list[str]:
    """Which figure is told where it is not the index; why only closed quarters, and why some are told together."""
    by_index = any(group.figures.overall.score is not None for group in told)
    return [*([] if by_index else [context.texts("procedures.overall")]), context.texts("procedures.why")]


def _none(context: Context, unit: Unit, quarter: Period) -> tuple[list[str], list[Unit]]:
    """Why there are no figures, and the unit above that has some."""
    state = context.stores.procedures.state(quarter.id)
    above = context.stores.units.tree().ancestors(unit.id, context.today)
    key = "procedures.begun" if state == "begun" else "procedures.level" if len(above) > 1 else "procedures.none"
    told = [one for one in above if may_read(context, one.id) and groups(context, one, quarter)]
    return [context.texts(key)], told[:1]


def _buttons(context: Context, units: Sequence[Unit], quarter: Period) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        (
            Button(
                context.texts("button.procedures_of", unit=within(context.texts, unit.name)),
                f"c:score {LIST} {token(context, unit)} {quarter.id}",
            ),
        )
        for unit in units
    )


def group_name(context: Context, group: Group) -> str:
    """Its procedure, or that it is the remainder and what is in it."""
    if group.cell.codes == (OTHER,):
        return name_of(context, OTHER)
    codes = sorted(group.cell.codes, key=lambda code: code in {OTHER, UNTOLD})
    names = "; ".join(name_of(context, code) for code in codes)
    return context.texts("procedures.rest", names=names) if group.cell.rest else names


def name_of(context: Context, code: str) -> str:
    """A procedure as people pick it; who came by a poster was not asked."""
    if code == UNTOLD:
        return context.texts("procedures.untold")
    labels = next((one.label for one in context.procedures if one.code == code), {})
    return labels.get(context.texts.language) or code
