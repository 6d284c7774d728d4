"""How long the fault tests run, and what they found: figures go from the run into docs/trust.md, never by hand.

`make faults` sets SIPAS_FAULTS=long and SIPAS_FAULTS_FIGURES to a file that every harness adds a line to; then
`python -m tests.faults.figures FIGURES docs/trust.md` writes the section between the markers.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import look
from benchmarks.tables import replace_section, table

LONG = os.environ.get("SIPAS_FAULTS") == "long"


def size(short: int, long: int) -> int:
    """How much of something this run does: `short` in `make test`, `long` in `make faults`."""
    return long if LONG else short


@dataclass(frozen=True)
class Figure:
    """What one harness did: `wrong` of `trials` went wrong. `mutant` says what a build with the rule broken showed."""

    harness: str
    trials: int
    wrong: int
    detail: str = ""
    mutant: str = ""

    @property
    def bound(self) -> str:
        """The rate that can be excluded at 95%: 3/N where nothing went wrong (the rule of three)."""
        return f"< {3 / self.trials:.1e}" if self.trials and not self.wrong else "–"


def record(figure: Figure) -> None:
    """Add a line to the figures of this run, when it keeps any. Several processes may do so at once."""
    path = os.environ.get("SIPAS_FAULTS_FIGURES")
    if not path:
        return
    line = (json.dumps(figure.__dict__, ensure_ascii=False) + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def section(figures: Iterable[Figure]) -> str:
    """The figures as a markdown table, by name."""
    head = ("harness", "trials", "wrong", "rate at 95%", "seen", "the build with the rule broken")
    rows = [
        (one.harness, f"{one.trials:,}", f"{one.wrong:,}", one.bound, one.detail, one.mutant)
        for one in sorted(figures, key=lambda one: one.harness)
    ]
    return table(head, rows)


def main(found: Path, document: Path, code: str = "0") -> None:
    """Put the table of `found` between the markers of `document`; `code` is how the run ended."""
    figures = [Figure(**json.loads(line)) for line in found.read_text(encoding="utf-8").splitlines()]
    day = datetime.now(UTC).date().isoformat()
    ended = "Every test passed." if code == "0" else "**Some tests failed**, so that a row may be missing."
    text = f"{section(figures)}\n\nRun on {day}. {ended} Machine: {look(found.parent).line()}."
    replace_section(document, text, "faults")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
