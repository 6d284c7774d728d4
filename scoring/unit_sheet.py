"""A unit sheet's rows become units, or the list of everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scoring.units import ALWAYS, LEVELS, Level, Unit

FIRST_ROW = 2
"""The sheet's row of the first unit: row 1 holds the column names."""
REQUIRED_COLUMNS = ("code", "parent", "level", "name", "short_name")
MAX_UNITS = 20_000
MAX_NAME = 200


@dataclass(frozen=True)
class Fault:
    """What is wrong, where: sheet row (1 = header), column name, a reason code, and the offending value."""

    row: int
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True)
class _Row:
    number: int
    unit: Unit


def read_units(rows: Sequence[Mapping[str, str | None]]) -> list[Unit] | list[Fault]:
    """The units in the order of the sheet, or all faults at once (never both, never an empty list of units).

    Columns: code, parent, level, name, short_name [, id, valid_from, valid_to, aliases with | between].
    With an `id` column `parent` holds ids, so that a code may be used again; without one, id = code.
    """
    if not rows:
        return [Fault(FIRST_ROW, "code", "no_units")]
    if len(rows) > MAX_UNITS:
        return [Fault(FIRST_ROW + MAX_UNITS, "code", "too_many_units", str(len(rows)))]
    absent = [Fault(1, column, "missing_column") for column in REQUIRED_COLUMNS if column not in rows[0]]
    if absent:
        return absent
    read: list[_Row] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows, start=FIRST_ROW):
        unit = _unit(number, row, faults)
        if unit is not None:
            read.append(_Row(number, unit))
    faults += _tree_faults(read, {_cell(row, "id") or _cell(row, "code") for row in rows})
    return sorted(faults, key=lambda fault: fault.row) if faults else [row.unit for row in read]


def _cell(row: Mapping[str, str | None], column: str) -> str:
    return " ".join((row.get(column) or "").split())


def _unit(number: int, row: Mapping[str, str | None], faults: list[Fault]) -> Unit | None:
    """One row's unit; None (and faults) when a cell cannot be read."""
    before = len(faults)
    faults.extend(Fault(number, column, "missing") for column in ("code", "name") if not _cell(row, column))
    faults.extend(
        Fault(number, column, "too_long", _cell(row, column)[:MAX_NAME])
        for column in ("id", "code", "name", "short_name")
        if len(_cell(row, column)) > MAX_NAME
    )
    level = _level(_cell(row, "level"))
    if level is None:
        faults.append(Fault(number, "level", "bad_level", _cell(row, "level")))
    first = _day(number, "valid_from", row, faults) or ALWAYS
    last = _day(number, "valid_to", row, faults)
    if last is not None and last < first:
        faults.append(Fault(number, "valid_to", "ends_before_it_begins", last.isoformat()))
    if len(faults) > before or level is None:
        return None
    code, name = _cell(row, "code"), _cell(row, "name")
    return Unit(
        id=_cell(row, "id") or code,
        code=code,
        level=level,
        name=name,
        short_name=_cell(row, "short_name") or name,
        parent=_cell(row, "parent") or None,
        valid_from=first,
        valid_to=last,
        aliases=tuple(" ".join(part.split()) for part in (row.get("aliases") or "").split("|") if part.strip()),
    )


def _level(text: str) -> Level | None:
    return next((level for level in LEVELS if level == text.lower()), None)


def _day(number: int, column: str, row: Mapping[str, str | None], faults: list[Fault]) -> date | None:
    text = _cell(row, column)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(Fault(number, column, "bad_date", text))
        return None


def _overlap(one: Unit, other: Unit) -> bool:
    starts_in_time = other.valid_to is None or one.valid_from <= other.valid_to
    return starts_in_time and (one.valid_to is None or other.valid_from <= one.valid_to)


def _tree_faults(read: Iterable[_Row], all_ids: set[str]) -> list[Fault]:
    """Faults between rows. `all_ids` also holds rows that could not be read: their children are not blamed."""
    rows = list(read)
    faults: list[Fault] = []
    by_id: dict[str, _Row] = {}
    by_code: dict[str, list[_Row]] = {}
    roots: list[_Row] = []
    for row in rows:
        unit = row.unit
        if unit.id in by_id:
            faults.append(Fault(row.number, "id" if unit.id != unit.code else "code", "duplicate", unit.id))
            continue
        by_id[unit.id] = row
        if any(_overlap(unit, other.unit) for other in by_code.get(unit.code, ())):
            faults.append(Fault(row.number, "code", "duplicate", unit.code))
        by_code.setdefault(unit.code, []).append(row)
        if unit.parent is None:
            if any(_overlap(unit, other.unit) for other in roots):
                faults.append(Fault(row.number, "parent", "second_root", unit.code))
            roots.append(row)
    for row in by_id.values():
        faults += _parent_faults(row, by_id, all_ids)
    return faults


def _parent_faults(row: _Row, by_id: Mapping[str, _Row], all_ids: set[str]) -> list[Fault]:
    unit = row.unit
    if unit.parent is None:
        return []
    parent = by_id.get(unit.parent)
    if parent is None:
        return [] if unit.parent in all_ids else [Fault(row.number, "parent", "unknown_parent", unit.parent)]
    if _in_cycle(unit, by_id):
        return [Fault(row.number, "parent", "cycle", unit.parent)]
    above = parent.unit
    begins_too_early = unit.valid_from < above.valid_from
    ends_too_late = above.valid_to is not None and (unit.valid_to is None or unit.valid_to > above.valid_to)
    faults = []
    if begins_too_early:
        faults.append(Fault(row.number, "valid_from", "outside_parent", unit.valid_from.isoformat()))
    if ends_too_late:
        faults.append(Fault(row.number, "valid_to", "outside_parent", str(unit.valid_to or "")))
    return faults


def _in_cycle(unit: Unit, by_id: Mapping[str, _Row]) -> bool:
    """Whether climbing from the unit comes back to it."""
    seen: set[str] = set()
    parent = unit.parent
    while parent is not None and parent not in seen and parent in by_id:
        if parent == unit.id:
            return True
        seen.add(parent)
        parent = by_id[parent].unit.parent
    return False
