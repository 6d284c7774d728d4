"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["✓", "!", "✗"]


@dataclass(frozen=True)
class Finding:
    """✓ fine; ! worth knowing; ✗ wrong now. `mend` is what to do, a command where there is one."""

    mark: Mark
    about: str
    says: str
    mend: str = ""

    @property
    def line(self) -> str:
        """One line; what came from outside cannot break it or move the cursor."""
        text = f"{self.mark} {self.about}: {self.says}" + (f"; {self.mend}" if self.mend else "")
        return "".join(letter if letter.isprintable() else " " for letter in text)


def fine(about: str, says: str) -> Finding:
    return Finding("✓", about, says)


def worth_knowing(about: str, says: str, mend: str = "") -> Finding:
    return Finding("!", about, says, mend)


def wrong(about: str, says: str, mend: str) -> Finding:
    return Finding("✗", about, says, mend)


def span(seconds: float) -> str:
    """A length of time as people say it: "3 min"."""
    for size, name in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


def mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB" if size >= 2**20 else f"{size / 2**10:,.0f} KiB"
