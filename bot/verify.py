"""`sipas verify`: recount from the answers, check the cells. Shares nothing with the counting but the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from bot.storage.cells import cell_of
from bot.storage.procedures import procedure_cell_of
from bot.storage.queries import SQL
from scoring.by_procedure import digest as procedure_digest
from scoring.release import digest


def differences(connection: sqlite3.Connection, province_id: str) -> Iterator[str]:
    """One line for every count, moment, cell or consent that is off; none when all agree."""
    for row in SQL.counts_that_differ(connection, province_id=province_id):
        yield f"{province_id} counts, {row[0]}: " + " ".join(str(value) for value in row[1:])
    for row in SQL.moments_that_differ(connection, province_id=province_id):
        yield f"{province_id} moments, {row[0]}: " + " ".join(str(value) for value in row[1:])
    for row in SQL.visits_that_differ(connection, province_id=province_id):
        yield f"{province_id} visits told of: unit {row[0]} {row[1]} counted {row[2]}, found {row[3]}"
    for row in SQL.all_cells(connection, province_id=province_id):
        try:
            cell = cell_of(row)
        except ValueError:
            yield f"{province_id} cell {row[0]} {row[1]} {row[3]} cannot be read"
            continue
        if digest(cell) != row[10] or cell.tally.n != row[9]:
            yield f"{province_id} cell {cell.unit} {cell.scope} {cell.period} was altered after its release"
    yield from _altered_by_procedure(connection, province_id)
    for (response_id,) in SQL.answers_without_consent(connection, province_id=province_id):
        yield f"{province_id} response {response_id} has answers without a consent"


def _altered_by_procedure(connection: sqlite3.Connection, province_id: str) -> Iterator[str]:
    for row in SQL.all_procedure_cells(connection, province_id=province_id):
        try:
            cell = procedure_cell_of(row)
        except ValueError:
            yield f"{province_id} cell by procedure {row[0]} {row[1]} {row[3]} cannot be read"
            continue
        if procedure_digest(cell) != row[8] or cell.tally.n != row[7]:
            yield f"{province_id} cell by procedure {cell.unit} {cell.period} {row[3]} was altered after its release"


def damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with the file, ten lines of each kind at most; empty when it holds together."""
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
    return found + [
        f"a row of {row[0]} points to no row of {row[2]}"
        for row in connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    ]


def provinces(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT id FROM province ORDER BY id")]
