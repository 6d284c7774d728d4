"""B22. No code of a dossier, no telephone number and no code of a visit is found in any file or log.

The real program and its command line, with good rows, faulty rows, wrong keys and nonsense; answers, a second account,
an erasure, a review; then it is killed, so that its write-ahead log lies there too, and its backup is opened elsewhere.
"""

from __future__ import annotations

import asyncio
import csv
import json
import re
import socket
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.writing import socket_path
from scoring.dossier_sheet import COLUMNS
from tests.bot.test_doors_program import Browser
from tests.faults.figures import Figure, record
from tests.faults.lives import Server
from tests.faults.program import Program, afternoon
from tests.security.canaries import Finds

NOWHERE = "http://127.0.0.1:9"
PHONES = ("0912345678", "0912 345 678", "84912345678", "912345678", "0912.345.678")
CODES = ("BIMAT", "bimat", "Bimat")
"""What stands in every dossier's code, however it is written; each has a telephone number in it as well."""
UNIT = "Xã Vũ Hội"
KEYS = {
    "SIPAS_SECRET_KEY": "key-of-the-traces-0123456789-0123456789",
    "SIPAS_BACKUP_KEY": "backup-key-of-the-traces-0123456789ab",
}


@dataclass
class Left:
    """What one life left behind: `finds` by place, and the codes of visits that it gave out."""

    finds: Finds = field(default_factory=Finds)
    visits: set[str] = field(default_factory=set)
    program: Program | None = None

    def keep(self, where: str, answer: httpx.Response) -> None:
        self.finds.add(where, answer.content + repr(answer.headers).encode())


def row(number: object, **cells: object) -> dict[str, object]:
    at = datetime.now(ZoneInfo(afternoon())).strftime("%Y-%m-%d %H:%M")
    return {"code": f"H53.BIMAT-0912345678-{number}", "event": "returned", "unit": UNIT, "at": at} | cells


FAULTY = (
    {"unit": "Nhà bà Bimat 0912345678"},
    {"address": "0912 345 678", "channel": "zalo-oa"},
    {"address": "0912345678", "channel": "sms bimat"},
    {"at": "bimat 0912345678"},
    {"event": "\n2026-11-16 level=info event=BIMAT \x1b[31m"},
    {"procedure": "bimat", "due": "0912345678"},
    {"decided_by": "BIMAT" * 2_000},
    {"code": "BIMAT 0912345678 " * 10},
)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Left:
    folder = tmp_path_factory.mktemp("traces")
    made = Left(program=Program(folder / "one", NOWHERE, "", extra=KEYS, server=server))
    assert made.program is not None
    made.program.folder.mkdir()
    made.program.start()
    try:
        asyncio.run(lived(made, made.program))
        operated(made, made.program)
    finally:
        made.program.kill()
    assert (made.program.database.parent / "sipas.db-wal").stat().st_size > 0
    opened_again(made, made.program, folder / "two")
    for where in ("one", "two"):
        for file in (folder / where / "data").iterdir():
            if file.is_file():
                made.finds.add(f"file {where} {file.name}", file.read_bytes())
    made.finds.add("log", made.program.log())
    return made


async def lived(made: Left, program: Program) -> None:
    key = (await asyncio.to_thread(program.sipas, "dossiers", "sender", "add", "motcua")).stdout.split()[0]
    base = f"http://127.0.0.1:{program.port}"
    async with httpx.AsyncClient(base_url=base, follow_redirects=True) as client:
        ours = {"Authorization": f"Bearer {key}"}
        answer = await client.post("/api/dossiers", json={"dossiers": [row(n) for n in range(6)]}, headers=ours)
        taken = answer.json()
        assert taken["new"] == 6
        codes = [one["code"] for one in taken["codes"]]
        made.visits.update(codes)
        faulty = [row(n, **cells) for n, cells in enumerate(FAULTY, 100)]
        answer = await client.post("/api/dossiers", json={"dossiers": faulty}, headers=ours)
        assert (answer.json()["new"], {one["dossier"] for one in answer.json()["faults"]}) == (0, set(range(1, 9)))
        await strangers(made, client, ours)
        await answered(made, client, codes)
        made.keep("metrics", await client.get("/metrics"))
        made.keep("health", await client.get("/healthz"))


async def strangers(made: Left, client: httpx.AsyncClient, ours: dict[str, str]) -> None:
    """Wrong keys, and bodies that are nonsense but for the codes in them. What is answered echoes no code."""
    good = json.dumps({"dossiers": [row("x")]}).encode()
    bodies = (
        good[:-3],
        good + good,
        b"\xff" + good,
        json.dumps([row("y")]).encode(),
        json.dumps({"BIMAT": [row("y")]}).encode(),
        json.dumps({"dossiers": {"BIMAT-0912345678": 1}}).encode(),
        json.dumps({"dossiers": [row(n) for n in range(501)]}).encode(),
        json.dumps({"dossiers": [row("z", unit=["BIMAT 0912345678"])]}).encode(),
        good.replace(b'"event"', b'"code"'),
        b'{"dossiers": [{"code": "BIMAT\\ud800 0912345678"}]}',
        good + b" " * 300_000,
    )
    for body in bodies:
        answer = await client.post("/api/dossiers", content=body, headers=ours)
        assert answer.status_code in {400, 413}, answer.text
        made.keep("refused", answer)
    for key in ("Bearer BIMAT0912345678BIMAT", "Bearer " + "0" * 32, "BIMAT 0912345678", ""):
        answer = await client.post("/api/dossiers", content=good, headers={"Authorization": key})
        assert answer.status_code == 401
        made.keep("refused", answer)
    for path in ("/api/dossiers/BIMAT-0912345678", "/api/dossiers?code=BIMAT-0912345678", "/s/BIMAT0912345678"):
        for method in ("GET", "PUT", "DELETE"):
            await client.request(method, path, content=good if method == "PUT" else None)


async def answered(made: Left, client: httpx.AsyncClient, codes: list[str]) -> None:
    """Answers by code, a second account for one of them, one that erases, one that goes on at another door."""
    for code in (codes[0], codes[0], codes[1]):
        client.cookies.clear()
        web = Browser(client)
        await web.opens(code)
        await web.finishes()
    await web.types("/dulieu")
    await web.press(next(data for data, _ in web.buttons() if data == "c:xoa"))
    await web.press("c:xoa dong-y")
    first = Browser(client)
    await first.opens(codes[2])
    await first.press(next(data for data, _ in first.buttons() if data.endswith(":@door")))
    await first.press(next(data for data, _ in first.buttons() if data.endswith(":@resume")))
    await first.press(next(data for data, _ in first.buttons() if data.endswith(":@begin")))
    client.cookies.clear()
    second = Browser(client)
    await second.opens(codes[2])
    await second.finishes()
    for number, page in enumerate((*web.pages, *second.pages)):
        made.finds.add(f"page {number}", page)


def operated(made: Left, program: Program) -> None:
    """By the command line beside it: a file that has telephone numbers in a column of its own, then the rest."""
    file = program.folder / "feed.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*COLUMNS, "Điện thoại"])
        writer.writeheader()
        writer.writerows(row(n, **{"Điện thoại": "0912345678"}) for n in range(200, 210))
        writer.writerows(row(n, **cells) for n, cells in enumerate(FAULTY, 300))
    slips = program.folder / "slips.csv"
    # What it prints is said to the caller, and to nobody else.
    program.sipas("dossiers", "import", str(file), "--slips", str(slips), expect=1)
    made.visits.update(re.findall(r"/s/([0-9A-Z]{23})", slips.read_text(encoding="utf-8")))
    assert len(made.visits) == 16
    for line in (
        {"operation": "dossiers", "arguments": {"rows": [[2, {"code": "BIMAT 0912345678", "event": 5}]]}},
        {"operation": "dossiers", "arguments": {"BIMAT": "0912345678"}},
        {"operation": "sender-add", "arguments": {"name": "BIMAT 0912345678"}},
    ):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(socket_path(program.database)))
            client.sendall(json.dumps(line).encode() + b"\n")
            client.makefile("rb").readline()
    listed = program.sipas("review", "list").stdout
    held = re.findall(r"(?m)^(\S+)  pair ", listed)
    assert len(held) == 2
    program.sipas("review", "decide", held[0], "leave-out")
    made.finds.add("output review", listed)
    table, copy = program.folder / "r.csv", program.folder / "b"
    for arguments in (("verify",), ("doctor",), ("dossiers", "sender", "list"), ("backup", "--out", str(copy))):
        done = program.sipas(*arguments)
        made.finds.add(f"output {arguments[0]}", done.stdout + done.stderr)
    done = program.sipas("export", "--what", "responses", "--format", "csv", "--out", str(table))
    made.finds.add("output export", done.stdout + table.read_text(encoding="utf-8"))


def opened_again(made: Left, program: Program, folder: Path) -> None:
    """The backup, on another machine."""
    folder.mkdir()
    other = Program(folder, NOWHERE, "", extra=KEYS)
    made.finds.add("output restore", other.sipas("restore", str(program.folder / "b")).stdout)
    made.finds.add("output verify", other.sipas("verify").stdout)


def test_no_code_of_a_dossier_and_no_telephone_number_is_found(left: Left) -> None:
    hits = left.finds.hits((*CODES, *PHONES))
    size = sum(map(len, left.finds.places.values()))
    record(
        Figure(
            "B22 traces of dossiers", len(CODES) + len(PHONES), len(hits), f"{size // 1024} KiB of files, logs, answers"
        )
    )
    assert hits == []


def test_no_code_of_a_visit_is_kept(left: Left) -> None:
    """In no file and no log; the page that shows her code shows it to her alone."""
    codes = {*left.visits, *("-".join(code[at : at + 6] for at in range(0, 23, 6)) for code in left.visits)}
    assert left.finds.hits(sorted(codes), but=r"^page ") == []


def test_nothing_the_feed_said_can_forge_a_line_of_the_log(left: Left) -> None:
    assert left.program is not None
    log = left.program.log()
    assert "\x1b" not in log
    assert "serving" in log
    assert "answered from two accounts" in log


def test_the_search_finds_what_is_there(left: Left) -> None:
    """The same files hold what belongs to them, in the database and beside it."""
    assert {where for where, _ in left.finds.hits(["visit_of_feed"])} >= {"file one sipas.db", "file two sipas.db"}
    assert left.finds.hits(["verified"])
    assert any("sipas.db-wal" in where and content for where, content in left.finds.places.items())
