"""Whether the Zalo Bot Platform takes our token and brings us what people write."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.zalo_bot import ZaloBotSetup
from bot.channels.zalo_bot_look import ZaloBotLook
from bot.doctor.finding import Finding, fine, worth_knowing, wrong
from bot.doctor.patient import Patient

CONNECT = "sipas connect zalo"


def zalo_bot(patient: Patient) -> Iterator[Finding]:
    """Nothing where it is not connected: it is for pilots."""
    seen = patient.zalo_bot
    if seen is None:
        return
    if seen.fault == "misconfigured":
        yield wrong("Zalo bot", "it refuses SIPAS_ZALO_BOT_TOKEN", "copy it again from Zalo Bot Manager: " + CONNECT)
    elif seen.fault == "rejected":
        yield wrong("Zalo bot", seen.detail, "then restart sipas run")
    elif seen.fault is not None:
        yield wrong("Zalo bot", f"cannot be reached ({seen.detail})", "check the network and SIPAS_ZALO_BOT_API")
    else:
        yield fine("Zalo bot", f"takes the token of {seen.name}")
        yield from _ways_in(patient, seen)


def _ways_in(patient: Patient, seen: ZaloBotLook) -> Iterator[Finding]:
    """Polling wants no webhook; a webhook must be ours."""
    ours = ZaloBotSetup.of(patient.settings).webhook
    restart = "restart sipas run; if it comes back, another program uses this token: make a new one"
    told = f"the webhook is {seen.url or 'not set'}" + (f", not {ours}" if ours else ", so that polling gets nothing")
    if seen.url == ours:
        yield fine("Zalo bot", f"events by webhook at {ours}" if ours else "events by polling; no webhook is set")
    elif patient.running:
        yield wrong("Zalo bot", told, restart)
    else:
        yield worth_knowing("Zalo bot", told, "sipas run puts it right when it starts")
    if ours and not ours.startswith("https://"):
        yield worth_knowing("Zalo bot", f"Zalo calls only https addresses, not {ours}", "set SIPAS_PUBLIC_URL")
