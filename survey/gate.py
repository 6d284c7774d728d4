"""The last gate: what the tools of Kobo and ODK refuse is refused here too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from survey.cells import Cells, letter, tidy
from survey.faults import Fault

_SHEETS = ("survey", "choices", "settings")
"""pyxform reads these; `factors` is ours."""


def pyxform_faults(sheets: Cells) -> list[Fault]:
    """pyxform's own refusal of the form as a fault (it stops at its first), or nothing."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    form = {name: _records(sheets[name]) for name in _SHEETS if name in sheets}
    try:
        convert(xlsform=form, validate=False)
    except PyXFormError as error:
        return [_fault(str(error))]
    return []


def _records(grid: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    headers = [tidy(header) for header in grid[0]] if grid else []
    return [
        {key: tidy(text) for key, text in zip(headers, row, strict=False) if key and tidy(text)} for row in grid[1:]
    ]


def _fault(message: str) -> Fault:
    row = re.search(r"\[row : (\d+)\]", message)
    sheet = re.search(r"On the '(\w+)' sheet", message)
    return Fault(sheet[1] if sheet else "survey", int(row[1]) if row else 1, letter(0), "pyxform", message[:300])
