"""Texts in which the values are marked where they stand: `⟦/json/pointer|value as written⟧`."""

import re
from collections.abc import Iterator

from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence

_MARK = re.compile(r"⟦(?P<pointer>[^|⟧]*)\|(?P<written>[^⟧]*)⟧")


def unmarked(marked: str) -> str:
    """Return the text without its marks."""
    return _MARK.sub(lambda mark: mark["written"], marked)


def marks_of(marked: str) -> dict[str, str]:
    """Return pointer → `line:column-line:column` of all marks; none spans lines."""
    found = {}
    for number, line in enumerate(marked.split("\n"), start=1):
        shift = 0
        for mark in _MARK.finditer(line):
            start = mark.start() - shift + 1
            shift += len(mark.group()) - len(mark["written"])
            found[mark["pointer"]] = f"{number}:{start}-{number}:{start + len(mark['written'])}"
    return found


def nodes_of(node: Node) -> Iterator[Node]:
    """Go over a value and all that is in it."""
    yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from nodes_of(item)
    if isinstance(node, Mapping):
        for entry in node:
            yield from nodes_of(entry.value)


def places_of(root: Node) -> dict[str, str]:
    """Return pointer → `line:column-line:column` of every value."""
    return {
        node.at.pointer: f"{node.at.line}:{node.at.column}-{node.at.end_line}:{node.at.end_column}"
        for node in nodes_of(root)
    }


def plain(node: Node) -> object:
    """Return a value without places; scalars as text, an empty plain one as None."""
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.value) for entry in node}
    assert isinstance(node, Scalar)
    return None if node.kind is ScalarKind.NULL and not node.text else node.text
