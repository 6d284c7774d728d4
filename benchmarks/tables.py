"""Markdown tables, and the section of a document that they replace."""

from collections.abc import Sequence
from pathlib import Path

BEGIN = "<!-- benchmarks:begin -->"
END = "<!-- benchmarks:end -->"
HEADING = "# Performance\n\nPrinted by `make bench`; figures belong to the machine named below them.\n\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table, first column left, the others right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def share(ordered: Sequence[float], part: float) -> float:
    """The value that `part` (0 to 1) of the sorted values stay below; 1 is the largest."""
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def replace_section(path: Path, section: str) -> None:
    """Put the section between the two markers of a file; the file, or the markers at its end, are made when missing."""
    text = path.read_text(encoding="utf-8") if path.exists() else HEADING
    if BEGIN not in text or END not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{BEGIN}\n{section.strip()}\n{END}{after}", encoding="utf-8")
