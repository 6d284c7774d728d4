"""Which processes have the database open, as far as /proc shows them to us; none where there is no /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Opener:
    """A process with the database file open. `ours` has the lock file open too, as every writing `sipas` has."""

    pid: int
    name: str
    writes: bool
    ours: bool


def openers(database: Path) -> list[Opener]:
    """Every process but this one that has `database` or its lock open."""
    wanted = {os.path.realpath(database): "database", os.path.realpath(f"{database}.lock"): "lock"}
    found = []
    for folder in PROC.glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        held = {(wanted[target], writes) for target, writes in _files(folder, wanted)}
        if held:
            writes = ("database", True) in held
            found.append(Opener(int(folder.name), _name(folder), writes, any(what == "lock" for what, _ in held)))
    return found


def _files(folder: Path, wanted: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """(path, opened for writing) of the open files that are asked for; a process may end meanwhile, or not be ours."""
    with suppress(OSError):
        for link in os.scandir(folder / "fd"):
            with suppress(OSError):
                target = str(Path(link.path).readlink())
                if target in wanted:
                    yield target, _writes(folder / "fdinfo" / link.name)


def _writes(info: Path) -> bool:
    flags = next((line.split()[1] for line in info.read_text().splitlines() if line.startswith("flags:")), "0")
    return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY


def _name(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return "?"
