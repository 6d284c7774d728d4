"""Files as accidents leave them: a good one, spoilt in one of many ways by a seeded chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

Spoil = Callable[[bytes, random.Random], bytes]


def cut(good: bytes, rng: random.Random) -> bytes:
    return good[: rng.randrange(len(good))]


def flip(good: bytes, rng: random.Random) -> bytes:
    """One to three bits."""
    spoilt = bytearray(good)
    for _ in range(rng.randint(1, 3)):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def not_utf8(good: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(good))
    return good[:at] + rng.choice([b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"]) + good[at:]


def stray(good: bytes, rng: random.Random) -> bytes:
    """A character that an editor, a copy or a conversion leaves behind."""
    at = rng.randrange(len(good))
    return good[:at] + rng.choice([b"\x00", b'"', b"'", b",", b"=", b"\r", b"\n", b"\x0b", b"\xe2\x80\xa8"]) + good[at:]


def byte_order_mark(good: bytes, rng: random.Random) -> bytes:
    return b"\xef\xbb\xbf" + (flip(good, rng) if rng.random() < 0.5 else good)


def other_coding(good: bytes, rng: random.Random) -> bytes:
    return good.decode().encode(rng.choice(["utf-16", "utf-16-le", "cp1258", "cp1252"]), errors="replace")


def twice(good: bytes, rng: random.Random) -> bytes:
    """A line stands once more, somewhere."""
    lines = good.splitlines(keepends=True)
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    return b"".join(lines)


def lost(good: bytes, rng: random.Random) -> bytes:
    """A line is missing."""
    lines = good.splitlines(keepends=True)
    del lines[rng.randrange(len(lines))]
    return b"".join(lines)


def other_ends(good: bytes, rng: random.Random) -> bytes:
    return good.replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n"]))


def empty(good: bytes, rng: random.Random) -> bytes:
    return rng.choice([b"", b"\n", b" ", b"\xef\xbb\xbf", b"\x00" * len(good)])


def values(*written: str) -> Spoil:
    """A value of the wrong type or size, in a line that has one."""

    def spoil(good: bytes, rng: random.Random) -> bytes:
        lines = good.splitlines(keepends=True)
        at = rng.choice([number for number, line in enumerate(lines) if b"=" in line and not line.startswith(b"#")])
        name, equals, _ = lines[at].partition(b"=")
        lines[at] = name + equals + rng.choice(written).encode() + b"\n"
        return b"".join(lines)

    return spoil


def added(*lines: str) -> Spoil:
    """A line that does not belong there."""

    def spoil(good: bytes, rng: random.Random) -> bytes:
        all_ = good.splitlines(keepends=True)
        all_.insert(rng.randrange(len(all_) + 1), rng.choice(lines).encode() + b"\n")
        return b"".join(all_)

    return spoil


ANYWHERE: tuple[Spoil, ...] = (
    cut,
    flip,
    flip,
    not_utf8,
    stray,
    byte_order_mark,
    other_coding,
    twice,
    lost,
    other_ends,
    empty,
)


def lay(path: Path, good: bytes, spoils: tuple[Spoil, ...], number: int) -> None:
    """The mutant of that number at `path`; now and then there is a folder in its place, or nothing."""
    rng = random.Random(f"{path.name}-{number}")
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    if number % 50 == 0:
        path.mkdir()
    elif number % 50 != 1:
        path.write_bytes(rng.choice(spoils)(good, rng))
