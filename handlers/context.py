"""What a handler is given and what it gives back. No channel and no database is known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from handlers.stores import Person, Stores
from scoring.index import METHOD

IncomingKind = Literal["text", "press", "start", "other"]


class Incoming(Struct, frozen=True):
    """One thing a person did, in no channel's words.

    `text` is what was typed, a button's data, a start code, or for "other" its kind (sticker, photo, voice, ...).
    `update_id` names the event for ever: the same id again is the same event.
    `private` is False in groups; `fresh` is False for edited and forwarded messages.
    `trusted` is False where the address alone does not prove who writes (a web link without its cookie).
    """

    channel: str
    update_id: str
    address: str
    kind: IncomingKind
    text: str = ""
    language: str | None = None
    private: bool = True
    fresh: bool = True
    trusted: bool = True


class Button(NamedTuple):
    """`data` comes back when it is pressed: at most 64 bytes."""

    label: str
    data: str
    tone: Literal["plain", "good", "bad", "main"] = "plain"


@dataclass(frozen=True)
class Attachment:
    """A description of a picture or file, drawn after the commit. `facts` is plain data."""

    kind: Literal["picture", "sheet", "report"]
    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Message(Struct, frozen=True):
    """One bubble. `replaces`: the bubble it answers is changed in place where the channel can do so.

    `text` may hold strong passages between STRONG and PLAIN. `awaits` says whether typed words are expected.
    `kept` is what is stored instead of a text that must be shown only once: a repeated event gives that.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    replaces: bool = False
    attachment: Attachment | None = None
    awaits: Literal["press", "words", "nothing"] = "nothing"
    kept: str | None = None


STRONG, PLAIN = "\ue000", "\ue001"
"""Marks of a strong passage. Private-use characters: `survey.text.clean` takes them out of what people type."""


def strong(text: str) -> str:
    return f"{STRONG}{text}{PLAIN}"


class Texts(Protocol):
    """The sentences of one language; an unknown key is a bug and raises KeyError."""

    @property
    def language(self) -> str: ...

    def __call__(self, key: str, /, **values: object) -> str: ...


@dataclass(frozen=True)
class Procedure:
    """A group of administrative procedures that a person can pick. `names`: words by which a feed may call it."""

    code: str
    label: Mapping[str, str]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Province:
    """The province this process serves."""

    id: str
    name: str
    sample: bool
    address_form: str
    index_survey: str
    publishes: bool
    agency: str
    hotline: str
    page: str
    step: int
    minimum: int
    approves: bool = False
    """Whether a manager sees the summary of her unit before its other readers get it."""
    method: str = METHOD
    """One of `scoring.index.METHODS`: how the index of cells to come is made."""


class Context(Struct, frozen=True):
    """One turn. Time is passed in; `new_id`, `new_code` and `below` are the only sources of chance."""

    province: Province
    incoming: Incoming
    person: Person
    texts: Texts
    catalogues: Mapping[str, Texts]
    procedures: tuple[Procedure, ...]
    now: datetime
    zone: ZoneInfo
    stores: Stores
    new_id: Callable[[], str]
    new_code: Callable[[int], str]
    below: Callable[[int], int]
    """A number from 0 up to, but not including, the one given: a lot."""
    keyed: Callable[[str, str, int], str] = lambda *_: ""
    """(purpose, text, letters): a keyed hash in so many letters, of what must be found again and never be read."""
    seal_phone: Callable[[str, str], str] | None = None
    """(number, ref of its invitation) to the number sealed; None where nothing can be sent to numbers."""
    telegram_name: str = ""
    quiet_days: frozenset[date] = frozenset()
    """No summary goes out on these, nor at weekends."""
    page_link: Callable[[str, int], str] = lambda *_: ""
    """The address that opens the page of scores for a person until then (Unix ms)."""
    web_link: str = ""
    """The address of the web chat, empty where there is none to be reached."""
    warn: Callable[..., None] = lambda *_, **__: None
    """Tell the operator's log: a sentence and what it is about, never an answer."""

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.catalogues)

    def in_language(self, language: str) -> Context:
        """The same turn, spoken in another language of the catalogue."""
        return replace(self, texts=self.catalogues[language])

    @property
    def today(self) -> date:
        """The local day of the province."""
        return self.now.astimezone(self.zone).date()

    @property
    def now_ms(self) -> int:
        """Unix milliseconds."""
        return to_ms(self.now)

    def later_ms(self, **span: float) -> int:
        return to_ms(self.now + timedelta(**span))


def to_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
