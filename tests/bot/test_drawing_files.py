"""Files appear whole or not at all."""

from __future__ import annotations

import gc
import random
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.drawing.exports import export_responses
from bot.drawing.tables import Form, workbook
from tests.bot.exported import FORMS, context_of, respond
from tests.world import World, world


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        yield made


def test_a_failure_leaves_the_old_file_and_nothing_else(sample: World, tmp_path: Path) -> None:
    out = tmp_path / "exports" / "r.csv"
    out.parent.mkdir()
    out.write_text("old", encoding="utf-8")
    respond(sample, 1, {"OVERALL": "4"})
    broken = context_of(sample)
    sample.connection.execute("DROP TABLE answer")
    for form in FORMS:
        with pytest.raises(sqlite3.Error):
            export_responses(sample.connection, broken, out, form)
        assert [file.name for file in out.parent.iterdir()] == ["r.csv"]
        assert out.read_text(encoding="utf-8") == "old"
    assert not sample.connection.in_transaction


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_full_disk_is_an_os_error_and_leaves_nothing(sample: World, tmp_path: Path, form: Form) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for number in range(300):
        respond(sample, number, {"OVERALL": "4"}, words={"COMMENT": f"{number} " + "chậm " * 90})
    context = context_of(sample)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            export_responses(sample.connection, context, folder / "r", form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    gc.collect()
    assert list(folder.iterdir()) == []


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_disk_that_is_full_only_when_the_parts_are_packed_says_so_once(tmp_path: Path) -> None:
    rng = random.Random(1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def pack() -> None:
        with workbook(tmp_path / "r.xlsx", constant_memory=True) as made:
            for _ in range(30):
                made.add_worksheet().write_string(0, 0, rng.randbytes(1500).hex())

    resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            pack()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written_are_os_errors(sample: World, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "none" / "r.csv", tmp_path / "folder", Path("/dev/null")):
        with pytest.raises(OSError) as failed:
            export_responses(sample.connection, context_of(sample), out, "csv")
        assert failed.value.strerror
    assert Path("/dev/null").is_char_device()


def test_only_the_operator_can_read_the_file(sample: World, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    export_responses(sample.connection, context_of(sample), out, "csv")
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(sample: World, tmp_path: Path) -> None:
    real, out = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old", encoding="utf-8")
    out.symlink_to(real)
    export_responses(sample.connection, context_of(sample), out, "csv")
    assert out.is_symlink()
    assert real.read_text(encoding="utf-8-sig").startswith("# DỮ LIỆU MẪU")
