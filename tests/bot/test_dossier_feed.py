"""`POST /api/dossiers` in the real program: who may send, what is taken, what is answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot import feed_operations
from bot.channels.dossier_feed import MOST_ROWS, rows_of
from bot.program import running
from bot.settings import Settings

ROW = {"code": "H53-77-1", "event": "returned", "unit": "Huyện Đông Hưng", "at": "2026-11-16 09:00"}


class Feed:
    def __init__(self, client: httpx.AsyncClient, key: str, app: Any) -> None:
        self.client, self.key, self.app = client, key, app

    async def post(self, *rows: dict[str, Any], key: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return await self.client.post("/api/dossiers", json={"dossiers": list(rows)}, headers=headers)


@pytest_asyncio.fixture
async def feed(tmp_path: Path) -> AsyncIterator[Feed]:
    url = f"sqlite:///{tmp_path / 'feed.db'}"
    settings = Settings(_env_file=None, database_url=url, port=1, public_url="https://danhgia.example")
    settings = settings.model_copy(update={"port": 0})
    async with running(settings) as (app, _, port):
        made = await app.writer.do(
            lambda connection: feed_operations.add_sender(app.core, lambda job: job(connection), {"name": "motcua"})
        )
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield Feed(client, made["key"], app)


@pytest.mark.asyncio
async def test_a_dossier_is_taken_and_its_code_opens_the_office(feed: Feed) -> None:
    taken = (await feed.post(ROW)).json()
    assert (taken["new"], taken["known"], taken["faults"]) == (1, 0, [])
    link = taken["codes"][0]["link"].removeprefix("https://danhgia.example")
    assert "huyện Đông Hưng" in (await feed.client.get(link)).text
    assert (await feed.post(ROW)).json() == taken | {"new": 0, "known": 1}


@pytest.mark.asyncio
async def test_bad_rows_are_named_and_good_ones_go_in(feed: Feed) -> None:
    taken = (await feed.post(ROW | {"at": "hôm qua"}, ROW)).json()
    assert taken["new"] == 1
    assert taken["faults"] == [{"dossier": 1, "field": "at", "reason": "bad_date", "value": "hôm qua"}]
    assert [one["dossier"] for one in taken["codes"]] == [2]


HOSTILE = (
    "\x00",
    "\U000e0041" * 20,
    "a\r\nb",
    "'; DROP TABLE visit --",
    "<script>",
    "\u202e",
    "ﷺ" * 70,
    "{}%s",
    "١٢/٠١/٢٠٢٦",
)


@pytest.mark.asyncio
async def test_five_hundred_rows_that_all_fail_are_each_answered_and_take_nothing(feed: Feed) -> None:
    rows = [
        {"code": "", "event": HOSTILE[n % 9], "unit": HOSTILE[n % 7], "at": HOSTILE[n % 8], "address": HOSTILE[n % 5]}
        for n in range(MOST_ROWS)
    ]
    answer = await feed.post(*rows)
    assert answer.status_code == 200
    taken = answer.json()
    assert (taken["new"], taken["known"], taken["codes"]) == (0, 0, [])
    assert {fault["dossier"] for fault in taken["faults"]} == set(range(1, MOST_ROWS + 1))
    assert max(len(fault["value"]) for fault in taken["faults"]) <= 60
    assert await feed.app.readers.do(lambda c: c.execute("SELECT count(*) FROM visit").fetchone()) == (0,)


@pytest.mark.asyncio
async def test_a_half_of_a_letter_is_answered_and_stores_nothing(feed: Feed) -> None:
    body = b'{"dossiers": [' + json.dumps(ROW).encode() + b', {"code": "\\udc80"}]}'
    headers = {"Authorization": f"Bearer {feed.key}"}
    answer = await feed.client.post("/api/dossiers", content=body, headers=headers)
    assert answer.status_code == 400
    assert await feed.app.readers.do(lambda c: c.execute("SELECT count(*) FROM visit").fetchone()) == (0,)


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["Bearer", "Bearer " + "0" * 32, "Bearer short", "Basic eA==", "\u00e9"])
async def test_nobody_sends_without_a_key(feed: Feed, key: str) -> None:
    headers = {b"authorization": key.encode()}
    answer = await feed.client.post("/api/dossiers", json={"dossiers": [ROW]}, headers=headers)
    assert answer.status_code == 401
    assert await feed.app.readers.do(lambda c: c.execute("SELECT count(*) FROM visit").fetchone()) == (0,)


@pytest.mark.asyncio
async def test_a_revoked_key_ends_at_once(feed: Feed) -> None:
    await feed.app.writer.do(
        lambda connection: feed_operations.revoke_sender(feed.app.core, lambda job: job(connection), {"name": "motcua"})
    )
    assert (await feed.post(ROW)).status_code == 401


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the body is no JSON"),
        (b"[" * 100_000, "the body is no JSON"),
        (b"[]", 'the body is not {"dossiers"'),
        (b'{"dossiers": []}', 'the body is not {"dossiers"'),
        (b'{"dossiers": [1]}', "dossier 1 is no object"),
        (b'{"dossiers": [{"ma": "1"}]}', "dossier 1: 'ma' is none of"),
        (b'{"dossiers": [{"code": [1]}]}', "dossier 1: code is no text"),
        (b'{"dossiers": [{"code": true}]}', "dossier 1: code is no text"),
        (b'{"dossiers": [{"code": 1.5}]}', "dossier 1: code is no text"),
        (b'{"dossiers": [{"code": NaN}]}', "dossier 1: code is no text"),
        (b'{"dossiers": [{"code": 1e999}]}', "dossier 1: code is no text"),
        (b'{"dossiers": [{"code": ' + b"9" * 5_000 + b"}]}", "the body is no JSON"),
        (b'{"dossiers": [{"code": "H53-1", "code": "H53-2"}]}', "'code' stands twice in one object"),
        (b'{"dossiers": [{"code": "H53-1"}], "dossiers": [{}]}', "'dossiers' stands twice in one object"),
        (b'{"dossiers": [{"code": "1"}, {"code": "\\ud800"}]}', "the body is no JSON"),
        (b'{"dossiers": [{"\\ud800": "1"}]}', "the body is no JSON"),
        (b"\xff\xfe", "the body is no JSON"),
        (b'{"dossiers": [' + b"{}," * MOST_ROWS + b"{}]}", "more than 500"),
    ],
)
def test_what_is_no_list_of_dossiers_is_refused_with_a_sentence(body: bytes, said: str) -> None:
    found = rows_of(body)
    assert isinstance(found, str)
    assert found.startswith(said)
