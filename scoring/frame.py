"""Tables of released figures. SQL has summed; pandas only reshapes and orders, and is imported where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scoring.compare import Change
from scoring.index import Figure, figures
from scoring.period import Period
from scoring.release import Cell
from scoring.unit import Unit

if TYPE_CHECKING:
    import pandas as pd

CHILDREN_COLUMNS = ("id", "code", "name", "n", "score", "low", "high", "points", "clear")
SCORE_COLUMNS = (
    "unit_code", "unit", "level", "scope", "period", "from", "to", "closed", "survey", "step", "method",
    "kind", "code", "n", "answers", "score", "low", "high", "reason", "bound",
)  # fmt: skip


def children_table(rows: Sequence[tuple[Unit, Figure, Change | None]]) -> pd.DataFrame:
    """One row a unit, lowest score first and withheld ones last; percentages unrounded, NaN where withheld."""
    import pandas as pd

    table = pd.DataFrame(
        [
            (
                unit.id, unit.code, unit.name, figure.n, figure.score, figure.low, figure.high,
                change.points if change else None, bool(change and change.clear),
            )
            for unit, figure, change in rows
        ],
        columns=list(CHILDREN_COLUMNS),
    )  # fmt: skip
    numbers = ["score", "low", "high", "points"]
    table[numbers] = table[numbers].astype("float64")
    return table.sort_values(["score", "name"], na_position="last", kind="stable", ignore_index=True)


def score_rows(
    cells: Iterable[tuple[Unit, Period, Cell]], factors: Mapping[str, Sequence[str]], minimum: int
) -> pd.DataFrame:
    """The export: a row for every figure of every released cell, two decimals, empty with a reason where withheld."""
    import pandas as pd

    rows = []
    for unit, period, cell in cells:
        found = figures(cell.tally, factors, minimum, cell.method)
        named = [("index", "*", found.overall)]
        named += [("factor", code, figure) for code, figure in found.factors.items()]
        named += [("criterion", code, figure) for code, figure in found.criteria.items()]
        head = (unit.code, unit.name, unit.level, cell.scope, period.id, period.first, period.last, cell.closed)
        rows += [
            (
                *head, cell.survey, cell.step_no, cell.method, kind, code, figure.n, figure.base,
                _rounded(figure.score), _rounded(figure.low), _rounded(figure.high), figure.reason or "", figure.bound,
            )
            for kind, code, figure in named
        ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(SCORE_COLUMNS))
    table[["score", "low", "high"]] = table[["score", "low", "high"]].astype("float64")
    return table


def _rounded(percent: float | None) -> float | None:
    return None if percent is None else round(percent, 2)
