"""The store of official figures that come as workbooks: the reform index of a year, staffing on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from scoring.book_line import Fault
from scoring.par_year import ParYear
from scoring.staffing import Staffing

BookKind = Literal["par", "staffing"]


@dataclass(frozen=True)
class Book:
    """One imported version. `key`: what it tells of, 2017 or 2018-06-30; `signed_at`: Unix ms, None while it waits."""

    kind: BookKind
    key: str
    version: int
    name: str
    warnings: tuple[Fault, ...]
    at: int
    signed_by: str | None = None
    signed_at: int | None = None

    @property
    def shown(self) -> str:
        """The key as people write it: 2017, 30/06/2018."""
        return shown(self.key)


def shown(key: str) -> str:
    """2018-06-30 as 30/06/2018, 2018-06 as 06/2018."""
    return "/".join(reversed(key.split("-")))


class Books(Protocol):
    def signed(self, kind: BookKind) -> Sequence[Book]:
        """Of each key the newest version that was signed, the newest key first."""
        ...

    def newest(self, kind: BookKind, key: str) -> Book | None:
        """Signed or not."""
        ...

    def waiting(self) -> Sequence[Book]:
        """The newest versions that nobody signed yet."""
        ...

    def sign(self, book: Book, person_id: str, at: int) -> bool:
        """False where it is signed already, or a newer version came."""
        ...

    def par(self, book: Book) -> ParYear: ...

    def staffing(self, book: Book) -> Staffing: ...
