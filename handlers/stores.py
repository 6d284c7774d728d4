"""The stores that handlers take: one small protocol a concern. Synchronous; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from handlers.book_store import Books
from handlers.finding_store import Findings
from handlers.order_store import Orders
from handlers.procedure_store import Procedures
from handlers.response_store import Responses
from handlers.second_store import Seconds
from handlers.visit_store import Invitations, Ratings, Visit
from scoring.release import Cell
from scoring.units import Tree
from survey.model import Session, Survey

if TYPE_CHECKING:
    from handlers.context import Message

Edition = Literal["weekly", "monthly", "quarterly"]
Role = Literal["viewer", "manager", "admin"]


class Person(Struct, frozen=True):
    """An address on a channel. `choosing` is what she is picking at the moment (JSON), or None."""

    id: str
    channel: str
    address: str
    language: str
    choosing: str | None = None


@dataclass(frozen=True)
class Entry:
    """A way in: what the code on a poster stands for."""

    code: str
    unit_id: str
    counter: str = ""


class Talk(Struct, frozen=True):
    """A stored session with what surrounds it."""

    session: Session
    person_id: str
    visit_id: str
    response_id: str | None
    open: bool
    touched_at: int


@dataclass(frozen=True)
class Official:
    id: str
    person_id: str
    unit_id: str
    role: Role
    deputy_of: str | None = None
    until_day: date | None = None


@dataclass(frozen=True)
class Invite:
    unit_id: str
    role: Role
    deputy_of: str | None
    until_day: date | None
    expires_at: int
    used: bool


class People(Protocol):
    def get(self, channel: str, address: str) -> Person | None: ...
    def by_id(self, person_id: str) -> Person | None: ...
    def add(self, person: Person, at: int) -> None: ...
    def set_language(self, person_id: str, language: str) -> None: ...
    def set_choosing(self, person_id: str, choosing: str | None) -> None: ...
    def set_reachable(self, person_id: str, value: bool) -> None: ...


class Surveys(Protocol):
    def get(self, survey_id: str, version: str) -> Survey: ...
    def newest(self, survey_id: str) -> Survey: ...


@dataclass(frozen=True)
class Improvement:
    """What an office did on a day, in its manager's words."""

    id: str
    unit_id: str
    day: date
    words: str


class Units(Protocol):
    def tree(self) -> Tree: ...
    def entry(self, code: str) -> Entry | None: ...
    def add_entry(self, entry: Entry, at: int) -> None: ...
    def entry_of(self, unit_id: str, counter: str) -> Entry | None: ...
    def improve(self, done: Improvement, person_id: str, at: int) -> None: ...
    def improvement(self, improvement_id: str) -> Improvement | None: ...
    def withdraw_improvement(self, improvement_id: str, at: int) -> None: ...
    def improvements(self, first: date, last: date) -> Sequence[Improvement]:
        """What was told as done in those days, the newest first."""
        ...


class Talks(Protocol):
    """Visits and sessions."""

    def add_visit(self, visit: Visit, channel: str, at: int) -> None: ...
    def visit(self, visit_id: str) -> Visit: ...
    def add(self, talk: Talk) -> None: ...
    def get(self, session_id: str) -> Talk | None: ...
    def latest(self, person_id: str) -> Talk | None:
        """The open session she touched last."""
        ...

    def all_of(self, person_id: str) -> Sequence[Talk]: ...
    def about(self, visit_id: str) -> Sequence[Talk]:
        """Every session about a visit, whoever holds it, the one touched last first."""
        ...

    def hand_over(self, session_id: str, person_id: str) -> None: ...
    def save(self, before: Talk, now: Talk, at: int) -> None: ...
    def silent(self, before: int, limit: int) -> Sequence[Talk]:
        """Open sessions nobody touched since `before` (Unix ms)."""
        ...

    def unreminded(self, before: int, after: int, limit: int) -> Sequence[Talk]:
        """Open sessions last touched between the two instants and not reminded since."""
        ...

    def mark_reminded(self, session_id: str, at: int) -> None: ...


class Cells(Protocol):
    """Released cells: the only figures anyone may read."""

    def get(self, unit_id: str, scope: str, survey_id: str, period: str, provenance: str = "") -> Cell | None:
        """The cell of all answers, or of those of one provenance."""
        ...

    def open_before(self, pattern: str, before: str) -> Sequence[Cell]:
        """Cells of periods that are over but not closed."""
        ...

    def put(self, cell: Cell, at: int) -> None: ...
    def of_other_methods(self, method: str, limit: int) -> Sequence[Cell]: ...
    def rescore(self, cell: Cell) -> None:
        """Give a stored cell, closed or not, the method of this one; its counts are the same."""
        ...


class Officials(Protocol):
    def of_person(self, person_id: str, today: date) -> Sequence[Official]:
        """Her offices that are in force on `today`, from whichever of her two accounts she writes."""
        ...

    def get(self, official_id: str) -> Official | None: ...
    def all(self, today: date) -> Sequence[Official]: ...
    def add(self, official: Official, at: int) -> None: ...
    def revoke(self, official_id: str, at: int) -> bool: ...
    def add_invite(self, code_digest: str, invite: Invite, created_by: str, at: int) -> None: ...
    def invite(self, code_digest: str) -> Invite | None: ...
    def use_invite(self, code_digest: str, official_id: str, at: int) -> None: ...
    def misses(self, person_id: str | None, since: int) -> int: ...
    def add_miss(self, miss_id: str, person_id: str, at: int) -> None: ...
    def subscribe(self, official_id: str, edition: Edition, since: date) -> None: ...
    def unsubscribe(self, official_id: str, at: int) -> None: ...
    def subscribed(self, today: date) -> Sequence[tuple[Official, Edition, date]]:
        """Officials in force who take an edition of the summary, with the day since when."""
        ...


Decided = Literal["send", "hold"]


@dataclass(frozen=True)
class Recipient:
    """Who a report was written for: its state in the outbox ("" where it has none), and whether she asked on.

    `second`: that is what became of it at her second account, since it could not be delivered to the first.
    """

    person_id: str
    state: str
    looked: bool
    second: bool = False


class Posts(Protocol):
    """What is sent unasked, and who got which report."""

    def queue(self, post_id: str, person_id: str, kind: str, message: str, not_before: int, at: int) -> None: ...
    def tell(self, post_id: str, person_id: str, kind: str, message: Message, at: int) -> None:
        """Queue a message that goes out at once."""
        ...

    def keep_from(self, second_id: str, at: int) -> None:
        """What waits for an account in place of another is not sent any more: it was unlinked."""
        ...

    def claim_report(
        self, edition: Edition, period: str, unit_id: str, person_id: str, post_id: str | None, at: int
    ) -> bool:
        """False when this recipient has this period's report of this unit already."""
        ...

    def reported(self, edition: Edition, unit_id: str, person_id: str) -> Sequence[str]: ...
    def decide(self, edition: Edition, period: str, unit_id: str, person_id: str, decided: Decided, at: int) -> None:
        """The last decision on a period's report of a unit stands."""
        ...

    def decision(self, edition: Edition, period: str, unit_id: str) -> tuple[Decided, int] | None:
        """(what was decided, when in Unix ms)."""
        ...

    def recipients(self, edition: Edition, period: str, unit_id: str) -> Sequence[Recipient]: ...


class Audit(Protocol):
    def write(self, actor: str, action: str, subject: str, outcome: str, *, audit_id: str, at: int) -> None: ...


@dataclass(frozen=True)
class Stores:
    people: People
    surveys: Surveys
    units: Units
    books: Books
    findings: Findings
    invitations: Invitations
    ratings: Ratings
    talks: Talks
    responses: Responses
    cells: Cells
    procedures: Procedures
    officials: Officials
    seconds: Seconds
    posts: Posts
    orders: Orders
    audit: Audit
