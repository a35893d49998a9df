"""JSON read strictly: RFC 8259 and nothing else; imported by `canonical` alone, through which everybody reads.

What the RFC allows and two readers could still see differently is no syntax error: it is a `Doubt`, kept beside the
value, and whoever asked for the text decides.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from json import JSONDecodeError

MAX_DEPTH = 64  # nested arrays and objects, the outermost counted
MAX_NODES = 100_000  # values, containers included

_MAX_SIGNIFICANT_DIGITS = 15
_INTEGERS = range(-(2**63), 2**64)

_BOM = "\ufeff"
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN_TEXT = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Kind(Enum):
    """In what way two readers could see two documents."""

    DUPLICATE_KEY = "duplicate key"
    LONE_SURROGATE = "lone surrogate"
    ASTRAL_KEY = "key outside the BMP"
    NUMBER = "number that not all programs write alike"
    DEPTH = "depth over 64"
    NODES = "over 100,000 nodes"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that two readers could see differently."""

    kind: Kind
    start: int  # index into the text
    end: int  # exclusive


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value and the range of the text that it was read from."""

    data: "dict[str, Value] | list[Value] | str | int | float | bool | None"
    start: int  # index into the text
    end: int  # exclusive


@dataclass(frozen=True, slots=True)
class Document:
    """A text read as JSON, with the first doubt of each kind, in order of place."""

    root: Value
    doubts: tuple[Doubt, ...]


def decode(data: bytes) -> str:
    """Decode UTF-8 without a byte order mark.

    Raises:
        UnicodeDecodeError: a BOM, another encoding, or bytes that are not UTF-8.
    """
    text = data.decode("utf-8")
    if text.startswith(_BOM):
        raise UnicodeDecodeError("utf-8", data, 0, 3, "byte order mark")
    return text


def read(text: str, *, stop_at_nodes: bool = False) -> Document:
    """Read one JSON value. Reading stops at depth 65, with a doubt and an empty root of the type it would have.

    Args:
        text: decoded.
        stop_at_nodes: stop likewise at the first value over `MAX_NODES`, whether or not JSON follows.

    Raises:
        JSONDecodeError: not JSON by RFC 8259: syntax, NaN, trailing text, nothing at all; with the position.
    """
    reader = _Reader(text, stop_at_nodes=stop_at_nodes)
    try:
        root = reader.document()
    except _StopError:
        root = Value([] if text.lstrip(" \t\n\r").startswith("[") else {}, 0, len(text))
    return Document(root, tuple(sorted(reader.doubts.values(), key=lambda doubt: doubt.start)))


class _StopError(Exception):
    """Reading stops here; never leaves this module."""


class _Reader:
    """A recursive descent over one text; recursion ends at `MAX_DEPTH`."""

    def __init__(self, text: str, *, stop_at_nodes: bool) -> None:
        self.text = text
        self._stops_at_nodes = stop_at_nodes
        self.doubts: dict[Kind, Doubt] = {}
        self._at = 0
        self._depth = 0
        self._nodes = 0

    def document(self) -> Value:
        self._skip_space()
        root = self._value()
        self._skip_space()
        if self._at != len(self.text):
            raise self._error("text after the value")
        return root

    def _value(self) -> Value:
        self._nodes += 1
        start = self._at
        if self._nodes == MAX_NODES + 1:
            self._doubt(Kind.NODES, start, start + 1)
            if self._stops_at_nodes:
                raise _StopError
        match self.text[start : start + 1]:
            case "{":
                return self._nested(self._object)
            case "[":
                return self._nested(self._array)
            case '"':
                return Value(self._string(), start, self._at)
            case first if first and first in "-0123456789":
                return self._number()
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, start):
                self._at += len(word)
                return Value(meaning, start, self._at)
        raise self._error("expected a value")

    def _nested(self, body: "Callable[[], dict[str, Value] | list[Value]]") -> Value:
        start = self._at
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._doubt(Kind.DEPTH, start, start + 1)
            raise _StopError
        self._at += 1
        self._skip_space()
        data = body()
        self._depth -= 1
        return Value(data, start, self._at)

    def _object(self) -> dict[str, Value]:
        items: dict[str, Value] = {}
        if self._took("}"):
            return items
        while True:
            start = self._at
            if self.text[start : start + 1] != '"':
                raise self._error("expected a key in double quotes")
            key = self._string()
            if key in items:
                self._doubt(Kind.DUPLICATE_KEY, start, self._at)
            if any(character > "\uffff" for character in key):
                self._doubt(Kind.ASTRAL_KEY, start, self._at)
            self._skip_space()
            self._take(":")
            self._skip_space()
            value = self._value()
            if self._nodes <= MAX_NODES:  # what comes after is read for its syntax alone
                items[key] = value
            self._skip_space()
            if self._took("}"):
                return items
            self._take(",", instead="expected ',' or '}'")
            self._skip_space()

    def _array(self) -> list[Value]:
        items: list[Value] = []
        if self._took("]"):
            return items
        while True:
            value = self._value()
            if self._nodes <= MAX_NODES:  # as above
                items.append(value)
            self._skip_space()
            if self._took("]"):
                return items
            self._take(",", instead="expected ',' or ']'")
            self._skip_space()

    def _string(self) -> str:
        start = self._at
        self._at += 1
        parts: list[str] = []
        while True:
            run = self._match(_PLAIN_TEXT)
            parts.append(run)
            match self.text[self._at : self._at + 1]:
                case '"':
                    self._at += 1
                    break
                case "\\":
                    parts.append(self._escape())
                case "":
                    raise self._error("a string without its closing quote", start)
                case _:
                    raise self._error("a control character in a string")
        # Two \u escapes in a row may be one character: join before looking for a lone half.
        value = "".join(parts)
        if value.isascii():
            return value
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._doubt(Kind.LONE_SURROGATE, start, self._at)
        return value

    def _escape(self) -> str:
        letter = self.text[self._at + 1 : self._at + 2]
        if letter == "u":
            digits = _HEX4.match(self.text, self._at + 2)
            if digits is None:
                raise self._error("expected four hex digits after '\\u'")
            self._at = digits.end()
            return chr(int(digits.group(), 16))
        if letter not in _ESCAPES:
            raise self._error("an escape that JSON does not have")
        self._at += 2
        return _ESCAPES[letter]

    def _number(self) -> Value:
        start = self._at
        match = _NUMBER.match(self.text, start)
        if match is None:
            raise self._error("expected a number")
        self._at = match.end()
        written, (fraction, exponent) = match.group(), match.groups()
        if not _is_plain_number(written):
            self._doubt(Kind.NUMBER, start, self._at)
            return Value(float(written) if fraction or exponent else 0, start, self._at)
        return Value(float(written) if fraction else int(written), start, self._at)

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self._at)
        assert match is not None  # both patterns match the empty text
        self._at = match.end()
        return match.group()

    def _skip_space(self) -> None:
        self._match(_SPACE)

    def _took(self, character: str) -> bool:
        found = self.text.startswith(character, self._at)
        self._at += found
        return found

    def _take(self, character: str, *, instead: str = "") -> None:
        if not self._took(character):
            raise self._error(instead or f"expected '{character}'")

    def _doubt(self, kind: Kind, start: int, end: int) -> None:
        self.doubts.setdefault(kind, Doubt(kind, start, end))

    def _error(self, message: str, at: int | None = None) -> JSONDecodeError:
        return JSONDecodeError(message, self.text, self._at if at is None else at)


def _is_plain_number(written: str) -> bool:
    """Whether all known programs read and write this JSON number alike (docs/protocol.md 2.4)."""
    if "e" in written or "E" in written:
        return False
    digits = written.lstrip("-").replace(".", "").lstrip("0")
    if "." in written:
        if written == "0.0":
            return True
        return 0 < len(digits) <= _MAX_SIGNIFICANT_DIGITS and 1e-4 <= abs(float(written)) < 1e16  # noqa: PLR2004 - 2.4's own bounds
    # The length first: Python refuses to convert thousands of digits.
    return written != "-0" and len(digits) <= len(str(2**64)) and int(written) in _INTEGERS
