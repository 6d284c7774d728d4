"""Visits, what the feed of dossiers tells of them, and how people are asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Provenance = Literal["verified", "walk_in", "assisted"]


@dataclass(frozen=True)
class Visit:
    id: str
    unit_id: str
    deciding_unit_id: str | None
    procedure_group: str
    local_day: date
    provenance: Provenance
    event: str = "visit"
    counter: str = ""
    dossier_digest: str | None = None

    @property
    def key(self) -> str:
        """What an answer is about where a dossier proves it, "" where a person may answer once a week."""
        return f"{self.dossier_digest}:{self.event}" if self.dossier_digest else ""


@dataclass(frozen=True)
class Feed:
    """What the feed of dossiers tells of a visit beyond the visit itself."""

    due: date | None
    done: date | None
    ordinal: int


InvitationState = Literal["open", "waiting", "asked", "late", "stopped", "tired"]


@dataclass(frozen=True)
class Invitation:
    """What the code of a visit leads to. Instants are Unix ms; the address is known only while state is "waiting".
    A telephone number is sealed there, for the `ref`."""

    ref: str
    visit_id: str
    expires: date
    state: InvitationState
    channel: str | None = None
    address: str | None = None
    address_digest: str | None = None
    ask_after: int | None = None
    ask_until: int | None = None
    answered: bool = False
    """Whether an answer was sent, even if it was erased since."""


class Invitations(Protocol):
    """Visits that the feed of dossiers tells of, and how people are asked about them."""

    def add_visit(self, visit: Visit, feed: Feed, at: int) -> None: ...
    def known(self, digest: str, event: str) -> tuple[Visit, Feed] | None: ...
    def last_ordinal(self, unit_id: str, day: date) -> int:
        """The highest ordinal of an office's day, 0 where there is none."""
        ...

    def add(self, invitation: Invitation) -> None: ...
    def by_ref(self, ref: str) -> Invitation | None: ...
    def of_visit(self, visit_id: str) -> Invitation | None: ...
    def due(self, now: int, limit: int) -> Sequence[Invitation]:
        """Those to be written to now, or whose time for that is over."""
        ...

    def settle(self, ref: str, state: InvitationState, at: int) -> None:
        """Its address is forgotten with it."""
        ...

    def mark_answered(self, visit_id: str) -> None: ...
    def refuse(self, address_digest: str, at: int) -> None: ...
    def refused(self, address_digest: str) -> bool: ...
    def asked_since(self, address_digest: str, since: int) -> bool: ...
    def visits(self, unit_ids: Sequence[str], periods: Sequence[str]) -> int:
        """How many events the feed told of, at these desks, in these days (2026-11-23) or months (2026-11)."""
        ...


@dataclass(frozen=True)
class Requested:
    """A rating template that went to a number: its tracking id, the invitation's ref, and what was answered."""

    id: str
    ref: str
    response_id: str | None


class Ratings(Protocol):
    """Rating templates for telephone numbers, and which response each became."""

    def queue(self, request_id: str, invitation: Invitation, forget_at: int, at: int) -> None:
        """Take over the invitation's sealed number, to be sent until its `ask_until`."""
        ...

    def find(self, request_id: str, msg_id: str) -> Requested | None:
        """By our tracking id, else by Zalo's message id."""
        ...

    def note_rated(self, request_id: str, response_id: str, forget_at: int) -> None: ...
    def drop(self, request_id: str) -> None: ...
