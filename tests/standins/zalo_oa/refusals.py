"""How Zalo says no: HTTP 200 with an error number."""

from typing import Any

Json = dict[str, Any]

PARAMETER, RATE, QUOTA, TOKEN, RECIPIENT_QUOTA, WINDOW = -201, -32, -211, -216, -218, -230
NOT_A_FOLLOWER = -213
ZBS_TOKEN = -124
USED_REFRESH_TOKEN = -14020
WRONG_APP = -14002
"""Chosen here: the documents name no number for a wrong app or secret."""


class RefusedError(Exception):
    """A call that is not carried out."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why

    @property
    def body(self) -> Json:
        return {"error": self.code, "message": self.why}


def bad(why: str) -> RefusedError:
    return RefusedError(PARAMETER, why)
