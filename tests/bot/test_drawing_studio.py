"""The drawing process: it draws, ends when idle, when slow and when we die, and takes nothing of ours with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.drawing.studio import Studio
from bot.errors import DrawError
from handlers.context import Attachment

SHEET = Attachment("sheet", "34.xlsx", {"title": "2026-Q4", "columns": ["unit", "score"], "rows": [], "note": ""})
PICTURE = Attachment("picture", "34.png", {"title": "Tỉnh", "bars": [["A", 50, 40, 60, 44]], "n": 44})
PATIENCE = 30.0
"""How long we look for something that must happen; passing does not depend on how fast it does."""

ALONE = """
import asyncio, json, os, socket, sqlite3, sys
from bot.drawing.studio import Studio
from handlers.context import Attachment

async def main(folder):
    database = sqlite3.connect(os.path.join(folder, "held.db"))
    database.execute("CREATE TABLE t (x)")
    held = socket.create_server(("127.0.0.1", 0))
    lent = os.open(os.path.join(folder, "lock"), os.O_CREAT | os.O_RDWR)
    studio = Studio()
    picture = await studio.draw(Attachment("picture", "a.png", json.loads(sys.argv[2])))
    files = f"/proc/{studio.process_id}/fd"
    links = [os.readlink(os.path.join(files, file)) for file in os.listdir(files)]
    heavy = [name for name in ("matplotlib", "xlsxwriter", "numpy", "PIL") if name in sys.modules]
    said = {"pid": studio.process_id, "size": len(picture.content), "links": links, "heavy": heavy}
    print(json.dumps(said), flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def gone(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while alive(pid) and time.monotonic() < until:  # noqa: ASYNC110 - nobody tells us when a process is gone
        await asyncio.sleep(0.02)
    return not alive(pid)


async def test_a_picture_and_a_sheet_come_from_one_process_that_ends_on_close() -> None:
    studio = Studio()
    picture = await studio.draw(PICTURE)
    pid = studio.process_id
    sheet = await studio.draw(SHEET)
    assert picture.content.startswith(b"\x89PNG")
    assert (picture.name, picture.media_type) == ("34.png", "image/png")
    assert sheet.content.startswith(b"PK")
    assert sheet.media_type.endswith("spreadsheetml.sheet")
    assert pid is not None
    assert pid != os.getpid()
    assert studio.process_id == pid
    await studio.close()
    assert await gone(pid)
    with pytest.raises(DrawError, match="closed"):
        await studio.draw(SHEET)


async def test_closing_does_not_wait_for_a_drawing_that_hangs() -> None:
    studio = Studio()
    await studio.draw(SHEET)
    pid = studio.process_id
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    hanging = asyncio.create_task(studio.draw(SHEET))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await studio.close(0.1)
    assert time.monotonic() - began < PATIENCE
    assert await gone(pid)
    with pytest.raises(DrawError):
        await hanging


async def test_what_cannot_be_drawn_is_said_and_the_process_goes_on() -> None:
    studio = Studio()
    try:
        with pytest.raises(DrawError) as failed:
            await studio.draw(Attachment("picture", "a.png", {"title": "no bars", "bars": [], "n": 0}))
        assert failed.value.kind == "failed"
        pid = studio.process_id
        assert (await studio.draw(SHEET)).content
        assert studio.process_id == pid
    finally:
        await studio.close()


async def test_it_ends_when_idle_and_starts_again() -> None:
    studio = Studio(idle_seconds=0.05)
    try:
        await studio.draw(SHEET)
        pid = studio.process_id
        assert pid is not None
        assert await gone(pid)
        assert (await studio.draw(SHEET)).content
        assert studio.process_id != pid
    finally:
        await studio.close()


async def test_a_drawing_that_takes_too_long_is_ended_and_the_next_gets_a_new_process() -> None:
    studio = Studio(draw_seconds=0.001, grace_seconds=PATIENCE)
    try:
        with pytest.raises(DrawError) as slow:
            await studio.draw(PICTURE)
        assert slow.value.kind == "slow"
        studio.draw_seconds = PATIENCE
        assert (await studio.draw(SHEET)).content
    finally:
        await studio.close()


async def test_a_process_that_stands_still_is_ended_from_here() -> None:
    studio = Studio()
    try:
        await studio.draw(SHEET)
        pid = studio.process_id
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        studio.draw_seconds = studio.grace_seconds = 0.05
        with pytest.raises(DrawError) as slow:
            await studio.draw(SHEET)
        assert slow.value.kind == "slow"
        assert await gone(pid)
    finally:
        await studio.close()


async def test_more_than_may_wait_are_refused_at_once() -> None:
    studio = Studio(most_waiting=2)
    try:
        results: list[Any] = await asyncio.gather(*(studio.draw(SHEET) for _ in range(5)), return_exceptions=True)
        kinds = [result.kind if isinstance(result, DrawError) else "drawn" for result in results]
        assert kinds == ["drawn"] * 3 + ["busy"] * 2
        assert (await studio.draw(SHEET)).content, "there is room again"
    finally:
        await studio.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
async def test_it_takes_nothing_of_ours_and_dies_with_us(tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(ALONE, encoding="utf-8")
    root = Path(__file__).parent.parent.parent
    program = subprocess.Popen(  # noqa: ASYNC220 - it is awaited by its first line
        [sys.executable, str(script), str(tmp_path), json.dumps(dict(PICTURE.facts))],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    try:
        assert program.stdout is not None
        said = json.loads(program.stdout.readline())
        assert said["size"] > 1000
        assert said["heavy"] == [], "drawing libraries stay out of the main process"
        assert not [link for link in said["links"] if str(tmp_path) in link or link.startswith("socket:")]
        program.send_signal(signal.SIGKILL)
        assert await gone(said["pid"]), "no drawing process outlives a killed program"
    finally:
        program.kill()
        program.communicate()
