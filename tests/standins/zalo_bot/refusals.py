"""What the stand-in answers when it says no: always with the HTTP status 200."""

from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """An API call that is answered with `ok: false`."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description

    def answer(self) -> Json:
        """The JSON body of the refusal."""
        return {"ok": False, "description": self.description, "error_code": self.code}


def bad_request(reason: str) -> RefusedError:
    """A 400 that says what is wrong."""
    return RefusedError(400, f"Bad request: {reason}")
