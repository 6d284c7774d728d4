"""config/procedures.csv: the groups of procedures that a person can pick."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from bot.errors import Unusable
from handlers.context import Procedure

COLUMNS = ("code", "vi", "en")


def load_procedures(path: Path) -> tuple[Procedure, ...]:
    """Raises Unusable with the first fault and its line: nothing of the file is passed over in silence."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(_rows(path, csv.reader(file)))
    except OSError as error:
        raise Unusable(str(path), f"cannot be read ({error.strerror})", "restore it from the release") from error
    except UnicodeDecodeError as error:
        raise Unusable(str(path), f"is not UTF-8 ({error})", "save it as CSV UTF-8") from error


def _rows(path: Path, reader: Iterator[list[str]]) -> Iterator[Procedure]:
    line, codes, head = 0, set[str](), None
    try:
        for cells in reader:
            line = getattr(reader, "line_num", line + 1)
            if head is None:
                head = _head(path, cells)
            elif cells:
                row = dict(zip(head, cells, strict=False))
                if len(cells) != len(head) or not all(row[name].strip() for name in COLUMNS):
                    raise Unusable(f"{path}:{line}", f"needs {', '.join(head)}, and nothing else", "mend that line")
                if row["code"] in codes:
                    raise Unusable(f"{path}:{line}", f"{row['code']!r} stands twice", "give it another code")
                codes.add(row["code"])
                yield Procedure(row["code"], {"vi": row["vi"], "en": row["en"]})
    except csv.Error as error:
        raise Unusable(f"{path}:{line + 1}", f"cannot be read ({error})", "mend that line") from error
    if not codes:
        raise Unusable(str(path), "names no procedure", "restore it from the release")


def _head(path: Path, cells: list[str]) -> list[str]:
    if not set(COLUMNS) <= set(cells) or len(set(cells)) < len(cells):
        raise Unusable(f"{path}:1", f"needs the columns {', '.join(COLUMNS)}", "restore it from the release")
    return cells
