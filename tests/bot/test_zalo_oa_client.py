"""Every way a call to Zalo can end, as a SendError by its kind; and nothing secret or personal in any of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_oa_client import OaClient
from bot.channels.zalo_oa_codes import MEANINGS
from bot.channels.zalo_oa_http import Http, code_of
from bot.channels.zalo_oa_render import render
from bot.channels.zalo_oa_tokens import Tokens
from bot.errors import SendError
from handlers.context import Button, Message
from tests.standins.zalo_oa import Fault, ZaloOaStandin

LAN = "5510185758261927916"


class Given(Tokens):
    """Tokens of the stand-in without a database."""

    def __init__(self, standin: ZaloOaStandin) -> None:
        self.server = standin.tokens
        self.renewed: list[str] = []

    async def access(self) -> str:
        if not self.server.access:
            await self.renew("")
        return self.server.access

    async def renew(self, used: str) -> str:
        self.renewed.append(used)
        form = {"app_id": self.server.app_id, "grant_type": "refresh_token", "refresh_token": self.server.refresh}
        self.server.exchange(self.server.app_secret, form)
        return self.server.access


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin() as made:
        made.acted[LAN] = made.now()
        yield made


@pytest.fixture
async def client(standin: ZaloOaStandin) -> AsyncIterator[OaClient]:
    http = Http(patience=0.5)
    await http.open()
    yield OaClient(http, standin.url + "/", Given(standin))
    await http.close()


async def test_a_message_goes_out_as_the_documents_show_it(standin: ZaloOaStandin, client: OaClient) -> None:
    (body,) = render([Message("Câu 2", ((Button("4 – Hài lòng", "s:k:q2:4"),),))])
    assert (await client.say(LAN, body)).startswith("oa")
    (call,) = standin.calls
    assert call.body == {
        "recipient": {"user_id": LAN},
        "message": {
            "text": "Câu 2",
            "attachment": {
                "type": "template",
                "payload": {"buttons": [{"title": "4 – Hài lòng", "type": "oa.query.hide", "payload": "s:k:q2:4"}]},
            },
        },
    }


@pytest.mark.parametrize("code", sorted(set(MEANINGS) - {-216, -220}))
async def test_a_code_has_its_kind(standin: ZaloOaStandin, client: OaClient, code: int) -> None:
    standin.faults.add(Fault("code", code=code))
    with pytest.raises(SendError) as caught:
        await client.say(LAN, {"text": "x"})
    assert (caught.value.kind, caught.value.retry_after) == (MEANINGS[code].kind, MEANINGS[code].retry_after)
    assert str(code) in caught.value.detail
    assert LAN not in str(caught.value)
    assert "asked for by a test" not in str(caught.value)  # Zalo's own words


def test_the_kinds_are_those_that_were_decided() -> None:
    kinds = {code: meaning.kind for code, meaning in MEANINGS.items()}
    assert {code for code, kind in kinds.items() if kind == "rejected"} == {-201, -213, -227, -230, -232}
    assert {code for code, kind in kinds.items() if kind == "throttled"} == {-32, -211}
    assert {-209, -221, -224} < {code for code, kind in kinds.items() if kind == "misconfigured"}
    # Nobody is marked as gone for good: the next message she writes opens the window again.
    assert "gone" not in kinds.values()


async def test_a_code_that_nobody_knows_was_refused(standin: ZaloOaStandin, client: OaClient) -> None:
    standin.faults.add(Fault("code", code=-99_999))
    with pytest.raises(SendError, match="rejected: refused"):
        await client.say(LAN, {"text": "x"})


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_token_that_is_over_is_renewed_once(standin: ZaloOaStandin, client: OaClient, code: int) -> None:
    standin.faults.add(Fault("code", code=code))
    await client.say(LAN, {"text": "x"})
    assert standin.texts(LAN) == ["x"]
    standin.faults.add(Fault("code", times=2, code=code))
    with pytest.raises(SendError, match="misconfigured"):
        await client.say(LAN, {"text": "y"})
    assert standin.texts(LAN) == ["x"]


@pytest.mark.parametrize(
    ("fault", "kind", "arrived"),
    [
        (Fault("drop_before"), "uncertain", 0),
        (Fault("drop_after"), "uncertain", 1),
        (Fault("server_error"), "uncertain", 0),
        (Fault("slow", seconds=1.0), "uncertain", 1),
    ],
    ids=lambda one: one.kind if isinstance(one, Fault) else "",
)
async def test_without_an_answer_nobody_knows(
    standin: ZaloOaStandin, client: OaClient, fault: Fault, kind: str, arrived: int
) -> None:
    standin.faults.add(fault)
    with pytest.raises(SendError) as caught:
        await client.say(LAN, {"text": "x"})
    assert caught.value.kind == kind
    assert len(standin.texts(LAN)) == arrived


async def test_where_nobody_listens_it_is_unreachable(standin: ZaloOaStandin) -> None:
    http = Http()
    await http.open()
    tokens = Given(standin)
    with pytest.raises(SendError, match="unreachable") as caught:
        await OaClient(http, "http://127.0.0.1:9", tokens).say(LAN, {"text": "x"})
    await http.close()
    assert standin.tokens.access not in str(caught.value)
    with pytest.raises(SendError, match="closed"):
        await OaClient(http, standin.url, tokens).say(LAN, {"text": "x"})


async def test_beyond_the_window_and_the_quotas(standin: ZaloOaStandin, client: OaClient) -> None:
    standin.close_window(LAN)
    with pytest.raises(SendError, match="rejected: she has not written for 7 days"):
        await client.say(LAN, {"text": "x"})
    standin.acted[LAN] = standin.now()
    standin.quota = 0
    with pytest.raises(SendError, match="throttled"):
        await client.say(LAN, {"text": "x"})
    standin.quota, standin.quotas = None, {LAN: 0}
    with pytest.raises(SendError, match="unreachable: this person's quota"):
        await client.say(LAN, {"text": "x"})


async def test_a_redirect_is_not_followed_with_the_token(standin: ZaloOaStandin, client: OaClient) -> None:
    standin.faults.add(Fault("redirect"))
    with pytest.raises(SendError, match="uncertain: HTTP 307"):
        await client.say(LAN, {"text": "x"})
    assert standin.texts(LAN) == []
    with pytest.raises(SendError, match="unreachable: HTTP 404"):
        await client.post("/elsewhere", {})


@pytest.mark.parametrize(
    ("answer", "code"), [({}, 0), ({"error": 0}, 0), ({"error": -32}, -32), ({"error": "-201"}, -201)]
)
def test_an_error_is_a_number_or_its_digits(answer: dict[str, object], code: int) -> None:
    assert code_of(answer) == code


@pytest.mark.parametrize("error", [None, "x", [], 1.5, {}])
def test_any_other_error_is_not_zalos(error: object) -> None:
    with pytest.raises(SendError, match="uncertain"):
        code_of({"error": error})
