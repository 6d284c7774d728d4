"""`sipas connect CHANNEL`: walks through the key and says in plain words what is still missing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.connect_zalo import zalo
from bot.cli.env_file import keep
from bot.errors import Unusable
from bot.settings import Settings, load_settings

connect = typer.Typer(help="Connect a channel.", no_args_is_help=True)
connect.command("zalo")(zalo)


@connect.command("telegram")
def telegram(
    token: Annotated[str, typer.Option(help="The token of @BotFather; asked for when left out.")] = "",
    env_file: Annotated[Path, typer.Option(help="Where to keep it.")] = Path(".env"),
) -> None:
    """Check a bot token with Telegram, keep it in .env (0600), and say what is still missing."""
    settings = load_settings()
    given = token or typer.prompt("Token from @BotFather", hide_input=True)
    name, webhook = _ask_telegram(settings, given)
    keep(env_file, "SIPAS_TELEGRAM_TOKEN", given)
    typer.echo(f"The token belongs to @{name}. It is kept in {env_file}.")
    for line in missing(settings, webhook):
        typer.echo(f"- {line}")
    typer.echo("Start: .venv/bin/sipas run. Then send /start to the bot to see it answer.")


def _ask_telegram(settings: Settings, token: str) -> tuple[str, str]:
    """(the bot's name, its webhook's address or ""); raises Unusable when Telegram refuses or cannot be reached."""
    from bot.channels.telegram_look import look

    seen = asyncio.run(look(token, settings.telegram_api))
    if seen.fault is not None:
        refused = seen.fault == "misconfigured"
        mend = "copy the token again from @BotFather" if refused else "check the network and SIPAS_TELEGRAM_API"
        raise Unusable("Telegram", seen.detail or seen.fault, mend)
    return seen.name, seen.url


def missing(settings: Settings, webhook: str) -> list[str]:
    """What an operator should know before the first citizen writes."""
    from bot.doctor.machine import clock_is_synchronised

    lines = []
    if settings.telegram_mode == "polling":
        lines.append("Mode polling: no public address is needed. One machine is enough.")
        if webhook:
            lines.append(f"A webhook is set at {webhook}; it is taken away when `sipas run` starts.")
    elif not settings.public_url.startswith("https://"):
        lines.append("Mode webhook needs SIPAS_PUBLIC_URL, the https address people reach.")
    lines.append(f"Time zone: {settings.timezone}. The Monday summary goes out at 07:30 there.")
    if clock_is_synchronised() is False:
        lines.append("This machine's clock is not synchronised: switch on NTP (timedatectl set-ntp true).")
    return lines


def add_to(app: typer.Typer) -> None:
    app.add_typer(connect, name="connect")
