"""The `survey` sheet: rows become questions, groups hand their condition down, calculations are written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from survey.cells import Cell, Row, Sheet
from survey.conditions import ConditionReader
from survey.faults import Fault
from survey.labels import LabelReader
from survey.model import Choice, Kind, Question

COLUMNS = frozenset(
    {"type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation",
     "appearance", "factor", "criterion", "confidential", "rotated",
     "short"}
)  # fmt: skip
KINDS: Mapping[str, Kind] = {
    "select_one": "select_one",
    "select_multiple": "select_multiple",
    "text": "text",
    "integer": "integer",
    "note": "note",
}
WITHOUT_SCREEN = frozenset({"start", "end"})
"""Kobo and ODK fill these by themselves; here the times are kept with the response."""

MAX_QUESTIONS = 200
MAX_SHORT = 40
QUESTION_NAME = re.compile(r"[a-z][a-z0-9_]{0,15}")
CRITERION = re.compile(r"[A-Z][A-Z0-9_]{0,15}")
OVERALL = "overall"

_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"", "no", "false", "false()", "0"})


@dataclass
class QuestionReader:
    """Reads row by row; `read` returns the questions, and every fault goes to `report`."""

    lists: Mapping[str, tuple[Choice, ...]]
    factors: frozenset[str]
    labels: LabelReader
    conditions: ConditionReader
    report: Callable[[Fault], None]
    groups: list[tuple[Cell, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def read(self, sheet: Sheet) -> tuple[Question, ...]:
        for row in sheet.rows:
            self._row(row)
        for cell, _ in self.groups:
            self.report(cell.fault("group_not_closed", cell.text))
        if len(self.questions) > MAX_QUESTIONS:
            self.report(Fault(sheet.name, 1, "A", "too_big", str(MAX_QUESTIONS)))
        return tuple(self.questions)

    def _row(self, row: Row) -> None:
        words = row["type"].text.split()
        match words:
            case ["begin_group"] | ["begin", "group"]:
                self.groups.append((row["type"], self.conditions.read(row["relevant"])))
            case ["end_group"] | ["end", "group"]:
                if not self.groups:
                    self.report(row["type"].fault("group_not_open"))
                self.groups = self.groups[:-1]
            case ["calculate"]:
                self._calculate(row)
            case [word] if word in WITHOUT_SCREEN:
                return
            case [("select_one" | "select_multiple") as word, name]:
                self._question(row, KINDS[word], self._choices(row["type"], name))
            case [("text" | "integer" | "note") as word]:
                self._question(row, KINDS[word], ())
            case _:
                self.report(row["type"].fault("unknown_type", row["type"].text))

    def _choices(self, cell: Cell, name: str) -> tuple[Choice, ...]:
        if name not in self.lists:
            self.report(cell.fault("unknown_list", name))
        return self.lists.get(name, ())

    def _calculate(self, row: Row) -> None:
        name = self._name(row)
        if not row["calculation"].text:
            self.report(row["calculation"].fault("missing_calculation", name))
        else:
            self.conditions.calculate(name, row["calculation"])

    def _question(self, row: Row, kind: Kind, choices: tuple[Choice, ...]) -> None:
        name = self._name(row)
        factor = self._factor(row, kind, choices)
        relevant = [text for _, text in self.groups if text]
        if own := self.conditions.read(row["relevant"]):
            relevant.append(own)
        question = Question(
            name=name,
            kind=kind,
            label=self.labels.read(row, "label"),
            hint=self.labels.read(row, "hint", optional=True),
            short=self.labels.read(row, "short", MAX_SHORT, optional=True),
            choices=choices,
            required=self._yes(row["required"]),
            relevant=relevant[0] if len(relevant) == 1 else " and ".join(f"({text})" for text in relevant),
            constraint=self.conditions.read(row["constraint"], dot=True),
            constraint_message=self.labels.read(row, "constraint_message", optional=True),
            factor=factor,
            criterion=self._criterion(row, name),
            appearance=row["appearance"].text,
            confidential=self._yes(row["confidential"]),
            rotated=self._rotated(row, factor),
        )
        if row["constraint"].text and self.labels.default not in question.constraint_message:
            self.report(row["constraint"].fault("constraint_without_message", name))
        self.questions.append(question)
        if kind != "note":
            self.conditions.before.add(name)
            self.conditions.choices[name] = choices

    def _name(self, row: Row) -> str:
        cell = row["name"]
        if not QUESTION_NAME.fullmatch(cell.text):
            self.report(cell.fault("bad_name" if cell.text else "missing_name", cell.text))
        elif cell.text in self.taken:
            self.report(cell.fault("duplicate_name", cell.text))
        self.taken.add(cell.text)
        return cell.text

    def _factor(self, row: Row, kind: Kind, choices: tuple[Choice, ...]) -> str | None:
        cell = row["factor"]
        if not cell.text:
            return None
        if cell.text != OVERALL and cell.text not in self.factors:
            self.report(cell.fault("unknown_factor", cell.text))
        elif kind != "select_one" or (choices and not any(choice.score for choice in choices)):
            self.report(cell.fault("factor_without_scores", cell.text))
        elif cell.text == OVERALL and any(question.factor == OVERALL for question in self.questions):
            self.report(cell.fault("many_overall", row["name"].text))
        return cell.text

    def _criterion(self, row: Row, name: str) -> str:
        cell = row["criterion"]
        code = cell.text or name.upper()
        if cell.text and not CRITERION.fullmatch(code):
            self.report(cell.fault("bad_criterion", code))
        elif any(question.criterion == code and question.name != name for question in self.questions):
            self.report((cell if cell.text else row["name"]).fault("duplicate_criterion", code))
        return code

    def _rotated(self, row: Row, factor: str | None) -> bool:
        cell = row["rotated"]
        rotated = self._yes(cell)
        if rotated and (factor in {None, OVERALL} or self._yes(row["required"])):
            self.report(cell.fault("rotated_wrongly", row["name"].text))
        return rotated

    def _yes(self, cell: Cell) -> bool:
        if cell.text.lower() not in _YES | _NO:
            self.report(cell.fault("bad_yes_no", cell.text))
        return cell.text.lower() in _YES


def answerable(sheet: Sheet) -> frozenset[str]:
    """Every name in the sheet that a condition may mean, wherever it stands."""
    skipped = {"note", "begin_group", "end_group", "begin", "end", "start"}
    rows = (row for row in sheet.rows if (row["type"].text.split() or [""])[0] not in skipped)
    return frozenset(row["name"].text for row in rows)
