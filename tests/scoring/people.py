"""Made-up responses in bulk."""

from __future__ import annotations

from scoring.counts import Item, Tally, of_response, total

FACTORS = {"overall": ("Q0",), "A": ("A1",), "B": ("B1",), "C": ("C1",)}


def answered(n: int, *, a: int, b: int, c: int, late: int | None = None, provenance: str = "verified") -> Tally:
    """n people; the first a, b, c of them are satisfied with A1, B1, C1, the first `late` were told late."""
    return total(
        of_response(
            [
                Item("Q0", "overall", "4"),
                Item("A1", "A", "4" if i < a else "2"),
                Item("B1", "B", "5" if i < b else "3"),
                Item("C1", "C", "4" if i < c else "1"),
                *([] if late is None else [Item("ONTIME", None, "late" if i < late else "on_time")]),
            ],
            provenance,
        )
        for i in range(n)
    )
