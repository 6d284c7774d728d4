"""The shipped trees, read once."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from scoring.unit import Unit
from scoring.unit_sheet import read_units
from scoring.units import Tree

UNITS = Path(__file__).parents[2] / "config" / "units"
TODAY = date(2026, 11, 22)


def load(name: str) -> Tree:
    with (UNITS / name).open(encoding="utf-8", newline="") as file:
        units = read_units(list(csv.DictReader(file)))
    return Tree([unit for unit in units if isinstance(unit, Unit)])


@pytest.fixture(scope="session")
def thai_binh() -> Tree:
    return load("thai_binh_2017.csv")


@pytest.fixture(scope="session")
def hung_yen() -> Tree:
    return load("hung_yen_2025.csv")


@pytest.fixture
def today() -> date:
    return TODAY
