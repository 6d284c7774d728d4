"""Whether Telegram takes our token and brings us what people write."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.telegram_parse import KINDS
from bot.channels.telegram_webhook import PATH
from bot.doctor.finding import Finding, fine, span, worth_knowing, wrong
from bot.doctor.patient import Patient

RECENT_SECONDS = 3_600.0
MANY_WAITING = 50
CONNECT = "sipas connect telegram"


def telegram(patient: Patient) -> Iterator[Finding]:
    seen = patient.telegram
    if seen is None:
        yield fine("Telegram", f"not connected; the web chat needs none. To connect it: {CONNECT}")
    elif seen.fault == "misconfigured":
        yield wrong("Telegram", "it refuses SIPAS_TELEGRAM_TOKEN", "copy it again from @BotFather: " + CONNECT)
    elif seen.fault == "rejected":
        yield wrong("Telegram", seen.detail, "then restart sipas run")
    elif seen.fault is not None:
        yield wrong("Telegram", f"cannot be reached ({seen.detail})", "check the network and SIPAS_TELEGRAM_API")
    else:
        yield fine("Telegram", f"takes the token of @{seen.name}")
        yield from _ways_in(patient)
        yield from _waiting(patient)


def _ways_in(patient: Patient) -> Iterator[Finding]:
    """Polling wants no webhook; a webhook must be ours."""
    seen, settings = patient.telegram, patient.settings
    assert seen is not None
    restart = "restart sipas run; if it comes back, another program uses this token: take a new one from @BotFather"
    if settings.telegram_mode == "polling":
        if not seen.url:
            yield fine("updates", "by polling; no webhook is set")
        elif patient.running:
            yield wrong("updates", f"a webhook stands at {seen.url}, so that polling gets nothing", restart)
        else:
            yield worth_knowing("updates", f"a webhook stands at {seen.url}", "sipas run takes it away when it starts")
        return
    ours = settings.public_url + PATH
    if seen.url == ours:
        yield fine("updates", f"by webhook at {ours}; its secret is set")
        if missing := set(KINDS) - set(seen.kinds):
            yield wrong("updates", f"Telegram was not asked for: {', '.join(sorted(missing))}", "restart sipas run")
    elif patient.running:
        yield wrong("updates", f"the webhook is {seen.url or 'not set'}, not {ours}", restart)
    else:
        yield worth_knowing("updates", f"the webhook is {seen.url or 'not set'}", "sipas run sets ours when it starts")
    if not ours.startswith("https://"):
        yield worth_knowing("updates", f"Telegram calls only https addresses, not {ours}", "set SIPAS_PUBLIC_URL")


def _waiting(patient: Patient) -> Iterator[Finding]:
    seen = patient.telegram
    assert seen is not None
    if seen.waiting and patient.running is None:
        yield worth_knowing("updates", f"{seen.waiting} wait at Telegram, which keeps them 24 hours", "start sipas run")
    elif seen.waiting > MANY_WAITING:
        yield worth_knowing("updates", f"{seen.waiting} wait at Telegram", "if it grows, see the program's log")
    since = patient.now.timestamp() - seen.error_at
    if seen.error and since < RECENT_SECONDS:
        mend = "check that SIPAS_PUBLIC_URL reaches this program from outside, its certificate too"
        yield worth_knowing("updates", f"Telegram failed to call us {span(since)} ago ({seen.error})", mend)
