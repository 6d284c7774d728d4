"""What officials type, line by line: tests/phrasings.txt says what each must be understood as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.texts import load_catalogues
from tests.world import World, world

HERE = Path(__file__).parent
TEXTS = load_catalogues(HERE.parent / "config" / "locales", "ông/bà")["vi"]
FILE = HERE / "phrasings.txt"
LINES = [
    tuple(part.strip() for part in line.split("=>"))
    for line in FILE.read_text(encoding="utf-8").splitlines()
    if "=>" in line and not line.startswith("#")
]
QUESTIONS = {
    "which": re.escape(TEXTS("score.which")),
    "none": r"Không có đơn vị nào tên “.+”\.",
    "period": re.escape(TEXTS("score.bad_period")),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("phrasings")) as made:
        made.official("boss", "Tỉnh Thái Bình", "admin")
        yield made


def test_there_are_at_least_two_hundred_and_none_twice() -> None:
    assert len(LINES) == len({typed for typed, _ in LINES}) >= 200


@pytest.mark.parametrize(("typed", "meant"), LINES, ids=[typed for typed, _ in LINES])
def test_it_is_understood(office: World, typed: str, meant: str) -> None:
    said = office.says("boss", typed).removeprefix("< [DỮ LIỆU MẪU]\n").splitlines()
    heads = [line.removeprefix("< ") for line in said]
    if meant in QUESTIONS:
        assert re.match(QUESTIONS[meant], heads[0]), heads[0]
    else:
        assert any(re.fullmatch(rf"{re.escape(meant)}(?: \(.*\))?", line) for line in heads[:2]), heads[:2]
