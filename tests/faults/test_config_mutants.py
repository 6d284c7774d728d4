"""Spoilt settings and configuration: refused in one line that names the file, or read exactly as they are written.

What a file says is found out without the program's loaders: by tomllib, by csv, and by the plain lines of .env. A key
that is there never gets its default in silence, and no loader raises anything but Unusable.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import bot.settings
from bot.errors import Unusable
from bot.procedures import load_procedures
from bot.settings import SHIPPED_CONFIG, ProvinceFile, Settings, load_province, load_settings
from tests.faults.figures import Figure, record, size
from tests.faults.spoilt import ANYWHERE, Spoil, added, lay, values

MUTANTS = size(500, 5_000)
"""Of each file."""
MUTANT_FILES = 200
ENV = b"""# Settings of this machine.
SIPAS_DATABASE_URL=sqlite:///data/hung-yen.db
SIPAS_HOST=0.0.0.0
SIPAS_PORT=9000
SIPAS_PUBLIC_URL=https://sipas.hungyen.example
SIPAS_SECRET_KEY=0123456789abcdef0123456789abcdef
SIPAS_BACKUP_KEY=fedcba9876543210fedcba9876543210
SIPAS_TIMEZONE=Asia/Bangkok
SIPAS_LANGUAGE=en
SIPAS_MIN_RESPONDENTS=25
SIPAS_TRUSTED_PROXIES=127.0.0.1
SIPAS_METRICS_FROM=10.0.0.5
SIPAS_TELEGRAM_TOKEN=123456:abcdefghijklmnopqrstuvwxyzABCDEFGHI
SIPAS_TELEGRAM_MODE=webhook
SIPAS_TELEGRAM_SECRET=abcdefghijklmnopqrst
OTHER_PROGRAM=1
"""
PLAIN = re.compile(r"(?ai:(SIPAS_\w+))=([^\s#'\"$\\]+)")
TOML_SPOILS = (
    *ANYWHERE,
    values("7", "true", '"x"', '""', "[]", "{}", "1979-05-27", "nan", "[" * 2000, "9" * 5000, '"""\nten\nlines"""', ""),
    added('hotlin = "1900"', '"a\\nb" = 1', "[table]", "[[id]]", "id.x = 1", 'name = "Khác"', "=", "<<<<<<< HEAD"),
)
ENV_SPOILS = (
    *ANYWHERE,
    values(
        "", "x", "-1", "65536", "Asia", "Asia/", "..", "'open", '"open', "short", "a b", "vn", "1e3", "\x00", "x" * 300
    ),
    added(
        "SIPAS_PROT=9001", "SIPAS_PORT 9001", "SIPAS_PORT", "=9001", "port = 9001", "export SIPAS_PORT=9001", "\ufeff"
    ),
)
CSV_SPOILS = (
    *ANYWHERE,
    added("a", "a,b", "a,b,c,d", ',b,"c"', '"a', "ho-tich,Hộ tịch,Civil status", ",,", "code,vi,en"),
)


def wrong_refusal(error: Unusable, name: str) -> str:
    """What is wrong with how it was refused: one line, for a person, with the file's name."""
    said = str(error)
    bad = name not in said or not said.isprintable() or len(said) > 500 or "Error(" in said or "Traceback" in said
    return f"refused as {said[:200]!r}" if bad else ""


def wrong_province(folder: Path, found: ProvinceFile) -> str:
    with (folder / "province.toml").open("rb") as file:
        said = tomllib.load(file)
    expected = {name: field.default for name, field in ProvinceFile.model_fields.items()} | said
    given = found.model_dump()
    same = given == expected and all(type(given[name]) is type(expected[name]) for name in given)
    return "" if same else f"{said} became {given}"


def wrong_settings(folder: Path, found: Settings) -> str:
    """Every plain line must be in force. What is quoted or holds a sign of the shell is left to the reader's rules."""
    for line in (folder / ".env").read_text(encoding="utf-8-sig").split("\n"):
        plain = PLAIN.fullmatch(line)
        if plain is None:
            continue
        name, written = plain[1].upper().removeprefix("SIPAS_").lower(), plain[2]
        if name not in Settings.model_fields:
            return f"{name} is there and is no setting"
        if name == "public_url":  # kept as browsers write it
            written = written.lower().rstrip("/")
        given = getattr(found, name)
        given = given.get_secret_value() if isinstance(given, SecretStr) else given
        if str(given) != written and not (isinstance(given, int) and given == int(written)):
            return f"{line!r} became {given!r}"
    return ""


def wrong_procedures(folder: Path, found: tuple[Any, ...]) -> str:
    with (folder / "procedures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    given = [{"code": one.code, **one.label, "names": one.names} for one in found]
    whole = rows and all(value and value.strip() for row in rows for name, value in row.items() if name != "names")
    read = [row | {"names": names_in(row.get("names") or "")} for row in rows]
    return "" if whole and given == read else f"{rows} became {given}"


def names_in(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split("|") if name.strip())


def shipped(name: str) -> bytes:
    return (SHIPPED_CONFIG / name).read_bytes()


@dataclass(frozen=True)
class Case:
    """One kind of file: a good one, how it is spoilt, its loader, and what is wrong with what that gave."""

    name: str
    good: bytes
    spoils: tuple[Spoil, ...]
    load: Callable[[Path], Any]
    wrong: Callable[[Path, Any], str]


PROVINCE, PROCEDURES = "province.toml", "procedures.csv"
CASES = (
    Case(PROVINCE, shipped(PROVINCE), TOML_SPOILS, load_province, wrong_province),
    Case(".env", ENV, ENV_SPOILS, lambda _: load_settings(), wrong_settings),
    Case(PROCEDURES, shipped(PROCEDURES), CSV_SPOILS, lambda at: load_procedures(at / PROCEDURES), wrong_procedures),
)


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine, and no .env but the one of the test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SIPAS_{name}".upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_spoilt_file_is_refused_or_read_as_it_is_written(tmp_path: Path, case: Case) -> None:
    ended, wrong = spoil(tmp_path, case, MUTANTS)
    detail = f"{ended['refused']:,} refused in one line, {ended['read']:,} read exactly as written"
    record(Figure(f"spoilt {case.name}", MUTANTS, len(wrong), detail))
    assert wrong == []
    assert all(ended[how] > MUTANTS // 10 for how in ("refused", "read")), ended


def test_a_mutant_that_passes_lines_over_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """.env as its library reads it."""
    monkeypatch.setattr(bot.settings, "_check_lines", lambda _: None)
    case = next(case for case in CASES if case.name == ".env")
    _, wrong = spoil(tmp_path, case, MUTANT_FILES)
    told = f"lines passed over in silence: {len(wrong):,} of {MUTANT_FILES:,} wrong"
    record(Figure(f"spoilt {case.name}", MUTANT_FILES, 0, mutant=told))
    assert wrong


def spoil(folder: Path, case: Case, count: int) -> tuple[Counter[str], list[str]]:
    """Lay and load so many mutants: how often the loader ended how, and what is wrong."""
    wrong, ended = list[str](), Counter[str]()
    for number in range(count):
        lay(folder / case.name, case.good, case.spoils, number)
        how, fault = meet(folder, case)
        ended[how] += 1
        wrong += [f"{number}: {fault}"] if fault else []
    return ended, wrong


def meet(folder: Path, case: Case) -> tuple[str, str]:
    """How the loader ended, and what is wrong with that."""
    try:
        found = case.load(folder)
        if not (folder / case.name).exists():
            return "read", _wrong_default(case.name, found)
        return "read", case.wrong(folder, found)
    except Unusable as error:
        return "refused", wrong_refusal(error, case.name)
    except Exception as error:  # noqa: BLE001 - of the loader, or of who reads what it should not have taken
        return "broke", f"{type(error).__name__}: {error}"[:200]


def _wrong_default(name: str, found: object) -> str:
    """Only .env may be missing; then everything has its default."""
    return "" if name == ".env" and found == Settings(_env_file=None) else f"{name} is missing, and {found} stood in"
