"""What differs between the measured bots: how to start one, how its citizen finds the next button, what it kept."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.form import write_form
from benchmarks.lean_api import TOKEN

ROOT = Path(__file__).parent.parent
SECRET = "benchmark-secret-0123456789"
COMMAND_SECONDS = 60.0
FILL_SECONDS = 300.0
TAPS = 24
"""Taps of one citizen: 24 answers for the peer; consent, 22 answers and the last button for ours."""


class NotConnectedError(Exception):
    """This program cannot be measured yet; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where one run lives: its empty folder, the bot's port, and the root of the Bot API."""

    folder: Path
    port: int
    api: str


@dataclass(frozen=True)
class BotProgram:
    """One bot. `prepare` fills the folder and returns what follows /start; `choose(buttons, tap number from 0, rng)` is
    the callback_data to press; `durable` counts the updates whose effect stands in the database file."""

    name: str
    prepare: Callable[[Place], str]
    command: Callable[[Place], Sequence[str]]
    environment: Callable[[Place], dict[str, str]]
    choose: Callable[[Sequence[str], int, random.Random], str]
    durable: Callable[[Path], int]


def _count(database: Path, sql: str) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return int(connection.execute(sql).fetchone()[0])
    finally:
        connection.close()


# The peer: benchmarks/peers/ptb_bot.py.


def _peer_code(place: Place) -> str:  # noqa: ARG001 - one signature for all
    return "BENCH"


def _peer_command(place: Place) -> list[str]:
    return [
        *(sys.executable, str(ROOT / "benchmarks" / "peers" / "ptb_bot.py")),
        *("--port", str(place.port), "--database", str(place.folder / "peer.db")),
    ]


def _peer_environment(place: Place) -> dict[str, str]:
    return {"BOT_TOKEN": TOKEN, "BOT_API": place.api, "BOT_SECRET": SECRET}


def _peer_choose(buttons: Sequence[str], tap: int, rng: random.Random) -> str:  # noqa: ARG001 - one signature for all
    return rng.choice(buttons)


def _peer_durable(folder: Path) -> int:
    return _count(folder / "peer.db", "SELECT (SELECT count(*) FROM answer) + (SELECT count(*) FROM visitor)")


# Ours: `sipas run`.


def ours_environment(place: Place) -> dict[str, str]:
    return {
        "SIPAS_CONFIG_DIR": str(place.folder / "config"),
        "SIPAS_DATABASE_URL": f"sqlite:///{place.folder / 'sipas.db'}",
        "SIPAS_HOST": "127.0.0.1",
        "SIPAS_PORT": str(place.port),
        "SIPAS_PUBLIC_URL": f"http://127.0.0.1:{place.port}",
        "SIPAS_SECRET_KEY": "benchmark-key-0123456789-0123456789",
        "SIPAS_TELEGRAM_TOKEN": TOKEN,
        "SIPAS_TELEGRAM_API": place.api,
        "SIPAS_TELEGRAM_MODE": "webhook",
        "SIPAS_TELEGRAM_SECRET": SECRET,
    }


def sipas(place: Place, *arguments: str) -> str:
    """Run one `sipas` command and return what it printed; NotConnectedError with its last line when it fails."""
    return _ran(place, "bot", arguments, COMMAND_SECONDS)


def fill(place: Place, responses: int) -> dict[str, Any]:
    """Fill our database with a year of answers by benchmarks/filled.py, and return its plan; NotConnectedError."""
    arguments = ("--responses", str(responses))
    plan: dict[str, Any] = json.loads(_ran(place, "benchmarks.filled", arguments, FILL_SECONDS))
    return plan


def _ran(place: Place, module: str, arguments: Sequence[str], seconds: float) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **ours_environment(place), "PYTHONPATH": str(ROOT)},
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise NotConnectedError(f"{module} {arguments[0]}: {(done.stderr.strip() or 'failed').splitlines()[-1]}")
    return done.stdout


def copy_config(place: Place) -> Path:
    """Our configuration as it ships, in the folder."""
    config = place.folder / "config"
    shutil.copytree(ROOT / "config", config)
    return config


def put_form(place: Place) -> None:
    """Our configuration with the form of benchmarks/form.py as the questionnaire of the index."""
    config = copy_config(place)
    write_form(config / "surveys" / "benchmark.xlsx")
    province = config / "province.toml"
    text = province.read_text(encoding="utf-8")
    province.write_text(text.replace('index_survey = "sipas-quick"', 'index_survey = "benchmark-24"'), encoding="utf-8")


def connect_ours(place: Place) -> str:
    """Fill the folder so that `/start <returned code>` opens the benchmark's form at a unit of the sample."""
    put_form(place)
    printed = sipas(place, "link", "Xã Vũ Hội")
    address = next(line.split()[-1] for line in printed.splitlines() if line.startswith("Web "))
    return address.rpartition("/")[2]


def _ours_command(place: Place) -> list[str]:  # noqa: ARG001 - one signature for all
    return [sys.executable, "-m", "bot", "run"]


def _ours_choose(buttons: Sequence[str], tap: int, rng: random.Random) -> str:
    """Consent and sending are the first button of their screens; in between any s:<session>:<question>:<choice>."""
    if tap in (0, TAPS - 1):
        return buttons[0]
    choices = [data for data in buttons if data.startswith("s:") and data.count(":") == 3]
    return rng.choice(choices)


def _ours_durable(folder: Path) -> int:
    return _count(folder / "sipas.db", "SELECT count(*) FROM inbox WHERE channel = 'telegram' AND state = 'done'")


PEER = BotProgram("python-telegram-bot", _peer_code, _peer_command, _peer_environment, _peer_choose, _peer_durable)
OURS = BotProgram("sipas run", connect_ours, _ours_command, ours_environment, _ours_choose, _ours_durable)
PROGRAMS = {"ours": OURS, "ptb": PEER}
