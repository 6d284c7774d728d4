"""Which office does a person mean? Exact names first; a guess only with one clear lead; else ask or refuse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from rapidfuzz import fuzz

from scoring.level_word import LEVEL_WORDS, LevelWord, split_level, without_loose_words
from scoring.strangers import STRANGERS
from scoring.typed import accented, glue, spaced, untelex
from scoring.unit import LEVELS, Unit
from scoring.units import Tree

MAX_TEXT = 120
MAX_CHOICES = 8
MIN_GUESS_LETTERS = 4
"""Shorter texts are never guessed at."""
LEAD = 5.0
"""Points by which the best guess must lead every other name of the tree to answer alone."""
FLOORS = {"province": 75.0, "district": 75.0, "department": 85.0, "commune": 85.0}
"""Least likeness, 0 to 100, of a guess. Departments' names are common words ("tai chinh" is 78 like "thai ninh")."""
MOST_WORDS = 12
"""Of an office's name inside a sentence."""
LEAST_LIKE = 60.0
"""Least likeness of what `find` offers."""


@dataclass(frozen=True)
class Match:
    """One answer; `others` bear the same name and are offered as buttons."""

    unit: Unit
    others: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Choices:
    """Ask which of these; at least one."""

    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Unknown:
    """No unit is meant that this tree knows."""


Resolved = Match | Choices | Unknown


def resolve(tree: Tree, text: str, on: date) -> Resolved:
    """The unit a typed name, alias or code means on that day."""
    exact = _exact(tree, text, on)
    if exact is not None:
        return exact
    name, comma, where = text.partition(",")
    if comma and name.strip():  # "Tân Hưng, Hưng Yên" names an office and where it lies
        return _lying_in(tree, resolve(tree, name, on), resolve(tree, where, on))
    return _guess(tree, text, on)


def _lying_in(tree: Tree, found: Resolved, above: Resolved) -> Resolved:
    """Of several bearers of a name those below the unit that was named behind the comma, if any are."""
    if isinstance(found, Choices) and isinstance(above, Match):
        inside = tuple(unit for unit in found.units if tree.covers(above.unit.id, unit.id))
        if inside:
            return Match(inside[0]) if len(inside) == 1 else Choices(inside)
    return found


def knows(tree: Tree, text: str, on: date) -> bool:
    """Whether the text is a name, alias or code of the tree as it stands, without guessing."""
    return _exact(tree, text, on) is not None


def exact(tree: Tree, text: str, on: date) -> Match | Choices | None:
    """What the text names on that day, without guessing."""
    return _exact(tree, text, on)


def former(tree: Tree, text: str, on: date) -> Match | Choices | None:
    """What the text names among units that ended before that day, those that ended last first, without guessing."""
    for day in tree.ends:
        found = _exact(tree, text, day) if day < on else None
        match found:
            case Match(unit=unit) if not unit.valid(on):
                return found
            case Choices(units=units) if ended := tuple(unit for unit in units if not unit.valid(on)):
                return Choices(ended)
    return None


def is_bare(text: str) -> bool:
    """Whether a name is typed without the word of its level."""
    return split_level(spaced(text[:MAX_TEXT]))[0] is None


def _exact(tree: Tree, text: str, on: date) -> Match | Choices | None:
    words = spaced(text[: MAX_TEXT + 1])
    if not words or len(text) > MAX_TEXT:
        return None
    coded = tree.by_code(text.strip(), on) or tree.by_code(text.strip().upper(), on)
    if coded is not None:
        return Match(coded)
    for reading in dict.fromkeys((words, without_loose_words(words))):
        found = _exact_reading(tree, text, reading, on)
        if found is not None:
            return found
    return None


def _exact_reading(tree: Tree, text: str, words: str, on: date) -> Match | Choices | None:
    """Names before aliases before dotted forms before raw Telex; each whole, then behind a level word."""
    level, rest = split_level(words)
    plain = untelex(words)
    plain_level, plain_rest = split_level(plain)
    spell = tree.spellings
    tries: tuple[tuple[list[Unit], LevelWord | None], ...] = (
        (spell.by_name.get(glue(words), []), None),
        (spell.by_name.get(glue(rest), []), level),
        (spell.by_alias.get(glue(words), []), None),
        (spell.by_dotted.get(words, []), None),
        (spell.by_alias.get(glue(rest), []), level),
        (spell.by_dotted.get(rest, []), level),
        (spell.by_name.get(glue(plain), []), None),
        (spell.by_name.get(glue(plain_rest), []), plain_level),
    )
    for bearers, word in tries:
        units = tuple(unit for unit in bearers if unit.valid(on))
        if units:
            return _decide(tree, text, units, word)
    return None


def _decide(tree: Tree, text: str, units: tuple[Unit, ...], word: LevelWord | None) -> Match | Choices:
    """One of the bearers of a name, or the question which."""
    if word is not None:
        allowed = word.narrow(units)
        if not allowed:
            return Choices(units[:MAX_CHOICES])
        return _pick(tree, allowed, units)
    key = accented(text)
    same_accents = tuple(unit for unit in units if key in (accented(unit.short_name), accented(unit.name)))
    return _pick(tree, same_accents or units, units)


def _pick(tree: Tree, candidates: tuple[Unit, ...], bearers: tuple[Unit, ...]) -> Match | Choices:
    """A district outranks the communes inside it that bear its name; everything else shared asks."""
    districts = [unit.id for unit in candidates if unit.level == "district"]
    top = [
        unit
        for unit in candidates
        if unit.level != "commune" or not any(tree.covers(district, unit.id) for district in districts)
    ]
    if len(top) == 1:
        others = tuple(unit for unit in bearers if unit.id != top[0].id)
        return Match(top[0], others[:MAX_CHOICES])
    return Choices(candidates[:MAX_CHOICES])


@dataclass(frozen=True)
class _Guess:
    likeness: float
    unit: Unit

    @property
    def stands(self) -> bool:
        return self.likeness >= FLOORS[self.unit.level]


def _guess(tree: Tree, text: str, on: date) -> Resolved:
    """Answers alone only for province, district and department with a clear lead over every name; else asks."""
    words = without_loose_words(spaced(text[: MAX_TEXT + 1]))
    level, rest = split_level(words)
    if len(glue(rest)) < MIN_GUESS_LETTERS or len(text) > MAX_TEXT or {words, rest} & STRANGERS:
        return Unknown()
    guesses = _likeness(tree, (words, rest), on)
    if level is not None:
        allowed = set(level.narrow(guess.unit for guess in guesses))
        guesses = [guess for guess in guesses if guess.unit in allowed]
    rivals = [guess for guess in guesses if guess.likeness >= LEAST_LIKE and not _hidden(tree, guess.unit, on)]
    standing = [guess for guess in rivals if guess.stands]
    if not standing:
        return Unknown()
    best = rivals[0]
    close = [guess for guess in rivals[1:] if guess.likeness > best.likeness - LEAD]
    if best.stands and best.unit.level != "commune" and not close:
        return Match(best.unit, _namesakes(tree, best.unit, on))
    return Choices(tuple(guess.unit for guess in standing[:MAX_CHOICES]))


def _likeness(tree: Tree, queries: Iterable[str], on: date) -> list[_Guess]:
    """Every unit of the day with its best likeness to any of the queries, most alike first."""
    best: dict[str, _Guess] = {}
    for name, unit in tree.spellings.own_names:
        if unit.valid(on):
            likeness = max(fuzz.ratio(query, name) for query in dict.fromkeys(queries))
            if unit.id not in best or likeness > best[unit.id].likeness:
                best[unit.id] = _Guess(likeness, unit)
    return sorted(best.values(), key=lambda guess: -guess.likeness)


def _namesakes(tree: Tree, district: Unit, on: date) -> tuple[Unit, ...]:
    same = tree.spellings.by_name.get(glue(district.short_name), [])
    return tuple(unit for unit in same if unit.valid(on) and tree.covers(district.id, unit.id) and unit != district)


def _hidden(tree: Tree, unit: Unit, on: date) -> bool:
    """A commune with the name of a district around it is no rival of that district."""
    return unit.level == "commune" and any(
        above.level == "district" and glue(above.short_name) == glue(unit.short_name)
        for above in tree.ancestors(unit.id, on)
    )


def find(tree: Tree, text: str, on: date, limit: int = MAX_CHOICES) -> tuple[Unit, ...]:
    """Offices to offer as buttons to someone who types a name, best first; empty when nothing is near."""
    whole = text
    if _exact(tree, text, on) is None:
        text = text.partition(",")[0] or text
    words = without_loose_words(spaced(text[:MAX_TEXT]))
    if words in LEVEL_WORDS:
        return LEVEL_WORDS[words].narrow(unit for unit in tree.units if unit.valid(on))[:limit]
    level, rest = split_level(words)
    first: tuple[Unit, ...]
    match _exact(tree, text, on):
        case Match(unit, others):
            first = (unit, *others)
        case Choices(units):
            first = units
        case _:
            first = _named_inside(tree, whole, on)
    near = _likeness(tree, (words, rest), on) if rest else []
    farthest = _FAR if not first else _ALIKE  # beside the very name, names that merely look like it only confuse
    if level is not None:
        allowed = set(level.narrow(guess.unit for guess in near))
        near = [guess for guess in near if guess.unit in allowed]
    ranked = sorted(((_rank(guess, rest), guess.unit) for guess in near), key=lambda pair: pair[0])
    return tuple(dict.fromkeys((*first, *(unit for rank, unit in ranked if rank[0] < farthest))))[:limit]


def _named_inside(tree: Tree, text: str, on: date) -> tuple[Unit, ...]:
    """Offices whose exact name stands in a sentence: "tôi làm khai sinh ở xã Tân Hưng"; the longest names first.

    With accents as far as the passage has any: who writes "thái độ" does not mean Thái Đô. Names behind the word of
    their level come alone: "anh Thư" may be anybody, "huyện Vũ Thư" is not.
    """
    written = "".join(letter if letter.isalnum() else " " for letter in normalize("NFC", text[:MAX_TEXT])).split()
    names = tree.spellings.by_name
    found: dict[Unit, None] = {}
    behind: dict[Unit, None] = {}
    taken: set[int] = set()
    for length in range(min(len(written) - 1, MOST_WORDS), 1, -1):
        for start in range(len(written) - length + 1):
            passage = " ".join(written[start : start + length])
            level, rest = split_level(spaced(passage))
            if not (glue(rest) in names or glue(passage) in names) or taken & set(range(start, start + length)):
                continue
            meant = [unit for unit in _bearers(tree, passage, on) if _accents_agree(passage, unit)]
            if meant:
                found |= dict.fromkeys(meant)
                behind |= dict.fromkeys(meant if level else ())
                taken |= set(range(start, start + length))
    return tuple(behind or found)


def _bearers(tree: Tree, name: str, on: date) -> tuple[Unit, ...]:
    match _exact(tree, name, on):
        case Match(unit, others):
            return (unit, *others)
        case Choices(units):
            return units
        case _:
            return ()


def _accents_agree(passage: str, unit: Unit) -> bool:
    key = accented(passage)
    return key == accented(spaced(passage)) or f" {key}".endswith(f" {accented(unit.short_name)}")


_ALIKE, _FAR = 2, 3


def _rank(guess: _Guess, words: str) -> tuple[int, int, float]:
    """Names that begin with the words, then names that hold them, then names that look like them; districts first."""
    level = LEVELS.index(guess.unit.level)
    if spaced(guess.unit.short_name).startswith(words):
        return 0, level, -guess.likeness
    if f" {words}" in f" {spaced(guess.unit.name)}":
        return 1, level, -guess.likeness
    return _ALIKE if guess.likeness >= LEAST_LIKE else _FAR, 0, -guess.likeness
