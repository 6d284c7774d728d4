"""The diary of a disk (disk.c) and what a power cut may leave of it.

The model of a cut: what a file was told to keep by its last successful sync is there. Of what was written since, any
part may be there, in any order, torn at sectors. Names follow in order, as a journalling file system keeps them, and
are sure once their folder was synced. A sync that failed takes what it should have kept away for good, as Linux does.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("disk.c")
HEAD = struct.Struct("<ciQI")
SECTORS = (512, 4096)
ACKNOWLEDGED = b"A"


def compiled(folder: Path) -> Path | None:
    """The library, built in `folder`; None where there is no C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "disk.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def watching(library: Path, folder: Path, diary: Path | None = None, switch: Path | None = None) -> dict[str, str]:
    """The environment of a process whose files under `folder` are watched; `switch` makes them fail (see disk.c)."""
    wanted = {"DISK_FOLDER": str(folder), **({"DISK_SWITCH": str(switch)} if switch else {})}
    return wanted | {"LD_PRELOAD": str(library)} | ({"DISK_LOG": str(diary)} if diary else {})


class Entry(NamedTuple):
    """One line of the diary. `id` is a file descriptor."""

    kind: bytes
    id: int
    offset: int
    data: bytes


def read_diary(path: Path) -> list[Entry]:
    content, at, found = path.read_bytes(), 0, []
    while at < len(content):
        kind, number, offset, length = HEAD.unpack_from(content, at)
        at += HEAD.size
        found.append(Entry(kind, number, offset, content[at : at + length]))
        at += length
    return found


class Marks:
    """Lines of the tests' own in a diary: what was acknowledged, in the order in which the disk learnt of things."""

    def __init__(self, diary: Path) -> None:
        self._descriptor = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def acknowledged(self, name: str) -> None:
        data = name.encode()
        os.write(self._descriptor, HEAD.pack(ACKNOWLEDGED, 0, 0, len(data)) + data)

    def close(self) -> None:
        os.close(self._descriptor)


@dataclass
class File:
    """`kept` is sure; of `waiting` any part may be lost. A piece of None is a truncation to its offset."""

    kept: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)

    def synced(self) -> None:
        for offset, data in self.waiting:
            _apply(self.kept, offset, data)
        self.waiting.clear()


class Named(NamedTuple):
    """A change of names: `name` means `file` from now on (None: nothing), and `gone` nothing more."""

    name: str
    file: File | None
    gone: str | None = None


class Disk:
    """Follows a diary from what lay in a folder at its beginning; `cut` builds what may be left at this moment."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.names = {name: File(bytearray(data)) for name, data in files.items()}
        self._sure = dict(self.names)
        self._moves: list[Named] = []
        self._open: dict[int, tuple[str, File | None]] = {}

    def follow(self, entry: Entry) -> None:
        match entry.kind:
            case b"O":
                self._opened(entry.id, os.fsdecode(entry.data), truncated=bool(entry.offset))
            case b"W" | b"T":
                file = self._open[entry.id][1]
                assert file is not None
                file.waiting.append((entry.offset, entry.data if entry.kind == b"W" else None))
            case b"S":
                self._synced(entry.id)
            case b"E":
                file = self._open[entry.id][1]
                if file is not None:
                    file.waiting.clear()
            case b"U":
                self._move(Named(os.fsdecode(entry.data), None))
            case b"R" | b"L":
                old, new = (os.fsdecode(part) for part in entry.data.split(b"\0"))
                self._move(Named(new, self.names.get(old), old if entry.kind == b"R" else None))

    def _opened(self, number: int, name: str, *, truncated: bool) -> None:
        if Path(name).is_dir():
            self._open[number] = (name, None)
            return
        if name not in self.names:
            self._move(Named(name, File()))
        self._open[number] = (name, self.names[name])
        if truncated:
            self.names[name].waiting.append((0, None))

    def _move(self, move: Named) -> None:
        _rename(self.names, move)
        self._moves.append(move)

    def _synced(self, number: int) -> None:
        file = self._open[number][1]
        if file is not None:
            file.synced()
            return
        for move in self._moves:
            _rename(self._sure, move)
        self._moves.clear()

    def all(self) -> dict[str, bytes]:
        """Name and content of every file if nothing is lost."""
        return {name: _with(file.kept, file.waiting) for name, file in self.names.items()}

    def sure(self) -> dict[str, bytes]:
        """Name and content of every file if all is lost that can be."""
        return {name: bytes(file.kept) for name, file in self._sure.items()}

    def cut(self, rng: random.Random) -> dict[str, bytes]:
        """Name and content of every file after the power went at this moment and came back."""
        names = dict(self._sure)
        for move in self._moves[: rng.randint(0, len(self._moves))]:
            _rename(names, move)
        return {name: _left_of(file, rng) for name, file in names.items()}


def _with(kept: bytearray, waiting: Iterable[tuple[int, bytes | None]]) -> bytes:
    content = bytearray(kept)
    for offset, data in waiting:
        _apply(content, offset, data)
    return bytes(content)


def _rename(names: dict[str, File], move: Named) -> None:
    if move.file is None:
        names.pop(move.name, None)
    else:
        names[move.name] = move.file
    if move.gone is not None:
        names.pop(move.gone, None)


def _left_of(file: File, rng: random.Random) -> bytes:
    content = bytearray(file.kept)
    count = len(file.waiting)
    share = rng.choice((0.0, 0.5, 0.9, 1.0))
    how = rng.choice(("any", "first", "last"))
    border = rng.randint(0, count)
    for number, (offset, data) in enumerate(file.waiting):
        there = {"any": rng.random() < share, "first": number < border, "last": number >= border}[how]
        if there:
            for part in _torn(offset, data, rng) if rng.random() < 0.3 else ((offset, data),):
                _apply(content, *part)
    return bytes(content)


def _torn(offset: int, data: bytes | None, rng: random.Random) -> Iterator[tuple[int, bytes | None]]:
    """Some of the sectors of one write."""
    if data is None:
        yield offset, data
        return
    sector, at = rng.choice(SECTORS), 0
    while at < len(data):
        end = min(len(data), at + sector - (offset + at) % sector)
        if rng.random() < 0.5:
            yield offset + at, data[at:end]
        at = end


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(max(0, offset - len(content))))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data
