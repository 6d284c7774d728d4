"""Responses that wait for somebody to look at them: what is known about each, and what was decided."""

from __future__ import annotations

from typing import Literal

from handlers import counting
from handlers.context import Context

Decision = Literal["count", "leave-out"]


def decide(context: Context, response_id: str, decision: Decision) -> bool:
    """Let a held response count from now on, or never; False where none waits under that id, or where another answer
    about the same visit was let count already."""
    responses = context.stores.responses
    held = next((one for one in responses.held() if one.response.id == response_id), None)
    if held is None or (decision == "count" and responses.one_counts(held.pair)):
        return False
    responses.release(held, decision, context.now_ms)
    response = responses.get(response_id)
    if decision == "leave-out" or response is None:
        return True
    if held.parts is None:
        counting.count(context, response)
    else:
        # It was counted before; it goes back to the chains it had not left with a block yet.
        counting.add_to_counts(context, response, 1)
        counting.join(context, response, held.parts)
    return True
