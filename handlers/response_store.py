"""The store of responses, their answers, and the counts they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from handlers.visit_store import Provenance, Visit
from scoring.counts import Item, Tally
from scoring.release import Chain
from survey.model import Survey

Disposition = Literal["open", "complete", "partial", "refused", "withdrawn"]


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
