"""What proves something on the web: tokens of talks, nonces of forms, marks of replies, the officials' cookie."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

TOKEN_BYTES = 16
"""128 bits name a conversation."""
NONCE_BYTES = 9
SIGN_BYTES = 9
"""72 bits of a MAC: enough against guessing over the network."""
COOKIE_SECONDS = 90 * 86_400

_TOKEN = re.compile(r"[\w-]{21}[AQgw]", re.ASCII)
_NONCE = re.compile(r"[\w-]{24}", re.ASCII)
_MARK = re.compile(r"[\w-]{24}\.[\w-]{12}(\.t)?", re.ASCII)


def new_token() -> str:
    """22 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


@dataclass(frozen=True)
class Mark:
    """Names one event of a conversation: the form's nonce and a digest of what was done with it.

    `trusted` events are another set: who lacks the cookie can neither read nor repeat them.
    """

    text: str

    @property
    def trusted(self) -> bool:
        return self.text.endswith(".t")

    def update_id(self, token: str) -> str:
        return f"{token}:{self.text.replace('.', ':')}"


def mark_of(nonce: str, kind: Literal["press", "text", "start"], what: str, *, trusted: bool) -> Mark:
    digest = _short(hashlib.sha256(f"{kind}:{what}".encode()).digest())
    return Mark(f"{nonce}.{digest}.t" if trusted else f"{nonce}.{digest}")


def read_mark(text: str) -> Mark | None:
    return Mark(text) if _MARK.fullmatch(text) else None


@dataclass(frozen=True)
class Keys:
    """Everything made with the secret key."""

    secret: bytes

    def nonce(self, token: str) -> str:
        """24 characters for one form of one conversation ("" for the start pages)."""
        chance = secrets.token_urlsafe(NONCE_BYTES)
        return chance + self._sign(f"nonce:{token}:{chance}")

    def is_nonce(self, token: str, nonce: str) -> bool:
        if not _NONCE.fullmatch(nonce):
            return False
        chance, sign = nonce[:12], nonce[12:]
        return hmac.compare_digest(sign, self._sign(f"nonce:{token}:{chance}"))

    def cookie(self, token: str) -> str:
        """What binds an official's conversation to her browser."""
        return urlsafe_b64encode(self._mac(f"cookie:{token}")).decode().rstrip("=")

    def is_cookie(self, token: str, cookie: str) -> bool:
        return hmac.compare_digest(cookie.encode(), self.cookie(token).encode())

    def _sign(self, text: str) -> str:
        return _short(self._mac(text))

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self.secret, text.encode(), "sha256")


def _short(digest: bytes) -> str:
    return urlsafe_b64encode(digest[:SIGN_BYTES]).decode()


def cookie_name(public_url: str) -> str:
    """The `__Host-` prefix makes browsers refuse the cookie from anywhere but this very host over TLS."""
    return "__Host-sipas" if public_url.startswith("https://") else "sipas"


def is_same_origin(headers: Mapping[str, str], public_url: str) -> bool:
    """Whether a POST came from our own page, as far as the browser tells.

    Sec-Fetch-Site decides where it is sent (only over TLS and on loopback). Otherwise Origin and Referer must match
    where they are present; under our no-referrer policy browsers send "null" or nothing, and then the signed nonce
    in the form, which other sites cannot read, is the proof.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    ours = {headers.get("host", ""), urlsplit(public_url).netloc} - {""}
    claims = (headers.get("origin", "null"), headers.get("referer", "null"))
    return all(claim == "null" or urlsplit(claim).netloc in ours for claim in claims)


def preferred_language(header: str, known: Mapping[str, object], default: str) -> str:
    """The first guess from Accept-Language: another language than the default only where it is preferred to it."""
    weights: dict[str, float] = {}
    for part in header[:200].split(","):
        name, _, parameter = part.strip().partition(";")
        language = name.split("-")[0].lower()
        if language in known:
            weights[language] = max(weights.get(language, 0.0), _weight(parameter))
    best = max(weights, key=lambda language: weights[language], default=default)
    return best if weights.get(best, 0.0) > weights.get(default, 0.0) else default


def _weight(parameter: str) -> float:
    found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter)
    return float(found[1]) if found else 1.0
