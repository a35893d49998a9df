"""One definition file, opened: a map, whether it is written in YAML or JSON."""

from dataclasses import dataclass

from sekuire_gate.model.source import SourceText
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.shape import as_mapping
from sekuire_gate.parse.tree import Mapping
from sekuire_gate.parse.yaml_tree import read_yaml


@dataclass(frozen=True, slots=True)
class DefinitionFile:
    """A definition as it was read, before anything in it is understood."""

    path: str  # relative to the root
    data: bytes
    text: SourceText
    root: Mapping


def open_definition(files: Files, path: str) -> DefinitionFile:
    """Read a definition: JSON where its name ends in `.json`, else YAML.

    Raises:
        DefinitionError: it cannot be read without doubt, or its root is no map.
    """
    data = files.read(path)
    document = read_json(data, path) if path.endswith(".json") else read_yaml(data, path)
    return DefinitionFile(path, data, document.text, as_mapping(document.root))
