"""The `choices` sheet: lists of choices by name."""

from __future__ import annotations

import re
from collections.abc import Callable

from survey.cells import Row, Sheet
from survey.faults import Fault
from survey.labels import LabelReader
from survey.model import DONT_KNOW, Choice
from survey.text import fold

MAX_CHOICES = 20
"""Most choices of one list: they are buttons on a telephone."""
MAX_CHOICE_LABEL = 80

CHOICE_NAME = re.compile(r"[a-z0-9_]{1,16}")
"""Choice names travel in buttons, which are small."""

COLUMNS = frozenset({"list_name", "name", "label", "score"})

Report = Callable[[Fault], None]


def read_lists(sheet: Sheet, labels: LabelReader, report: Report) -> dict[str, tuple[Choice, ...]]:
    """Choices by list name; everything wrong with them is reported."""
    rows: dict[str, list[Row]] = {}
    for row in sheet.rows:
        rows.setdefault(row["list_name"].text, []).append(row)
    for row in rows.pop("", []):
        report(row["list_name"].fault("missing_name"))
    return {name: _read_list(found, labels, report) for name, found in rows.items()}


def _read_list(rows: list[Row], labels: LabelReader, report: Report) -> tuple[Choice, ...]:
    choices: list[Choice] = []
    for row in rows:
        name, score = row["name"], _score(row, report)
        if not CHOICE_NAME.fullmatch(name.text):
            report(name.fault("bad_name" if name.text else "missing_name", name.text))
        elif any(choice.name == name.text for choice in choices):
            report(name.fault("duplicate_choice", name.text))
        if score is not None and any(choice.score == score for choice in choices):
            report(row["score"].fault("duplicate_score", str(score)))
        choice = Choice(name.text, labels.read(row, "label", MAX_CHOICE_LABEL), score)
        _judge_label(row, choice, choices, labels.default, report)
        choices.append(choice)
    if len(choices) > MAX_CHOICES:
        report(rows[MAX_CHOICES]["name"].fault("too_many_choices", str(MAX_CHOICES)))
    return tuple(choices)


def _judge_label(row: Row, choice: Choice, before: list[Choice], language: str, report: Report) -> None:
    """Two buttons that read alike cannot be told apart, nor can typed answers."""
    label = fold(choice.label.get(language, ""))
    if label and any(fold(other.label.get(language, "")) == label for other in before):
        report(row[f"label::{language}"].fault("duplicate_label", choice.label[language]))


def _score(row: Row, report: Report) -> int | None:
    cell = row["score"]
    if cell.text in {"1", "2", "3", "4", "5"} and row["name"].text != DONT_KNOW:
        return int(cell.text)
    if cell.text:
        report(cell.fault("bad_score", cell.text))
    return None
