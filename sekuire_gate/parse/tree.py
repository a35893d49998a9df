"""A parsed value with its place: what YAML and JSON definitions have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from sekuire_gate.model.source import Location, Pointer, SourceText

MAX_DEFINITION_BYTES = 1_048_576  # 1 MiB, of one definition or tools file


class ScalarKind(Enum):
    """What a scalar is to those readers that convert (docs/protocol.md 4: "Scalars keep their source text")."""

    TEXT = "text"  # quoted, a block, a JSON string, or plain text that no reader converts
    NULL = "null"  # plain `null`, `~`, nothing at all; JSON null
    BOOLEAN = "boolean"  # of YAML 1.1 or 1.2 (`no`, `on`, `true`); JSON true and false
    NUMBER = "number"  # of either version: `010`, `1:30`, `4.10`, `0x1f`, `.inf`; a JSON number
    DATE = "date"  # `2026-01-02`, with or without a time


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, as written and unquoted."""

    text: str
    kind: ScalarKind
    at: Location


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Node, ...]"
    at: Location


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping and its value."""

    key: str
    key_at: Location
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; no key occurs twice."""

    entries: tuple[Entry, ...]  # in order of place
    at: Location

    def get(self, key: str) -> "Node | None":
        """Return the value of a key, or None where the map does not have it."""
        for entry in self.entries:  # no generator: a file may have thousands of agents, asked a dozen times each
            if entry.key == key:
                return entry.value
        return None

    def __iter__(self) -> Iterator[Entry]:
        """Go over the entries in order of place."""
        return iter(self.entries)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read: its value, and its text to show lines of."""

    root: Node  # of an empty YAML file: a null without extent
    text: SourceText


def child_pointer(parent: str, segment: str | int) -> Pointer:
    """Return the JSON Pointer (RFC 6901) of a map's key (text) or a list's index (a number) below `parent`."""
    indexes = parent.indexes if isinstance(parent, Pointer) else ()
    if isinstance(segment, int):
        return Pointer(f"{parent}/{segment}", (*indexes, parent.count("/")))
    return Pointer(f"{parent}/{segment.replace('~', '~0').replace('/', '~1')}", indexes)
