"""One look at the Zalo Bot Platform without changing anything: whose token, which webhook, what time it is there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.their_clock import seconds_ahead
from bot.channels.zalo_bot_client import ZaloBotClient
from bot.errors import SendError, SendKind

PATIENCE_SECONDS = 8.0


@dataclass(frozen=True)
class ZaloBotLook:
    """What Zalo said. `fault` is empty when the token was taken; `ahead` is how far this machine's clock is ahead of
    Zalo's, in seconds."""

    name: str = ""
    fault: SendKind | None = None
    detail: str = ""
    url: str = ""
    ahead: float | None = None


async def look(token: str, api: str, patience: float = PATIENCE_SECONDS) -> ZaloBotLook:
    """Never raises for a Zalo that refuses or cannot be reached: that is what it tells."""
    client = ZaloBotClient(token, api, patience)
    await client.open()
    try:
        me = await client.call("getMe")
        webhook = await client.call("getWebhookInfo")
    except SendError as error:
        return ZaloBotLook(fault=error.kind, detail=error.detail)
    finally:
        await client.close()
    return ZaloBotLook(_text(me, "account_name"), url=_text(webhook, "url"), ahead=await seconds_ahead(api, patience))


def _text(found: object, name: str) -> str:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""
