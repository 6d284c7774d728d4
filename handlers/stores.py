"""The stores that handlers take: one small protocol a concern. Synchronous; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from handlers.book_store import Books
from handlers.finding_store import Findings
from handlers.order_store import Orders
from handlers.procedure_store import Procedures
from handlers.second_store import Seconds
from handlers.visit_store import Invitations, Provenance, Ratings, Visit
from scoring.counts import Item, Tally
from scoring.release import Cell, Chain
from scoring.units import Tree
from survey.model import Session, Survey

if TYPE_CHECKING:
    from handlers.context import Message

Edition = Literal["weekly", "monthly", "quarterly"]
Role = Literal["viewer", "manager", "admin"]
Disposition = Literal["open", "complete", "partial", "refused", "withdrawn"]


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
class Response:
    """A response as counted: everything but its answers."""

    id: str
    unit_id: str
    survey_id: str
    survey_version: str
    procedure_group: str
    provenance: Provenance
    disposition: Disposition
    counted: bool
    local_day: date | None
    receipt: str | None
    channel: str = ""


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


@dataclass(frozen=True)
class Held:
    """A response that waits for somebody to look at it. `pair` is the same for those about one visit.

    `parts`: the chains it left for that; None: it was in none.
    """

    response: Response
    pair: str
    channel: str
    reason: str
    parts: frozenset[str] | None
    at: int


class Responses(Protocol):
    """Responses, their answers, and the counts they make."""

    def begin(
        self,
        response_id: str,
        consent_id: str,
        visit: Visit,
        survey: Survey,
        *,
        channel: str,
        language: str,
        text: str,
        text_version: str,
        at: int,
    ) -> None:
        """Write the consent row (version and digest of `text`) and the open response that needs it."""
        ...

    def link(self, response_id: str, person_id: str, unit_id: str, week: str, visit_key: str, expires_at: int) -> bool:
        """Tie a finished response to its person; False when one is counted already for this unit and week."""
        ...

    def linked(self, person_id: str) -> Sequence[Response]: ...
    def get(self, response_id: str) -> Response | None: ...
    def put_answer(self, response_id: str, question: str, item: Item, words: str | None) -> None: ...
    def drop_answers(self, response_id: str, questions: Iterable[str]) -> None: ...
    def answers(self, response_id: str) -> Mapping[str, tuple[str | None, str | None]]:
        """By question: (value, words)."""
        ...

    def items(self, response_id: str) -> Sequence[Item]: ...
    def set_disposition(
        self,
        response_id: str,
        disposition: Disposition,
        *,
        counted: bool,
        receipt: str | None,
        local_day: date | None,
        at: int,
    ) -> None: ...
    def sent_about(self, visit_id: str) -> Sequence[Response]:
        """The complete responses about a visit."""
        ...

    def one_counts(self, pair: str) -> bool:
        """Whether one of the answers about a visit was let count."""
        ...

    def pair_of(self, response_id: str) -> str | None:
        """The pair it was held in, decided or not."""
        ...

    def set_assisted(self, response_id: str) -> None:
        """What is still being answered is answered beside the staff from here on."""
        ...

    def hold(self, response: Response, reason: str, pair: str, at: int) -> bool:
        """Take a response out of what counts until somebody has looked at it: it waits for no block any more.

        False where somebody has looked already: it stays as it was decided.
        """
        ...

    def hold_parts(self, response_id: str, parts: AbstractSet[str]) -> None:
        """Chains that a held response joins besides, should it count again."""
        ...

    def held(self) -> Sequence[Held]: ...
    def release(self, held: Held, decision: Literal["count", "leave-out"], at: int) -> None:
        """Somebody has looked at it; it counts from now on, or never."""
        ...

    def has_receipt(self, receipt: str) -> bool:
        """Whether a response bears this code."""
        ...

    def forget_times(self, response_id: str, visit_id: str) -> None:
        """Cut what may lead from a response to a person: every instant of it, its visit and its consent to the day, and
        the dossier; a visit of its own, by this new id, then stands for the one that the feed told of."""
        ...

    def add_counts(self, response: Response, units: Sequence[tuple[str, str]], tally: Tally, sign: int) -> None:
        """Add (sign 1) or take away (-1) a response's tally for each (unit, scope), by its day and its month."""
        ...

    def wait(self, chain: Chain, response_id: str) -> None:
        """Let the response wait for the chain's next block."""
        ...

    def waiting(self, chain: Chain) -> Sequence[str]:
        """The responses of a chain that no cell holds yet."""
        ...

    def leave(self, chain: Chain, response_ids: Iterable[str]) -> None:
        """These wait no more."""
        ...

    def erase(self, person_id: str) -> Sequence[Response]:
        """Delete every response, answer, session and link of a person; returns the responses that went."""
        ...


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
