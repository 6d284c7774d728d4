"""What figures by procedure need of the storage: see handlers/procedure_release.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from scoring.by_procedure import Part, ProcedureCell

State = Literal["told", "begun"]
"""Of a quarter: released, once; or its blocks began to leave before parts of them were kept, so it never is."""


class Procedures(Protocol):
    def keep(self, part: Part, period: str, survey_id: str) -> None:
        """What a block holds of one procedure, until its quarter is released; added to what is there of it."""
        ...

    def parts(self, period: str) -> Sequence[tuple[str, Part]]:
        """(questionnaire, part) of a quarter's blocks."""
        ...

    def due(self, before: str) -> Sequence[str]:
        """Quarters before this one whose parts are still kept."""
        ...

    def state(self, period: str) -> State | None: ...
    def settle(self, period: str, cells: Sequence[ProcedureCell], at: int) -> None:
        """The quarter's cells, for good; its parts are deleted. A quarter that was settled stays as it was."""
        ...

    def cells(self, unit_id: str, period: str, survey_id: str) -> Sequence[ProcedureCell]: ...
    def has_cells(self, unit_id: str, period: str, survey_id: str, least: int) -> bool:
        """Whether there are such cells of so many people, without reading them: every /score asks."""
        ...

    def of_other_methods(self, method: str, limit: int) -> Sequence[ProcedureCell]: ...
    def rescore(self, cell: ProcedureCell) -> None:
        """Give a stored cell the method of this one; its counts are the same."""
        ...
