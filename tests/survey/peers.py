"""Second opinions on conditions: elementpath for one expression, rxeval for a whole form."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

import rxeval
from elementpath import ElementPathError, XPath2Parser, XPathContext

from survey.model import Answer

_NAME = re.compile(r"\$\{(\w+)\}")
_PATH = r"/data/\1"


def elementpath_truth(expression: str, answers: Mapping[str, str]) -> bool | None:
    """XPath 1.0 over nodes: each ${name} an element, empty when not answered; None where elementpath gives up.

    It gives up where XPath 1.0 compares with a text that is no number (it raises instead of taking NaN).
    """
    root = ET.Element("data")
    for name in set(_NAME.findall(expression)):
        ET.SubElement(root, name).text = answers.get(name, "")
    token = XPath2Parser(compatibility_mode=True).parse(f"boolean({_NAME.sub(_PATH, expression)})")
    try:
        return bool(token.evaluate(XPathContext(ET.ElementTree(root))))
    except ElementPathError:
        return None


def rxeval_value(expression: str, answers: Mapping[str, str]) -> str:
    """What rxeval gives, as text, for one expression over an instance of flat answers."""
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in answers.items())
    return str(rxeval.eval_expression(_NAME.sub(_PATH, expression), f"<data>{fields}</data>"))


class RxevalForm:
    """Fillings of one XForm judged by rxeval; questions are known by the last part of their path."""

    def __init__(self, xform: str) -> None:
        self.xform = xform
        self.paths = {path.rsplit("/", 1)[1]: path for path in re.findall(r'nodeset="(/data/[^"]+)"', xform)}

    def relevant(self, answers: Mapping[str, Answer]) -> set[str]:
        session = rxeval.Session(self.xform)
        for name, answer in answers.items():
            text = " ".join(answer) if isinstance(answer, tuple) else str(answer)
            session.set(self.paths[name], text)
        found = session.recompute()
        assert not found["failed"]
        return {name for name, path in self.paths.items() if found["relevant"][path]}
