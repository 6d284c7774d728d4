"""The store of what blocks hold of each procedure, and of the released figures by procedure."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.storage.queries import SQL
from handlers.procedure_store import State
from scoring.by_procedure import Part, ProcedureCell, digest
from scoring.counts import add
from scoring.counts import from_json as tally_from_json
from scoring.counts import to_json as tally_to_json

Row = Sequence[Any]


@dataclass(slots=True)
class ProcedureStore:
    connection: sqlite3.Connection
    province_id: str

    def keep(self, part: Part, period: str, survey_id: str) -> None:
        place = {
            "province_id": self.province_id,
            "period": period,
            "survey_id": survey_id,
            "block": part.block,
            "unit_id": part.unit,
            "procedure_group": part.code,
            "aside": int(part.aside),
        }
        row = SQL.get_part(self.connection, **place)
        tally = add(tally_from_json(row[0]), part.tally) if row else part.tally
        SQL.put_part(self.connection, **place, tally=tally_to_json(tally))

    def parts(self, period: str) -> Sequence[tuple[str, Part]]:
        rows = SQL.parts_of(self.connection, province_id=self.province_id, period=period)
        return [(row[0], Part(row[1], row[2], row[3], bool(row[4]), tally_from_json(row[5]))) for row in rows]

    def due(self, before: str) -> Sequence[str]:
        rows = SQL.quarters_with_parts(self.connection, province_id=self.province_id, period=before)
        return [row[0] for row in rows]

    def state(self, period: str) -> State | None:
        row = SQL.quarter_state(self.connection, province_id=self.province_id, period=period)
        return row[0] if row else None

    def settle(self, period: str, cells: Sequence[ProcedureCell], at: int) -> None:
        for cell in cells:
            SQL.add_procedure_cell(
                self.connection,
                **self._key(cell),
                rest=int(cell.rest),
                method=cell.method,
                n=cell.tally.n,
                tally=tally_to_json(cell.tally),
                at=at,
                digest=digest(cell),
            )
        SQL.settle_quarter(self.connection, province_id=self.province_id, period=period)
        SQL.drop_parts(self.connection, province_id=self.province_id, period=period)

    def cells(self, unit_id: str, period: str, survey_id: str) -> Sequence[ProcedureCell]:
        key = {"province_id": self.province_id, "unit_id": unit_id, "period": period, "survey_id": survey_id}
        return [procedure_cell_of(row) for row in SQL.procedure_cells(self.connection, **key)]

    def has_cells(self, unit_id: str, period: str, survey_id: str, least: int) -> bool:
        key = {"province_id": self.province_id, "unit_id": unit_id, "period": period, "survey_id": survey_id}
        return SQL.has_procedure_cells(self.connection, **key, least=least) is not None

    def of_other_methods(self, method: str, limit: int) -> Sequence[ProcedureCell]:
        rows = SQL.procedure_cells_of_other_methods(
            self.connection, province_id=self.province_id, method=method, limit=limit
        )
        return [procedure_cell_of(row) for row in rows]

    def rescore(self, cell: ProcedureCell) -> None:
        SQL.set_procedure_cell_method(self.connection, **self._key(cell), method=cell.method, digest=digest(cell))

    def _key(self, cell: ProcedureCell) -> dict[str, str]:
        groups = json.dumps(cell.codes, separators=(",", ":"))
        place = {"unit_id": cell.unit, "period": cell.period, "survey_id": cell.survey}
        return {"province_id": self.province_id, **place, "procedure_groups": groups}


def procedure_cell_of(row: Row) -> ProcedureCell:
    return ProcedureCell(
        unit=row[0],
        period=row[1],
        survey=row[2],
        codes=tuple(json.loads(row[3])),
        rest=bool(row[4]),
        method=row[5],
        tally=tally_from_json(row[6]),
    )
