"""config/procedures.csv: the groups of procedures that a person can pick."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.errors import Unusable
from bot.rows import rows
from handlers.context import Procedure

COLUMNS = frozenset({"code", "vi", "en", "names"})


def load_procedures(path: Path) -> tuple[Procedure, ...]:
    """Raises Unusable with the first fault and its line."""
    found = rows(path, ("code", "vi", "en"))
    if not found:
        raise Unusable(str(path), "names no procedure", "restore it from the release")
    if unknown := sorted(set(found[0][1]) - COLUMNS):
        raise Unusable(f"{path}:1", f"{unknown[0]!r} is no column", f"one of: {', '.join(sorted(COLUMNS))}")
    return tuple(Procedure(row["code"], {"vi": row["vi"], "en": row["en"]}, _names(row)) for _, row in found)


def _names(row: Mapping[str, str]) -> tuple[str, ...]:
    """The optional column `names`: words between |."""
    return tuple(name.strip() for name in row.get("names", "").split("|") if name.strip())
