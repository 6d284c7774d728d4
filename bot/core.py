"""Contexts over a connection: what handlers need for one turn, built from settings, texts and the served province."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property

import structlog

import handlers
from bot.chance import below, new_code, new_id
from bot.errors import Unusable
from bot.key import secret_key
from bot.keyed import keyed
from bot.procedures import load_procedures
from bot.quiet_days import load_quiet_days
from bot.sealed import seal_short, unseal_short
from bot.settings import MIN_RESPONDENTS, ProvinceFile, Settings, load_province
from bot.storage.audit import AuditStore, Key, no_key
from bot.storage.database import database_path
from bot.storage.stores import stores_over
from bot.storage.units import Shelf
from bot.texts import Catalogue, load_catalogues
from bot.tickets import ticket
from handlers import ways_in
from handlers.access import offices
from handlers.context import Context, Incoming, Message, Procedure, Province, to_ms
from handlers.stores import Audit, Person, Stores
from scoring.release import STEP

log = structlog.get_logger()

SAMPLE = "sample"
SAMPLE_STEP = 1
"""In the sample the score moves with every answer, so that a newcomer sees it move."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Lines:
    """An audit store for readers: keeps the lines until a writer takes them."""

    kept: list[tuple[tuple[str, str, str, str], dict[str, object]]] = field(default_factory=list)

    def write(self, actor: str, action: str, subject: str, outcome: str, *, audit_id: str, at: int) -> None:
        self.kept.append(((actor, action, subject, outcome), {"audit_id": audit_id, "at": at}))


@dataclass
class Core:
    """One province's rules and words. `respond` is what a turn runs."""

    settings: Settings
    province: Province
    catalogues: Mapping[str, Catalogue]
    procedures: tuple[Procedure, ...]
    quiet_days: frozenset[date] = frozenset()
    shelf: Shelf = field(default_factory=Shelf)
    clock: Clock = utc_now
    telegram_name: Callable[[], str] = lambda: ""
    key: Key = no_key
    """Seals the lines of the audit."""
    new_id: Callable[[], str] = new_id
    new_code: Callable[[int], str] = new_code
    below: Callable[[int], int] = below
    _last: tuple[sqlite3.Connection, Stores] | None = None

    def context(
        self,
        connection: sqlite3.Connection,
        incoming: Incoming,
        *,
        now: datetime | None = None,
        audit: Audit | None = None,
        keep_person: bool = False,
    ) -> Context:
        """A person who is not known yet is stored only with `keep_person`."""
        now = now or self.clock()
        stores = self._stores(connection, audit)
        person = stores.people.get(incoming.channel, incoming.address)
        if person is None:
            person = Person(self.new_id(), incoming.channel, incoming.address, self._language(incoming.language))
            if keep_person:
                stores.people.add(person, to_ms(now))
        return Context(
            province=self.province,
            incoming=incoming,
            person=person,
            texts=self.catalogues[person.language],
            catalogues=self.catalogues,
            procedures=self.procedures,
            quiet_days=self.quiet_days,
            now=now,
            zone=self.settings.zone,
            stores=stores,
            new_id=self.new_id,
            new_code=self.new_code,
            below=self.below,
            keyed=self._keyed,
            seal_phone=self._seal_phone if self.settings.sends_to_phones else None,
            telegram_name=self.telegram_name(),
            page_link=self._page_link,
            web_link=self._web,
            warn=log.warning,
        )

    def _keyed(self, purpose: str, text: str, letters: int) -> str:
        return keyed(self.key(), purpose, text, letters)

    def _seal_phone(self, number: str, ref: str) -> str:
        return seal_short(number, self.key(), f"{self.province.id}:{ref}")

    def unseal_phone(self, sealed: str, ref: str) -> str:
        """The number of an invitation; raises Unsealable where the secret key is another one now."""
        return unseal_short(sealed, self.key(), f"{self.province.id}:{ref}")

    def _page_link(self, person_id: str, until_ms: int) -> str:
        return f"{self._web}/o/{ticket(self.key(), 'link', person_id, until_ms)}" if self._web else ""

    @property
    def _web(self) -> str:
        """The address of the web chat, "" where nobody outside could reach it."""
        here = f"http://127.0.0.1:{self.settings.port}" if self.province.sample else ""
        return self.settings.public_url or here

    def _stores(self, connection: sqlite3.Connection, audit: Audit | None) -> Stores:
        """Stores hold nothing but their connection: the writer's are made once."""
        if audit is not None:
            return stores_over(connection, self.province.id, self.shelf, audit)
        last = self._last  # read once: readers on other threads replace it
        if last is None or last[0] is not connection:
            audit = AuditStore(connection, self.province.id, self.key)
            last = self._last = (connection, stores_over(connection, self.province.id, self.shelf, audit))
        return last[1]

    def keep(self, connection: sqlite3.Connection, lines: Lines) -> None:
        """Write what a reader noted."""
        audit = self._stores(connection, None).audit
        for words, keys in lines.kept:
            audit.write(*words, **keys)  # type: ignore[arg-type]

    def _language(self, wanted: str | None) -> str:
        short = (wanted or "")[:2]
        return short if short in self.catalogues else self.settings.language

    def standing(self, connection: sqlite3.Connection, incoming: Incoming) -> handlers.Standing:
        """Where a person stands, for the routing of bare words."""
        context = self.context(connection, incoming)
        talk = context.stores.talks.latest(context.person.id)
        awaits = False
        if talk is not None and talk.session.current:
            survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
            question = survey.question(talk.session.current)
            awaits = question is not None and question.kind == "text"
        code = handlers.way_in(incoming)
        leads_in = bool(code) and ways_in.office_of(context, code) is not None
        return handlers.Standing(talk is not None, awaits, bool(offices(context)), leads_in)

    def respond(
        self, connection: sqlite3.Connection, incoming: Incoming, route: handlers.Route, now: datetime | None = None
    ) -> list[Message]:
        """One writing turn."""
        return handlers.respond(self.context(connection, incoming, now=now, keep_person=True), route)

    @cached_property
    def sorry(self) -> Message:
        """What a turn that failed says."""
        return Message(self.catalogues[self.settings.language]("sorry"))


def make_core(
    settings: Settings, connection: sqlite3.Connection, clock: Clock = utc_now, *, sample: bool = False
) -> Core:
    """The core for the province this database serves: the configured one once it has units, else the sample."""
    file = load_province(settings.config_dir)
    served = file.id if not sample and _has_units(connection, file.id) else SAMPLE
    return Core(
        settings=settings,
        province=province_of(file, settings, served),
        catalogues=load_catalogues(settings.config_dir / "locales", file.address_form),
        procedures=load_procedures(settings.config_dir / "procedures.csv"),
        quiet_days=load_quiet_days(settings.config_dir / "quiet_days.csv"),
        clock=clock,
        key=key_of(settings),
    )


def key_of(settings: Settings) -> Key:
    """Gives the secret key, read (or made) when it is first asked for: most commands never do."""
    return cache(lambda: secret_key(settings, database_path(settings.database_url)).encode())


def _has_units(connection: sqlite3.Connection, province_id: str) -> bool:
    return connection.execute("SELECT 1 FROM unit WHERE province_id = ? LIMIT 1", (province_id,)).fetchone() is not None


def province_of(file: ProvinceFile, settings: Settings, served: str) -> Province:
    """The province as served; raises Unusable where figures about fewer than ten people were asked for."""
    sample = served == SAMPLE
    if not sample and settings.min_respondents < MIN_RESPONDENTS:
        raise Unusable(
            "SIPAS_MIN_RESPONDENTS",
            f"{settings.min_respondents} would show single people",
            f"{MIN_RESPONDENTS} is the lowest allowed outside the sample",
        )
    return Province(
        id=served,
        name="Tỉnh Thái Bình" if sample else file.name,
        sample=sample,
        address_form=file.address_form,
        index_survey=file.index_survey,
        publishes=file.publishes_scores,
        approves=file.approves_summaries,
        agency="Sở Nội vụ tỉnh Thái Bình" if sample else file.agency,
        hotline="" if sample else file.hotline,
        page="" if sample else file.page,
        step=SAMPLE_STEP if sample else max(STEP, settings.min_respondents),
        minimum=settings.min_respondents,
        method=f"{file.method}/1",
    )
