"""A sealed file: encrypted chunks, so that a wrong key, a changed byte, a cut and a changed order are all noticed.

MAGIC, a salt, then for each chunk its length and its ciphertext: AES-256-GCM under scrypt(key, salt), over the chunk
made small by zlib. A chunk's nonce is its number and whether it is the last (STREAM, the way of `age`), and every chunk
vouches for the head of the file. The salt is new for each file, so no nonce is ever used twice under one key.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from bot.errors import SipasError

MAGIC = b"SIPASBK1"
TEXT_MAGIC = b"SIPASTX1"
CHUNK_BYTES = 1 << 20
_SALT_BYTES = 16
_HEAD_BYTES = len(MAGIC) + _SALT_BYTES
_LENGTH_BYTES = 4
_SHORT_NONCE = 12
_LONGEST = 2 * CHUNK_BYTES
"""Of one chunk's ciphertext; a larger length can only be damage."""


class Unsealable(SipasError):
    """What is wrong with a sealed file, as the end of a sentence that begins with its name."""


def seal(chunks: Iterable[bytes], key: str, file: BinaryIO) -> None:
    """Write `chunks` (at least one, at most CHUNK_BYTES each) to `file`."""
    head = MAGIC + secrets.token_bytes(_SALT_BYTES)
    cipher = _cipher(key, head)
    file.write(head)
    for number, (chunk, following) in enumerate(pairwise(chain(chunks, (None,)))):
        assert chunk is not None
        small = zlib.compress(chunk, 1)
        closed = cipher.encrypt(_nonce(number, last=following is None), small, head)
        file.write(len(closed).to_bytes(_LENGTH_BYTES) + closed)


def unseal(file: BinaryIO, key: str) -> Iterator[bytes]:
    """The chunks, each authenticated. Only who has read to the end knows that nothing is missing.

    Raises Unsealable at the first thing that is wrong.
    """
    head = file.read(_HEAD_BYTES)
    if not head.startswith(MAGIC):
        raise Unsealable("is not a sipas backup")
    if len(head) < _HEAD_BYTES:
        raise Unsealable("is cut short")
    cipher = _cipher(key, head)
    number, closed = 0, _chunk(file)
    while closed is not None:
        following = _chunk(file)
        yield zlib.decompress(_open(cipher, number, closed, head, last=following is None))
        number, closed = number + 1, following
    if number == 0:
        raise Unsealable("is cut short")


def seal_text(text: str, key: str, about: str) -> bytes:
    """A short text sealed the same way, alone; it opens only with `key` and the same `about`."""
    head = TEXT_MAGIC + secrets.token_bytes(_SALT_BYTES)
    return head + _cipher(key, head).encrypt(_nonce(0, last=True), text.encode(), head + about.encode())


def unseal_text(sealed: bytes, key: str, about: str) -> str:
    """The text; raises Unsealable where the key, `about` or any byte is another."""
    head, closed = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
    if not head.startswith(TEXT_MAGIC) or len(head) < _HEAD_BYTES:
        raise Unsealable("is no sealed text")
    try:
        return _cipher(key, head).decrypt(_nonce(0, last=True), closed, head + about.encode()).decode()
    except InvalidTag:
        raise Unsealable("does not open with this key, or was altered") from None


def seal_short(text: str, key: bytes, about: str) -> str:
    """A few letters sealed alone and quickly, in base 64, for a `key` of 256 bits that nobody can guess.

    It opens only with the same `about`. AES-256-GCM under a key derived by HMAC-SHA-256, with a random nonce.
    """
    nonce = secrets.token_bytes(_SHORT_NONCE)
    return base64.b64encode(nonce + _short(key).encrypt(nonce, text.encode(), about.encode())).decode()


def unseal_short(sealed: str, key: bytes, about: str) -> str:
    """The text; raises Unsealable where the key, `about` or any letter is another."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return _short(key).decrypt(raw[:_SHORT_NONCE], raw[_SHORT_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError):
        raise Unsealable("does not open with this key, or was altered") from None


def _short(key: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key, b"sealed short text", "sha256"))


def _open(cipher: AESGCM, number: int, closed: bytes, head: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), closed, head)
    except InvalidTag:
        pass
    if last and _opens(cipher, _nonce(number, last=False), closed, head):
        raise Unsealable("is cut short")
    if number == 0:
        raise Unsealable("does not open with this key, or its beginning was altered")
    raise Unsealable(f"was altered or damaged (in chunk {number})")


def _opens(cipher: AESGCM, nonce: bytes, closed: bytes, head: bytes) -> bool:
    try:
        cipher.decrypt(nonce, closed, head)
    except InvalidTag:
        return False
    return True


def _chunk(file: BinaryIO) -> bytes | None:
    """The next ciphertext; None at the end of the file."""
    length = file.read(_LENGTH_BYTES)
    if not length:
        return None
    wanted = int.from_bytes(length)
    if wanted > _LONGEST:
        raise Unsealable("was altered or damaged (a length that cannot be)")
    closed = file.read(wanted)
    if len(length) < _LENGTH_BYTES or len(closed) < wanted or not closed:
        raise Unsealable("is cut short")
    return closed


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _cipher(key: str, head: bytes) -> AESGCM:
    # 32 MiB and about a quarter of a second: dear for who guesses, cheap for who knows.
    derived = Scrypt(salt=head[len(MAGIC) :], length=32, n=2**15, r=8, p=3).derive(key.encode())
    return AESGCM(derived)
