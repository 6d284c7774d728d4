"""The small CSV files of config/: every row in its place, or the first fault with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.errors import Unusable


def rows(path: Path, columns: Sequence[str]) -> list[tuple[str, Mapping[str, str]]]:
    """(where it stands, the row) for each; `columns` must be there and filled, the first of them once each.

    Raises Unusable with the first fault and its line: nothing of the file is passed over in silence.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, csv.reader(file), columns))
    except OSError as error:
        raise Unusable(str(path), f"cannot be read ({error.strerror})", "restore it from the release") from error
    except UnicodeDecodeError as error:
        raise Unusable(str(path), f"is not UTF-8 ({error})", "save it as CSV UTF-8") from error


def _rows(path: Path, reader: Iterator[list[str]], columns: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    line, seen, head = 0, set[str](), None
    try:
        for cells in reader:
            line = getattr(reader, "line_num", line + 1)
            if head is None:
                head = _head(path, cells, columns)
            elif cells:
                row = dict(zip(head, cells, strict=False))
                if len(cells) != len(head) or not all(row[name].strip() for name in columns):
                    raise Unusable(f"{path}:{line}", f"needs {', '.join(head)}, and nothing else", "mend that line")
                key = row[columns[0]]
                if key in seen:
                    raise Unusable(f"{path}:{line}", f"{key!r} stands twice", f"give it another {columns[0]}")
                seen.add(key)
                yield f"{path}:{line}", row
    except csv.Error as error:
        raise Unusable(f"{path}:{line + 1}", f"cannot be read ({error})", "mend that line") from error


def _head(path: Path, cells: list[str], columns: Sequence[str]) -> list[str]:
    if not set(columns) <= set(cells) or len(set(cells)) < len(cells):
        raise Unusable(f"{path}:1", f"needs the columns {', '.join(columns)}", "restore it from the release")
    return cells
