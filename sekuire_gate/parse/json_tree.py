"""JSON becomes nodes with places; it says yes and no exactly as `canonical` does.

A number's value is of no matter here, so that one which programs write differently is no reason to refuse
(docs/protocol.md 4); every other doubt is.
"""

import re
from collections.abc import Iterable, Iterator
from json import JSONDecodeError

from sekuire_gate import canonical
from sekuire_gate.canonical import Doubt, Kind, Value
from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location
from sekuire_gate.parse.limits import MAX_KEY, Budget, too_deep, too_many_values
from sekuire_gate.parse.lines import Lines
from sekuire_gate.parse.refusals import ambiguous, duplicate_key, json_lines, refuse_key, refuse_lone_returns
from sekuire_gate.parse.tree import Document, Entry, Mapping, Node, Scalar, ScalarKind, Sequence, child_pointer

_BEFORE_KEY = re.compile(r"[ \t\r\n,]*")
_KEY = re.compile(r'"(?:[^"\\]|\\.)*+"')


def read_json(data: bytes, path: str) -> Document:
    """Read a JSON file, a definition or a tools file.

    Args:
        data: at most `MAX_DEFINITION_BYTES`.
        path: relative to the root; the places name it.

    Raises:
        DefinitionError: `definition.encoding`, `.syntax`, `.duplicate_key`, `.ambiguous`, `.too_deep` or
            `.too_large`, with line and column.
    """
    lines = json_lines(data, path)
    try:
        document = canonical.read(lines.text, stop_at_nodes=True)
    except JSONDecodeError as error:
        at = lines.at(error.pos, error.pos)
        message = f"not JSON: {error.msg}."
        raise DefinitionError(message, kind="definition.syntax", at=at, fix="Correct the syntax here.") from error
    for doubt in document.doubts:
        if doubt.kind is not Kind.NUMBER:
            raise _refusal(doubt, lines, document.root)
    refuse_lone_returns(lines)
    return Document(_Converter(lines).node(document.root, ""), lines.source)


def _refusal(doubt: Doubt, lines: Lines, root: Value) -> DefinitionError:
    at = lines.at(doubt.start, doubt.end)
    match doubt.kind:
        case Kind.DUPLICATE_KEY:
            key = canonical.read(lines.text[doubt.start : doubt.end]).root.data
            assert isinstance(key, str)
            return duplicate_key(key, lines.at(doubt.start, doubt.end, child_pointer(_around(root, doubt), key)))
        case Kind.DEPTH:
            return too_deep(at)
        case Kind.NODES:
            return too_many_values(at)
        case _:
            return ambiguous(f"a {doubt.kind.value} is not read alike by all.", at, "Remove it.")


def _around(value: Value, doubt: Doubt) -> str:
    """Return the pointer of the innermost map or list that a doubt stands in, of those that a duplicate key left."""
    pointer = ""
    while True:
        inside = ((key, item) for key, item in _children(value) if item.start <= doubt.start < item.end)
        key, value = next(inside, (None, value))
        if key is None:
            return pointer
        pointer = child_pointer(pointer, key)


def _children(value: Value) -> Iterable[tuple[str | int, Value]]:
    match value.data:
        case dict(items):
            return items.items()
        case list(items):
            return enumerate(items)
    return ()


class _Converter:
    """Gives every value its place; keys are found again in the text, between the values."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._budget = Budget(canonical.MAX_NODES)

    def node(self, value: Value, pointer: str) -> Node:
        at = self._lines.at(value.start, value.end, pointer)
        self._budget.spend(at)
        match value.data:
            case dict(items):
                return Mapping(tuple(self._entries(items, value.start + 1, pointer)), at)
            case list(items):
                children = (self.node(item, child_pointer(pointer, index)) for index, item in enumerate(items))
                return Sequence(tuple(children), at)
            case str(text):
                return Scalar(text, ScalarKind.TEXT, at)
        return Scalar(self._lines.text[value.start : value.end], _kind(value), at)

    def _entries(self, items: dict[str, Value], start: int, pointer: str) -> Iterator[Entry]:
        for key, value in items.items():
            key_start = self._end_of(_BEFORE_KEY, start)
            key_end = self._end_of(_KEY, key_start)
            if len(key) > MAX_KEY:
                raise _long_key(self._lines.at(key_start, key_end, pointer))
            of_value = child_pointer(pointer, key)
            key_at = self._lines.at(key_start, key_end, of_value)
            refuse_key(key, key_at)
            yield Entry(key, key_at, self.node(value, of_value))
            start = value.end

    def _end_of(self, pattern: re.Pattern[str], start: int) -> int:
        match = pattern.match(self._lines.text, start)
        return match.end() if match else start


def _long_key(at: Location) -> DefinitionError:
    return DefinitionError(
        f"a key is longer than {MAX_KEY:,} characters.",
        kind="definition.too_large",
        at=at,
        fix="Shorten the key.",
    )


def _kind(value: Value) -> ScalarKind:
    if value.data is None:
        return ScalarKind.NULL
    return ScalarKind.BOOLEAN if isinstance(value.data, bool) else ScalarKind.NUMBER
