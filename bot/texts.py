"""The sentences people read: gettext catalogues in config/locales, by symbolic key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from bot.errors import Unusable

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Catalogue:
    """One language. Calling it gives the sentence of a key with its values filled in; an unknown key is a bug."""

    language: str
    sentences: Mapping[str, str]
    address: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        sentence = self.sentences[key]
        return sentence.format_map({**self.address, **values}) if "{" in sentence else sentence


def load_catalogues(folder: Path, address_form: str) -> dict[str, Catalogue]:
    """Every language of `folder`; `address_form` is how people are addressed in Vietnamese ("ông/bà", "bác")."""
    address = {
        "vi": {"you": address_form, "You": "/".join(part.capitalize() for part in address_form.split("/"))},
        "en": {"you": "you", "You": "You"},
    }
    return {
        language: Catalogue(language, _read(folder / f"{language}.po") | address[language], address[language])
        for language in LANGUAGES
    }


def _read(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file)
    except (OSError, ValueError) as error:
        raise Unusable(str(path), f"cannot be read ({error})", "restore it from the release") from error
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
