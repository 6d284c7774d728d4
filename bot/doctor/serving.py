"""What people are served, and at which address."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.finding import Finding, fine, worth_knowing
from bot.doctor.patient import Patient


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
