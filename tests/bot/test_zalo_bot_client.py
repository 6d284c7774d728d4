"""Refusals by kind, silence as emptiness, and no token in any text."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.zalo_bot import ZaloBotChannel, ZaloBotSetup
from bot.channels.zalo_bot_client import ZaloBotClient
from bot.channels.zalo_bot_look import look
from bot.errors import SendError, Unusable
from bot.settings import Settings
from handlers.context import Attachment, Incoming, Message
from tests.bot.telegram_rig import CATALOGUES
from tests.standins.zalo_bot import TOKEN, Fault, ZaloBotStandin

TED = "6ede9afa66b88fe6d6a9"


@pytest.fixture
async def standin() -> AsyncIterator[ZaloBotStandin]:
    async with ZaloBotStandin() as running:
        running.chats[TED] = []
        yield running


@pytest.fixture
async def client(standin: ZaloBotStandin) -> AsyncIterator[ZaloBotClient]:
    one = ZaloBotClient(standin.token, standin.url + "/")
    await one.open()
    yield one
    await one.close()


async def language_of(_: str) -> str | None:
    return "en"


def channel(standin: ZaloBotStandin, token: str = TOKEN) -> ZaloBotChannel:
    setup = ZaloBotSetup(token, standin.url)
    return ZaloBotChannel(setup, catalogues=CATALOGUES, language_of=language_of, sorry=Message("sorry"))


async def receive(_: Incoming) -> list[Message]:
    return []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("unauthorized", "misconfigured"), ("throttled", "throttled"), ("refused", "rejected"),
        ("internal", "unreachable"), ("server_error", "unreachable"), ("proxy_page", "uncertain"),
        ("drop_after", "uncertain"), ("drop_before", "uncertain"),
    ],
)  # fmt: skip
async def test_a_message_fails_by_kind(standin: ZaloBotStandin, client: ZaloBotClient, fault: Any, kind: str) -> None:
    standin.faults.add(Fault(fault))
    with pytest.raises(SendError) as caught:
        await client.say(TED, {"text": "a"})
    assert (caught.value.kind, caught.value.retry_after) == (kind, 0.0)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert len(standin.asked("sendMessage")) == 1, "it is never sent twice"


async def test_what_may_be_repeated_is_never_uncertain(standin: ZaloBotStandin, client: ZaloBotClient) -> None:
    standin.faults.add(Fault("drop_after"))
    standin.faults.add(Fault("proxy_page"))
    for _ in range(2):
        with pytest.raises(SendError, match="unreachable"):
            await client.call("getMe")
    with pytest.raises(SendError, match="misconfigured"):
        await client.call("getme")


async def test_nobody_listens(standin: ZaloBotStandin) -> None:
    client = ZaloBotClient(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(SendError, match="closed"):
        await client.call("getMe")
    await client.open()
    with pytest.raises(SendError) as caught:
        await client.say(TED, {"text": "a"})
    assert caught.value.kind == "unreachable"
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    await client.close()


async def test_silence_is_empty_and_what_was_read_is_gone(standin: ZaloBotStandin, client: ZaloBotClient) -> None:
    assert await client.update(0) is None
    standin.say(TED, "4")
    found = await client.update(5)
    assert isinstance(found, dict)
    assert found["message"]["text"] == "4"
    assert await client.update(0) is None


async def test_words_of_theirs_cannot_show_the_token_nor_break_a_line(client: ZaloBotClient) -> None:
    assert client._told(f"no {TOKEN}\n\x1b[2J") == "no •••\\n\\x1b[2J"


async def test_a_look_changes_nothing(standin: ZaloBotStandin) -> None:
    seen = await look(TOKEN, standin.url)
    assert (seen.name, seen.url, seen.fault) == ("bot.thu", "", None)
    assert seen.ahead is not None
    assert abs(seen.ahead) < 5
    assert (await look("1:wrong", standin.url)).fault == "misconfigured"
    assert (await look(TOKEN, "http://127.0.0.1:9")).fault == "unreachable"


# What the channel makes of it.


async def test_a_refused_token_ends_the_program_with_one_line(standin: ZaloBotStandin) -> None:
    with pytest.raises(Unusable, match="SIPAS_ZALO_BOT_TOKEN") as caught:
        async with channel(standin, "1:wrong").open(receive, []):
            raise AssertionError("it must not open")
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a b", "881:x/../y", "881:é", "881:x?y", "881:x\n"])
def test_what_can_be_no_token_is_refused_before_any_call(token: str) -> None:
    with pytest.raises(Unusable, match="SIPAS_ZALO_BOT_TOKEN"):
        ZaloBotSetup(token)


@pytest.mark.parametrize("secret", ["x" * 7, "x" * 257, "with blanks", "ă" * 9])
def test_a_secret_that_zalo_would_not_take(secret: str) -> None:
    with pytest.raises(Unusable, match="SIPAS_ZALO_BOT_SECRET"):
        ZaloBotSetup("1:x", secret=secret)


def test_secrets_do_not_show() -> None:
    setup = ZaloBotSetup(TOKEN, secret="s" * 9)
    assert TOKEN not in repr(setup)
    assert "s" * 9 not in repr(setup)


def test_the_mode_follows_from_what_is_set() -> None:
    def way(**given: Any) -> str:
        return ZaloBotSetup.of(Settings(_env_file=None, zalo_bot_token="1:x", **given)).webhook

    assert way() == ""
    assert way(zalo_bot_secret="s" * 8) == ""
    assert way(public_url="https://a.vn") == ""
    assert way(zalo_bot_secret="s" * 8, public_url="https://a.vn") == "https://a.vn/zalo/bot/webhook"


async def test_without_zalo_the_rest_runs_and_zalo_comes_later(standin: ZaloBotStandin) -> None:
    one, heard = channel(standin), list[str]()

    async def note(incoming: Incoming) -> list[Message]:
        heard.append(incoming.text)
        return []

    standin.faults.add(Fault("internal", times=None))
    with capture_logs() as logs:
        async with one.open(note, []):
            with pytest.raises(SendError, match="unreachable"):
                await one.send(TED, Message("a"))
            standin.faults.clear()
            standin.say(TED, "4")
            assert await standin.wait_until(lambda: heard == ["4"])
    assert any(log["log_level"] == "warning" for log in logs)


async def test_a_webhook_that_zalo_could_not_call_is_set_again(standin: ZaloBotStandin) -> None:
    public = "http://127.0.0.1:9"
    setup = ZaloBotSetup(TOKEN, standin.url, "s" * 8, public)
    one = ZaloBotChannel(setup, catalogues=CATALOGUES, language_of=language_of, sorry=Message("sorry"))
    standin.failing_verifications = 1
    async with one.open(receive, []):
        assert await standin.wait_until(lambda: len(standin.asked("setWebhook")) == 2)
    assert standin.delivery.webhook
    assert standin.delivery.webhook.url == public + "/zalo/bot/webhook"


async def test_a_push_goes_out_in_parts_with_the_first_ones_receipt(standin: ZaloBotStandin) -> None:
    async with channel(standin).open(receive, []):
        one = channel(standin)
        await one._client.open()
        receipt = await one.send(TED, Message("dòng\n" * 600, attachment=Attachment("picture", "x")))
        assert receipt.id == standin.chats[TED][0]["message_id"]
        assert len(standin.seen(TED)) == 2
        assert standin.seen(TED)[1].endswith("en:zalo.elsewhere")
        standin.faults.add(Fault("refused", frozenset({"sendMessage"})))
        with pytest.raises(SendError, match="rejected"):
            await one.send(TED, Message("dòng\n" * 600))
        assert len(standin.seen(TED)) == 2
        await one._client.close()


@pytest.mark.parametrize("address", ["", "a\nb", "ă", "x" * 200])
async def test_an_address_that_is_none_is_rejected(standin: ZaloBotStandin, address: str) -> None:
    with pytest.raises(SendError, match="rejected"):
        await channel(standin).send(address, Message("a"))


async def test_somebody_who_never_wrote_cannot_be_reached(standin: ZaloBotStandin, client: ZaloBotClient) -> None:
    with pytest.raises(SendError, match="rejected"):
        await client.say("nobody", {"text": "a"})
