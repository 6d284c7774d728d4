"""What typed text becomes before it is compared, kept or shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.text import MASK, clean, fold, mask


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Hài Lòng", "hai long"),
        ("  hài\t lòng\n", "hai long"),
        (unicodedata.normalize("NFD", "Rất không hài lòng"), "rat khong hai long"),
        ("Đông Hưng", "dong hung"),
        ("Thái Thuỵ", "thai thuy"),
        ("４", "4"),
        ("4️⃣", "4"),
        ("④", "4"),
        ("\u202eabc\u200b\u2066d\u00ad", "abcd"),
        ("a\x00b", "ab"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text(alphabet=st.characters(max_codepoint=0x1EFF), max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Cán bộ nhiệt tình", "Cán bộ nhiệt tình"),
        (unicodedata.normalize("NFD", "Cán bộ"), "Cán bộ"),
        ("hai\r\ndòng", "hai dòng"),
        ("\u202etrái\u202c \u200bphải\ufeff", "trái phải"),
        ("\ue000x\ud800\ufffe\x07", "x"),
        ("tốt 👍", "tốt 👍"),
        ("  ", ""),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text(max_size=60))
def test_what_is_kept_can_be_written_anywhere(text: str) -> None:
    kept = clean(text)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert not {unicodedata.category(c) for c in kept} & {"Cc", "Cf", "Co", "Cs"}
    assert clean(kept) == kept


@pytest.mark.parametrize(
    "private",
    [
        "0912345678",
        "0912.345.678",
        "091 234 5678",
        "0 9 1 2 3 4 5 6 7 8",
        "+84 912 345 678",
        "+84(0)912345678",
        "0084912345678",
        "84912345678",
        "84 912 345 678",
        "01234567890",
        "0227 3831 234",
        "034085001234",
        "034 085 001 234",
        "151234567",
        "151 234 567",
        "9704 1234 5678 9012",
        "9704-1234-5678",
        "nguyen.a+b@gmail.com.vn",
        "０９１２３４５６７８",
        "12345678901234567890",
    ],
)
def test_private_numbers_are_masked(private: str) -> None:
    assert mask(f"gọi {private} nhé") == f"gọi {MASK} nhé"


@pytest.mark.parametrize(
    "harmless",
    [
        "ngày 20/11/2026",
        "từ 08-11-2026 đến 09-12-2026",
        "03-01-2020 15h30",
        "02-01-2020 15h30 30",
        "05.06.2026 10.30",
        "150.000.000 đồng",
        "84.000.000.000 đồng",
        "2.500.000 3.500.000",
        "phòng 12, tầng 3, chờ 45 phút, 3 lần",
        "quyết định 2640/QĐ-BNV năm 2017",
        "từ 08.30 đến 11.30",
        "hồ sơ 000.00.16.H21-240101-0001",
        "tôi @ một cửa",
    ],
)
def test_amounts_dates_and_dossiers_survive(harmless: str) -> None:
    assert mask(harmless) == harmless


@given(st.text(max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.integers(min_value=10**8, max_value=10**16 - 1), st.sampled_from(["", " ", ": ", "số"]))
def test_no_long_run_of_digits_survives(number: int, before: str) -> None:
    assert str(number) not in mask(f"{before}{number}")
