"""A workbook of the reform index: four sheets become a year, or every fault with its sheet, row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from scoring.book_line import Fault, Faults, Line
from scoring.book_sheet import Column, Form, Grid, lines_of
from scoring.par import HUNDRED, WHOLE, Border, Country, Criterion, Points, order_of, total, within
from scoring.par_year import ParYear
from scoring.unit import LEVELS, Level, Unit
from scoring.units import Tree
from survey.text import fold

YEAR = Form(
    "Năm",
    "Year",
    (
        Column("year", "Năm", "Year"),
        Column("change", "Tăng, giảm so với năm trước", "Change on last year", optional=True),
        Column("rank", "Xếp hạng toàn quốc", "National rank", optional=True),
        Column("provinces", "Số tỉnh, thành phố", "Provinces", optional=True),
        Column("satisfaction", "Chỉ số hài lòng SIPAS (%)", "Satisfaction SIPAS (%)", optional=True),
        Column("survey_points", "Điểm điều tra xã hội học", "Survey points", optional=True),
        Column("survey_maximum", "Điểm tối đa điều tra xã hội học", "Survey maximum", optional=True),
        Column("survey_rule", "Cách tính điểm điều tra", "Survey rule", optional=True),
        Column("source", "Nguồn", "Source", optional=True),
    ),
    most=1,
)
CRITERIA = Form(
    "Tiêu chí",
    "Criteria",
    (
        Column("level", "Nhóm", "Group"),
        Column("code", "Mã tiêu chí", "Criterion code"),
        Column("name", "Tên tiêu chí", "Criterion name"),
        Column("leads", "Cơ quan chủ trì", "Leads", optional=True),
    ),
    empty=True,
)
POINTS = Form(
    "Điểm",
    "Points",
    (
        Column("unit", "Mã đơn vị", "Unit code"),
        Column("name", "Tên đơn vị", "Unit name", optional=True),
        Column("criterion", "Mã tiêu chí", "Criterion code"),
        Column("maximum", "Điểm tối đa", "Maximum"),
        Column("own", "Tự chấm", "Self-assessed", optional=True),
        Column("appraised", "Thẩm định", "Appraised", optional=True),
        Column("survey", "Điều tra", "Survey", optional=True),
        Column("points", "Điểm đạt", "Points", optional=True),
        Column("note", "Ghi chú", "Note", optional=True),
        Column("invented", "Số giả định", "Invented", optional=True),
    ),
)
CLASSES = Form(
    "Xếp loại",
    "Classes",
    (
        Column("level", "Nhóm", "Group"),
        Column("label", "Xếp loại", "Class"),
        Column("start", "Từ (%)", "From (%)"),
        Column("above", "Phải trên mức này", "Must be above", optional=True),
        Column("invented", "Số giả định", "Invented", optional=True),
    ),
    empty=True,
)
FORMS = (YEAR, CRITERIA, POINTS, CLASSES)

LEVEL_NAMES: Mapping[Level, tuple[str, ...]] = {
    "province": ("Tỉnh", "Province"),
    "department": ("Sở", "Department", "Sở, ban, ngành"),
    "district": ("Huyện", "District", "Huyện, thành phố"),
    "commune": ("Xã", "Commune", "Xã, phường"),
}
"""How a group of units is called in the sheets: the first is what templates say."""

LEVEL_WORDS: Mapping[str, Level] = {fold(word): level for level in LEVELS for word in (level, *LEVEL_NAMES[level])}
"""What is read as a group of units, folded."""
_CODE = re.compile(r"[1-9]\d?(?:\.[1-9]\d?){0,3}", re.ASCII)
_SEPARATORS = re.compile(r"[;,]")


@dataclass(frozen=True)
class Read:
    """What a workbook comes to: a year, or its faults; warnings besides."""

    year: ParYear | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def read_par(sheets: Mapping[str, Grid], tree: Tree) -> Read:
    """All faults of all sheets at once; a year only where there is none."""
    faults = Faults()
    book = {form.vi: lines_of(sheets, form, faults) for form in FORMS}
    year, country = _year(book[YEAR.vi])
    look = _Look(tree, year, faults)
    criteria = look.criteria(book[CRITERIA.vi])
    points = look.points(book[POINTS.vi], criteria)
    borders = look.borders(book[CLASSES.vi])
    if faults.found or year is None:
        return Read(None, tuple(faults.found), tuple(faults.warnings))
    levels = tuple((unit.id, unit.level) for unit in look.seen.values())
    own = next((unit.id for unit in look.seen.values() if unit.level == "province"), "")
    rows = tuple(row for _, row in points)
    made = ParYear(year, replace(country, unit=own), tuple(criteria.values()), rows, borders, levels)
    for line, row in points:
        _compare(made, line, row)
    _warn_of_missing(made, points)
    return Read(made, (), tuple(faults.warnings))


def _year(lines: Sequence[Line]) -> tuple[int | None, Country]:
    if not lines:
        return None, Country()
    line = lines[0]
    year = line.whole("year", needed=True)
    if year is not None and not 2000 <= year <= 2100:
        line.wrong("year", "bad_year")
        year = None
    rank, provinces = line.whole("rank"), line.whole("provinces")
    if rank is not None and provinces is not None and not 1 <= rank <= provinces:
        line.wrong("rank", "more_than_maximum")
    satisfaction = line.points("satisfaction", percent=True)
    if satisfaction is not None and satisfaction > HUNDRED:
        line.wrong("satisfaction", "too_large")
    got, most = line.points("survey_points"), line.points("survey_maximum")
    if got is not None and most is not None and got > most:
        line.wrong("survey_points", "more_than_maximum")
    change = line.points("change", signed=True)
    return year, Country(
        change, rank, provinces, satisfaction, got, most, line.text("survey_rule"), line.text("source")
    )


class _Look:
    """What rows are read by: the offices as they were in that year, and those seen so far."""

    def __init__(self, tree: Tree, year: int | None, faults: Faults) -> None:
        self._tree = tree
        self._days = (date(year, 12, 31), date(year, 1, 1)) if year else ()
        self._faults = faults
        self._sure = True
        """Whether every criterion of the sheet could be read: else what is missing there is no fault elsewhere."""
        self.seen: dict[str, Unit] = {}
        self._province = ""

    def _unit(self, code: str) -> Unit | None:
        """As it was at the end of the year, else at its beginning; in any year where the year cannot be read."""
        if not self._days:
            return next((unit for unit in self._tree.units if unit.code == code), None)
        return next((unit for day in self._days if (unit := self._tree.by_code(code, day)) is not None), None)

    def criteria(self, lines: Sequence[Line]) -> dict[tuple[Level, str], Criterion]:
        before = len(self._faults.found)
        found: dict[tuple[Level, str], Criterion] = {}
        placed: list[tuple[Line, Level, str]] = []
        for line in lines:
            level, code = _level(line), _code(line, "code")
            name = line.text("name", needed=True)
            leads = tuple(self._lead(line, one.strip()) for one in _SEPARATORS.split(line.text("leads")) if one.strip())
            if level is None or code is None:
                continue
            if (level, code) in found:
                line.wrong("code", "twice")
                continue
            found[level, code] = Criterion(level, code, name, tuple(one.id for one in leads if one))
            placed.append((line, level, code))
        self._sure = bool(lines) and len(self._faults.found) == before
        for line, level, code in placed if self._sure else ():
            if "." in code and (level, code.rpartition(".")[0]) not in found:
                line.wrong("code", "no_parent")
        self._sure = self._sure and len(self._faults.found) == before
        return found

    def _lead(self, line: Line, code: str) -> Unit | None:
        unit = self._unit(code)
        if unit is None:
            line.wrong("leads", "unknown_unit")
        return unit

    def points(
        self, lines: Sequence[Line], criteria: Mapping[tuple[Level, str], Criterion]
    ) -> list[tuple[Line, Points]]:
        found: dict[tuple[str, str], tuple[Line, Points]] = {}
        for line in lines:
            row = self._points(line, criteria)
            if row is None:
                continue
            if (row.unit, row.criterion) in found:
                line.wrong("criterion", "twice")
            found.setdefault((row.unit, row.criterion), (line, row))
        return list(found.values())

    def _points(self, line: Line, criteria: Mapping[tuple[Level, str], Criterion]) -> Points | None:
        before = len(self._faults.found)
        told = line.text("unit", needed=True)
        unit = self._unit(told) if told else None
        if told and unit is None:
            line.wrong("unit", "unknown_unit")
        code = _code(line, "criterion") if line.has("criterion") else WHOLE
        if unit and code and self._sure and (unit.level, code) not in criteria:
            line.wrong("criterion", "unknown_criterion")
        maximum = line.points("maximum", needed=True)
        parts = {name: line.points(name) for name in ("own", "appraised", "survey", "points")}
        empty = not any(line.has(name) for name in parts)
        if maximum == 0 and not empty:
            line.wrong("maximum", "bad_number")
            maximum = None
        for name, value in parts.items():
            if value is not None and maximum is not None and value > maximum:
                line.wrong(name, "more_than_maximum")
        # One broken cell is one fault: what it would have to agree with is not looked at.
        points = _obtained(line, parts, maximum) if line.sound and len(self._faults.found) == before else None
        if maximum == 0 and empty:
            points = maximum  # it does not apply to this unit
        note, invented = line.text("note"), line.mark("invented")
        line.text("name")
        if unit is not None:
            self._check(line, unit)
        if unit is None or code is None or maximum is None:
            return None
        self.seen.setdefault(unit.id, unit)
        own, appraised, survey = parts["own"], parts["appraised"], parts["survey"]
        return Points(unit.id, code, maximum, own, appraised, survey, points, note, invented)

    def _check(self, line: Line, unit: Unit) -> None:
        """The name beside the code is that unit's, and the unit lies in the province of the others."""
        for day in self._days[:1]:
            line.same_unit("name", unit, self._tree, day if unit.valid(day) else unit.valid_to or day)
            above = (unit, *self._tree.ancestors(unit.id, min(day, unit.valid_to or day)))
            province = next((one.id for one in above if one.level == "province"), "")
            self._province = self._province or province
            if province != self._province:
                line.wrong("unit", "other_province")

    def borders(self, lines: Sequence[Line]) -> tuple[Border, ...]:
        found: dict[tuple[Level, str], Border] = {}
        for line in lines:
            level, label = _level(line), line.text("label", needed=True, most=40)
            start = line.points("start", needed=True, percent=True)
            if start is not None and start > HUNDRED:
                line.wrong("start", "too_large")
            above, invented = line.mark("above"), line.mark("invented")
            if level is None or start is None or not label:
                continue
            if (level, fold(label)) in found:
                line.wrong("label", "twice")
            elif any((one.level, one.start, one.above) == (level, start, above) for one in found.values()):
                line.wrong("start", "twice")
            found[level, fold(label)] = Border(level, label, start, above, invented)
        return tuple(found.values())


def _level(line: Line) -> Level | None:
    text = line.text("level", needed=True)
    level = LEVEL_WORDS.get(fold(text))
    if text and level is None:
        line.wrong("level", "unknown_set")
    return level


def _code(line: Line, name: str) -> str | None:
    """1, 1.2, 1.2.3; a spreadsheet's "1.10" must be text, for as a number it is 1.1."""
    text = line.text(name, needed=True).rstrip(".").replace(",", ".")
    if text and not _CODE.fullmatch(text):
        line.wrong(name, "bad_code")
        return None
    return text or None


def _obtained(line: Line, parts: Mapping[str, Decimal | None], maximum: Decimal | None) -> Decimal | None:
    """What counts: as it is told, which the appraised and survey points must come to; else these together."""
    told, known = parts["points"], [one for one in (parts["appraised"], parts["survey"]) if one is not None]
    if not known:
        return told
    made = sum(known, Decimal(0))
    if told is not None and told != made:
        line.wrong("points", "parts_differ")
    elif told is None and maximum is not None and made > maximum:
        line.wrong("survey" if parts["survey"] is not None else "appraised", "more_than_maximum")
    return made


def _warn_of_missing(year: ParYear, points: Sequence[tuple[Line, Points]]) -> None:
    """A unit with rows of some criteria and not of others, once, at its first row: their sum is not known then. What
    does not apply to a unit has a row with the maximum 0."""
    for unit, level in year.levels:
        told = {row.criterion for row in year.rows_of(unit)}
        codes = {one.code for one in year.criteria if one.level == level}
        leaves = {code for code in codes if not any(within(other, code) for other in codes)}
        missing = sorted((code for code in leaves if not _told(code, told)), key=order_of)
        if missing and told - {WHOLE}:
            line = next(line for line, row in points if row.unit == unit)
            line.wrong("criterion", "rows_missing", warn=True, shown=", ".join(missing))


def _told(code: str, told: AbstractSet[str]) -> bool:
    """Whether there is a row of the criterion or of one above it."""
    return code in told or any(within(code, above) for above in told if above != WHOLE)


def _compare(year: ParYear, line: Line, row: Points) -> None:
    """A row that says something else than its parts together is warned of: decisions are printed with such slips."""
    if row.points is None or not any(within(one.criterion, row.criterion) for one in year.rows_of(row.unit)):
        return
    parts = total(year.share(row.unit, code) for code in year.parts(row.unit, row.criterion))
    if parts is not None and parts.points != row.points:
        line.wrong("points", "parts_differ", warn=True)
    elif parts is not None and parts.maximum != row.maximum:
        line.wrong("maximum", "parts_differ", warn=True)
