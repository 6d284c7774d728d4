"""The secret key: what the operator set, or one made once and kept beside the database with mode 0600."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.settings import Settings

KEY_LETTERS = 32


def known_key(settings: Settings, database: Path) -> str | None:
    """The key in force; None where there is none yet. Makes nothing."""
    configured = settings.secret_key.get_secret_value()
    if configured:
        return configured
    file = key_file(database)
    kept = file.read_text(encoding="ascii").strip() if file.exists() else ""
    return kept if len(kept) >= KEY_LETTERS else None


def secret_key(settings: Settings, database: Path) -> str:
    """The key in force, made now where there is none. For whoever holds the database's lock."""
    known = known_key(settings, database)
    if known is not None:
        return known
    # Whole or not at all: an empty key left by a crash would make every cookie forgeable.
    made = secrets.token_urlsafe(32)
    half = key_file(database).with_name(database.name + ".key.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    half.replace(key_file(database))
    return made


def key_file(database: Path) -> Path:
    """Where the key lies that was made because none is configured."""
    return database.with_name(database.name + ".key")
