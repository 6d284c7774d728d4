"""The oauth server: a refresh token works once; a refresh ends the access token before it.

That the old access token ends at once is chosen here: the documents do not say, and it is harder on a client.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.standins.zalo_oa.refusals import TOKEN, USED_REFRESH_TOKEN, WRONG_APP, Json, RefusedError


@dataclass
class TokenServer:
    """Of one app and its Official Account; `lifetime` in seconds."""

    app_id: str
    app_secret: str
    clock: Callable[[], float]
    refresh: str = "first-refresh-token-of-the-stand-in"
    lifetime: int = 90_000
    access: str = ""
    ends: float = 0.0
    given: int = 0
    """How many pairs were given out."""
    used: set[str] = field(default_factory=set)
    _number: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def exchange(self, secret: str, form: Json) -> Json:
        """POST /v4/oa/access_token. Raises RefusedError."""
        if secret != self.app_secret or form.get("app_id") != self.app_id:
            raise RefusedError(WRONG_APP, "Invalid app id or secret key")
        if set(form) != {"app_id", "grant_type", "refresh_token"} or form["grant_type"] != "refresh_token":
            raise RefusedError(WRONG_APP, "Invalid parameters")
        if form["refresh_token"] != self.refresh:
            raise RefusedError(USED_REFRESH_TOKEN, "Invalid refresh token")
        self.used.add(self.refresh)
        number = next(self._number)
        self.refresh, self.access = f"refresh-token-{number:04}-aaaaaaaa", f"access-token-{number:04}-bbbbbbbb"
        self.ends = self.clock() + self.lifetime
        self.given += 1
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": str(self.lifetime)}

    def consent(self) -> str:
        """A person consents: the refresh token for the settings."""
        self.refresh = f"consented-{next(self._number):04}-cccccccc"
        return self.refresh

    def expire(self) -> None:
        """The access token is over now."""
        self.ends = 0.0

    def check(self, token: str | None, code: int = TOKEN) -> None:
        """Raises RefusedError for anything but the access token in force ("Bearer ..." is none)."""
        if not token or token != self.access or self.clock() >= self.ends:
            raise RefusedError(code, "Access token is invalid or has expired")
