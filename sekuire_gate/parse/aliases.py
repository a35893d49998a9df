"""What YAML's anchors name, and what an alias stands for: a copy, at the place of the alias, within bounds."""

from dataclasses import replace

from sekuire_gate.canonical import MAX_DEPTH
from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location
from sekuire_gate.parse.limits import MAX_REFERENCES, Budget, too_deep, too_many_values
from sekuire_gate.parse.refusals import ambiguous, clipped
from sekuire_gate.parse.tree import Entry, Mapping, Node, Scalar, Sequence, child_pointer


class Anchors:
    """The anchors of one document."""

    def __init__(self, budget: Budget) -> None:
        """Begin without any; copies are counted in the file's budget."""
        self._budget = budget
        self._named: dict[str, Node | None] = {}  # None: what it names is still being read
        self._references = 0

    def begin(self, name: str, at: Location) -> None:
        """Note that the value of an anchor begins.

        Raises:
            DefinitionError: `definition.ambiguous`, the name is taken: some readers refuse that, others override.
        """
        if name in self._named:
            raise ambiguous(f"anchor '{clipped(name)}' stands twice.", at, "Give each anchor its own name.")
        self._named[name] = None

    def end(self, name: str, node: Node) -> None:
        """Note what an anchor names."""
        self._named[name] = node

    def resolve(self, name: str, at: Location, depth: int) -> Node:
        """Return what an alias stands for: everything in it at the place of the alias, with pointers of its use.

        Raises:
            DefinitionError: `definition.syntax`, no such anchor; `definition.ambiguous`, the alias stands inside what
                it names; `definition.too_large` and `definition.too_deep`.
        """
        self._references += 1
        if self._references > MAX_REFERENCES:
            raise too_many_values(at)
        if name not in self._named:
            message = f"alias '*{clipped(name)}' has no anchor before it."
            raise DefinitionError(message, kind="definition.syntax", at=at, fix="Define the anchor first.")
        target = self._named[name]
        if target is None:
            raise ambiguous(f"alias '*{clipped(name)}' stands inside what it names.", at, "Write the value out.")
        return self._copy(target, at, depth)

    def _copy(self, node: Node, at: Location, depth: int) -> Node:
        if isinstance(node, Scalar):
            self._budget.spend(at, repeated=len(node.text))
            return replace(node, at=at)
        self._budget.spend(at)
        if depth + 1 > MAX_DEPTH:
            raise too_deep(at)
        if isinstance(node, Sequence):
            items = (self._copy(item, _below(at, index), depth + 1) for index, item in enumerate(node.items))
            return Sequence(tuple(items), at)
        return Mapping(tuple(self._copied_entry(entry, at, depth + 1) for entry in node), at)

    def _copied_entry(self, entry: Entry, at: Location, depth: int) -> Entry:
        of_value = _below(at, entry.key)
        self._budget.spend(of_value)
        return Entry(entry.key, of_value, self._copy(entry.value, of_value, depth))


def _below(at: Location, segment: str | int) -> Location:
    return replace(at, pointer=child_pointer(at.pointer, segment))
