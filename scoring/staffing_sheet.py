"""A workbook of staffing: two sheets become a day, or every fault with its sheet, row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scoring.book_line import Fault, Faults, Line
from scoring.book_sheet import Column, Form, Grid, lines_of
from scoring.par_sheet import LEVEL_WORDS
from scoring.staffing import FIELDS, WHOLE, People, Place, Row, Staffing, short_of
from scoring.unit import LEVELS, Level, Unit
from scoring.units import Tree
from survey.text import fold

DAY = Form(
    "Ngày",
    "Day",
    (Column("day", "Ngày", "Day"), Column("source", "Nguồn", "Source", optional=True)),
    most=1,
)
PEOPLE = Form(
    "Biên chế",
    "Staffing",
    (
        Column("unit", "Mã đơn vị", "Unit code"),
        Column("name", "Tên đơn vị", "Unit name", optional=True),
        Column("assigned", "Được giao", "Assigned", optional=True),
        Column("present", "Có mặt", "Present"),
        Column("to_cut", "Phải tinh giản", "To be cut", optional=True),
        Column("short", "Thiếu", "Short", optional=True),
        Column("note", "Ghi chú", "Note", optional=True),
        Column("invented", "Số giả định", "Invented", optional=True),
    ),
)
FORMS = (DAY, PEOPLE)


@dataclass(frozen=True)
class Read:
    """What a workbook comes to: a day, or its faults; warnings besides."""

    staffing: Staffing | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def read_staffing(sheets: Mapping[str, Grid], tree: Tree) -> Read:
    """All faults of both sheets at once; a day only where there is none."""
    faults = Faults()
    days, lines = (lines_of(sheets, form, faults) for form in FORMS)
    day = days[0].day("day", needed=True) if days else None
    source = days[0].text("source") if days else ""
    rows = _rows(lines, tree, day, faults)
    if faults.found or day is None:
        return Read(None, tuple(faults.found), tuple(faults.warnings))
    made = Staffing(day, source, tuple(row for _, row in rows), _places(tree, day, [row for _, row in rows]))
    for line, row in rows:
        _compare(made, line, row)
    return Read(made, (), tuple(faults.warnings))


def _rows(lines: Sequence[Line], tree: Tree, day: date | None, faults: Faults) -> list[tuple[Line, Row]]:
    found: dict[tuple[str, Level | None], tuple[Line, Row]] = {}
    for line in lines:
        before = len(faults.found)
        whose = _whose(line, tree, day)
        people = _people(line, faults, before)
        note = line.text("note")
        line.text("name")
        if whose is None:
            continue
        if whose in found:
            line.wrong("unit", "twice")
        found.setdefault(whose, (line, Row(*whose, people, note)))
    return list(found.values())


def _whose(line: Line, tree: Tree, day: date | None) -> tuple[str, Level | None] | None:
    """A unit by its code that day, or the word of a group: Sở, Huyện, Xã."""
    text = line.text("unit", needed=True)
    level = LEVEL_WORDS.get(fold(text))
    if level is not None and level != WHOLE:
        if day is not None and not any(unit.level == level and unit.valid(day) for unit in tree.units):
            line.wrong("unit", "unknown_set")  # there are no districts since 1 July 2025
            return None
        return "", level
    unit = _unit(tree, text, day)
    if text and unit is None:
        line.wrong("unit", "unknown_unit")
    return (unit.id, None) if unit else None


def _unit(tree: Tree, code: str, day: date | None) -> Unit | None:
    """On any day where the day cannot be read: that is one fault already."""
    if day is None:
        return next((unit for unit in tree.units if unit.code == code), None)
    return tree.by_code(code, day)


def _people(line: Line, faults: Faults, before: int) -> People:
    """Told or, where both others are, the difference; what disagrees with it is a fault where all could be read."""
    numbers = {field: line.whole(field, signed=field == "short") for field in FIELDS}
    invented = line.mark("invented")
    assigned, present, to_cut = numbers["assigned"], numbers["present"], numbers["to_cut"]
    made = short_of(assigned, present)
    if line.sound and len(faults.found) == before:  # one broken cell is one fault
        if not any(line.has(field) for field in FIELDS):
            line.wrong("present", "missing")
        elif None not in (made, numbers["short"]) and made != numbers["short"]:
            line.wrong("short", "parts_differ")
            _also_show(faults.found, f"{assigned} − {present} = {made}")
        elif assigned is not None and to_cut is not None and to_cut > assigned:
            line.wrong("to_cut", "more_than_maximum")
    short = made if numbers["short"] is None else numbers["short"]
    return People(assigned, present, to_cut, short, invented)


def _places(tree: Tree, day: date, rows: Sequence[Row]) -> tuple[Place, ...]:
    """Every unit of that day; communes only where they are told of."""
    told = {row.group or _level(tree, row.unit) for row in rows}
    levels = LEVELS if "commune" in told else LEVELS[:-1]
    units = [unit for unit in tree.units if unit.valid(day) and unit.level in levels]
    return tuple(Place(unit.id, unit.level, unit.parent or "") for unit in units)


def _level(tree: Tree, unit_id: str) -> Level:
    unit = tree.get(unit_id)
    assert unit is not None, "rows are of units of the tree"
    return unit.level


def _compare(made: Staffing, line: Line, row: Row) -> None:
    """A row that says something else than its parts together is warned of: reports are printed with such slips.

    The province and a group are nothing but their parts. A district also has people of its own: its parts may come
    to less, never to more.
    """
    whole = row.group is not None or _place(made, row.unit).level == WHOLE
    parts = made.units_of(row.group) if row.group else made.parts(row.unit)
    for field in FIELDS if parts else ():
        told, summed = row.people.number(field), parts.number(field) if parts else None
        if not line.has(field) or told is None or summed is None:
            continue
        if summed != told if whole else summed > told and field != "short":
            line.wrong(field, "parts_differ", warn=True)
            _also_show(line.faults.warnings, str(summed))


def _also_show(faults: list[Fault], expected: str) -> None:
    """Beside what stands in the cell of the last fault, what its parts come to."""
    last = faults.pop()
    faults.append(replace(last, value=f"{last.value} ≠ {expected}"))


def _place(made: Staffing, unit: str) -> Place:
    return next(place for place in made.places if place.unit == unit)
