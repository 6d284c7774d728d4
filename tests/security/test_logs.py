"""B13, B14: a line of the log says where something broke, never what a person wrote, and nobody can forge a line."""

from __future__ import annotations

import subprocess
import sys

from tests.faults.program import ROOT

SECRET = "canary-secret-of-this-run"
WROTE = "chimvang gọi 0987654321"
PROGRAM = f"""
import asyncio, logging, sqlite3, structlog
from bot.log import set_up
from bot.turn import Turn
from handlers.context import Incoming, Message

def broken(connection, incoming):
    try:
        int(incoming.text)
    except ValueError as error:
        raise KeyError(incoming.text) from error

set_up(("{SECRET}",))
connection = sqlite3.connect(":memory:", isolation_level=None)
connection.execute("CREATE TABLE person (province_id, channel, address)")
connection.execute("CREATE TABLE inbox (province_id, channel, update_id, state, reply, at, address,"
                   " PRIMARY KEY (province_id, channel, update_id))")
connection.execute("BEGIN")
Turn("p", Incoming("web", "u1", "a", "text", "{WROTE}"), broken, Message("sorry"), 0)(connection)

log = structlog.get_logger()
log.warning("odd", detail="a\\n2026-11-16 level=info event=forged \\x1b[31m\\r \\u202e {SECRET} x=\\"1\\"")
logging.getLogger("uvicorn.error").error("odd %s", "b\\nlevel=info event=forged \\x1b[31m {SECRET}")
try:
    raise ValueError("{WROTE}")
except ValueError:
    logging.getLogger("asyncio").exception("in a library\\nfuture: <Future exception=ValueError('{WROTE}')>")
    log.exception("beside")
try:
    open("/nowhere/at/all")
except OSError:
    log.exception("disk")
"""


def test_no_line_holds_what_was_typed_and_none_can_be_forged() -> None:
    """B13, B14: the real configuration of the log, a handler that breaks, hostile values."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stderr.splitlines()
    assert not any(word in done.stderr for word in ("chimvang", "0987654321", SECRET))
    assert not any(letter in done.stderr for letter in "\x1b\r\u202e")
    assert not any(line.startswith(("level=info event=forged", "2026-11-16")) for line in lines)
    said = "\n".join(lines)
    assert "KeyError" in said
    assert "ValueError" in said
    assert "broken" in said, "where it broke is said"
    assert "update_id=u1" in said
    assert "No such file or directory" in said, "what the machine says is not what a person wrote"
    assert len(lines) == 6, lines
