"""B20: the audit of what we depend on fails when something is faulty, and says so when it could not look."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.faults.program import ROOT, free_port

LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==(\S+)")
FAULT = {"id": "PYSEC-2026-1", "fixed_in": ["9.9"], "withdrawn": None}


@contextmanager
def advisories(faults: Mapping[str, list[dict[str, object]]], missing: frozenset[str] = frozenset()) -> Iterator[str]:
    """PyPI's JSON API for any package, on loopback."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, name, version, _ = self.path.split("/")
            self.send_response(404 if name in missing else 200)
            self.end_headers()
            told = {"info": {"version": version}, "vulnerabilities": faults.get(name, [])}
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def audit(api: str, *more: str, locks: list[Path] = LOCKS) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / ".ci" / "audit.py"), *map(str, locks), "--api", api, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def everything() -> set[tuple[str, str]]:
    return {pair for lock in LOCKS for pair in PINNED.findall(lock.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(
    ("faults", "missing", "code", "says"),
    [
        ({}, frozenset(), 0, f"{len(everything())} packages checked, no fault is known"),
        ({"jinja2": [FAULT]}, frozenset(), 1, "PYSEC-2026-1 (9.9)"),
        ({"jinja2": [{**FAULT, "withdrawn": "2026-01-01"}]}, frozenset(), 0, "no fault is known"),
        ({}, frozenset({"numpy"}), 4, f"NOT CHECKED: 2 of {len(everything())}"),
        ({"jinja2": [FAULT]}, frozenset({"numpy"}), 1, "NOT CHECKED: 2 of"),
    ],
    ids=["clean", "faulty", "withdrawn", "one unknown", "faulty and unknown"],
)
def test_what_it_says(
    faults: dict[str, list[dict[str, object]]], missing: frozenset[str], code: int, says: str
) -> None:
    """B20: both locks, every version in them; a skipped package is never a clean one."""
    with advisories(faults, missing) as api:
        answered, said = audit(api)
    assert (answered, says in said) == (code, True), said


def test_nobody_to_ask_is_no_clean_answer(tmp_path: Path) -> None:
    """B20: the fault of a common tool, which answers 0 having checked nothing. The list is written all the same."""
    code, said = audit(f"http://127.0.0.1:{free_port()}", "--sbom", str(tmp_path / "build" / "sbom.json"))
    assert code == 4
    assert f"NOT CHECKED: {len(everything())} of {len(everything())}" in said
    listed = json.loads((tmp_path / "build" / "sbom.json").read_text(encoding="utf-8"))
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert {(one["name"], one["version"]) for one in listed["components"]} == everything()
    assert all(one["externalReferences"][0]["hashes"] for one in listed["components"])
    empty = tmp_path / "empty.lock"
    empty.touch()
    assert audit(f"http://127.0.0.1:{free_port()}", locks=[empty])[0] == 4


def test_every_locked_package_is_held_to_its_hash() -> None:
    """B20: pip and uv refuse a file that is not the one that was locked."""
    for lock in LOCKS:
        blocks = re.split(r"(?m)^(?=[A-Za-z0-9._-]+==)", lock.read_text(encoding="utf-8"))[1:]
        assert len(blocks) > 50
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
