"""Mutators of workbooks: the harmless ones, that must change nothing, and those that break one cell and know which."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from scoring.book_sheet import Column, Form, letter_of
from survey.text import clean, fold

Book = dict[str, list[list[str]]]
"""Sheets by title, to be changed in place."""

SWAPPED = str.maketrans(",.", ".,")
LONG = "dài " * 100
NOT_NUMBERS = ("mười", "1e3", "3 điểm", "-1", "1.2.3", "#REF!", "=A1+B1", "½", "--", "1/2")
NOT_PEOPLE = (*NOT_NUMBERS, "12,5", "1.8234", "50%", "1.15", "99999999999", "#", "1.1530")
NOT_MARKS = ("đúng vậy", "?", "2", "#N/A")


@dataclass(frozen=True)
class Spot:
    """The cell that was broken, as the import should name it; `how` for whoever reads a failure."""

    sheet: str
    row: int
    column: str
    how: str


@dataclass(frozen=True)
class Wrong:
    """What is surely wrong in a column, where `when` holds for the row; by the rows' cells under our names."""

    values: tuple[str, ...]
    when: Callable[[Mapping[str, str]], bool] = lambda _: True


def _given(*names: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda row: all(row.get(name) for name in names)


def _lowest(row: Mapping[str, str]) -> bool:
    """A criterion that nothing lies below: without an area its criteria are wrong, too."""
    return "." in row.get("code", "")


WRONG: Mapping[str, Mapping[str, Mapping[str, tuple[Wrong, ...]]]] = {
    "par": {
        "Năm": {
            "year": (Wrong(("", "hai nghìn", "3017", "1999", "2017,5", "-2017", "#N/A", "2017%")),),
            "change": (Wrong(("tăng", "0,59 điểm", "1e3", "#REF!", "0,1234567")),),
            "rank": (Wrong(("thứ 34", "64", "0", "-1", "34/63", "3,4")),),
            "provinces": (Wrong(("sáu ba", "-63", "#", "63,5")),),
            "satisfaction": (Wrong((*NOT_NUMBERS, "100,01", "7566")),),
            "survey_points": (Wrong((*NOT_NUMBERS, "12,01", "1135")),),
            "survey_maximum": (Wrong(NOT_NUMBERS),),
            "source": (Wrong((LONG, "#REF!")),),
        },
        "Tiêu chí": {
            "level": (Wrong(("", "Thôn", "Sở Nội vụ", "#N/A")),),
            "code": (
                Wrong(("", "A", "0.1", "1.2.3.4.5", "1..2", "1-2", "#", "123", "1.0")),
                Wrong(("7.77.7", "8.88.8"), _lowest),
            ),
            "name": (Wrong(("", LONG, "#REF!")),),
            "leads": (Wrong(("99-XX", "34-SNV; 34-TRĂNG", "Sở Nội vụ", "#N/A")),),
        },
        "Điểm": {
            "unit": (Wrong(("", "34-ZZZ", "Sở Nội vụ", "0", "#REF!")),),
            "criterion": (Wrong(("abc", "99", "0", "1.1.1.1.1", "#N/A"), _given("criterion")),),
            "maximum": (Wrong(("", "0", "9999999", *NOT_NUMBERS)),),
            "own": (Wrong((*NOT_NUMBERS, "1000", "100,01")),),
            "appraised": (Wrong((*NOT_NUMBERS, "1000")),),
            "survey": (Wrong((*NOT_NUMBERS, "1000")),),
            "points": (Wrong((*NOT_NUMBERS, "1000", "100,01")),),
            "invented": (Wrong(NOT_MARKS),),
        },
        "Xếp loại": {
            "level": (Wrong(("", "Thôn", "#REF!")),),
            "label": (Wrong(("", "rất " * 20, "#N/A")),),
            "start": (Wrong(("", "100,5", "cao", "-1", "#", "1e2")),),
            "invented": (Wrong(NOT_MARKS),),
        },
    },
    "staffing": {
        "Ngày": {
            "day": (Wrong(("", "31/6/2018", "30-13-2018", "hôm nay", "30/6/18", "43281", "6/2018", "30/6/1918", "#")),),
            "source": (Wrong((LONG, "#REF!")),),
        },
        "Biên chế": {
            "unit": (Wrong(("", "34-ZZZ", "Thôn", "Tỉnh", "Sở Nội vụ", "#REF!")),),
            "assigned": (Wrong(NOT_PEOPLE),),
            "present": (
                Wrong(NOT_PEOPLE),
                Wrong(("",), lambda row: not any(row.get(name) for name in ("assigned", "to_cut", "short"))),
            ),
            "to_cut": (Wrong(NOT_PEOPLE), Wrong(("5000", "1.200"), _given("assigned"))),
            "short": (
                Wrong(tuple(one for one in NOT_PEOPLE if one != "-1")),
                Wrong(("-1", "9999", "500"), _given("assigned", "present")),
            ),
            "note": (Wrong((LONG, "#N/A")),),
            "invented": (Wrong(NOT_MARKS),),
        },
    },
}


# --- what must change nothing ---


def harmless(rng: Random, forms: Sequence[Form], book: Book) -> list[str]:
    """Changes some things that do not matter; their names."""
    chosen = rng.sample(sorted(HARMLESS), rng.randint(1, len(HARMLESS)))
    for name in sorted(chosen, key=ORDER.index):
        HARMLESS[name](rng, forms, book)
    return chosen


def columns_of(form: Form, grid: list[list[str]]) -> dict[str, int]:
    """Where our columns stand; the titles stand in the first filled row."""
    titles = grid[head_of(grid)]
    found = (
        (at, next((one.name for one in form.columns if fold(title) in one.titles), "")) for at, title in _at(titles)
    )
    return {name: at for at, name in found if name}


def head_of(grid: list[list[str]]) -> int:
    return next(at for at, row in enumerate(grid) if any(_full(cell) for cell in row))


def _full(cell: str) -> bool:
    return bool(clean(cell).strip())


def _at(titles: Sequence[str]) -> list[tuple[int, str]]:
    return [(at, title) for at, title in enumerate(titles) if _full(title)]


def sheet_of(form: Form, book: Book) -> str:
    return next(title for title in book if fold(title) in form.titles)


def _retyped(rng: Random, column: Column | Form, text: str) -> str:
    spelt = rng.choice((text, column.vi, column.en))
    return rng.choice((str.upper, str.lower, fold, lambda one: f"  {one} ", _decomposed))(spelt)


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _columns(rng: Random, forms: Sequence[Form], book: Book) -> None:
    for form in forms:
        grid = book[sheet_of(form, book)]
        width = max(map(len, grid))
        order = rng.sample(range(width), width)
        grid[:] = [[row[at] if at < len(row) else "" for at in order] for row in grid]


def _rows(rng: Random, forms: Sequence[Form], book: Book) -> None:
    for form in forms:
        grid = book[sheet_of(form, book)]
        rest = grid[1:]
        rng.shuffle(rest)
        grid[1:] = rest


def _blank_rows(rng: Random, forms: Sequence[Form], book: Book) -> None:
    for form in forms:
        grid = book[sheet_of(form, book)]
        for _ in range(rng.randint(1, 3)):
            grid.insert(rng.randint(0, len(grid)), rng.choice(([], [""], ["", " ", "\u00a0"])))


def _blank_columns(rng: Random, forms: Sequence[Form], book: Book) -> None:
    for form in forms:
        grid = book[sheet_of(form, book)]
        at = rng.randint(0, max(map(len, grid)))
        for row in grid:
            if len(row) >= at:
                row.insert(at, "")


def _titles(rng: Random, forms: Sequence[Form], book: Book) -> None:
    for form in forms:
        grid = book[sheet_of(form, book)]
        titles = grid[head_of(grid)]
        places = columns_of(form, grid)
        for column in form.columns:
            if column.name in places:
                titles[places[column.name]] = _retyped(rng, column, titles[places[column.name]])


def _sheets(rng: Random, forms: Sequence[Form], book: Book) -> None:
    for form in forms:
        title = sheet_of(form, book)
        book[_retyped(rng, form, title)] = book.pop(title)


def _more_sheets(rng: Random, _: Sequence[Form], book: Book) -> None:
    book["Hướng dẫn"] = [["Điền số liệu"], ["Mã đơn vị", "34"]]
    book["Đơn vị"] = []
    book[f"Nháp {rng.randint(1, 9)}"] = [["Năm", "Năm"], ["x", "=1/0"]]


def _blanks(rng: Random, forms: Sequence[Form], book: Book) -> None:
    around = (" ", "\u00a0", "\u200b", "\t", "  ")
    for form in forms:
        grid = book[sheet_of(form, book)]
        for row in grid[head_of(grid) + 1 :]:
            for at, cell in enumerate(row):
                if rng.random() < 0.2:
                    row[at] = rng.choice(
                        (f"{rng.choice(around)}{cell}", f"{cell}{rng.choice(around)}", _decomposed(cell))
                    )


def _each(forms: Sequence[Form], book: Book, names: Mapping[str, Sequence[str]], change: Callable[[str], str]) -> None:
    for form in forms:
        grid = book[sheet_of(form, book)]
        places = columns_of(form, grid)
        for row in grid[head_of(grid) + 1 :]:
            for name in names.get(form.vi, ()):
                at = places.get(name, len(row))
                if at < len(row) and row[at].strip():
                    row[at] = change(row[at])


def _decimals(rng: Random, forms: Sequence[Form], book: Book) -> None:
    points = {"Điểm": ("maximum", "own", "appraised", "survey", "points"), "Năm": ("satisfaction", "survey_points")}
    _each(forms, book, points, lambda cell: cell.translate(SWAPPED) if rng.random() < 0.5 else cell)


def _thousands(rng: Random, forms: Sequence[Form], book: Book) -> None:
    people = {"Biên chế": ("assigned", "present", "to_cut", "short")}
    _each(forms, book, people, lambda cell: f"{int(cell):,}".replace(",", rng.choice(",.")))


def _days(rng: Random, forms: Sequence[Form], book: Book) -> None:
    def other(cell: str) -> str:
        day, month, year = map(int, cell.split("/"))
        return date(year, month, day).strftime(rng.choice(("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "30/6/%Y")))

    _each(forms, book, {"Ngày": ("day",)}, other)


def _marks(rng: Random, forms: Sequence[Form], book: Book) -> None:
    names = {form.vi: ("invented",) for form in forms}
    _each(forms, book, names, lambda _: rng.choice(("x", "X", "có", "CO", "yes", "1")))


def _groups(rng: Random, forms: Sequence[Form], book: Book) -> None:
    words = {"so": ("Sở", "SỞ", "so", "Department"), "huyen": ("Huyện", "huyện", "HUYEN", "district")}
    names = {"Tiêu chí": ("level",), "Xếp loại": ("level",), "Biên chế": ("unit",)}
    _each(forms, book, names, lambda cell: rng.choice(words.get(fold(cell), (cell,))))


HARMLESS: Mapping[str, Callable[[Random, Sequence[Form], Book], None]] = {
    "decimals": _decimals,
    "thousands": _thousands,
    "days": _days,
    "marks": _marks,
    "groups": _groups,
    "rows": _rows,
    "columns": _columns,
    "titles": _titles,
    "sheets": _sheets,
    "blank columns": _blank_columns,
    "blank rows": _blank_rows,
    "more sheets": _more_sheets,
    "blanks": _blanks,
}
ORDER = tuple(HARMLESS)
"""In which they are done: what looks at a cell's text comes before what spreads blanks around."""


# --- what breaks one cell ---


def broken(rng: Random, kind: str, forms: Sequence[Form], book: Book) -> Spot:
    """One cell, title or sheet name made surely wrong; most often a cell."""
    if rng.random() < 0.7:
        return _cell(rng, kind, forms, book)
    for way in rng.sample(STRUCTURE, len(STRUCTURE)):
        found = way(rng, forms, book)
        if found:
            return found
    raise AssertionError("every workbook can lose a sheet")


def _cell(rng: Random, kind: str, forms: Sequence[Form], book: Book) -> Spot:
    while True:
        form = rng.choice(forms)
        title = sheet_of(form, book)
        grid = book[title]
        places, head = columns_of(form, grid), head_of(grid)
        number = rng.choice([at for at in range(head + 1, len(grid)) if any(_full(cell) for cell in grid[at])])
        name = rng.choice(sorted(set(places) & set(WRONG[kind][form.vi])))
        row = {one: clean(grid[number][at]).strip() for one, at in places.items() if at < len(grid[number])}
        fitting = [one for one in WRONG[kind][form.vi][name] if one.when(row)]
        if not fitting:
            continue
        value = rng.choice(rng.choice(fitting).values)
        at = places[name]
        grid[number] += [""] * (at + 1 - len(grid[number]))
        grid[number][at] = value
        return Spot(title, number + 1, letter_of(at), f"{form.vi} {name} = {value[:20]!r}")


def _pick(rng: Random, forms: Sequence[Form], book: Book) -> tuple[Form, str, list[list[str]], dict[str, int], int]:
    form = rng.choice(forms)
    title = sheet_of(form, book)
    grid = book[title]
    return form, title, grid, columns_of(form, grid), head_of(grid)


def _misspelt_title(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    _, title, grid, places, head = _pick(rng, forms, book)
    at = rng.choice(list(places.values()))
    grid[head][at] = rng.choice(("Cột lạ", f"{grid[head][at]} lạ", "#REF!", "x"))
    return Spot(title, head + 1, letter_of(at), "misspelt title")


def _title_twice(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    """The later of the two is named, so an earlier title is put over a later column."""
    _, title, grid, places, head = _pick(rng, forms, book)
    at = max(places.values())
    grid[head][at] = rng.choice([grid[head][one] for one in places.values() if one < at])
    return Spot(title, head + 1, letter_of(at), "title twice")


def _no_title(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    _, title, grid, places, head = _pick(rng, forms, book)
    filled = {at: sum(at < len(row) and _full(row[at]) for row in grid[head + 1 :]) for at in places.values()}
    fit = [at for at, count in filled.items() if count > 1 or (count == 1 and at != max(filled))]
    if not fit:
        return None
    at = rng.choice(fit)
    grid[head][at] = rng.choice(("", " "))
    return Spot(title, head + 1, letter_of(at), "no title")


def _without_column(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    form, title, grid, places, _ = _pick(rng, forms, book)
    at = places[rng.choice([one.name for one in form.columns if not one.optional])]
    for row in grid:
        del row[at : at + 1]
    return Spot(title, head_of(grid) + 1, "", "column left out")


def _stray(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    _, title, grid, _, head = _pick(rng, forms, book)
    number, at = rng.randrange(head + 1, len(grid)), max(map(len, grid)) + rng.randint(0, 3)
    grid[number] += [""] * (at + 1 - len(grid[number]))
    grid[number][at] = "7"
    return Spot(title, number + 1, letter_of(at), "beside the table")


def _sheet_name(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    form, title, *_ = _pick(rng, forms, book)
    grid = book.pop(title)
    if rng.random() < 0.7:
        book[f"{title} lạ"] = grid
    return Spot(form.vi, 1, "", "sheet name")


def _sheet_twice(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    form, title, *_ = _pick(rng, forms, book)
    again = next(one for one in (form.vi, form.en, form.vi.upper()) if one not in book)
    book[again] = book[title]
    return Spot(again, 1, "", "sheet twice")


def _row_twice(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    """What must stand once stands twice: the second is named, in the column by which it is known."""
    key = {"Điểm": "criterion", "Tiêu chí": "code", "Xếp loại": "label", "Biên chế": "unit"}
    form, title, grid, places, head = _pick(rng, forms, book)
    if form.vi not in key:
        return None
    filled = [row for row in grid[head + 1 :] if any(_full(cell) for cell in row)]
    grid.append(list(rng.choice(filled)))
    return Spot(title, len(grid), letter_of(places[key[form.vi]]), "row twice")


def _second_row(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    _, title, grid, _, head = _pick(rng, [form for form in forms if form.most == 1], book)
    filled = next(row for row in grid[head + 1 :] if any(_full(cell) for cell in row))
    grid.append(list(filled))
    return Spot(title, len(grid), "", "second row")


def _no_rows(rng: Random, forms: Sequence[Form], book: Book) -> Spot | None:
    _, title, grid, _, head = _pick(rng, [form for form in forms if not form.empty], book)
    del grid[head + 1 :]
    return Spot(title, head + 2, "", "no rows")


STRUCTURE: Sequence[Callable[[Random, Sequence[Form], Book], Spot | None]] = (
    _misspelt_title,
    _title_twice,
    _no_title,
    _without_column,
    _stray,
    _sheet_name,
    _sheet_twice,
    _row_twice,
    _second_row,
    _no_rows,
)
