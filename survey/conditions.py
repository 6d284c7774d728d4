"""The conditions in a sheet: calculations written out, names checked, compiled once for their faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from survey.cells import Cell
from survey.compiled import condition
from survey.faults import Fault
from survey.model import Choice
from survey.xpath import Call, Reference, Text, Tree, XPathError, parse, references


@dataclass
class ConditionReader:
    """Judges expressions row by row; `before` grows as questions pass, `names` knows all of them."""

    names: frozenset[str]
    report: Callable[[Fault], None]
    before: set[str] = field(default_factory=set)
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    calculations: dict[str, str] = field(default_factory=dict)

    def read(self, cell: Cell, *, dot: bool = False) -> str:
        """The expression with calculations written out, or nothing when it is empty or has a fault."""
        text = _blanks(cell.text)
        return self._judged(cell, text, text, dot=dot) if text else ""

    def calculate(self, name: str, cell: Cell) -> None:
        """Remember a calculation; where it is named it will stand as its text, as XForms stores it."""
        text = _blanks(cell.text)
        written = self._judged(cell, text, f"string({text}) != ''", dot=False)
        self.calculations[name] = f"string({self._write_out(text)})" if written else "''"

    def _judged(self, cell: Cell, text: str, tested: str, *, dot: bool) -> str:
        try:
            faults = list(self._faults(cell, parse(text), dot=dot))
            if not faults:
                condition(self._write_out(tested))
        except XPathError as error:
            faults = [cell.fault(error.code, error.detail)]
        for fault in faults:
            self.report(fault)
        return "" if faults else self._write_out(text)

    def _faults(self, cell: Cell, tree: Tree, *, dot: bool) -> Iterator[Fault]:
        for name in dict.fromkeys(references(tree)):
            if name == "":
                if not dot:
                    yield cell.fault("bad_xpath", ".")
            elif name not in self.before and name not in self.calculations:
                yield cell.fault("later_reference" if name in self.names else "unknown_reference", f"${{{name}}}")
        for name, choice in self._strangers(tree):
            yield cell.fault("unknown_choice", f"{name} = {choice}")

    def _strangers(self, tree: Tree) -> Iterator[tuple[str, str]]:
        """Comparisons of a question with a choice that it does not have: the branch would never open."""
        match tree:
            case Call("=" | "!=" | "selected", (Reference(name), Text(choice)) | (Text(choice), Reference(name))):
                if name in self.choices and choice and all(c.name != choice for c in self.choices[name]):
                    yield name, choice
            case Call(operands=operands):
                for operand in operands:
                    yield from self._strangers(operand)

    def _write_out(self, text: str) -> str:
        return _REFERENCE.sub(lambda match: self.calculations.get(match[1], match[0]), text)


def _blanks(text: str) -> str:
    """Excel's own quotes and line breaks, as people paste them, become plain ones."""
    return " ".join(text.translate(_QUOTES).split())


_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
