"""Rows of a table that an operator brings: in parts of one transaction each, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import typer

from bot.settings import load_settings
from bot.table_file import Table
from bot.texts import load_catalogues
from handlers.context import Texts
from scoring.titled_rows import Fault

ROWS_AT_ONCE = 200
"""Rows of one transaction: citizens' taps go between two of them."""
MOST_LISTED = 50
MOST_LINES = 10
FAULT_FOUND = 1

Word = Callable[[Fault], str]
"""What a fault of such a table is called."""


def columns_or_exit(file: Path, word: Word, found: Mapping[int, str] | list[Fault]) -> Mapping[int, str]:
    """Which of our columns stands where; else every fault of the titles is said, and nothing is taken."""
    if not isinstance(found, list):
        return found
    for fault in found:
        typer.echo(f"{file}: {sentence(word, fault)}")
    raise typer.Exit(FAULT_FOUND)


def parts_of(
    table: Table, columns: Mapping[int, str], faults: list[Fault], most_read: int
) -> Iterator[list[tuple[int, dict[str, str]]]]:
    """(line, cells by our names) in parts; a row with more cells than titles becomes a fault instead."""
    part: list[tuple[int, dict[str, str]]] = []
    for line, cells in table.rows:
        if any(cell.strip() for cell in cells[len(table.header) :]):
            faults.append(Fault(line, "", "too_many_cells", cells[len(table.header)][:60]))
            continue
        part.append((line, {name: cells[place][:most_read] for place, name in columns.items() if place < len(cells)}))
        if len(part) == ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def sentence(word: Word, fault: Fault, titles: Mapping[str, str] | None = None) -> str:
    """What is wrong where, for an operator. `titles`: the file's own, by our names."""
    column = (titles or {}).get(fault.column, fault.column)
    where = f"line {fault.line}, column {column}" if column else f"line {fault.line}"
    return f"{where}: {word(fault)}"


def english() -> Texts:
    return load_catalogues(load_settings().config_dir / "locales", "ông/bà")["en"]


def tell(file: Path, word: Word, faults: Sequence[Fault], titles: Mapping[str, str], *, new: int, known: int) -> None:
    """The faults by their lines, not all of very many, and how many rows went in."""
    for fault in sorted(faults, key=lambda one: one.line)[:MOST_LISTED]:
        typer.echo(f"{file}: {sentence(word, fault, titles)}")
    if len(faults) > MOST_LISTED:
        typer.echo(f"{file}: and {len(faults) - MOST_LISTED} more.")
    bad = len({fault.line for fault in faults})
    typer.echo(f"{new} new, {known} known already, {bad} with faults (not taken).")


def tell_differing(lines: Sequence[int]) -> None:
    if lines:
        some = ", ".join(str(line) for line in lines[:MOST_LINES])
        typer.echo(f"{len(lines)} known ones are told differently now and stay as they were: lines {some}")
