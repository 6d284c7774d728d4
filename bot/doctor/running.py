"""Whether a program runs on this database, and how it is: asked over its socket and its own web address."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from pathlib import Path

from bot.control import ask
from bot.errors import Unusable
from bot.settings import Settings
from bot.writing import socket_path

WAIT_SECONDS = 8.0
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where to knock, not to listen
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Running:
    """A program that took our call. `health` is the word of /healthz, empty where its address does not answer."""

    pragmas: dict[str, object] = field(default_factory=dict)
    """What the one writer's connection is set to; empty when the writer did not answer."""
    silence: str = ""
    """Why the writer did not answer."""
    address: str = ""
    health: str = ""
    tick_age: float | None = None
    """Seconds since the last tick that succeeded."""


def ask_running(settings: Settings, database: Path) -> Running | None:
    """None when no program listens on the socket beside the database."""
    pragmas: dict[str, object] = {}
    silence = ""
    try:
        answer = ask(socket_path(database), "pragmas", {}, WAIT_SECONDS)
        if answer is None:
            return None
        pragmas = answer
    except Unusable as error:
        silence = str(error)
    except (OSError, ValueError):
        silence = f"no answer within {WAIT_SECONDS:.0f} s"
    host = EVERY_ADDRESS.get(settings.host, settings.host)
    health = _get(host, settings.port, "/healthz") or ""
    metrics = _get(host, settings.port, "/metrics") or ""
    age = next((line.split()[1] for line in metrics.splitlines() if line.startswith("sipas_tick_age_seconds ")), None)
    return Running(pragmas, silence, f"{host}:{settings.port}", health, float(age) if age else None)


def _get(host: str, port: int, path: str) -> str | None:
    """A page of the program itself: never through a proxy of the environment."""
    connection = http.client.HTTPConnection(host, port, timeout=WAIT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().read(MOST_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
