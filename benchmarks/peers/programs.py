"""The peers as programs under measurement."""

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.bots import ROOT, SECRET, BotProgram, NotConnectedError, Place, count
from benchmarks.lean_api import TOKEN

ENVIRONMENT = ROOT / ".tools" / "bench-peers"
"""What `install` beside this file makes: aiogram wants other versions than the project's."""
PINS = Path(__file__).parent / "requirements.txt"


def _code(place: Place) -> str:  # noqa: ARG001 - one signature for all
    return "BENCH"


def _code_once_installed(place: Place) -> str:
    done = ENVIRONMENT / "installed.txt"
    if not done.exists() or done.read_bytes() != PINS.read_bytes():
        raise NotConnectedError("its packages are not installed; `sh benchmarks/peers/install` says why")
    return _code(place)


def _command(python: str, module: str, place: Place) -> list[str]:
    return [
        *(python, "-m", f"benchmarks.peers.{module}"),
        *("--port", str(place.port), "--database", str(place.folder / "peer.db")),
    ]


def _environment(place: Place) -> dict[str, str]:
    return {"BOT_TOKEN": TOKEN, "BOT_API": place.api, "BOT_SECRET": SECRET, "PYTHONPATH": str(ROOT)}


def _choose(buttons: Sequence[str], tap: int, rng: random.Random) -> str:  # noqa: ARG001 - one signature for all
    return rng.choice(buttons)


def _durable(folder: Path) -> int:
    return count(folder / "peer.db", "SELECT (SELECT count(*) FROM answer) + (SELECT count(*) FROM visitor)")


def _peer(name: str, module: str) -> BotProgram:
    return BotProgram(
        name, _code, lambda place: _command(sys.executable, module, place), _environment, _choose, _durable
    )


PTB = _peer("python-telegram-bot", "ptb_bot")
PTB_POLLING = replace(_peer("python-telegram-bot", "ptb_polling"), polling=True)
AIOGRAM = replace(
    _peer("aiogram", "aiogram_bot"),
    prepare=_code_once_installed,
    command=lambda place: _command(str(ENVIRONMENT / "bin" / "python"), "aiogram_bot", place),
)
BARE = _peer("the bare handler", "bare_handler")
