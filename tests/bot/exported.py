"""Stored responses to export, and exported files read back."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from bot.core import Lines
from bot.drawing.tables import Form
from handlers.context import Context, Incoming
from tests.world import World

DAY = date(2026, 11, 16)
FORMS: tuple[Form, ...] = ("csv", "xlsx")


def context_of(made: World) -> Context:
    return made.core.context(made.connection, Incoming("cli", "", "", "text"), now=made.now, audit=Lines())


def respond(
    made: World,
    number: int,
    answers: dict[str, str],
    *,
    unit: str | None = None,
    day: date = DAY,
    disposition: str = "complete",
    survey: str = "sipas-quick",
    words: dict[str, str] | None = None,
) -> None:
    """One stored response, as the turns would leave it."""
    province, run = made.core.province.id, made.connection.execute
    response_id, unit = f"t{number:06d}", unit or unit_id(made)
    finished = 1_800_000_000_000 + number if disposition in {"complete", "partial"} else None
    run("INSERT INTO consent VALUES (?, ?, '1', 'x', 'vi', 'web', 1)", (province, response_id))
    run(
        "INSERT INTO visit (province_id, id, receiving_unit_id, channel, local_day, provenance, created_at) "
        "VALUES (?, ?, ?, 'web', ?, 'walk_in', 1)",
        (province, response_id, unit, day.isoformat()),
    )
    run(
        "INSERT INTO response (province_id, id, consent_id, visit_id, survey_id, survey_version, unit_id, channel, "
        "language, provenance, disposition, counted, receipt, started_at, finished_at, local_day) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'web', 'vi', 'walk_in', ?, ?, ?, 1, ?, ?)",
        (province, response_id, response_id, response_id, survey, "1", unit, disposition,
         int(disposition == "complete"), f"R{number}", finished, day.isoformat()),
    )  # fmt: skip
    for name, value in answers.items():
        run(
            "INSERT INTO answer VALUES (?, ?, ?, ?, NULL, ?, NULL, 0)",
            (province, response_id, name.lower(), name, value),
        )
    for name, text in (words or {}).items():
        run(
            "INSERT INTO answer VALUES (?, ?, ?, ?, NULL, NULL, ?, 0)",
            (province, response_id, name.lower(), name, text),
        )


def unit_id(made: World, at: int = 0) -> str:
    units = [unit for unit in context_of(made).stores.units.tree().units if unit.level == "commune"]
    return units[at].id


def csv_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        lines = [line for line in csv.reader(stream) if not line[0].startswith("#")]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def sheet_rows(file: Path, name: str = "Phiếu", skip: int = 0) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(file, read_only=True)[name]
    lines = list(sheet.iter_rows(values_only=True))[skip:]
    return [dict(zip((str(one) for one in lines[0]), line, strict=True)) for line in lines[1:]]
