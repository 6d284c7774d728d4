"""10,000 dossiers by `sipas dossiers import`: alone, beside a program that serves, and the same file once more."""

import csv
import hashlib
import sqlite3
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.bots import NotConnectedError, Place
from benchmarks.ours import OURS, copy_config, environment, sipas
from benchmarks.process import Program
from benchmarks.serving import free_port
from benchmarks.tables import table

ROWS = 10_000
TARGET_SECONDS = 30.0
START_SECONDS = 30.0
NOBODY = "http://127.0.0.1:9"
TITLES = (
    "Mã hồ sơ",
    "Trạng thái",
    "Đơn vị tiếp nhận",
    "Đơn vị giải quyết",
    "Thủ tục",
    "Thời điểm",
    "Ngày hẹn trả",
    "Ngày trả",
    "Kênh",
    "Mã người nhận",
)
EVENTS = ("Đã tiếp nhận", "Yêu cầu bổ sung", "Từ chối", "Đã trả kết quả")
PROCEDURES = ("Thủ tục đăng ký khai sinh", "Chứng thực bản sao", "", "Đăng ký biến động đất đai")
KEPT = ("visit", "visit_count", "invitation", "audit")
Say = Callable[[str], object]


@dataclass(frozen=True)
class Brought:
    """Seconds of one import from the command's start to its end, and whether the same file once more changed no row."""

    way: str
    first: float
    again: float
    unchanged: bool


def measure(folder: Path, say: Say) -> str:
    """A markdown section."""
    found = []
    for way, serves in (("alone", False), ("beside a running program", True)):
        with tempfile.TemporaryDirectory(dir=folder, prefix="bench dossiers ") as name:
            place = Place(Path(name), free_port(), NOBODY)
            copy_config(place)
            write_feed(place)
            found.append(_served(place, way) if serves else _brought(place, way))
        say(f"dossiers: {found[-1]}")
    return section(found)


def section(found: list[Brought]) -> str:
    head = ("`sipas dossiers import`", "first, s", "rows a second", "the same again, s", "rows it changed")
    rows = [
        (
            one.way,
            f"{one.first:.1f}",
            f"{ROWS / one.first:,.0f}",
            f"{one.again:.1f}",
            "none" if one.unchanged else "**some**",
        )
        for one in found
    ]
    slowest = max(one.first for one in found)
    reached = "reached" if slowest < TARGET_SECONDS else "**missed**"
    return (
        f"### {ROWS:,} dossiers\n\n{table(head, rows)}\n\n"
        "A CSV file with all columns, offices by name, an address in each row; from the start of the command to its "
        "end. "
        f"The goal is {TARGET_SECONDS:.0f} s: {reached}."
    )


def write_feed(place: Place) -> None:
    """Yesterday in every commune of the sample's units, named as people write them."""
    with (place.folder / "config/units/thai_binh_2017.csv").open(encoding="utf-8", newline="") as file:
        units = {row["code"]: row for row in csv.DictReader(file)}
    communes = [unit for unit in units.values() if unit["level"] == "commune"]
    bearers = Counter(unit["name"] for unit in communes)
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    with (place.folder / "feed.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TITLES)
        for number in range(ROWS):
            unit = communes[number % len(communes)]
            name = unit["name"] if bearers[unit["name"]] == 1 else unit["code"]
            at = f"{day.strftime('%d/%m/%Y')} {8 + number % 9:02}:{number % 60:02}"
            kinds = EVENTS[number % 4], PROCEDURES[number % 4]
            row = (f"H53-{number:06}", kinds[0], name, units[unit["parent"]]["name"], kinds[1], at, day, day, "zalo-oa")
            writer.writerow([*row, 10**18 + number])


def _served(place: Place, way: str) -> Brought:
    running = Program(
        OURS.command(place),
        {**environment(place), "SIPAS_TELEGRAM_TOKEN": "", "SIPAS_TELEGRAM_SECRET": ""},
        place.folder / "bot.log",
        place.folder,
    )
    try:
        _until_healthy(place, running)
        return _brought(place, way)
    finally:
        running.stop()


def _until_healthy(place: Place, running: Program) -> None:
    end = time.perf_counter() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{place.port}/healthz", timeout=5):
                return
        except OSError:
            if not running.alive or time.perf_counter() > end:
                raise NotConnectedError(f"the bot did not start serving\n{running.tail()}") from None
        time.sleep(0.05)


def _brought(place: Place, way: str) -> Brought:
    first = _imported(place, f"{ROWS} new, 0 known already, 0 with faults")
    before = _rows(place)
    again = _imported(place, f"0 new, {ROWS} known already, 0 with faults")
    return Brought(way, first, again, _rows(place) == before)


def _imported(place: Place, said: str) -> float:
    began = time.perf_counter()
    printed = sipas(place, "dossiers", "import", "feed.csv")
    spent = time.perf_counter() - began
    if said not in printed:
        raise NotConnectedError(f"dossiers import: {printed[-200:]}")
    return spent


def _rows(place: Place) -> str:
    """A digest of everything that an import writes."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(place.folder / "sipas.db")) as connection:
        for name in KEPT:
            for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3"):
                digest.update(repr(row).encode())
    return digest.hexdigest()
