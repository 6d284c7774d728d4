"""Errors by kind, declared once. What people type is a value, never one of these.

SipasError
├─ Unusable            arguments or configuration; exit 2 with one line: what, where, the mend
├─ AlreadyRunning      another process holds the database; exit 3
├─ StorageUnavailable  nothing of the batch was stored: answer 503, acknowledge nothing
├─ SendError           a message did not go out; its kind says what to do
└─ DrawError           a picture or file was not drawn; the text stands without it
"""

from __future__ import annotations

from typing import Literal


def one_line(text: str) -> str:
    """Nothing in `text` may end the line, move the cursor or turn the direction of reading."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class SipasError(Exception):
    """The root of what we raise on purpose."""


class Unusable(SipasError):
    def __init__(self, where: str, what: str, mend: str) -> None:
        super().__init__(one_line(f"{where}: {what}; {mend}"))


class AlreadyRunning(SipasError):
    def __init__(self, where: str) -> None:
        super().__init__(f"{where}: another sipas process holds this database; stop it first")


class StorageUnavailable(SipasError):
    """The disk, the lock or the file failed: the whole batch was rolled back."""


SendKind = Literal["throttled", "unreachable", "gone", "rejected", "misconfigured", "uncertain"]


class SendError(SipasError):
    """`throttled` may be tried after `retry_after` seconds; `unreachable` later; `gone` never again to this person;
    `rejected` never in this form; `misconfigured` when the operator has mended it; `uncertain` may have arrived."""

    def __init__(self, kind: SendKind, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: SendKind = kind
        self.detail = detail
        self.retry_after = retry_after


DrawKind = Literal["busy", "slow", "failed", "closed"]


class DrawError(SipasError):
    """`busy`: too many wait, try later; `slow`: it took too long; `failed`: these facts cannot be drawn; `closed`."""

    def __init__(self, kind: DrawKind, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: DrawKind = kind
        self.detail = detail
