"""A sealed file: only its key opens it, and nothing in it can be changed, cut, moved or added unnoticed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

import pytest

from bot import sealed
from bot.sealed import CHUNK_BYTES, Unsealable, seal, seal_text, unseal, unseal_text

KEY = "correct horse battery staple"
HEAD = 24


@pytest.fixture(autouse=True)
def _derive_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deriving a key is slow on purpose; the same head gives the same one."""
    monkeypatch.setattr(sealed, "_cipher", lru_cache(sealed._cipher))


def closed(chunks: Sequence[bytes], key: str = KEY) -> bytes:
    file = BytesIO()
    seal(iter(chunks), key, file)
    return file.getvalue()


def opened(data: bytes, key: str = KEY) -> list[bytes]:
    return list(unseal(BytesIO(data), key))


def pieces(data: bytes) -> list[bytes]:
    """Each chunk with its length before it."""
    found, at = [], HEAD
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4])
        found.append(data[at:end])
        at = end
    return found


@pytest.mark.parametrize(
    "sizes", [(0,), (1,), (CHUNK_BYTES,), (CHUNK_BYTES, 0), (CHUNK_BYTES, CHUNK_BYTES, 5)], ids=str
)
def test_what_was_sealed_comes_back(sizes: tuple[int, ...]) -> None:
    chunks = [random.Random(size).randbytes(size) for size in sizes]
    assert opened(closed(chunks)) == chunks


def test_nothing_can_be_read_without_the_key() -> None:
    data = closed([b"Canary: answers of citizens " * 40])
    assert b"Canary" not in data
    with pytest.raises(Unsealable, match="does not open with this key"):
        opened(data, KEY + "!")


def test_the_same_content_never_looks_the_same_twice() -> None:
    first, second = closed([b"x" * 100]), closed([b"x" * 100])
    assert first[:8] == second[:8]
    assert first[8:HEAD] != second[8:HEAD]
    assert first[HEAD + 4 :] != second[HEAD + 4 :]


SMALL = closed([b"one" * 9, b"two" * 9, b"three" * 9])


def test_every_changed_byte_is_noticed() -> None:
    for at in (*range(8), 8, HEAD - 1, *range(HEAD, len(SMALL))):
        changed = SMALL[:at] + bytes([SMALL[at] ^ 1]) + SMALL[at + 1 :]
        with pytest.raises(Unsealable):
            opened(changed)


def test_every_cut_is_noticed() -> None:
    for length in range(len(SMALL)):
        with pytest.raises(Unsealable):
            opened(SMALL[:length])
    for count in (1, 2):
        with pytest.raises(Unsealable, match="cut short"):
            opened(SMALL[:HEAD] + b"".join(pieces(SMALL)[:count]))


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2), (0, 0, 1, 2), (0, 1, 1, 2), (2,), (0, 1, 2, 2)], ids=str)
def test_chunks_moved_repeated_or_left_out_are_noticed(order: tuple[int, ...]) -> None:
    parts = pieces(SMALL)
    assert b"".join(parts) == SMALL[HEAD:]
    with pytest.raises(Unsealable):
        opened(SMALL[:HEAD] + b"".join(parts[at] for at in order))


def test_chunks_of_another_backup_are_noticed() -> None:
    other = closed([b"ONE" * 9, b"TWO" * 9, b"THREE" * 9])
    mixed = SMALL[:HEAD] + b"".join([*pieces(SMALL)[:2], pieces(other)[2]])
    with pytest.raises(Unsealable, match="altered or damaged"):
        opened(mixed)


def test_another_file_is_said_to_be_no_backup() -> None:
    with pytest.raises(Unsealable, match="not a sipas backup"):
        opened(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(Unsealable, match="not a sipas backup"):
        opened(b"")


def test_a_sealed_text_opens_only_whole_with_its_key_and_for_what_it_is_about() -> None:
    closed = seal_text("mật mã", KEY, "app 1")
    assert unseal_text(closed, KEY, "app 1") == "mật mã"
    assert "mật mã".encode() not in closed
    for changed, key, about in (
        *(
            (closed[:at] + bytes([closed[at] ^ 1]) + closed[at + 1 :], KEY, "app 1")
            for at in (0, HEAD, len(closed) - 1)
        ),
        *((closed[:length], KEY, "app 1") for length in (0, HEAD - 1, HEAD, len(closed) - 1)),
        (closed, KEY + "x", "app 1"),
        (closed, KEY, "app 2"),
    ):
        with pytest.raises(Unsealable):
            unseal_text(changed, key, about)


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert seal_text("a", KEY, "x") != seal_text("a", KEY, "x")
