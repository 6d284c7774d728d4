"""One look at the Bot API without changing anything: whose token, which webhook, what time it is there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.telegram_client import TelegramClient
from bot.channels.their_clock import seconds_ahead
from bot.errors import SendError, SendKind

PATIENCE_SECONDS = 8.0


@dataclass(frozen=True)
class Look:
    """What the Bot API said. `fault` is empty when the token was taken; `ahead` is how far this machine's clock is
    ahead of Telegram's, in seconds."""

    name: str = ""
    fault: SendKind | None = None
    detail: str = ""
    url: str = ""
    waiting: int = 0
    error: str = ""
    error_at: float = 0.0
    kinds: tuple[str, ...] = ()
    ahead: float | None = None


async def look(token: str, api: str, patience: float = PATIENCE_SECONDS) -> Look:
    """Never raises for a Telegram that refuses or cannot be reached: that is what it tells."""
    client = TelegramClient(token, api, patience)
    await client.open()
    try:
        me = await client.call("get_me")
        webhook = await client.call("get_webhook_info")
    except SendError as error:
        return Look(fault=error.kind, detail=error.detail)
    finally:
        await client.close()
    at = webhook.last_error_date
    return Look(
        name=str(me.username),
        url=str(webhook.url or ""),
        waiting=int(webhook.pending_update_count or 0),
        error=str(webhook.last_error_message or ""),
        error_at=at.timestamp() if at else 0.0,
        kinds=tuple(webhook.allowed_updates or ()),
        ahead=await seconds_ahead(api, patience),
    )
