"""How much one definition may hold: every limit is a refusal with a place, never a quiet stop."""

from sekuire_gate.canonical import MAX_DEPTH
from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location

MAX_NODES = 50_000  # maps, lists, keys and scalars of a YAML file, what aliases stand for included
MAX_REFERENCES = 1_000  # aliases in one file
MAX_POINTER_CHARACTERS = 16_777_216  # 16 Mi, of all JSON Pointers of a file: each value carries its own


class Budget:
    """Counts what is built of one file, so that a small file cannot become a big tree."""

    def __init__(self, nodes: int) -> None:
        """Allow so many nodes."""
        self._nodes = nodes
        self._characters = MAX_POINTER_CHARACTERS

    def spend(self, at: Location) -> None:
        """Count one more node.

        Raises:
            DefinitionError: `definition.too_large`, it is one too many.
        """
        self._nodes -= 1
        self._characters -= len(at.pointer)
        if self._nodes < 0 or self._characters < 0:
            raise too_many_values(at)


def too_many_values(at: Location) -> DefinitionError:
    """Return the error for a file that holds too many maps, lists and scalars."""
    return DefinitionError(
        "the file holds more values than a definition may, what aliases stand for included.",
        kind="definition.too_large",
        at=at,
        fix="Keep fewer maps, lists, values and aliases in one file.",
    )


def too_deep(at: Location) -> DefinitionError:
    """Return the error for a map or list below `MAX_DEPTH` others."""
    return DefinitionError(
        f"maps and lists are nested more than {MAX_DEPTH} deep.",
        kind="definition.too_deep",
        at=at,
        fix="Nest less.",
    )
