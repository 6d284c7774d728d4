"""Whether numbers that dossiers came with can be asked for their stars, and what became of those that were."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.finding import Finding, fine, worth_knowing
from bot.doctor.patient import Patient
from bot.storage.queries import SQL

ABOUT = "Zalo ZBS"


def zalo_zbs(patient: Patient) -> Iterator[Finding]:
    """Of the last 31 days, as long as requests are remembered. No reason bears a number."""
    settings = patient.settings
    if not settings.zalo_zbs_template:
        yield fine(ABOUT, "no rating template; telephone numbers of a feed are not kept")
        return
    if not settings.sends_to_phones:
        mend = "set the four SIPAS_ZALO_OA settings, or take SIPAS_ZALO_ZBS_TEMPLATE out"
        yield worth_knowing(ABOUT, "the template needs an Official Account; numbers of a feed are not kept", mend)
        return
    rows = list(SQL.rating_states(patient.database)) if patient.database is not None else []
    counts = ", ".join(f"{n} {state}" for state, _, n in rows if n) or "nothing was sent yet"
    troubles = [(n, reason) for state, reason, n in rows if reason and state in {"queued", "failed", "unknown"}]
    if troubles:
        _, reason = max(troubles)
        yield worth_knowing(ABOUT, f"{counts}; most often: {reason}", "docs/operating.md, Telephone numbers")
    else:
        yield fine(ABOUT, f"template {settings.zalo_zbs_template}: {counts}")
