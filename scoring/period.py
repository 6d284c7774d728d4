"""Periods: what they are (`span`) and how people name them (`period_words`), under one name for callers."""

from __future__ import annotations

from scoring.period_words import parse, rolling, split
from scoring.span import KINDS, Kind, Period, by_id, closed, containing, following, of_kind, previous, span

__all__ = [
    "KINDS", "Kind", "Period", "by_id", "closed", "containing", "following", "of_kind", "parse", "previous",
    "rolling", "span", "split",
]  # fmt: skip
