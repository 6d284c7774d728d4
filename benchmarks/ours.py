"""Our bot, `sipas run`, as a program under measurement."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.bots import ROOT, SECRET, TAPS, BotProgram, NotConnectedError, Place, count
from benchmarks.form import write_form
from benchmarks.lean_api import TOKEN

COMMAND_SECONDS = 60.0
FILL_SECONDS = 300.0
FILL_SECONDS_A_MILLION = 300.0


def environment(place: Place) -> dict[str, str]:
    """Settings for the webhook, and this checkout's own code."""
    return {
        "PYTHONPATH": str(ROOT),
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


def _polling_environment(place: Place) -> dict[str, str]:
    return {**environment(place), "SIPAS_TELEGRAM_MODE": "polling"}


def sipas(place: Place, *arguments: str) -> str:
    """Run one `sipas` command and return what it printed; NotConnectedError with its last line when it fails."""
    return ran(place, "bot", arguments, COMMAND_SECONDS)


def fill(place: Place, responses: int) -> dict[str, Any]:
    """Fill our database with a year of answers by benchmarks/filled.py, and return its plan; NotConnectedError."""
    arguments, seconds = ("--responses", str(responses)), FILL_SECONDS + FILL_SECONDS_A_MILLION * responses / 1e6
    plan: dict[str, Any] = json.loads(ran(place, "benchmarks.filled", arguments, seconds))
    return plan


def ran(place: Place, module: str, arguments: Sequence[str], seconds: float) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment(place)},
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise NotConnectedError(
            f"{' '.join((module, *arguments[:1]))}: {(done.stderr.strip() or 'failed').splitlines()[-1]}"
        )
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
    province.write_text(
        text.replace('index_survey = "sipas-rotating"', 'index_survey = "benchmark-24"'), encoding="utf-8"
    )


def connect(place: Place) -> str:
    """Fill the folder so that `/start <returned code>` opens the benchmark's form at a unit of the sample."""
    put_form(place)
    printed = sipas(place, "link", "Xã Vũ Hội")
    address = next(line.split()[-1] for line in printed.splitlines() if line.startswith("Web "))
    return address.rpartition("/")[2]


def _command(place: Place) -> list[str]:  # noqa: ARG001 - one signature for all
    return [sys.executable, "-m", "bot", "run"]


def _choose(buttons: Sequence[str], tap: int, rng: random.Random) -> str:
    """Consent and sending are the first button of their screens; in between any s:<session>:<question>:<choice>."""
    if tap in (0, TAPS - 1):
        return buttons[0]
    choices = [data for data in buttons if data.startswith("s:") and data.count(":") == 3]
    return rng.choice(choices)


def _durable(folder: Path) -> int:
    return count(folder / "sipas.db", "SELECT count(*) FROM inbox WHERE channel = 'telegram' AND state = 'done'")


OURS = BotProgram("sipas run", connect, _command, environment, _choose, _durable)
OURS_POLLING = replace(OURS, environment=_polling_environment, polling=True)
