"""What a peer is told when it is started: the port and database on the command line, the rest in the environment."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Given:
    """Settings of one peer; `api` is the root of the Bot API."""

    port: int
    database: Path
    token: str
    api: str
    secret: str

    @property
    def webhook(self) -> str:
        """The address that Telegram shall call."""
        return f"http://127.0.0.1:{self.port}{PATH}"


PATH = "/telegram/webhook"


def given(about: str | None) -> Given:
    """Read the command line and the environment; `about` is the program's docstring."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", type=Path, required=True)
    told = parser.parse_args()
    environment = os.environ
    return Given(told.port, told.database, environment["BOT_TOKEN"], environment["BOT_API"], environment["BOT_SECRET"])
