"""Staffing as people read it: what stands in the signed workbook of a day, and what it adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.book_notes import notes
from handlers.book_store import Book, BookKind
from handlers.context import Context, strong
from handlers.figures import sample_mark
from handlers.overview import Cell, Overview, Table
from handlers.par_figures import PARTS
from handlers.wording import whole, within
from scoring.staffing import FIELDS, Field, People, Staffing
from scoring.unit import Level, Unit

KIND: BookKind = "staffing"
MOST_UNITS = 40
"""Lines of units in one message; the file has all of them."""
COLUMNS = ("assigned", "present", "short", "to_cut", "left")


@dataclass(frozen=True)
class Opened:
    """A day's workbook as somebody may see it. `draft`: nobody signed it, and each sees her own units of it only."""

    book: Book
    staffing: Staffing
    draft: bool = False


@dataclass(frozen=True)
class Subject:
    """Whose people are asked about: a unit's with all below it, or (`level`, the unit is the province) a group's."""

    unit: Unit
    level: Level | None = None

    def people(self, staffing: Staffing) -> People | None:
        return staffing.group(self.level) if self.level else staffing.people(self.unit.id)


def signed_days(context: Context) -> Sequence[Book]:
    """The newest first."""
    return context.stores.books.signed(KIND)


def opened(context: Context, day: str = "") -> Opened | None:
    """The signed workbook of a day, or the newest of a month or a year, or of all ("")."""
    found = next((book for book in signed_days(context) if book.key.startswith(day)), None)
    return Opened(found, context.stores.books.staffing(found)) if found else None


def latest(context: Context, day: date) -> Opened | None:
    """The newest signed one up to that day."""
    found = next((book for book in signed_days(context) if book.key <= day.isoformat()), None)
    return Opened(found, context.stores.books.staffing(found)) if found else None


def draft(context: Context, day: str) -> Opened | None:
    """The version of a day (or the newest day of a month, a year) that waits for its signature."""
    waiting = [book for book in context.stores.books.waiting() if book.kind == KIND and book.key.startswith(day)]
    book = max(waiting, key=lambda one: one.key, default=None)
    return Opened(book, context.stores.books.staffing(book), draft=True) if book else None


def levels_of(found: Opened) -> list[Level]:
    """The groups of which single units are told."""
    return [level for level in PARTS if _units(found.staffing, level)]


def _units(staffing: Staffing, level: Level) -> list[str]:
    return [unit for unit in staffing.of_level(level) if staffing.told_of(unit)]


def name_of(context: Context, subject: Subject) -> str:
    return context.texts(f"par.table_of.{subject.level}") if subject.level else subject.unit.name


def overview(context: Context, found: Opened, subject: Subject) -> Overview:
    """A unit's people; of the province where they are; of a group its units, one by one."""
    say, staffing = context.texts, found.staffing
    name = name_of(context, subject)
    lines: list[str] = []
    people = subject.people(staffing)
    if people is None or not people.known:
        lines.append(say("staffing.nothing", unit=within(say, name)))
    else:
        lines += list(_facts(context, people, _present(context, found, subject, people)))
        lines += [say("staffing.summed")] if people.summed else []
    units = _units(staffing, subject.level) if subject.level else [subject.unit.id, *staffing.under(subject.unit.id)]
    if subject.level:
        lines += _unit_lines(context, staffing, units)
    if staffing.source and not (people and people.invented):
        lines.append(say("staffing.source", source=staffing.source))
    under = notes(context, found.book, draft=found.draft, invented=_made_up(context, staffing, people, units))
    title = strong(say("staffing.head", day=found.book.shown, unit=name))
    table = _units_table(context, found, subject, units)
    return framed(
        context,
        title,
        lines,
        name=f"staffing-{subject.level or subject.unit.code}-{found.book.key}",
        table=table,
        under=under,
        draft=found.draft,
    )


def framed(
    context: Context, title: str, said: Sequence[str], *, name: str, table: Table, under: Sequence[str], draft: bool
) -> Overview:
    """Under its title; what nobody signed says so first."""
    warned = under[:1] if draft else ()
    lines = (*sample_mark(context), title, *warned, *said, *under[len(warned) :])
    return Overview(name, title, lines, (table,) if table.rows else (), notes=tuple(under), draft=draft)


def _made_up(context: Context, staffing: Staffing, people: People | None, units: Sequence[str]) -> str:
    """The sentence that says what of it is invented; "" where nothing is."""
    if people is not None and people.invented:
        return context.texts("book.invented")
    if any(one is not None and one.invented for one in map(staffing.people, units)):
        return context.texts("staffing.invented_units")
    return ""


def _facts(context: Context, people: People, present: str) -> Iterable[str]:
    """One line for each number that is known (`present` its own), and one that says which are not."""
    say = context.texts
    if people.assigned is not None:
        yield say("staffing.assigned", count=whole(context, people.assigned))
    if people.present is not None:
        yield present
    if people.short is not None:
        yield say("staffing.over" if people.short < 0 else "staffing.short", count=whole(context, abs(people.short)))
    if people.to_cut is not None:
        yield _to_cut(context, people.to_cut, people.left)
    unknown = [say(f"staffing.name.{field}") for field in FIELDS if people.number(field) is None]
    if unknown:
        yield say("staffing.unknown", names=", ".join(unknown))


def _to_cut(context: Context, count: int, left: int | None) -> str:
    shown = whole(context, count)
    if left is None:
        return context.texts("staffing.to_cut", count=shown)
    key = "staffing.to_cut_over" if left < 0 else "staffing.to_cut_left"
    return context.texts(key, count=shown, left=whole(context, abs(left)))


def _present(context: Context, found: Opened, subject: Subject, people: People) -> str:
    """Of the province in which groups those present are, and what these come to where it is another number."""
    say, groups = context.texts, {}
    if not subject.level and subject.unit.level == "province":
        groups = {level: group.present for level in PARTS[:2] if (group := found.staffing.group(level)) is not None}
    known = {level: present for level, present in groups.items() if present is not None}
    count = whole(context, people.present or 0)
    if len(known) < 2:
        return say("staffing.present", count=count)
    parts = " + ".join(
        say("staffing.part", count=whole(context, present), group=say(f"par.group.{level}"))
        for level, present in known.items()
    )
    if sum(known.values()) == people.present:
        return say("staffing.present_parts", count=count, parts=parts)
    return say("staffing.present_differs", count=count, parts=parts, sum=whole(context, sum(known.values())))


def _unit_lines(context: Context, staffing: Staffing, units: Sequence[str]) -> list[str]:
    say, tree, lines = context.texts, context.stores.units.tree(), []
    for unit_id in units[:MOST_UNITS]:
        unit, people = tree.get(unit_id), staffing.people(unit_id)
        if unit is not None and people is not None:
            facts = ", ".join(short_facts(context, people))
            lines.append(say("staffing.line", name=unit.name, facts=facts))
    if len(units) > MOST_UNITS:
        lines.append(say("par.more", count=len(units) - MOST_UNITS))
    return lines


def short_facts(context: Context, people: People | None, moved: str = "") -> Iterable[str]:
    """What is known in a few words; that those present are not known where they are not."""
    say, shown = context.texts, people or People()
    present = say("staffing.fact.unknown") if shown.present is None else _few(context, "present", shown.present)
    yield f"{present} ({moved})" if moved else present
    if shown.short is not None:
        yield say("staffing.fact.over" if shown.short < 0 else "staffing.fact.short", count=_size(context, shown.short))
    if shown.to_cut is not None:
        yield _few(context, "to_cut", shown.to_cut)


def _few(context: Context, field: Field, value: int) -> str:
    return context.texts(f"staffing.fact.{field}", count=whole(context, value))


def _size(context: Context, value: int) -> str:
    return whole(context, abs(value))


def cells(people: People | None) -> tuple[int | None, ...]:
    """In the order of COLUMNS."""
    shown = people or People()
    return shown.assigned, shown.present, shown.short, shown.to_cut, shown.left


def titles(context: Context, *names: str) -> tuple[str, ...]:
    return tuple(context.texts(f"staffing.column.{name}") for name in names)


def _units_table(context: Context, found: Opened, subject: Subject, units: Sequence[str]) -> Table:
    """Each unit with all below it; the province also by groups."""
    say, staffing, tree = context.texts, found.staffing, context.stores.units.tree()
    rows: list[tuple[Cell, ...]] = []
    if subject.level:
        rows.append(_row(context, say(f"par.table_of.{subject.level}"), staffing.group(subject.level), ""))
    for unit_id in units:
        unit, told = tree.get(unit_id), staffing.row(unit_id)
        if unit is not None and staffing.told_of(unit_id):
            rows.append(_row(context, unit.name, staffing.people(unit_id), told.note if told else ""))
        if unit is not None and unit.level == "province":
            groups = {level: staffing.group(level) for level in PARTS}
            rows += [_row(context, say(f"par.table_of.{level}"), one, "") for level, one in groups.items() if one]
    columns = titles(context, "unit", *COLUMNS, "invented", "note")
    return Table(say("staffing.table.units"), columns, tuple(rows), head=0)


def _row(context: Context, name: str, people: People | None, note: str) -> tuple[Cell, ...]:
    invented = people is not None and people.invented
    return (name, *cells(people), context.texts("staffing.mark") if invented else "", note)
