"""The reform index as people read it: what stands in the signed workbook of a year, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from handlers.access import covers, offices
from handlers.book_notes import notes
from handlers.book_store import Book, BookKind
from handlers.book_units import province_of
from handlers.context import Context, strong
from handlers.figures import sample_mark
from handlers.overview import Cell, Overview, Table, decimal, percent
from handlers.wording import within
from scoring.par import WHOLE, Area, Group, Share
from scoring.par_year import ParYear
from scoring.unit import LEVELS, Level, Unit

KIND: BookKind = "par"
MOST_AREAS = 12
PARTS: tuple[Level, ...] = ("department", "district", "commune")
"""Which groups of units a province is told of."""


@dataclass(frozen=True)
class Opened:
    """A year's workbook as somebody may see it. `draft`: nobody signed it, and each sees her own units of it only."""

    book: Book
    year: ParYear
    before: ParYear | None
    draft: bool = False

    def tells_of(self, unit_id: str) -> bool:
        return self.year.level_of(unit_id) is not None

    def province(self, context: Context) -> Unit:
        return province_of(context, self.tells_of, date(self.year.year, 12, 31))


def signed_years(context: Context) -> Sequence[Book]:
    """The newest first."""
    return context.stores.books.signed(KIND)


def opened(context: Context, year: str = "") -> Opened | None:
    """The signed workbook of a year, the newest where none is named."""
    books = {book.key: book for book in signed_years(context)}
    key = year or next(iter(books), "")
    return _open(context, books[key], books, draft=False) if key in books else None


def latest(context: Context, day: date) -> Opened | None:
    """The newest signed one of a year that had begun by then."""
    books = {book.key: book for book in signed_years(context)}
    key = next((one for one in books if one <= day.isoformat()[:4]), None)
    return _open(context, books[key], books, draft=False) if key else None


def draft(context: Context, year: str) -> Opened | None:
    """The version of a year, of the newest where none is named, that waits for its signature."""
    waiting = [one for one in context.stores.books.waiting() if one.kind == KIND and year in {"", one.key}]
    if not waiting:
        return None
    book = waiting[0]
    return _open(context, book, {one.key: one for one in signed_years(context)}, draft=True)


def _open(context: Context, book: Book, signed: dict[str, Book], *, draft: bool) -> Opened:
    before = signed.get(str(int(book.key) - 1))
    return Opened(book, context.stores.books.par(book), context.stores.books.par(before) if before else None, draft)


def may_see_draft(context: Context, unit: Unit) -> bool:
    """Figures that nobody signed yet: a manager's, of her own units."""
    return covers(context, offices(context), unit.id, "manager")


def overview(
    context: Context,
    found: Opened,
    unit: Unit,
    said: Sequence[str],
    *,
    name: str,
    invented: bool,
    tables: Sequence[Table] = (),
    bars: Sequence[tuple[str, Decimal]] = (),
) -> Overview:
    """What is said of a year under its head, with which version this is, who vouches for it, and what is made up."""
    year, made_up = found.year.year, context.texts("book.invented") if invented else ""
    said_under = notes(context, found.book, draft=found.draft, invented=made_up)
    title = strong(context.texts("par.head", year=year, unit=unit.name))
    warned = said_under[:1] if found.draft else []  # what nobody signed says so first
    lines = (*sample_mark(context), title, *warned, *said, *said_under[len(warned) :])
    scale = context.texts("par.scale") if bars else ""
    return Overview(
        f"par-{name}-{year}", title, lines, tuple(tables), tuple(bars), scale, tuple(said_under), found.draft
    )


def unit_overview(context: Context, found: Opened, unit: Unit) -> Overview:
    """One unit: its points, class and place, and its areas; of the province its groups besides."""
    lines = _standing(context, found, unit)
    areas = found.year.areas(unit.id) if found.year.level_of(unit.id) else ()
    lines += [_area_line(context, area) for area in areas[:MOST_AREAS]]
    if not areas and found.year.share(unit.id) is not None:
        lines.append(context.texts("par.areas_unknown"))
    tables = [_area_table(context, unit, areas)] if areas else []
    invented = found.year.invented(unit.id)
    if unit.level == "province":
        lines += _country(context, found) if unit.id == found.year.country.unit else []
        for level in PARTS:
            group = found.year.group(level)
            if group is not None:
                lines += group_lines(context, group)
                tables.append(group_table(context, found, group))
                invented = invented or any(found.year.invented(one.unit) for one in group.placed)
    tables += _points_table(context, found, unit)
    bars = [(area.criterion.name, area.share.percent) for area in areas]
    return overview(context, found, unit, lines, name=unit.code, invented=invented, tables=tables, bars=bars)


def _standing(context: Context, found: Opened, unit: Unit) -> list[str]:
    """Points, change, class and place; that nothing is known where it is not."""
    year, say = found.year, context.texts
    share = year.share(unit.id)
    if share is None:
        return [say("par.unknown", unit=within(say, unit.name))]
    parts = [_share(context, share)]
    change = _change(context, found, unit, share)
    if change:
        parts.append(change)
    label = year.label(unit.id)
    if label:
        parts.append(say("par.class", label=label))
    country = year.country
    if unit.id == country.unit:
        if country.rank is not None and country.provinces is not None:
            parts.append(say("par.rank_country", place=country.rank, count=country.provinces))
    elif not found.draft:
        parts += _place(context, found, unit)
    row = next((one for one in year.rows_of(unit.id) if one.criterion == WHOLE), None)
    lines = [", ".join(parts) + "."]
    if row is not None and row.own is not None:
        lines.append(say("par.own", points=decimal(context, row.own)))
    return lines


def _place(context: Context, found: Opened, unit: Unit) -> list[str]:
    level = found.year.level_of(unit.id)
    group = found.year.group(level) if level else None
    mine = next((one for one in group.placed if one.unit == unit.id), None) if group else None
    if group is None or mine is None:
        return []
    name = context.texts(f"par.group.{group.level}")
    key = "par.rank_tied" if sum(one.place == mine.place for one in group.placed) > 1 else "par.rank_group"
    return [context.texts(key, place=mine.place, count=len(group.placed), group=name)]


def _change(context: Context, found: Opened, unit: Unit, share: Share) -> str:
    """As it is told, else against last year's signed workbook: in percent where the maximum is another."""
    told = found.year.country.change if unit.id == found.year.country.unit else None
    before = found.before.share(unit.id) if found.before and found.before.level_of(unit.id) else None
    if told is None and before is None:
        return ""
    year = found.year.year - 1
    if told is None and before is not None and before.maximum != share.maximum:
        moved, unit_of = share.percent - before.percent, "par.change_percent"
    else:
        assert told is not None or before is not None
        moved = told if told is not None else share.points - before.points  # type: ignore[union-attr]
        unit_of = "par.change"
    if moved == 0:
        return context.texts("par.change_none", year=year)
    way = context.texts("par.up" if moved > 0 else "par.down")
    return context.texts(unit_of, way=way, points=decimal(context, abs(moved)), year=year)


def _country(context: Context, found: Opened) -> list[str]:
    """Satisfaction as it entered the index: data with its rule, nothing computed."""
    country, say, parts = found.year.country, context.texts, []
    if country.satisfaction is not None:
        parts.append(say("par.satisfaction", percent=decimal(context, country.satisfaction)))
    if country.survey_points is not None and country.survey_maximum is not None:
        got, most = decimal(context, country.survey_points), decimal(context, country.survey_maximum)
        parts.append(say("par.survey", points=got, maximum=most))
    lines = [" ".join(parts)] if parts else []
    if country.survey_rule:
        lines.append(say("par.survey_rule", rule=country.survey_rule))
    return lines


def group_lines(context: Context, group: Group) -> list[str]:
    """How many, their average, the best and the worst area, and how many of each class."""
    say = context.texts
    average = percent(context, group.percent) if group.maximum is None else _average(context, group)
    name = say(f"par.group.{group.level}")
    parts = [say("par.average", count=len(group.placed), group=name, average=average)]
    best, worst = group.best, group.worst
    if best is not None and worst is not None and best != worst:
        parts.append(say("par.best", area=best.criterion.name, percent=percent(context, best.share.percent)))
        parts.append(say("par.worst", area=worst.criterion.name, percent=percent(context, worst.share.percent)))
    if group.unknown:
        parts.append(say("par.unknown_count", count=group.unknown))
    lines = [" ".join(parts)]
    if group.classes:
        below = len(group.placed) - sum(count for _, count in group.classes)
        shown = [f"{count} {label}" for label, count in group.classes]
        counts = ", ".join([*shown, *([say("par.no_class", count=below)] if below else [])])
        lines.append(say("par.classes", counts=counts))
    return lines


def _average(context: Context, group: Group) -> str:
    assert group.maximum is not None
    shown = context.texts("par.points", points=decimal(context, group.points), maximum=decimal(context, group.maximum))
    return shown if group.maximum == 100 else f"{shown} ({percent(context, group.percent)})"


def _share(context: Context, share: Share) -> str:
    shown = context.texts("par.points", points=decimal(context, share.points), maximum=decimal(context, share.maximum))
    return shown if share.maximum == 100 else f"{shown} ({percent(context, share.percent)})"


def _area_line(context: Context, area: Area) -> str:
    points, most = decimal(context, area.share.points), decimal(context, area.share.maximum)
    shown = percent(context, area.share.percent)
    return context.texts("par.area", area=area.criterion.name, points=points, maximum=most, percent=shown)


def _titles(context: Context, *names: str) -> tuple[str, ...]:
    return tuple(context.texts(f"par.column.{name}") for name in names)


def _area_table(context: Context, unit: Unit, areas: Sequence[Area]) -> Table:
    rows = [
        (one.criterion.code, one.criterion.name, one.share.points, one.share.maximum, one.share.percent)
        for one in areas
    ]
    columns = _titles(context, "code", "area", "points", "maximum", "percent")
    return Table(context.texts("par.table.areas", unit=within(context.texts, unit.name)), columns, tuple(rows))


def group_table(context: Context, found: Opened, group: Group) -> Table:
    """The units of a level in their places, each with its areas' percentages."""
    tree = context.stores.units.tree()
    columns = _titles(context, "place", "unit", "points", "maximum", "percent", "class")
    rows: list[tuple[Cell, ...]] = []
    for one in group.placed:
        unit = tree.get(one.unit)
        areas = {area.criterion.code: area.share.percent for area in found.year.areas(one.unit)}
        shown = [areas.get(area.criterion.code) for area in group.areas]
        name = unit.name if unit else one.unit
        row: tuple[Cell, ...] = (one.place, name, one.share.points, one.share.maximum, one.share.percent, one.label)
        rows.append((*row, *shown))
    title = context.texts(f"par.table_of.{group.level}")
    names = tuple(context.texts("par.share", area=area.criterion.name) for area in group.areas)
    return Table(title, (*columns, *names), tuple(rows))


def _points_table(context: Context, found: Opened, unit: Unit) -> list[Table]:
    """Every row of the unit as it stands in the workbook."""
    names = {(one.level, one.code): one.name for one in found.year.criteria}
    whole = context.texts("par.whole")
    rows = [
        (
            row.criterion,
            names.get((unit.level, row.criterion), whole),
            row.maximum,
            row.own,
            row.appraised,
            row.survey,
            row.points,
            row.note,
        )
        for row in found.year.rows_of(unit.id)
    ]
    columns = _titles(context, "code", "criterion", "maximum", "own", "appraised", "survey", "points", "note")
    title = context.texts("par.table.points", unit=within(context.texts, unit.name))
    return [Table(title, columns, tuple(rows))] if rows else []


def levels_of(found: Opened) -> list[Level]:
    """The groups that have places in this year."""
    return [level for level in LEVELS if level in PARTS and found.year.group(level) is not None]
