"""What the stand-in answers when it says no."""

from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """An API call that is answered with `ok: false`; `code` is the HTTP status and the error_code."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> Json:
        """The JSON body of the refusal."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> RefusedError:
    """A 400 with Telegram's usual prefix."""
    return RefusedError(400, f"Bad Request: {reason}")


def throttled(seconds: int) -> RefusedError:
    """A 429 that names the seconds to wait."""
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
