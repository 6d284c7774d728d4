"""Writing to .env what a command was given."""

from __future__ import annotations

from pathlib import Path

from bot.errors import Unusable


def keep(file: Path, name: str, value: str) -> None:
    """Set one line of an env file, leaving the others as they are; the file is readable by its owner only."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        kept = [line for line in lines if not line.startswith(f"{name}=")]
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text("\n".join([*kept, f"{name}={value}"]) + "\n", encoding="utf-8")
    except OSError as error:
        raise Unusable(
            str(file), f"cannot be written ({error.strerror})", "run it in a folder you can write"
        ) from error
