"""Words taken out of what an official typed, however they are accented."""

from __future__ import annotations

from survey.text import fold


def without(text: str, folded: str) -> str:
    """The text without the words that fold to these."""
    words, wanted = text.split(), folded.split()
    for at in range(len(words)):
        if [fold(word) for word in words[at : at + len(wanted)]] == wanted:
            return " ".join(words[:at] + words[at + len(wanted) :])
    return text
