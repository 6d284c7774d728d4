"""A line of the audit: who read, did or was refused what. Never what a person typed."""

from __future__ import annotations

from handlers.access import offices
from handlers.context import Context


def note(context: Context, action: str, subject: str, outcome: str, *, actor: str = "") -> None:
    """`actor` is her person id unless given."""
    context.stores.audit.write(
        actor or context.person.id, action, subject, outcome, audit_id=context.new_id(), at=context.now_ms
    )


def refused(context: Context, action: str, subject: str = "-") -> None:
    """She asked for what is not hers. "stranger": by nobody's right, or by a way that does not prove who writes."""
    note(context, action, subject, "refused" if offices(context) else "stranger")
