"""The chain of tokens: stored before it is used, refreshed once by one, and what is said when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.channels.zalo_oa_http import Http
from bot.channels.zalo_oa_tokens import AHEAD_MS, CONSENT, OLD_MS, Tokens
from bot.channels.zalo_oa_vault import Pair, Vault, digest
from bot.errors import SendError, StorageUnavailable
from bot.readers import Readers
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from bot.writer import Writer
from tests.standins.checker import read_rows
from tests.standins.zalo_oa import Fault, ZaloOaStandin
from tests.standins.zalo_oa.standin import APP_ID, APP_SECRET, TOKEN

KEY = "a secret key of the tests 0123456789"
STORED = "SELECT sealed, refreshed_at, expires_at, trouble FROM zalo_oa_tokens"


class FullOnce(Vault):
    """Storage takes nothing the first time."""

    async def keep(self, pair: Pair) -> None:
        if not FULL:
            FULL.append(pair)
            raise StorageUnavailable("disk full")
        await super().keep(pair)


FULL: list[Pair] = []


@dataclass
class Bank:
    """The stand-in, a database, and a clock; programs come and go."""

    standin: ZaloOaStandin
    path: Path
    writer: Writer
    readers: Readers
    first: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    https: list[Http] = field(default_factory=list)

    async def program(self, *, key: str = KEY, first: str = "", kind: type[Vault] = Vault) -> Tokens:
        """The tokens of a program that starts now."""
        http = Http(patience=3.0)
        await http.open()
        self.https.append(http)
        vault = kind(self.writer, self.readers, "sample", APP_ID, key, lambda: self.now)
        chosen = first or self.first
        tokens = Tokens(http, self.standin.url, APP_ID, APP_SECRET, chosen, vault, lambda: self.now)
        await tokens.open()
        return tokens

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return read_rows(self.path, sql)

    @property
    def asked(self) -> int:
        return len([call for call in self.standin.calls if call.path == TOKEN])


@pytest.fixture
async def bank(tmp_path: Path) -> AsyncIterator[Bank]:
    path = tmp_path / "tokens.db"
    migrate(path)
    connection = open_writer(path)
    connection.execute("INSERT INTO province VALUES ('sample', 'S', 1, 0, 0)")
    writer, readers = Writer(connection), Readers(path)
    writer.start()
    FULL.clear()
    async with ZaloOaStandin() as standin:
        made = Bank(standin, path, writer, readers, standin.tokens.refresh)
        yield made
        for http in made.https:
            await http.close()
    readers.close()
    writer.stop()


async def test_the_first_token_is_used_once_and_what_comes_of_it_is_stored(bank: Bank) -> None:
    tokens = await bank.program()
    access = await tokens.access()
    assert access == bank.standin.tokens.access == await tokens.access()
    ((sealed, refreshed_at, expires_at, trouble),) = bank.rows(STORED)
    assert isinstance(sealed, bytes)
    assert access.encode() not in sealed
    assert isinstance(expires_at, int)
    assert isinstance(refreshed_at, int)
    assert expires_at - refreshed_at == 90_000 * 1_000  # a string of seconds: 25 hours
    assert trouble is None
    after = await bank.program()
    assert await after.access() == access
    assert bank.asked == 1


async def test_many_who_ask_at_once_cause_one_refresh(bank: Bank) -> None:
    tokens = await bank.program()
    assert len(set(await asyncio.gather(*(tokens.access() for _ in range(10))))) == 1
    used = await tokens.access()
    assert len(set(await asyncio.gather(*(tokens.renew(used) for _ in range(10))))) == 1
    assert bank.asked == 2
    assert await tokens.renew("one from long ago") == await tokens.access()
    assert bank.asked == 2


async def test_it_is_refreshed_hours_ahead_and_not_before(bank: Bank) -> None:
    tokens = await bank.program()
    await tokens._look()
    assert bank.asked == 1
    bank.now += timedelta(seconds=90_000) - timedelta(milliseconds=AHEAD_MS) - timedelta(seconds=1)
    await tokens._look()
    assert bank.asked == 1
    bank.now += timedelta(seconds=2)
    await tokens._look()
    assert bank.asked == 2


async def test_a_pair_that_cannot_be_stored_is_used_by_nobody_until_it_is(bank: Bank) -> None:
    tokens = await bank.program(kind=FullOnce)
    with pytest.raises(SendError, match="unreachable: new tokens could not be stored yet"):
        await tokens.access()
    with pytest.raises(SendError):  # the same answer for a while, without another try
        await tokens.access()
    assert bank.rows(STORED) == []
    tokens._not_before = 0.0
    assert await tokens.access() == bank.standin.tokens.access
    assert bank.asked == 1  # the token that works once was not used a second time


@pytest.mark.parametrize("kind", ["drop_before", "server_error"])
async def test_an_oauth_server_in_trouble_is_asked_again(bank: Bank, kind: str) -> None:
    bank.standin.faults.add(Fault(kind, path=TOKEN))  # type: ignore[arg-type]
    tokens = await bank.program()
    with pytest.raises(SendError, match="unreachable"):
        await tokens.access()
    tokens._not_before = 0.0
    assert await tokens.access() == bank.standin.tokens.access


async def test_a_lost_answer_ends_the_chain_and_says_what_to_do(bank: Bank) -> None:
    tokens = await bank.program()
    await tokens.access()
    bank.standin.faults.add(Fault("drop_after", path=TOKEN))
    bank.now += timedelta(hours=26)
    with pytest.raises(SendError, match="unreachable"):
        await tokens.access()
    tokens._not_before = 0.0
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(SendError, match="misconfigured") as caught:
                await tokens.access()
            await tokens._look()
    assert caught.value.detail == CONSENT
    assert [log["why"] for log in logs if log["log_level"] == "error"] == [CONSENT]
    assert bank.rows("SELECT trouble FROM zalo_oa_tokens") == [(CONSENT,)]
    # A person consents, and puts the new token into the settings.
    mended = await bank.program(first=bank.standin.tokens.consent())
    assert await mended.access() == bank.standin.tokens.access
    assert bank.rows("SELECT trouble FROM zalo_oa_tokens") == [(None,)]


async def test_while_the_old_access_token_lives_a_broken_chain_stops_nobody(bank: Bank) -> None:
    tokens = await bank.program()
    access = await tokens.access()
    bank.standin.tokens.consent()  # so that the stored one is not taken any more
    bank.now += timedelta(hours=22)
    with pytest.raises(SendError, match="consent again"):
        await tokens._look()
    assert await tokens.access() == access


async def test_a_chain_that_was_broken_from_the_beginning_is_noted_too(bank: Bank) -> None:
    tokens = await bank.program(first="used-long-ago")
    with pytest.raises(SendError, match="consent again"):
        await tokens.access()
    assert bank.rows("SELECT length(sealed), trouble FROM zalo_oa_tokens") == [(0, CONSENT)]
    mended = await bank.program()
    assert await mended.access() == bank.standin.tokens.access
    assert bank.rows("SELECT count(*), max(trouble) FROM zalo_oa_tokens") == [(1, None)]


async def test_under_another_secret_key_the_stored_pair_does_not_open(bank: Bank) -> None:
    await (await bank.program()).access()
    with capture_logs() as logs:
        tokens = await bank.program(key="another secret key 0123456789")
    assert any("do not open" in log["event"] for log in logs)
    with pytest.raises(SendError, match="consent again"):
        await tokens.access()


async def test_a_pair_of_another_app_does_not_open_either(bank: Bank) -> None:
    await (await bank.program()).access()
    vault = Vault(bank.writer, bank.readers, "sample", "77", KEY, lambda: bank.now)
    bank.writer.run(lambda connection: connection.execute("UPDATE zalo_oa_tokens SET app_id = '77'"))
    assert await vault.load(digest(bank.first)) is None


async def test_75_days_without_a_refresh_are_an_alarm_once_a_day(bank: Bank) -> None:
    tokens = await bank.program()
    await tokens.access()
    bank.standin.faults.add(Fault("server_error", times=99, path=TOKEN))
    bank.now += timedelta(milliseconds=OLD_MS, minutes=1)
    with capture_logs() as logs:
        for hours in (0, 1, 22, 2):
            bank.now += timedelta(hours=hours)
            with pytest.raises(SendError):
                await tokens._look()
    assert len([log for log in logs if "75 days" in log["event"]]) == 2


@pytest.mark.parametrize(
    ("said", "seconds"), [("90000", 90_000), (90_000, 90_000), ("soon", 3_600), (None, 3_600), ("-5", 60)]
)
async def test_expires_in_is_read_as_it_comes(bank: Bank, said: object, seconds: int) -> None:
    given = {"access_token": "a", "refresh_token": "r", "expires_in": said}
    bank.standin.tokens.exchange = lambda secret, form: given  # type: ignore[method-assign]
    await (await bank.program()).access()
    ((lifetime,),) = bank.rows("SELECT expires_at - refreshed_at FROM zalo_oa_tokens")
    assert lifetime == seconds * 1_000


@pytest.mark.parametrize(
    "given", [{}, {"error": -14004}, {"access_token": "a"}, {"access_token": 5, "refresh_token": "r"}, {"error": "x"}]
)
async def test_an_answer_without_tokens_is_the_operators(bank: Bank, given: dict[str, object]) -> None:
    bank.standin.tokens.exchange = lambda secret, form: given  # type: ignore[method-assign]
    with pytest.raises(SendError, match=r"misconfigured|unreachable"):
        await (await bank.program()).access()
    assert bank.rows(STORED) == []


async def test_no_token_shows(bank: Bank) -> None:
    with capture_logs() as logs:
        tokens = await bank.program()
        access = await tokens.access()
        bank.standin.faults.add(Fault("drop_after", path=TOKEN))
        with pytest.raises(SendError) as caught:
            await tokens.renew(access)
    shown = repr((tokens, tokens.vault, logs, caught.value, caught.value.__cause__))
    for secret in (access, bank.standin.tokens.access, bank.standin.tokens.refresh, bank.first, APP_SECRET, KEY):
        assert secret not in shown
