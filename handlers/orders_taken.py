"""Many orders at once: rows of a sheet, or orders made elsewhere. What is there already changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers import audit
from handlers.context import Context
from handlers.figures import index_survey
from scoring.counts import FACTORS
from scoring.dossier_words import Words
from scoring.order_sheet import Known, read_order
from scoring.orders import Given
from scoring.titled_rows import Fault
from survey.text import fold


@dataclass
class Taken:
    """What became of them: new numbers by line, how many were known, lines that tell a known one differently."""

    new: list[tuple[int, int]] = field(default_factory=list)
    known: int = 0
    differing: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def take_orders(context: Context, orders: Iterable[Given], actor: str) -> Taken:
    """Keep orders, each once, in their order; `actor` stands in the audit ("operator", a person's id)."""
    taken = Taken()
    for given in orders:
        _take_one(context, given, taken)
    if taken.new:
        audit.note(context, "orders", str(len(taken.new)), "given", actor=actor)
    return taken


def take_rows(context: Context, rows: Iterable[tuple[int, Mapping[str, str]]], actor: str) -> Taken:
    """Rows by our names of their columns: good ones go in, faulty ones are listed."""
    tree = context.stores.units.tree()
    root = tree.root(context.today)
    assert root is not None, "a province that is served has a unit of its own"
    known = Known(Words(tree, {}, context.zone), aims(context), root.id, context.today)
    read = [read_order(line, cells, known) for line, cells in rows]
    taken = take_orders(context, [one for one in read if isinstance(one, Given)], actor)
    taken.faults += [fault for one in read if not isinstance(one, Given) for fault in one]
    return taken


def _take_one(context: Context, given: Given, taken: Taken) -> None:
    before = context.stores.orders.known(given.digest)
    if before is None:
        number = context.stores.orders.add(given, context.now_ms)
        assert number is not None, "it was not there a moment ago"
        taken.new.append((given.line, number))
        return
    taken.known += 1
    if _rest(before.given) != _rest(given):
        taken.differing.append(given.line)


def _rest(given: Given) -> Sequence[object]:
    """What a digest leaves out."""
    return given.deadline, given.supporting, given.source, given.aim


def aims(context: Context) -> Mapping[str, str]:
    """How a factor or a criterion of the index may be called, folded, to its letter or code."""
    survey = index_survey(context)
    asked = [question for question in survey.questions if question.factor]
    named = {name: one.criterion for one in asked for name in (*one.short.values(), one.criterion)}
    named |= {name: letter for letter in FACTORS for name in (*survey.factors.get(letter, {}).values(), letter)}
    return {fold(name): code for name, code in named.items()}
