"""Whether the Zalo Official Account can be answered: its tokens, and where its events must come in."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.zalo_oa_tokens import OLD_MS
from bot.channels.zalo_oa_vault import digest, opened
from bot.channels.zalo_oa_webhook import PATH
from bot.doctor.finding import Finding, fine, span, worth_knowing, wrong
from bot.doctor.patient import Patient
from bot.key import known_key
from bot.storage.queries import SQL

ABOUT = "Zalo OA"
CONSENT = "consent again and set SIPAS_ZALO_OA_REFRESH_TOKEN: docs/operating.md, Zalo"


def zalo_oa(patient: Patient) -> Iterator[Finding]:
    """Nothing is asked of Zalo: a call would need the token that the program holds."""
    settings = patient.settings
    if not settings.zalo_oa_app_id:
        yield fine(ABOUT, "not connected")
        return
    yield from _tokens(patient)
    address = settings.public_url + PATH
    if settings.public_url.startswith("https://"):
        yield fine(ABOUT, f"events must come in at {address}; that address is set in Zalo's console")
    else:
        yield worth_knowing(ABOUT, f"Zalo calls only https addresses, not {address}", "set SIPAS_PUBLIC_URL")


def _tokens(patient: Patient) -> Iterator[Finding]:
    database, settings = patient.database, patient.settings
    row = SQL.get_zalo_oa_tokens(database, app_id=settings.zalo_oa_app_id) if database is not None else None
    if row is None:
        yield worth_knowing(ABOUT, "no token was fetched yet", "it is when sipas runs; if not, see the program's log")
        return
    sealed, refreshed_at, expires_at, trouble = row
    now = patient.now.timestamp() * 1000
    key = known_key(settings, patient.path)
    pair = opened(sealed, key, settings.zalo_oa_app_id) if key and sealed else None
    chosen = digest(settings.zalo_oa_refresh_token.get_secret_value())
    if pair is not None and pair.first != chosen:
        yield worth_knowing(ABOUT, "SIPAS_ZALO_OA_REFRESH_TOKEN was changed", "it is used when sipas runs again")
    elif trouble:
        yield wrong(ABOUT, str(trouble), CONSENT)
    elif pair is None:
        yield wrong(ABOUT, "the stored tokens do not open with this secret key", "set the key that was, or " + CONSENT)
    elif now - refreshed_at > OLD_MS:
        yield wrong(ABOUT, f"no refresh for {span((now - refreshed_at) / 1000)}; after three months", CONSENT)
    elif expires_at < now:
        yield wrong(ABOUT, f"the access token ended {span((now - expires_at) / 1000)} ago", "see the program's log")
    else:
        yield fine(
            ABOUT,
            f"tokens refreshed {span((now - refreshed_at) / 1000)} ago, good for {span((expires_at - now) / 1000)}",
        )
