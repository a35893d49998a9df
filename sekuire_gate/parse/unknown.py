"""Keys that sound like claims in places that the table of docs/protocol.md 4 does not name.

Nobody judges what stands there, and some program may read it: so it is said, not passed over.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sekuire_gate.model.manifest import Claim
from sekuire_gate.parse.places import NAMING, agents_in, loosely
from sekuire_gate.parse.shape import is_absent
from sekuire_gate.parse.tree import Mapping, Node, Sequence

_SOUNDS_LIKE_A_CLAIM = frozenset({"model", "models", "provider", "providers", "llm", "llms", "tools"})
_ABOUT_OTHER_THINGS = frozenset({"memory", "deployment"})  # what stands below names no model of the agent


class _Way(dict[str, "_Way"]):
    """The steps that lead from here to places that the table names."""


def _to_named_places() -> _Way:
    start = _Way()
    for place in NAMING:
        way = start
        for step in place.split("."):
            way = way.setdefault(step, _Way())
    return start


_START = _to_named_places()
_NOWHERE = _Way()


class _Visit(NamedTuple):
    """A value to look at, how it is reached, and whose it is."""

    node: Node
    way: _Way
    agent: str | None


def unknown_claims(root: Mapping) -> Iterator[Claim[str]]:
    """Go over the keys that sound like a claim and stand in no named place: each as written, at its value; any order.

    Those in list items and below one another count. An agent's key under `agents` is its name, whatever it sounds like.

    Raises:
        DefinitionError: `definition.shape`, `agents` is neither a map nor a list.
    """
    waiting = [_Visit(root, _START, None)]
    while waiting:
        visit = waiting.pop()
        match visit.node:
            case Sequence(items=items):
                waiting += (_Visit(item, visit.way.get("[]", _NOWHERE), visit.agent) for item in items)
            case Mapping() as mapping:
                for entry in mapping:
                    if loosely(entry.key) in _SOUNDS_LIKE_A_CLAIM and entry.key not in visit.way:
                        yield Claim(entry.key, entry.value.at, visit.agent)
                    waiting += _below(visit, entry.key, entry.value)


def _below(visit: _Visit, key: str, node: Node) -> Iterator[_Visit]:
    way = visit.way.get(key, _NOWHERE)
    if "<name>" in way:
        if not is_absent(node):
            yield from (_Visit(agent, way["<name>"], name) for name, agent in agents_in(node))
    elif key not in _ABOUT_OTHER_THINGS:
        yield _Visit(node, way, visit.agent)
