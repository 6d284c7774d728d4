"""Markdown tables, and the section of a document that they replace."""

from collections.abc import Sequence
from pathlib import Path

HEADING = "# Performance\n\nPrinted by `make bench`; figures belong to the machine named below them.\n\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table, first column left, the others right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def share(ordered: Sequence[float], part: float) -> float:
    """The value that `part` (0 to 1) of the sorted values stay below; 1 is the largest."""
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def replace_section(path: Path, section: str, name: str = "benchmarks") -> None:
    """Put the section between the two markers of a file; the file, or the markers at its end, are made when missing."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    text = path.read_text(encoding="utf-8") if path.exists() else HEADING
    if begin not in text or end not in text:
        text = f"{text.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{begin}\n{section.strip()}\n{end}{after}", encoding="utf-8")
