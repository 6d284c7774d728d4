"""A table whose first row names its columns: which of ours stands where, and what is wrong in a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey.text import fold

MOST_SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: the row's line, our name of its column, a reason code, and what stands there.

    A telephone number is masked: faults are printed, and whoever prints them may keep them.
    """

    line: int
    column: str
    reason: str
    value: str = ""


def columns_of(
    header: Sequence[str], ours: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Mapping[int, str] | list[Fault]:
    """Which of our columns stands where; columns that are not ours are left alone. Faults: missing or twice.

    `ours`: our names, and what else (folded) is read as each of them.
    """
    names = {fold(word.replace("_", " ")): name for name, words in ours.items() for word in (name, *words)}
    found: dict[int, str] = {}
    faults: list[Fault] = []
    for place, title in enumerate(header):
        name = names.get(fold(title.replace("_", " ")))
        if name is None:
            continue
        if name in found.values():
            faults.append(Fault(1, name, "column_twice", title[:MOST_SHOWN]))
        found[place] = name
    faults += [Fault(1, name, "missing_column") for name in required if name not in found.values()]
    return faults or found
