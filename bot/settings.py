"""Settings from the environment and `.env`; every one stands in config/env.example."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv.parser import parse_stream
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import Unusable
from bot.near import read_networks

ENV_FILE = Path(".env")
SHIPPED_CONFIG = Path(__file__).parent.parent / "config"
MIN_RESPONDENTS = 10
"""The smallest number of respondents behind any printed figure outside the sample."""
KEY_LETTERS = 20
"""Of a key that stands between a stolen backup and every answer, or between anybody and an official's cookie."""
WEBHOOK_LETTERS = 16
"""Of the secret that tells Telegram from anybody else; it can only be tried over the network."""


_ADDRESS = re.compile(r"https?://(\w([\w.-]*\w)?|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?")
_DIGITS = re.compile(r"[0-9]{1,32}")
LAST_PORT = 65_535


class Settings(BaseSettings):
    """What an operator may set; each field is SIPAS_ and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="SIPAS_", env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore", env_ignore_empty=True
    )

    database_url: str = "sqlite:///data/sipas.db"
    config_dir: Path = SHIPPED_CONFIG
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    backup_key: SecretStr = SecretStr("")
    timezone: str = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"
    min_respondents: int = Field(default=MIN_RESPONDENTS, ge=1)
    trusted_proxies: str = ""
    metrics_from: str = ""
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_secret: SecretStr = SecretStr("")
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_api: str = "https://bot-api.zaloplatforms.com"
    zalo_bot_secret: SecretStr = SecretStr("")
    zalo_oa_app_id: str = ""
    zalo_oa_secret: SecretStr = SecretStr("")
    zalo_oa_app_secret: SecretStr = SecretStr("")
    zalo_oa_refresh_token: SecretStr = SecretStr("")
    zalo_oa_api: str = "https://openapi.zalo.me"
    zalo_oauth_api: str = "https://oauth.zaloapp.com"
    zalo_zbs_api: str = "https://business.openapi.zalo.me"
    zalo_zbs_template: str = Field(default="", pattern=r"^[0-9]{0,32}$")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # "Asia" is a folder
            raise ValueError("is not a time zone; write for example Asia/Ho_Chi_Minh") from error
        return value

    @field_validator("public_url")
    @classmethod
    def _reachable_address(cls, value: str) -> str:
        """As browsers write it, and without the slash that would stand twice in every link."""
        address = value.strip().lower().rstrip("/")
        found = _ADDRESS.fullmatch(address)
        if address and (found is None or int(found["port"] or 0) > LAST_PORT):
            raise ValueError("is not an address like https://danhgia.example.vn, with nothing behind the name")
        return address

    @field_validator("backup_key", "secret_key")
    @classmethod
    def _no_guessable_key(cls, value: SecretStr) -> SecretStr:
        # Whoever sees a form or a backup can try keys at home.
        if 0 < len(value.get_secret_value()) < KEY_LETTERS:
            raise ValueError("is too short; make one with: openssl rand -hex 32")
        return value

    @field_validator("metrics_from")
    @classmethod
    def _known_networks(cls, value: str) -> str:
        try:
            read_networks(value)
        except ValueError as error:
            raise ValueError("is no list of addresses or networks; write for example 10.0.0.5, 10.1.0.0/16") from error
        return value

    @model_validator(mode="after")
    def _webhook_needs_a_secret(self) -> Settings:
        if self.telegram_token.get_secret_value() and self.telegram_mode == "webhook":
            secret = self.telegram_secret.get_secret_value()
            if len(secret) < WEBHOOK_LETTERS:
                raise ValueError(
                    f"SIPAS_TELEGRAM_SECRET of at least {WEBHOOK_LETTERS} letters is needed in webhook mode; "
                    "make one with: openssl rand -hex 32"
                )
            if not self.public_url:
                raise ValueError("SIPAS_PUBLIC_URL is needed in webhook mode; write the https address people reach")
        return self

    @model_validator(mode="after")
    def _zalo_oa_needs_all_four(self) -> Settings:
        given = {
            "SIPAS_ZALO_OA_APP_ID": self.zalo_oa_app_id,
            "SIPAS_ZALO_OA_SECRET": self.zalo_oa_secret.get_secret_value(),
            "SIPAS_ZALO_OA_APP_SECRET": self.zalo_oa_app_secret.get_secret_value(),
            "SIPAS_ZALO_OA_REFRESH_TOKEN": self.zalo_oa_refresh_token.get_secret_value(),
        }
        missing = [name for name, value in given.items() if not value]
        if 0 < len(missing) < len(given):
            raise ValueError(f"a Zalo Official Account needs {', '.join(missing)} too; set all four, or none")
        if self.zalo_oa_app_id and not _DIGITS.fullmatch(self.zalo_oa_app_id):
            raise ValueError("SIPAS_ZALO_OA_APP_ID is a number, as developers.zalo.me shows it")
        return self

    @property
    def sends_to_phones(self) -> bool:
        """Whether Zalo's rating template can be sent: it needs the Official Account's tokens."""
        return bool(self.zalo_zbs_template and self.zalo_oa_app_id)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may ever hold."""
        every = (
            *(self.secret_key, self.backup_key, self.telegram_token, self.telegram_secret),
            *(self.zalo_bot_token, self.zalo_bot_secret),
            *(self.zalo_oa_secret, self.zalo_oa_app_secret, self.zalo_oa_refresh_token),
        )
        return tuple(value for one in every if (value := one.get_secret_value()))


class ProvinceFile(BaseModel):
    """config/province.toml: the province this installation serves."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    name: str = Field(min_length=1)
    address_form: str = Field(default="ông/bà", min_length=1, max_length=20)
    index_survey: str = "sipas-quick"
    method: Literal[
        "sipas-2017/pooled", "sipas-2017/mean-of-criteria", "sipas-2017/mean-of-factors", "overall-item"
    ] = "sipas-2017/pooled"
    publishes_scores: bool = False
    approves_summaries: bool = False
    agency: str = Field(min_length=1)
    hotline: str = ""
    page: str = ""

    @field_validator("id")
    @classmethod
    def _not_the_sample(cls, value: str) -> str:
        if value == "sample":
            raise ValueError("'sample' is kept for the sample data; choose another id")
        return value


def load_settings() -> Settings:
    """Raises Unusable with the first fault: its variable, what is wrong, the mend."""
    _check_lines(ENV_FILE)
    try:
        return Settings()
    except ValidationError as error:
        raise _unusable("environment or .env", error, "SIPAS_") from error


def _check_lines(path: Path) -> None:
    """Raises Unusable for what the reader of `path` would pass over in silence, and a default stand in its place."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            bindings = list(parse_stream(file))
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unusable(str(path), f"cannot be read ({error.strerror})", "check the file and its rights") from error
    except UnicodeDecodeError as error:
        raise Unusable(str(path), f"is not UTF-8 ({error})", "save it as UTF-8") from error
    seen = set[str]()
    for binding in bindings:
        where, name = f"{path}:{binding.original.line}", (binding.key or "").upper()
        if binding.error or (name and binding.value is None):
            raise Unusable(where, "is no line like NAME=value", "mend that line, or begin it with #")
        if not name.startswith("SIPAS_"):  # of another program that shares the file
            continue
        if name.removeprefix("SIPAS_").lower() not in Settings.model_fields:
            raise Unusable(where, f"{name!r} is no setting", "see config/env.example")
        if name in seen:
            raise Unusable(where, f"{name} stands twice", "keep one of the lines")
        seen.add(name)


def load_province(config_dir: Path) -> ProvinceFile:
    path = config_dir / "province.toml"
    try:
        text = path.read_bytes().decode()
        return ProvinceFile(**tomllib.loads(text))
    except OSError as error:
        raise Unusable(str(path), f"cannot be read ({error.strerror})", "check SIPAS_CONFIG_DIR") from error
    except ValidationError as error:
        raise _unusable(f"{path}{_line(text, error)}", error, "") from error
    except (ValueError, RecursionError) as error:  # a number of too many digits, brackets without end
        raise Unusable(str(path), f"is not valid TOML ({error})", "mend that line") from error


def _line(text: str, error: ValidationError) -> str:
    """Where the first wrong value stands, as ":4"; nothing for one that is missing."""
    first = error.errors()[0]
    if first["type"] == "missing":
        return ""
    key = next(iter(first["loc"]), None)
    lines = (at for at, line in enumerate(text.split("\n"), 1) if line.partition("=")[0].strip(" \t\"'") == key)
    return f":{at}" if (at := next(lines, 0)) else ""


def _unusable(where: str, error: ValidationError, prefix: str) -> Unusable:
    first = error.errors(include_input=False, include_url=False)[0]
    name = (
        (prefix + "_".join(str(part) for part in first["loc"])).upper() if prefix else ".".join(map(str, first["loc"]))
    )
    what = first["msg"].removeprefix("Value error, ")
    return Unusable(where, f"{name} {what}" if first["loc"] else what, "see config/env.example")
