"""A file that an operator names."""

from __future__ import annotations

from pathlib import Path

from bot.errors import Unusable


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable(str(path), f"cannot be read ({error.strerror})", "check the path") from error
