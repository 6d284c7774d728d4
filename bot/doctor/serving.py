"""What people are served, and at which address."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.finding import Finding, fine, worth_knowing
from bot.doctor.patient import Patient
from bot.storage.queries import SQL
from handlers.context import Province


def province(patient: Patient) -> Iterator[Finding]:
    """Real offices, or the sample that nobody may take for them."""
    if patient.core is None:
        return
    if patient.core.province.sample:
        yield worth_knowing(
            "province", "sample data is served, marked as such", "sipas units import FILE, then restart"
        )
    else:
        yield fine("province", patient.core.province.name)
    yield from _questionnaires(patient, patient.core.province)


def _questionnaires(patient: Patient, served: Province) -> Iterator[Finding]:
    """Figures that nobody is shown, because the index is made from another questionnaire now."""
    if patient.database is None:
        return
    others = SQL.released_of_others(patient.database, province_id=served.id, survey_id=served.index_survey)
    named = [f"{count} of {survey}" for survey, count in others]
    if named:
        yield worth_knowing(
            "province",
            f"released figures that nobody is shown: {', '.join(named)}; the index is made from {served.index_survey}",
            "if that is not meant, name theirs as index_survey in province.toml and restart",
        )


def address(patient: Patient) -> Iterator[Finding]:
    """Where links and posters lead."""
    url = patient.settings.public_url
    if not url:
        says = "none is set: links and posters open on this machine only"
        yield worth_knowing("address", says, "set SIPAS_PUBLIC_URL to the https address people reach")
    elif not url.startswith("https://"):
        says = f"{url} is not encrypted, and officials cannot enter their codes there"
        yield worth_knowing("address", says, "put a proxy with a certificate before it: deploy/Caddyfile")
    else:
        yield fine("address", f"{url} is printed on posters; open it from outside to see that it is reached")
