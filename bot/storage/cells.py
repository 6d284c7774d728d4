"""The store of released cells."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.storage.queries import SQL
from scoring.counts import from_json as tally_from_json
from scoring.counts import to_json as tally_to_json
from scoring.release import Cell, digest

Row = Sequence[Any]


@dataclass(slots=True)
class CellStore:
    connection: sqlite3.Connection
    province_id: str

    def get(self, unit_id: str, scope: str, survey_id: str, period: str, provenance: str = "") -> Cell | None:
        row = SQL.get_cell(
            self.connection,
            province_id=self.province_id,
            unit_id=unit_id,
            scope=scope,
            survey_id=survey_id,
            provenance=provenance,
            period=period,
        )
        return cell_of(row) if row else None

    def open_before(self, pattern: str, before: str) -> Sequence[Cell]:
        rows = SQL.open_cells(self.connection, province_id=self.province_id, pattern=pattern, before=before)
        return [cell_of(row) for row in rows]

    def put(self, cell: Cell, at: int) -> None:
        SQL.put_cell(
            self.connection,
            province_id=self.province_id,
            unit_id=cell.unit,
            scope=cell.scope,
            survey_id=cell.survey,
            provenance=cell.provenance,
            period=cell.period,
            step=cell.step_no,
            method=cell.method,
            n=cell.tally.n,
            tally=tally_to_json(cell.tally),
            closed=int(cell.closed),
            at=at,
            digest=digest(cell),
        )

    def of_other_methods(self, method: str, limit: int) -> Sequence[Cell]:
        rows = SQL.cells_of_other_methods(self.connection, province_id=self.province_id, method=method, limit=limit)
        return [cell_of(row) for row in rows]

    def rescore(self, cell: Cell) -> None:
        SQL.set_cell_method(
            self.connection,
            province_id=self.province_id,
            unit_id=cell.unit,
            scope=cell.scope,
            survey_id=cell.survey,
            provenance=cell.provenance,
            period=cell.period,
            method=cell.method,
            digest=digest(cell),
        )


def cell_of(row: Row) -> Cell:
    return Cell(
        unit=row[0],
        scope=row[1],
        survey=row[2],
        period=row[3],
        step_no=row[4],
        method=row[5],
        tally=tally_from_json(row[6]),
        closed=bool(row[7]),
        provenance=row[8],
    )
