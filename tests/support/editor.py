"""A definition as an editor's language server sees it: YAML 1.2's core schema, or JSON."""

from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence
from sekuire_gate.parse.yaml_tree import read_yaml

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def seen(data: bytes, path: str) -> object:
    """Return the values of a file, its scalars converted."""
    document = read_json(data, path) if path.endswith(".json") else read_yaml(data, path)
    return _value(document.root)


def _value(node: Node) -> object:
    match node:
        case Mapping():
            return {entry.key: _value(entry.value) for entry in node}
        case Sequence():
            return [_value(item) for item in node.items]
        case Scalar(kind=ScalarKind.NULL):
            return None
        case Scalar(kind=ScalarKind.BOOLEAN):
            return _BOOLEANS.get(node.text, node.text)
        case Scalar(kind=ScalarKind.NUMBER):
            return _number(node.text)
        case Scalar():
            return node.text


def _number(text: str) -> object:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
