"""What is refused of a text, whatever it says: characters and keys that two readers see differently.

docs/protocol.md 4; which kind is which, docs/contract.md 4 (exit 5).
"""

import re

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location
from sekuire_gate.model.unseen import UNSEEN
from sekuire_gate.parse.lines import Lines

_BOM = "\ufeff"
_SHOWN = 80  # characters of foreign text in a message
_LONE_CR = re.compile(r"\r(?!\n)")
# Not printable by YAML, or a line break for some readers only (NEL, LS, PS), or skipped by some (U+FEFF).
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def clipped(text: str) -> str:
    """Return foreign text for a message: no more of it than a line shows."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def ambiguous(message: str, at: Location, fix: str) -> DefinitionError:
    """Return the error for what two readers see differently."""
    return DefinitionError(message, kind="definition.ambiguous", at=at, fix=fix)


def yaml_lines(data: bytes, path: str) -> Lines:
    """Decode a YAML file, which may begin with one byte order mark, and refuse characters that mislead.

    Raises:
        DefinitionError: `definition.encoding`, not UTF-8; `definition.ambiguous`, such a character.
    """
    lines = Lines(_decoded(data, path).removeprefix(_BOM), path)
    if found := _UNREADABLE.search(lines.text):
        at = lines.at(found.start(), found.end())
        raise ambiguous(
            f"the character U+{ord(found.group()):04X} is not read alike by all.", at, "Remove it, or escape it."
        )
    refuse_lone_returns(lines)
    return lines


def json_lines(data: bytes, path: str) -> Lines:
    """Decode a JSON file.

    Raises:
        DefinitionError: `definition.encoding`, a byte order mark or not UTF-8.
    """
    text = _decoded(data, path)
    if text.startswith(_BOM):
        raise DefinitionError(
            "a JSON file begins with a byte order mark.",
            kind="definition.encoding",
            at=Lines(text, path).at(0, 0),
            fix="Save it as UTF-8 without BOM.",
        )
    return Lines(text, path)


def refuse_lone_returns(lines: Lines) -> None:
    """Refuse a carriage return without a line feed: a line break for some readers and not for others.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if found := _LONE_CR.search(lines.text):
        at = lines.at(found.start(), found.end())
        raise ambiguous("a carriage return stands alone, without a line feed.", at, "End lines with LF or CRLF.")


def refuse_key(key: str, at: Location) -> None:
    """Refuse a key that looks like another one.

    Raises:
        DefinitionError: `definition.ambiguous`, it holds a control, direction or zero-width character.
    """
    if found := _CONTROL.search(key) or UNSEEN.search(key):
        message = f"key '{clipped(key)}' holds the invisible character U+{ord(found.group()):04X}."
        raise ambiguous(message, at, "Remove the character.")


def duplicate_key(key: str, at: Location) -> DefinitionError:
    """Return the error for a key that its map has already."""
    return DefinitionError(
        f"key '{clipped(key)}' stands twice in one map.",
        kind="definition.duplicate_key",
        at=at,
        fix="Keep one of the two.",
    )


def _decoded(data: bytes, path: str) -> str:
    if b"\x00" in data[:2]:  # UTF-16 without a mark is made of valid UTF-8, NULs among it
        raise _not_utf8(data, 0, path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start, path) from error


def _not_utf8(data: bytes, start: int, path: str) -> DefinitionError:
    read = data[:start].decode("utf-8").removeprefix(_BOM)
    return DefinitionError(
        f"the file is not UTF-8, from byte {start + 1} on.",
        kind="definition.encoding",
        at=Lines(read, path).at(len(read), len(read)),
        fix="Save it as UTF-8.",
    )
