"""POST /telegram/webhook: where Telegram calls, and the header that proves that it does."""

from __future__ import annotations

from bot.channels.webhook import READ_SECONDS, TakePayload, Webhook

PATH = "/telegram/webhook"
SECRET_HEADER = b"x-telegram-bot-api-secret-token"


def webhook(secret: str, take: TakePayload, read_seconds: float = READ_SECONDS) -> Webhook:
    """200 only when the update was stored and answered, else Telegram sends it again."""
    return Webhook("Telegram", SECRET_HEADER, secret, take, read_seconds)
