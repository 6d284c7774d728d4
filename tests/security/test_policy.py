"""SECURITY.md says nothing that no test holds: the files it names exist and speak of the row they are named for."""

from __future__ import annotations

import re

import pytest

from tests.faults.program import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"(?m)^\| (B\d+) \| (.*) \|$", TEXT))
FILES = re.compile(r"tests/[\w/]+\.py")


def test_every_row_is_there() -> None:
    assert list(ROWS) == [f"B{number}" for number in range(1, 26)]


@pytest.mark.parametrize("row", [row for row in ROWS if row != "B2"])
def test_a_row_is_held_by_tests_that_name_it(row: str) -> None:
    files = FILES.findall(ROWS[row])
    assert files
    for file in files:
        assert re.search(rf"\b{row}\b", (ROOT / file).read_text(encoding="utf-8")), file


def test_every_file_that_is_named_exists() -> None:
    assert [file for file in FILES.findall(TEXT) if not (ROOT / file).exists()] == []


def test_every_secret_setting_has_a_way_to_be_changed() -> None:
    for name in ("SIPAS_SECRET_KEY", "SIPAS_TELEGRAM_TOKEN", "SIPAS_TELEGRAM_SECRET", "SIPAS_BACKUP_KEY"):
        assert re.search(rf"(?m)^\| `{name}`.* \|$", TEXT)
    assert "`SIPAS_ZALO_OA_APP_SECRET`" in TEXT
    assert "| Zalo's tokens |" in TEXT
