"""config/province.toml: a fault is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Unusable
from bot.settings import load_province

GOOD = """# the province
id = "hung-yen"
name = "Tỉnh Hưng Yên"
agency = "Sở Nội vụ"
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"hung-yen"', '"Hưng Yên"', "province.toml:2: id "),
        ('"hung-yen"', '"sample"', "province.toml:2: id 'sample' is kept"),
        ('"Tỉnh Hưng Yên"', "34", "province.toml:3: name "),
        ("agency", "agenzy", "province.toml: agency "),
        ('name = "Tỉnh Hưng Yên"\n', "[extra]\nname = 1\n", "province.toml: name Field required"),
        ('"Sở Nội vụ"', '"Sở Nội vụ"\r\npublishes_scores = "yes"', "province.toml:5: publishes_scores "),
        ('"Sở Nội vụ"', '"Sở Nội vụ"\nother = 1', "province.toml:5: other "),
        ('"Sở Nội vụ"', '"Sở Nội vụ', "is not valid TOML"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    (tmp_path / "province.toml").write_text(GOOD.replace(old, new), encoding="utf-8", newline="")
    with pytest.raises(Unusable) as fault:
        load_province(tmp_path)
    assert says in str(fault.value)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "province.toml").write_text(GOOD, encoding="utf-8")
    assert load_province(tmp_path).name == "Tỉnh Hưng Yên"
