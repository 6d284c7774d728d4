"""`sipas poster` from the shell to the office: what is printed is decoded, and opens the right one."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from tests.faults.lives import Server, fork_server
from tests.faults.program import Program


@pytest.fixture(scope="module")
def drawing() -> Iterator[Server]:
    """As `server`, with what a poster is drawn with."""
    with fork_server("matplotlib.backends.backend_agg", "matplotlib.font_manager", "segno") as made:
        yield made


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, drawing: Server) -> Iterator[Program]:
    """The sample, without a public address, being served."""
    program = Program(tmp_path_factory.mktemp("posters"), "", "", extra={"SIPAS_PUBLIC_URL": ""}, server=drawing)
    program.sipas("demo", "--weeks", "1", "--responses", "20", "--seed", "4")
    program.start()
    yield program
    program.kill()


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory, drawing: Server) -> Program:
    """A province with offices of its own, without a public address."""
    program = Program(tmp_path_factory.mktemp("province"), "", "", extra={"SIPAS_PUBLIC_URL": ""}, server=drawing)
    rows = ["code,parent,level,name,short_name", "33,,province,Tỉnh Hưng Yên,Hưng Yên"]
    rows += ["12001,33,commune,Xã Tân Hưng,Tân Hưng", "12002,33,commune,Phường Phố Hiến,Phố Hiến"]
    (program.folder / "units.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    program.sipas("units", "import", "units.csv")
    return program


def decoded(file: Path) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(np.asarray(Image.open(file).convert("L")))}


@pytest.mark.parametrize("width", ["a4", "receipt"])
def test_the_printed_code_opens_the_right_office(office: Program, width: str) -> None:
    for unit in ("Xã Vũ Hội", "Huyện Đông Hưng"):
        said = office.sipas("poster", unit, "--out", "a.png", "--counter", "3", "--width", width).stdout
        assert said == f"a.png: {unit} · 3\n"
        (address,) = decoded(office.folder / "a.png")
        with urllib.request.urlopen(address, timeout=10) as page:
            assert unit.partition(" ")[2] in page.read().decode()


def test_the_code_as_it_is_typed_opens_it_too_whatever_letters_were_misread(office: Program) -> None:
    office.sipas("poster", "Xã Vũ Hội", "--out", "b.png")
    (address,) = decoded(office.folder / "b.png")
    base, _, code = address.rpartition("/")
    typed = f"{code[:5]}-{code[5:]}".lower().replace("0", "o").replace("1", "l")
    with urllib.request.urlopen(f"{base}/{typed}", timeout=10) as page:
        assert "Vũ Hội" in page.read().decode()


def test_link_writes_the_same_poster(office: Program) -> None:
    said = office.sipas("link", "Xã Vũ Hội").stdout
    file = re.search(r"Printable QR: (\S+\.svg)", said)
    assert file is not None
    office.sipas("poster", "Xã Vũ Hội", "--out", "same.svg")
    assert (office.folder / file[1]).read_bytes() == (office.folder / "same.svg").read_bytes()


def test_three_endings_and_three_languages_are_written(office: Program) -> None:
    starts = {"x.pdf": b"%PDF-", "x.svg": b"<?xml", "x.PNG": b"\x89PNG"}
    for name, start in starts.items():
        sizes = set()
        for language in ("vi", "en", "both"):
            office.sipas("poster", "Xã Vũ Hội", "--out", name, "--language", language)
            content = (office.folder / name).read_bytes()
            assert content.startswith(start)
            sizes.add(content)
        assert len(sizes) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Xã Vũ Hội", "--out", "x.jpg"), "one of: .pdf, .svg, .png"),
        (("Xã Vũ Hội", "--out", "x"), "one of: .pdf, .svg, .png"),
        (("Xã Vũ Hội", "--out", "/nowhere/x.pdf"), "cannot be written"),
        (("nam định", "--out", "x.pdf"), "not known"),
        (("--out", "x.pdf"), "needs one unit, or --all"),
        (("Xã Vũ Hội", "--all", "--out", "x"), "needs one unit, or --all"),
        (("--all", "--out", "a.file"), "is no folder"),
        (("Xã Vũ Hội", "--out", "."), "one of: .pdf"),
        (("Xã Vũ Hội", "--out", "folder.pdf"), "not a plain file"),
        (("Xã Vũ Hội", "--out", "to-the-database.pdf"), "would be lost"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_nothing_is_written(
    office: Program, arguments: tuple[str, ...], says: str
) -> None:
    (office.folder / "folder.pdf").mkdir(exist_ok=True)
    (office.folder / "a.file").touch()
    link = office.folder / "to-the-database.pdf"
    if not link.is_symlink():
        link.symlink_to(office.database)
    before = sorted(office.folder.iterdir())
    done = office.sipas("poster", *arguments, expect=2)
    assert says in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert sorted(office.folder.iterdir()) == before


def test_outside_the_sample_a_poster_needs_an_address_that_people_reach(province: Program) -> None:
    done = province.sipas("poster", "Xã Tân Hưng", "--out", "t.pdf", expect=2)
    assert "SIPAS_PUBLIC_URL" in done.stderr
    assert not (province.folder / "t.pdf").exists()
    assert "Printable" not in province.sipas("link", "Xã Tân Hưng").stdout
    assert not list(province.folder.glob("link-*"))


def test_all_writes_one_for_each_commune(province: Program) -> None:
    extra = {"SIPAS_PUBLIC_URL": "https://danhgia.example.vn"}
    reached = Program(province.folder, "", "", extra=extra)  # each command a fresh interpreter, as from a shell
    assert reached.sipas("poster", "--all", "--out", "posters").stdout == "posters: 2 posters.\n"
    names = sorted(file.name for file in (province.folder / "posters").iterdir())
    assert names == ["12001-xa-tan-hung.pdf", "12002-phuong-pho-hien.pdf"]
    reached.sipas("poster", "12002", "--out", "one.pdf")
    assert (province.folder / "one.pdf").read_bytes() == (province.folder / "posters" / names[1]).read_bytes()
