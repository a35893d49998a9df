"""What stands where a map, a list or a name is expected; anything else is refused (docs/protocol.md 4).

The official YAML reader keeps a scalar's source text, others convert it: where a name or a path is expected,
a value that some reader converts has to be quoted. A map or a list that is null is absent.
"""

import re
from collections.abc import Iterator

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location
from sekuire_gate.model.unseen import UNSEEN
from sekuire_gate.parse.refusals import ambiguous, clipped
from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence

# The spellings of YAML 1.2. `yes` and `on` are true to some readers and text to others.
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"0|[1-9][0-9]{0,19}")
_MAX_WHOLE = 2**64 - 1


def is_absent(node: Node | None) -> bool:
    """Whether there is nothing: no such key, or null where a map or a list could stand."""
    return node is None or (isinstance(node, Scalar) and node.kind is ScalarKind.NULL)


def as_mapping(node: Node) -> Mapping:
    """Return the map.

    Raises:
        DefinitionError: `definition.shape`, a list or a scalar stands there.
    """
    if isinstance(node, Mapping):
        return node
    raise wrong_shape(node, "a map")


def as_sequence(node: Node) -> Sequence:
    """Return the list.

    Raises:
        DefinitionError: `definition.shape`, a map or a scalar stands there.
    """
    if isinstance(node, Sequence):
        return node
    raise wrong_shape(node, "a list")


def as_name(node: Node) -> Scalar:
    """Return a name or a path, as written.

    Raises:
        DefinitionError: `definition.shape`, a map or a list stands there; `definition.type`, a null, boolean,
            number or date without quotes; `definition.ambiguous`, a direction or zero-width character in it.
    """
    return _as_written_by_all(as_text(node))


def as_text(node: Node) -> Scalar:
    """Return text that may be written in any way, as written: `010` and `no` too.

    Raises:
        DefinitionError: `definition.shape`, a map or a list stands there; `definition.ambiguous`, a direction or
            zero-width character in it.
    """
    if not isinstance(node, Scalar):
        raise wrong_shape(node, "text")
    if found := UNSEEN.search(node.text):
        message = f"'{dotted(node.at)}' holds the invisible character U+{ord(found.group()):04X}."
        raise ambiguous(message, node.at, "Remove the character.")
    return node


def as_prompt(node: Node) -> Scalar:
    """Return a prompt, its path or the text itself: no name, so that it may hold characters that nobody sees.

    Raises:
        DefinitionError: `definition.shape` and `definition.type`, as `as_name`.
    """
    if not isinstance(node, Scalar):
        raise wrong_shape(node, "text")
    return _as_written_by_all(node)


def as_boolean(node: Node) -> bool:
    """Return true or false.

    Raises:
        DefinitionError: `definition.type`, anything that is not `true` or `false` to every reader.
    """
    if isinstance(node, Scalar) and node.kind is ScalarKind.BOOLEAN and node.text in _BOOLEANS:
        return _BOOLEANS[node.text]
    raise DefinitionError(
        f"'{dotted(node.at)}' is {_described(node)}; expected true or false.",
        kind="definition.type",
        at=node.at,
        fix="Write true or false, without quotes.",
    )


def as_whole_number(node: Node) -> int:
    """Return a whole number, from 0 to 2^64-1: what is written so is the same number to every reader.

    Raises:
        DefinitionError: `definition.type`, anything else: in quotes, with a sign, a point or an exponent, `010`, null.
    """
    if isinstance(node, Scalar) and node.kind is ScalarKind.NUMBER and _WHOLE.fullmatch(node.text):
        number = int(node.text)
        if number <= _MAX_WHOLE:
            return number
    raise DefinitionError(
        f"'{dotted(node.at)}' is {_described(node)}; expected a whole number from 0 to 2^64-1.",
        kind="definition.type",
        at=node.at,
        fix="Write decimal digits alone, without quotes.",
    )


def texts_in(sequence: Sequence) -> Iterator[Scalar]:
    """Go over a list of hosts or paths: text, and no maps.

    Raises:
        DefinitionError: as `as_name`.
    """
    return (as_name(item) for item in sequence.items)


def names_in(sequence: Sequence) -> Iterator[Scalar]:
    """Go over a list of names; an item is the name itself, or a map with the key `name`.

    Raises:
        DefinitionError: as `as_name`; `definition.shape` also for a map without a name.
    """
    for item in sequence.items:
        if not isinstance(item, Mapping):
            yield as_name(item)
            continue
        name = item.get("name")
        if name is None:
            raise DefinitionError(
                f"'{dotted(item.at)}' has no 'name'; expected a name, or a map with one.",
                kind="definition.shape",
                at=item.at,
                fix="Add the key 'name'.",
            )
        yield as_name(name)


def dotted(at: Location) -> str:
    """Write a place's JSON Pointer as people write keys: `agents.mail.tools.0`; the file's root is its path."""
    segments = at.pointer.split("/")[1:]
    keys = ".".join(segment.replace("~1", "/").replace("~0", "~") for segment in segments)
    return clipped(keys) if segments else at.path


def wrong_shape(node: Node, expected: str) -> DefinitionError:
    """Say that a node has another shape: an error of kind `definition.shape`.

    Args:
        node: what stands there.
        expected: what should stand there, with its article.
    """
    return DefinitionError(
        f"'{dotted(node.at)}' is {_described(node)}; expected {expected}.",
        kind="definition.shape",
        at=node.at,
        fix=f"Write {expected} there.",
    )


def _as_written_by_all(text: Scalar) -> Scalar:
    if text.kind is ScalarKind.TEXT:
        return text
    raise DefinitionError(
        f"'{dotted(text.at)}' is a {text.kind.value} to some readers and text to others; expected text, "
        f"got '{clipped(text.text)}' without quotes.",
        kind="definition.type",
        at=text.at,
        fix=f'Quote it: "{clipped(text.text)}"' + (", or leave the key out." if text.kind is ScalarKind.NULL else "."),
    )


def _described(node: Node) -> str:
    match node:
        case Mapping():
            return "a map"
        case Sequence():
            return "a list"
        case Scalar(kind=ScalarKind.NULL):
            return "nothing"
        case Scalar():
            return f"'{clipped(node.text)}'"
