"""`sipas connect zalo`: checks what Zalo gave us, keeps it in .env, and says what is still missing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.env_file import keep
from bot.errors import Unusable
from bot.settings import Settings, load_settings


def zalo(
    bot_token: Annotated[str, typer.Option(help="The token of Zalo Bot Manager; asked for when left out.")] = "",
    env_file: Annotated[Path, typer.Option(help="Where to keep it.")] = Path(".env"),
) -> None:
    """Check a bot token with Zalo, keep it in .env (0600), and say what is still missing."""
    from bot.channels.zalo_bot import ZaloBotSetup, refused_token
    from bot.channels.zalo_bot_look import look

    settings = load_settings()
    given = (bot_token or typer.prompt("Token from Zalo Bot Manager", hide_input=True)).strip()
    secret = settings.zalo_bot_secret.get_secret_value()
    setup = ZaloBotSetup(given, settings.zalo_bot_api, secret, settings.public_url)
    seen = asyncio.run(look(setup.token, setup.api))
    if seen.fault == "misconfigured":
        raise refused_token("is refused by Zalo")
    if seen.fault is not None:
        raise Unusable("Zalo", seen.detail or seen.fault, "check the network and SIPAS_ZALO_BOT_API")
    keep(env_file, "SIPAS_ZALO_BOT_TOKEN", given)
    typer.echo(f"The token belongs to {seen.name}. It is kept in {env_file}.")
    for line in missing(settings, setup.webhook, seen.url, seen.ahead):
        typer.echo(f"- {line}")
    typer.echo("Start: .venv/bin/sipas run. Then write to the bot to see it answer.")


def missing(settings: Settings, webhook: str, found: str, ahead: float | None) -> list[str]:
    """What an operator should know before the first person writes. `webhook` is ours, `found` the one at Zalo, `ahead`
    how far this clock is ahead of Zalo's in seconds."""
    from bot.doctor.machine import GREAT_DRIFT_SECONDS, clock_is_synchronised

    lines = ["A free bot serves 50 people and 3,000 messages a month: for pilots and staff."]
    if webhook:
        lines.append(f"Events come by webhook at {webhook}; it is set when `sipas run` starts.")
        if not webhook.startswith("https://"):
            lines.append("Zalo calls only https addresses: set SIPAS_PUBLIC_URL to the one that people reach.")
    else:
        lines.append("Events are polled: no public address is needed. What is read at a crash does not come again;")
        lines.append("with SIPAS_ZALO_BOT_SECRET and SIPAS_PUBLIC_URL Zalo calls us instead.")
        if found:
            lines.append(f"A webhook is set at {found}; it is taken away when `sipas run` starts.")
    lines.append(f"Time zone: {settings.timezone}. The Monday summary goes out at 07:30 there.")
    if ahead is not None and abs(ahead) > GREAT_DRIFT_SECONDS:
        lines.append(f"This machine's clock is {abs(ahead):.0f} s off: set it right.")
    elif clock_is_synchronised() is False:
        lines.append("This machine's clock is not synchronised: switch on NTP (timedatectl set-ntp true).")
    return lines
