"""What a served province is made of."""

from __future__ import annotations

import pytest

from bot.core import province_of
from bot.errors import Unusable
from bot.settings import ProvinceFile, Settings

REAL = ProvinceFile(id="hung-yen", name="Tỉnh Hưng Yên", agency="Sở Nội vụ")


def asking(respondents: int) -> Settings:
    return Settings(_env_file=None, min_respondents=respondents)


def test_fewer_than_ten_respondents_are_refused_outside_the_sample() -> None:
    with pytest.raises(Unusable, match="SIPAS_MIN_RESPONDENTS: 9 would show single people; 10 is the lowest"):
        province_of(REAL, asking(9), "hung-yen")
    assert province_of(REAL, asking(3), "sample").minimum == 3


def test_more_may_be_asked_for_and_then_cells_are_released_in_blocks_as_large() -> None:
    real = province_of(REAL, asking(25), "hung-yen")
    assert (real.minimum, real.step) == (25, 25)
