"""Which old office went into which new one, from a sheet of successions; the old offices are made from it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.level_word import LEVEL_WORDS
from scoring.typed import spaced
from scoring.unit import ALWAYS, Level, Succession, Unit
from scoring.unit_sheet import FIRST_ROW, Fault

COLUMNS = (
    "old_code", "old_name", "old_district_code", "old_district", "old_province_code", "old_province",
    "new_code", "new_name", "extent",
)  # fmt: skip
EXTENTS = ("whole", "part")
MAX_ROWS = 20_000


@dataclass(frozen=True)
class Lineage:
    """The units that ended, parents first, and where they went."""

    ended: tuple[Unit, ...]
    successions: tuple[Succession, ...]


def read_lineage(rows: Sequence[Mapping[str, str | None]], units: Sequence[Unit]) -> Lineage | list[Fault]:
    """The old units and successions of a sheet (COLUMNS), or all its faults. `units`: the new ones, by their code.

    A row is a commune; its district and province end with it, on the eve of the new unit's first day, which the new
    units' sheet must give. Every province that ended went into the new root as a whole.
    """
    absent = [column for column in COLUMNS if not rows or column not in rows[0]]
    if absent:
        return [Fault(1, column, "missing_column") for column in absent]
    if len(rows) > MAX_ROWS:
        return [Fault(FIRST_ROW + MAX_ROWS, "old_code", "too_many_units", str(len(rows)))]
    new = {unit.code: unit for unit in units}
    faults = [fault for number, row in enumerate(rows, FIRST_ROW) for fault in _faults(number, row, new)]
    faults += _repeated(rows)
    if faults:
        return sorted(faults, key=lambda fault: fault.row)
    ended: dict[str, Unit] = {}
    successions: dict[tuple[str, str], Succession] = {}
    for row in rows:
        into = new[_cell(row, "new_code")]
        last = into.valid_from - timedelta(days=1)
        commune = _old(row, last, ended)
        successions[commune.id, into.id] = Succession(commune.id, into.id, _cell(row, "extent") == "whole")
    root = next(unit for unit in units if unit.parent is None)
    for unit in ended.values():
        if unit.level == "province":
            successions[unit.id, root.id] = Succession(unit.id, root.id, whole=True)
    return Lineage(tuple(ended.values()), tuple(successions.values()))


def _cell(row: Mapping[str, str | None], column: str) -> str:
    return " ".join((row.get(column) or "").split())


def _faults(number: int, row: Mapping[str, str | None], new: Mapping[str, Unit]) -> list[Fault]:
    found = [Fault(number, column, "missing") for column in COLUMNS if not _cell(row, column)]
    extent, code = _cell(row, "extent"), _cell(row, "new_code")
    if extent and extent not in EXTENTS:
        found.append(Fault(number, "extent", "bad_extent", extent))
    if code and code not in new:
        found.append(Fault(number, "new_code", "unknown_unit", code))
    elif code and new[code].valid_from == ALWAYS:
        found.append(Fault(number, "new_code", "no_first_day", code))
    return found


def _repeated(rows: Sequence[Mapping[str, str | None]]) -> list[Fault]:
    """The same pair twice, and a unit that went somewhere as a whole and elsewhere too."""
    found: list[Fault] = []
    seen: dict[str, list[tuple[str, str]]] = {}
    for number, row in enumerate(rows, FIRST_ROW):
        old, new, extent = (_cell(row, column) for column in ("old_code", "new_code", "extent"))
        others = seen.setdefault(old, [])
        if any(new == one for one, _ in others):
            found.append(Fault(number, "new_code", "duplicate", new))
        elif others and (extent == "whole" or any(one == "whole" for _, one in others)):
            found.append(Fault(number, "extent", "whole_and_elsewhere", old))
        others.append((new, extent))
    return found


def _old(row: Mapping[str, str | None], last: date, ended: dict[str, Unit]) -> Unit:
    """The old commune of a row; it, its district and its province are entered where they are not yet."""
    province = _enter(ended, row, "old_province", "province", None, last)
    district = _enter(ended, row, "old_district", "district", province, last)
    return _enter(ended, row, "old", "commune", district, last)


def _enter(
    ended: dict[str, Unit], row: Mapping[str, str | None], column: str, level: Level, parent: Unit | None, last: date
) -> Unit:
    code = _cell(row, f"{column}_code")
    name = _cell(row, "old_name" if column == "old" else column)
    unit_id = f"{code}@{last.isoformat()}"
    unit = Unit(
        id=unit_id,
        code=code,
        level=level,
        name=name,
        short_name=_short(name),
        parent=parent.id if parent else None,
        valid_to=last,
    )
    return ended.setdefault(unit_id, unit)


def _short(name: str) -> str:
    """The name without the word of its level: "Thị trấn Kiến Xương" is Kiến Xương."""
    words = name.split()
    for size in (2, 1):
        if len(words) > size and spaced(" ".join(words[:size])) in LEVEL_WORDS:
            return " ".join(words[size:])
    return name
