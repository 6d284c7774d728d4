"""The part of XPath that XLSForm conditions use: text in, a small tree out, or a fault with its position.

    or < and < = != < <= < > >= < + - < * div mod < unary minus < literal, ${name}, ., function(...), (...)

Paths, axes, predicates and variables of XPath itself are not part of it and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAX_EXPRESSION = 4000
"""Longest expression, in characters, after calculations are written out."""
MAX_DEPTH = 20
"""Deepest nesting of parentheses and functions."""
MAX_LINKS = 200
"""Most operators other than `or` and `and`."""


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Reference:
    """${name}; the empty name is the dot, the value that a constraint judges."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function or an operator with its operands; a "-" of one operand is the sign."""

    name: str
    operands: tuple[Tree, ...]
    at: int


Tree = Number | Text | Reference | Call


class XPathError(ValueError):
    """`code` names the kind of fault, `detail` quotes the place; raised only while a form is read."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{\s*[^{}]*?\s*\})|(?P<num>\d+(?:\.\d*)?|\.\d+)|(?P<str>\"[^\"]*\"|'[^']*')"
    r"|(?P<name>[A-Za-z_][\w.\-:]*)|(?P<op><=|>=|!=|[=<>+\-*(),.]))"
)
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_FIRST_BINARY = 2
_OPERATORS = frozenset({"or", "and", "div", "mod"})


def parse(text: str) -> Tree:
    """The tree of `text`; raises XPathError("bad_xpath") with the place of the first fault."""
    if len(text) > MAX_EXPRESSION:
        raise XPathError("bad_xpath", f"{len(text)} > {MAX_EXPRESSION}")
    return _Parser(text).whole()


def references(tree: Tree) -> Iterator[str]:
    """Every name in ${}, in order, repeated where it is repeated; the dot as ""."""
    match tree:
        case Reference(name):
            yield name
        case Call(operands=operands):
            for operand in operands:
                yield from references(operand)


class _Parser:
    """One pass over the tokens, by precedence; lives as long as one call of `parse`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.links = 0

    def whole(self) -> Tree:
        tree = self.level(0)
        if self.next.kind != "end":
            raise self.fault(self.next)
        return tree

    def level(self, index: int) -> Tree:
        """A chain of the operators of one level: `or` and `and` in one node, the others leaning to the left."""
        if index == len(_LEVELS):
            return self.unary()
        operands = [self.level(index + 1)]
        while self.next.kind in {"op", "name"} and self.next.text in _LEVELS[index]:
            operator = self.take()
            operands.append(self.level(index + 1))
            if index >= _FIRST_BINARY:
                operands = [Call(operator.text, tuple(operands), operator.at)]
                self.bound(links=1)
        return operands[0] if len(operands) == 1 else Call(operator.text, tuple(operands), operator.at)

    def unary(self) -> Tree:
        if self.next.text != "-":
            return self.primary()
        minus = self.take()
        self.bound(links=1)
        return Call("-", (self.unary(),), minus.at)

    def primary(self) -> Tree:
        token = self.take()
        match token:
            case Token("num", text):
                return Number(float(text))
            case Token("str", text):
                return Text(text[1:-1])
            case Token("ref", text):
                return Reference(text[2:-1].strip())
            case Token("op", "."):
                return Reference("")
            case Token("op", "("):
                return self.inside()[0]
            case Token("name", name, at) if self.next.text == "(" and name not in _OPERATORS:
                self.take()
                return Call(name, self.arguments(), at)
        raise self.fault(token)

    def arguments(self) -> tuple[Tree, ...]:
        if self.next.text != ")":
            return self.inside(separator=",")
        self.take()
        return ()

    def inside(self, separator: str = "") -> tuple[Tree, ...]:
        """What stands between an opening parenthesis, already taken, and the closing one, which is taken too."""
        self.bound(depth=1)
        found = [self.level(0)]
        while separator and self.next.text == separator:
            self.take()
            found.append(self.level(0))
        closing = self.take()
        if closing.text != ")":
            raise self.fault(closing)
        self.depth -= 1
        return tuple(found)

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.next
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def bound(self, depth: int = 0, links: int = 0) -> None:
        """Keep the tree shallow enough to be walked by recursion, whatever the file holds."""
        self.depth += depth
        self.links += links
        if self.depth > MAX_DEPTH or self.links > MAX_LINKS:
            raise self.fault(self.next)

    def fault(self, token: Token) -> XPathError:
        return XPathError("bad_xpath", _quote(self.text, token.at))


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    place = 0
    while match := _TOKEN.match(text, place):
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match[kind], match.start(kind)))
        place = match.end()
    if text[place:].strip():
        raise XPathError("bad_xpath", _quote(text, place))
    return [*tokens, Token("end", "", len(text))]


def _quote(text: str, at: int) -> str:
    """The rest of the text from the fault on, with its position counted from 1."""
    rest = text[at:].lstrip()
    return f"{len(text) - len(rest) + 1}: {rest[:40].rstrip()}" if rest else f"{at + 1}"
