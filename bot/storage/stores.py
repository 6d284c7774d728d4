"""All stores over one connection."""

from __future__ import annotations

import sqlite3

from bot.storage.audit import AuditStore
from bot.storage.books import BookStore
from bot.storage.cells import CellStore
from bot.storage.findings import FindingStore
from bot.storage.invitations import InvitationStore
from bot.storage.officials import OfficialStore
from bot.storage.orders import OrderStore
from bot.storage.people import PeopleStore, TalkStore
from bot.storage.posts import PostStore
from bot.storage.procedures import ProcedureStore
from bot.storage.ratings import RatingStore
from bot.storage.responses import ResponseStore
from bot.storage.seconds import SecondStore
from bot.storage.units import Shelf, SurveyStore, UnitStore
from handlers.stores import Audit, Stores


def stores_over(connection: sqlite3.Connection, province_id: str, shelf: Shelf, audit: Audit | None = None) -> Stores:
    """`audit` takes the lines; without one there is no key to seal them with, and writing one is a bug."""
    return Stores(
        people=PeopleStore(connection, province_id),
        surveys=SurveyStore(connection, province_id, shelf),
        units=UnitStore(connection, province_id, shelf),
        books=BookStore(connection, province_id, shelf),
        findings=FindingStore(connection, province_id),
        invitations=InvitationStore(connection, province_id),
        ratings=RatingStore(connection, province_id),
        talks=TalkStore(connection, province_id),
        responses=ResponseStore(connection, province_id),
        cells=CellStore(connection, province_id),
        procedures=ProcedureStore(connection, province_id),
        officials=OfficialStore(connection, province_id),
        seconds=SecondStore(connection, province_id),
        posts=PostStore(connection, province_id),
        orders=OrderStore(connection, province_id),
        audit=audit or AuditStore(connection, province_id),
    )
