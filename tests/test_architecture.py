"""The dependency rule, held by walking every file's imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("bot", "handlers", "scoring", "survey")
"""A package imports only what stands to its right, and itself."""

PURE = ("survey", "scoring", "handlers")
FORBIDDEN_IN_PURE = frozenset(
    {
        "aiohttp",
        "aiosql",
        "aiosqlite",
        "apscheduler",
        "asyncio",
        "http",
        "logging",
        "os",
        "pathlib",
        "queue",
        "random",
        "requests",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "starlette",
        "structlog",
        "subprocess",
        "sys",
        "telegram",
        "tempfile",
        "threading",
        "time",
        "typer",
        "urllib",
        "uuid",
        "uvicorn",
    }
)
ONE_PLACE = {
    "telegram": ("bot/channels/telegram",),
    "starlette": ("bot/server.py", "bot/channels/"),
    "uvicorn": ("bot/server.py", "bot/arrivals.py"),
    "apscheduler": ("bot/schedule.py",),
    "aiohappyeyeballs": ("bot/channels/telegram_quick.py",),
    "aiohttp": ("bot/channels/telegram", "bot/channels/zalo", "bot/channels/their_clock.py"),
    "aiosql": ("bot/storage/",),
    "aiosqlite": ("bot/storage/", "bot/outbox.py"),
    "typer": ("bot/cli",),
    "segno": ("bot/drawing/",),
    "matplotlib": ("bot/drawing/",),
    "xlsxwriter": ("bot/drawing/", "survey/"),
    "docx": ("bot/drawing/",),
    "docxtpl": ("bot/drawing/",),
    "pyxform": ("survey/",),
    "openpyxl": ("survey/", "bot/table_file.py", "bot/book_file.py"),
    "re2": ("survey/compiled.py",),
    "rapidfuzz": ("scoring/names.py",),
    "pandas": ("scoring/frame.py",),
    "babel": ("bot/texts.py",),
    "cryptography": ("bot/sealed.py",),
    "prometheus_client": ("bot/metrics.py",),
}


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_what_stands_to_its_right(package: str) -> None:
    left = ORDER[: ORDER.index(package)]
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in files(package)
        for name in imports(path)
        if name.split(".")[0] in (*left, "tests", "benchmarks")
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_touch_no_clock_no_disk_and_no_network(package: str) -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in files(package)
        for name in imports(path)
        if name.split(".")[0] in FORBIDDEN_IN_PURE
    ]
    assert wrong == []


@pytest.mark.parametrize("library", sorted(ONE_PLACE))
def test_each_outside_library_is_imported_in_one_place(library: str) -> None:
    wrong = [
        relative
        for package in ORDER
        for path in files(package)
        if library in {name.split(".")[0] for name in imports(path)}
        and not (relative := str(path.relative_to(ROOT))).startswith(ONE_PLACE[library])
    ]
    assert wrong == []


def test_the_walk_sees_imports() -> None:
    assert "bot.writer" in set(imports(ROOT / "bot" / "turn.py"))


def test_every_package_says_what_may_live_there() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for package in ORDER
        for path in (ROOT / package).rglob("__init__.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
