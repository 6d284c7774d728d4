"""Rows of the feed: what is read, and that a broken cell, and no other, is named."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.setup import load_units
from scoring.dossier_sheet import COLUMNS, DossierEvent, columns_of, read_event
from scoring.dossier_words import Words
from scoring.titled_rows import Fault
from scoring.units import Tree

UNITS = Path(__file__).parents[2] / "config" / "units" / "thai_binh_2017.csv"
TODAY = date(2026, 11, 20)
PROCEDURES = {"ho tich": "ho-tich", "khai sinh": "ho-tich", "chung thuc": "chung-thuc"}
GOOD = {
    "code": "H53.12-251120-0012",
    "event": "returned",
    "unit": "Huyện Đông Hưng",
    "decided_by": "Tỉnh Thái Bình",
    "procedure": "Đăng ký khai sinh",
    "at": "2026-11-19 14:30",
    "due": "2026-11-18",
    "done": "19/11/2026",
    "channel": "telegram",
    "address": "5510185758261927916",
}


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(load_units(UNITS))


def read(tree: Tree, **cells: str) -> DossierEvent | list[Fault]:
    return read_event(7, GOOD | cells, Words(tree, PROCEDURES), TODAY)


def faults(tree: Tree, **cells: str) -> set[tuple[str, str]]:
    found = read(tree, **cells)
    assert isinstance(found, list), found
    assert all(fault.line == 7 for fault in found)
    return {(fault.column, fault.reason) for fault in found}


def test_a_whole_row(tree: Tree) -> None:
    event = read(tree)
    assert isinstance(event, DossierEvent)
    assert (event.event, event.procedure, event.moment) == ("returned", "ho-tich", datetime(2026, 11, 19, 14, 30))  # noqa: DTZ001
    assert (event.due, event.done) == (date(2026, 11, 18), date(2026, 11, 19))
    assert event.unit != event.decided_by


def test_a_day_without_an_hour_is_the_hour_at_which_offices_close(tree: Tree) -> None:
    event = read(tree, at="19/11/2026")
    assert isinstance(event, DossierEvent)
    assert event.moment == datetime(2026, 11, 19, 17)  # noqa: DTZ001


@pytest.mark.parametrize(
    "typed", ["2026-11-19T07:30:00Z", "2026-11-19T14:30:00+07:00", "2026-11-19 14:30+0700", "2026-11-19T07:30:00.123Z"]
)
def test_an_instant_as_programs_write_it_is_told_in_local_time(tree: Tree, typed: str) -> None:
    event = read_event(7, GOOD | {"at": typed}, Words(tree, PROCEDURES, ZoneInfo("Asia/Ho_Chi_Minh")), TODAY)
    assert isinstance(event, DossierEvent)
    assert event.moment.replace(microsecond=0) == datetime(2026, 11, 19, 14, 30)  # noqa: DTZ001
    assert faults(tree, at=typed.replace("11-19", "13-19")) == {("at", "bad_date")}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"code": ""}, {("code", "missing")}),
        ({"code": "x" * 61}, {("code", "too_long")}),
        ({"code": "---"}, {("code", "bad_code")}),
        ({"event": "xong"}, {("event", "unknown_event")}),
        ({"event": "\u200b"}, {("event", "unknown_event")}),  # nothing is seen, and nothing is lost
        ({"unit": "Xã Không Có"}, {("unit", "unknown_unit")}),
        ({"unit": ""}, {("unit", "missing")}),
        ({"decided_by": "?"}, {("decided_by", "unknown_unit")}),
        ({"procedure": "bay lên trời"}, {("procedure", "unknown_procedure")}),
        ({"at": "30/02/2026"}, {("at", "bad_date")}),
        ({"at": "2026-11-19 25:00"}, {("at", "bad_date")}),
        ({"at": "2026-11-21"}, {("at", "in_future")}),
        ({"at": "1026-11-19"}, {("at", "bad_date")}),
        ({"due": "mai"}, {("due", "bad_date")}),
        ({"done": "19-11"}, {("done", "bad_date")}),
        ({"channel": "fax"}, {("channel", "unknown_channel")}),
        ({"channel": ""}, {("channel", "missing")}),
        ({"address": ""}, {("address", "missing")}),
        ({"address": "a b"}, {("address", "bad_address")}),
        ({"address": "-1001234567890"}, {("address", "bad_address")}),  # a group
        ({"address": "@motcua"}, {("address", "bad_address")}),  # a public channel
        ({"address": "5.51018575826193E+18"}, {("address", "bad_address")}),
        ({"address": "5,51E+18"}, {("address", "bad_address")}),
        ({"code": "2.51120001212346E+17"}, {("code", "bad_code")}),
        ({"code": "1E+20"}, {("code", "bad_code")}),
        ({"channel": "phone", "address": "0912 345 67"}, {("address", "bad_address")}),
        ({"channel": "phone", "address": "0236 3888 999"}, {("address", "bad_address")}),
        ({"channel": "phone", "address": ""}, {("address", "missing")}),
        ({"code": "", "at": "x"}, {("code", "missing"), ("at", "bad_date")}),
    ],
)
def test_faults_name_their_cells(tree: Tree, cells: dict[str, str], found: set[tuple[str, str]]) -> None:
    assert faults(tree, **cells) == found


def test_a_telephone_number_is_read_as_people_write_it_and_never_said_again(tree: Tree) -> None:
    for typed in ("0912 345 678", "+84 912.345.678", "(0912) 345-678", "0912\u00a0345 678"):
        event = read_event(7, GOOD | {"channel": "Phone", "address": typed}, Words(tree, PROCEDURES), TODAY)
        assert isinstance(event, DossierEvent)
        assert (event.channel, event.address) == ("phone", "84912345678")
    for channel, typed in (("phone", "0912 345 67"), ("telegram", "0912 345 678")):
        found = read_event(7, GOOD | {"channel": channel, "address": typed}, Words(tree, PROCEDURES), TODAY)
        assert isinstance(found, list)
        assert [fault.value for fault in found] == ["•••"]


def test_an_office_of_another_time_is_unknown_on_that_day(tree: Tree) -> None:
    old = Tree([unit for unit in load_units(UNITS) if unit.level != "commune"])
    assert isinstance(read_event(7, GOOD, Words(old, PROCEDURES), TODAY), DossierEvent)
    assert faults(tree, unit="Xã") == {("unit", "unknown_unit")}


LETTERS = ("T", " T", "9", "\u0300", "ﷺ", "đ1:", "E+", "-.")
BLANK = {("procedure", "\u0300")}
"""Marks without letters are a blank cell, and a procedure may be blank."""


@pytest.mark.parametrize(("column", "letter"), sorted(set(product(COLUMNS, LETTERS)) - BLANK))
def test_a_cell_of_a_million_letters_is_a_fault_like_any_other(tree: Tree, column: str, letter: str) -> None:
    """Read in linear time: a pattern that goes back and forth would hold the writer for hours."""
    assert {name for name, _ in faults(tree, **{column: letter * 1_000_000})} == {column}


# --- a thousand spoilt rows: the mutator says which cell it broke ---

Break = Callable[[random.Random, str], str]

BREAKS: dict[str, tuple[Break, ...]] = {
    "code": (lambda _, __: "", lambda _, text: text * 8, lambda rng, _: rng.choice("-./#") * rng.randint(1, 9)),
    "event": (lambda _, text: text[:-2], lambda _, text: text + "x", lambda rng, _: str(rng.random())),
    "unit": (lambda _, __: "Xã Trên Mây", lambda rng, _: f"{rng.randint(10**7, 10**8)}", lambda _, text: text + " 9"),
    "decided_by": (lambda _, __: "Sở Mặt Trăng", lambda rng, _: f"{rng.randint(10**7, 10**8)}"),
    "procedure": (lambda rng, _: "".join(rng.choices("bcdfgqw", k=9)),),
    "at": (
        lambda rng, _: f"2026-{rng.randint(13, 99)}-01",
        lambda rng, _: f"{rng.randint(32, 99)}/11/2026",
        lambda rng, _: f"2027-0{rng.randint(1, 9)}-11",
        lambda _, text: text.replace("2026", "0026"),
        lambda _, text: text + "h",
    ),
    "due": (lambda rng, _: f"2026-11-{rng.randint(31, 99)}", lambda _, text: text.replace("-", "")),
    "done": (lambda rng, _: f"{rng.randint(32, 99)}/1/2026", lambda _, text: text[::-1]),
    "channel": (lambda _, text: text + "s", lambda _, __: "sms"),
    "address": (lambda _, __: "", lambda _, text: text + " 1", lambda _, text: text * 9, lambda _, text: text + "é"),
}

HARMLESS: tuple[Break, ...] = (
    lambda _, text: f"  {text} ",
    lambda _, text: unicodedata.normalize("NFD", text),
    lambda _, text: text.replace(" ", "  "),
    lambda _, text: text + "\u00a0",
)


@pytest.mark.parametrize("seed", range(1000))
def test_the_broken_cell_and_no_other_is_named(tree: Tree, seed: int) -> None:
    rng = random.Random(seed)
    column = rng.choice(sorted(BREAKS))
    spoilt = rng.choice(BREAKS[column])(rng, GOOD[column])
    assert {name for name, _ in faults(tree, **{column: spoilt})} == {column}, spoilt


@pytest.mark.parametrize("seed", range(200))
def test_what_means_the_same_reads_the_same(tree: Tree, seed: int) -> None:
    rng = random.Random(seed)
    column = rng.choice(sorted(COLUMNS))
    assert read(tree, **{column: rng.choice(HARMLESS)(rng, GOOD[column])}) == read(tree)


def test_titles_in_vietnamese_and_english_in_any_order() -> None:
    titles = ["Ghi chú", "NGÀY GIỜ", "Đơn vị tiếp nhận", "Mã hồ sơ", "Trạng thái", "decided_by"]
    assert columns_of(titles) == {1: "at", 2: "unit", 3: "code", 4: "event", 5: "decided_by"}


def test_a_missing_or_doubled_column_is_named() -> None:
    assert columns_of(["code", "Mã hồ sơ", "event", "unit"]) == [
        Fault(1, "code", "column_twice", "Mã hồ sơ"),
        Fault(1, "at", "missing_column"),
    ]
