"""What stands where a map, a list or a name is expected; anything else is refused (docs/protocol.md 4).

The official YAML reader keeps a scalar's source text, others convert it: where a name or a path is expected,
a value that some reader converts has to be quoted. A map or a list that is null is absent.
"""

from collections.abc import Iterator

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location
from sekuire_gate.parse.refusals import clipped
from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence

# The spellings of YAML 1.2. `yes` and `on` are true to some readers and text to others.
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


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
            number or date without quotes.
    """
    if not isinstance(node, Scalar):
        raise wrong_shape(node, "text")
    if node.kind is ScalarKind.TEXT:
        return node
    raise DefinitionError(
        f"'{dotted(node.at)}' is a {node.kind.value} to some readers and text to others; expected text, "
        f"got '{clipped(node.text)}' without quotes.",
        kind="definition.type",
        at=node.at,
        fix=f'Quote it: "{clipped(node.text)}"' + (", or leave the key out." if node.kind is ScalarKind.NULL else "."),
    )


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
