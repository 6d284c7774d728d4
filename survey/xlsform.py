"""An XLSForm's cells made into a Survey, or into every fault that keeps it from being one."""

from __future__ import annotations

import re
from collections.abc import Callable

from survey import choicelists, questions
from survey.cells import Cell, Cells, Row, Sheet, language_code, read_sheet, tidy
from survey.choicelists import read_lists
from survey.conditions import ConditionReader
from survey.faults import Fault
from survey.gate import pyxform_faults
from survey.labels import LabelReader
from survey.model import Labels, Question, Survey
from survey.questions import OVERALL, QuestionReader, answerable

Report = Callable[[Fault], None]

SHEETS = ("settings", "factors", "choices", "survey")
FACTORS = ("A", "B", "C", "D", "E")
DEFAULT_LANGUAGE = "vi"

_SETTINGS = frozenset({"form_id", "form_title", "version", "default_language", "rotate"})
_TITLE = re.compile(r"title_([a-z]{2,3})")
_FORM_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")


def read_survey(sheets: Cells, *, gate: bool = True) -> Survey | list[Fault]:
    """The survey that the sheets describe, else all their faults by place; never raises.

    Sheets: survey, choices, settings as in XLSForm, and `factors` (name A to E, labels). Beside XLSForm's own columns
    a question has factor, criterion, confidential, rotated and short, a choice has score, settings have rotate,
    title_en and so on.
    With `gate` pyxform reads the form too (half a second the first time): its refusal is a fault like the others.
    """
    faults: list[Fault] = []
    _judge_sheets(sheets, faults.append)
    settings = _settings(sheets, faults.append)
    language = language_code(settings["default_language"].text) or _first_language(sheets)
    survey = _assemble(sheets, settings, language, faults.append)
    if not faults and gate:
        faults += pyxform_faults(sheets)
    return sorted(set(faults), key=_place) if faults else survey


def _place(fault: Fault) -> tuple[int, int, int, str, str, str]:
    sheet = SHEETS.index(fault.sheet) if fault.sheet in SHEETS else len(SHEETS)
    return sheet, fault.row, len(fault.column), fault.column, fault.code, fault.detail


def _judge_sheets(sheets: Cells, report: Report) -> None:
    for name, grid in sheets.items():
        if name not in SHEETS and any(tidy(text) for row in grid for text in row):
            report(Fault(name, 1, "A", "unknown_sheet", name))
    for name in ("survey", "settings"):
        if name not in sheets:
            report(Fault(name, 1, "A", "missing_sheet", name))


# --- settings ---


def _settings(sheets: Cells, report: Report) -> Row:
    titles = frozenset(key for row in sheets.get("settings", ())[:1] for key in map(tidy, row) if _TITLE.fullmatch(key))
    sheet = read_sheet("settings", sheets, _SETTINGS | titles, DEFAULT_LANGUAGE, report)
    row = sheet.rows[0] if sheet.rows else Row("settings", 2, {})
    if "settings" in sheets:
        for key, pattern in (("form_id", _FORM_ID), ("version", _VERSION)):
            cell = row[key]
            if not pattern.fullmatch(cell.text):
                report(cell.fault("bad_setting" if cell.text else "missing_setting", f"{key} {cell.text}".strip()))
    return row


def _first_language(sheets: Cells) -> str:
    sheet = read_sheet("survey", sheets, questions.COLUMNS, DEFAULT_LANGUAGE, lambda _: None)
    return next(sheet.languages(), DEFAULT_LANGUAGE)


def _title(settings: Row, language: str) -> Labels:
    own = settings["form_title"].text or settings["form_id"].text
    others = {
        match[1]: cell.text for key, cell in settings.cells.items() if cell.text and (match := _TITLE.fullmatch(key))
    }
    return others | {language: own}


# --- the rest ---


def _assemble(sheets: Cells, settings: Row, language: str, report: Report) -> Survey:
    sheet = read_sheet("survey", sheets, questions.COLUMNS, language, report)
    languages = tuple(dict.fromkeys([language, *sheet.languages()]))
    if settings["default_language"].text and language not in sheet.languages():
        report(settings["default_language"].fault("bad_language", settings["default_language"].text))
    labels = LabelReader(language, report)
    lists = read_lists(read_sheet("choices", sheets, choicelists.COLUMNS, language, report), labels, report)
    factors = _factors(read_sheet("factors", sheets, frozenset({"name", "label"}), language, report), labels, report)
    reader = QuestionReader(
        lists, frozenset(factors) - {OVERALL}, labels, ConditionReader(answerable(sheet), report), report
    )
    asked = reader.read(sheet)
    _judge_whole(sheet, asked, report)
    rotate = _rotate(settings["rotate"], asked, report)
    form_id, version = settings["form_id"].text, settings["version"].text
    return Survey(form_id, version, _title(settings, language), language, languages, asked, factors, rotate)


def _factors(sheet: Sheet, labels: LabelReader, report: Report) -> dict[str, Labels]:
    factors: dict[str, Labels] = {}
    for row in sheet.rows:
        cell: Cell = row["name"]
        if cell.text not in (*FACTORS, OVERALL):
            report(cell.fault("unknown_factor", cell.text))
        elif cell.text in factors:
            report(cell.fault("duplicate_name", cell.text))
        factors[cell.text] = labels.read(row, "label")
    return factors


def _rotate(cell: Cell, asked: tuple[Question, ...], report: Report) -> int:
    """How many of the rotated questions each person is asked: fewer than there are, and 0 where there are none."""
    rotated = sum(question.rotated for question in asked)
    number = int(cell.text) if re.fullmatch(r"[0-9]{1,3}", cell.text) else 0
    if (cell.text or rotated) and not 0 < number < rotated:
        report(cell.fault("bad_rotate", f"{cell.text or '-'} / {rotated}"))
    return number


def _judge_whole(sheet: Sheet, asked: tuple[Question, ...], report: Report) -> None:
    if not sheet.rows:
        report(Fault("survey", 1, "A", "empty_survey"))
    elif not any(question.factor == OVERALL for question in asked):
        report(Fault("survey", 1, "A", "no_overall"))
    for needed in ("type", "name"):
        if sheet.rows and needed not in sheet.keys:
            report(Fault("survey", 1, "A", "missing_column", needed))
