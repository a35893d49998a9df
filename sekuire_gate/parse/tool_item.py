"""One tool that is written as a map, in a tools file or in a definition (docs/protocol.md 4, "Tools files")."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Located
from sekuire_gate.parse.permissions import granted_hosts, granted_paths
from sekuire_gate.parse.shape import as_boolean, as_mapping, dotted, is_absent
from sekuire_gate.parse.tree import Mapping, Node, Scalar


@dataclass(frozen=True, slots=True)
class ToolItem:
    """What a tool says of itself, each thing with its place."""

    names: tuple[Located[str], ...]
    approvals: tuple[Located[str], ...]  # its names if it is called only after approval, at the `true`
    hosts: tuple[Located[str], ...]  # what it may reach, `*` for any; parse/permissions.py
    paths: tuple[Located[str], ...]  # what it may read or write, likewise


def read_tool(item: Mapping, as_name: Callable[[Node], Scalar]) -> ToolItem:
    """Read one tool.

    Args:
        item: the map.
        as_name: takes a name, or refuses what is none; a definition and a tools file differ in that.

    Raises:
        DefinitionError: `definition.shape` and `definition.type`: no name, or a `compliance` of another shape.
    """
    names = tuple(_names(item, as_name))
    return ToolItem(names, tuple(_approvals(item, names)), tuple(granted_hosts(item)), tuple(granted_paths(item)))


def _names(item: Mapping, as_name: Callable[[Node], Scalar]) -> Iterator[Located[str]]:
    """Both names of an item that has two: who reads one of them must not be judged by the other."""
    named = False
    for holder in (item, item.get("function")):
        name = holder.get("name") if isinstance(holder, Mapping) else None
        if name is None:
            continue
        named = True
        yield Located(as_name(name).text, name.at)
    if not named:
        raise DefinitionError(
            f"tool '{dotted(item.at)}' has no name.",
            kind="definition.shape",
            at=item.at,
            fix="Give every tool a 'name'.",
        )


def _approvals(item: Mapping, names: tuple[Located[str], ...]) -> Iterator[Located[str]]:
    compliance = item.get("compliance")
    if compliance is None or is_absent(compliance):
        return
    approval = as_mapping(compliance).get("require_approval")
    if approval is not None and not is_absent(approval) and as_boolean(approval):
        yield from (Located(name.value, approval.at) for name in names)
