"""Where in a definition each kind of claim stands: the table of docs/protocol.md 4, and how to walk it.

All places count, not the first. A place is written as people write keys: `agents.<name>.llm.model`,
where `<name>` stands for every agent and `[]` for every item of a list.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sekuire_gate.parse.shape import as_mapping, as_sequence, is_absent, wrong_shape
from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence

PROVIDERS = (
    "llm.provider",
    "agent.llm.provider",
    "agents.<name>.llm.provider",
    "llm_providers.[].provider",
    "provider",
)
MODELS = (
    "identity.model",
    "agent.model",
    "llm.model",
    "agent.llm.model",
    "agents.<name>.llm.model",
    "llm_providers.[].model",
    "model",
)
# A path of a tools file when text, names when a list; null is absent in the second alone, which is no path by name.
TOOLS_PATHS = ("identity.tools_path",)
TOOLS = ("identity.tools", "agent.tools", "agents.<name>.tools")
TOOL_LISTS = ("agent.allowed_tools", "agents.<name>.allowed_tools", "policy.tools.allowed")
CAPABILITIES = ("capabilities",)
# Where `capabilities` is a map.
CAPABILITY_LISTS = ("capabilities.provides", "capabilities.requires", "capabilities.delegates_to.[].capabilities")
PROMPTS = (
    "identity.system_prompt_path",
    "identity.system_prompt",
    "agent.system_prompt",
    "agents.<name>.system_prompt",
)
COMPLIANCE = ("agent.compliance", "agents.<name>.compliance")

IDENTITY_MODEL = ("identity.model",)
IDENTITY_PROMPTS = ("identity.system_prompt_path", "identity.system_prompt")
IDENTITY_TOOLS = ("identity.tools_path", "identity.tools")
SEKUIRE_ID = ("project.sekuire_id",)


class Place(NamedTuple):
    """A value that stands in one of the places, and whose it is."""

    node: Node
    agent: str | None  # the agent's key under `agents`; None: the definition as a whole


def find(root: Mapping, places: tuple[str, ...]) -> Iterator[Place]:
    """Go over the values that stand in these places, null ones included.

    Raises:
        DefinitionError: `definition.shape`, something else than a map or a list stands on the way.
    """
    for place in places:
        yield from _walk(Place(root, None), place.split("."))


def agents_of(root: Mapping) -> tuple[str, ...]:
    """Return the agents' keys, each once, in order of place.

    Raises:
        DefinitionError: `definition.shape`, `agents` is neither a map nor a list.
    """
    agents = root.get("agents")
    if agents is None or is_absent(agents):
        return ()
    return tuple(dict.fromkeys(key for key, _ in _agents(agents)))


def _walk(place: Place, steps: list[str]) -> Iterator[Place]:
    if not steps:
        yield place
        return
    if is_absent(place.node):
        return
    step, *rest = steps
    match step:
        case "[]":
            for item in as_sequence(place.node).items:
                yield from _walk(Place(item, place.agent), rest)
        case "<name>":
            for key, agent in _agents(place.node):
                yield from _walk(Place(agent, key), rest)
        case _:
            node = as_mapping(place.node).get(step)
            if node is not None:
                yield from _walk(Place(node, place.agent), rest)


def _agents(node: Node) -> Iterator[tuple[str, Node]]:
    """Agents stand in a map under their keys, or in a list: then a key is the `name`, else the index."""
    match node:
        case Mapping():
            for entry in node:
                yield entry.key, entry.value
        case Sequence():
            for index, item in enumerate(node.items):
                name = item.get("name") if isinstance(item, Mapping) else None
                named = isinstance(name, Scalar) and name.kind is not ScalarKind.NULL
                yield name.text if isinstance(name, Scalar) and named else str(index), item
        case Scalar():
            raise wrong_shape(node, "a map or a list")
