"""Where in a definition each kind of claim stands: the table of docs/protocol.md 4, and how to walk it.

All places count, not the first. A place is written as people write keys: `agents.<name>.llm.model`,
where `<name>` stands for every agent and `[]` for every item of a list.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sekuire_gate.parse.refusals import ambiguous, clipped
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
HOSTS = (
    "agent.network.allow",
    "agents.<name>.network.allow",
    "permissions.network.allowed_hosts",
    "policy.network.allowed_domains",
)
BASE_URLS = ("llm.base_url", "agent.llm.base_url", "agents.<name>.llm.base_url", "llm_providers.[].base_url")
PATHS = (
    "agent.filesystem.allow_read",
    "agent.filesystem.allow_write",
    "agents.<name>.filesystem.allow_read",
    "agents.<name>.filesystem.allow_write",
    "permissions.filesystem.allowed_paths",
)
RATES = (
    "rate_limits.requests.max_per_minute",
    "rate_limits.requests.max_per_hour",
    "rate_limits.tokens.max_per_minute",
    "rate_limits.tokens.max_per_hour",
)

IDENTITY_MODEL = ("identity.model",)
IDENTITY_PROMPTS = ("identity.system_prompt_path", "identity.system_prompt")
IDENTITY_TOOLS = ("identity.tools_path", "identity.tools")
IDENTITY_PATHS = IDENTITY_PROMPTS + IDENTITY_TOOLS
SEKUIRE_ID = ("project.sekuire_id",)
PROMPT_HASH = ("identity.system_prompt_hash",)
TOOLS_HASH = ("identity.tools_hash",)

# Keys at the root by which a definition is known: a tools file has none of them.
OF_DEFINITIONS = frozenset(
    {"llm", "llm_providers", "agent", "agents", "identity", "model", "provider", "project", "policy", "rate_limits"}
)

# Every place at which a model, a provider or tools may stand, or through which one is reached.
NAMING = (*PROVIDERS, *MODELS, *TOOLS_PATHS, *TOOLS, *TOOL_LISTS, *BASE_URLS)

_SEPARATORS = str.maketrans("", "", "-_. ")


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


def loosely(text: str) -> str:
    """Return a key or a word without letter case, `-`, `_`, `.` and blanks: `allowedHosts` as `allowed_hosts`."""
    return text.casefold().translate(_SEPARATORS)


def agents_of(root: Mapping) -> tuple[str, ...]:
    """Return the agents' keys, in order of place.

    Raises:
        DefinitionError: `definition.shape`, `agents` is neither a map nor a list; `definition.ambiguous`, two agents
            of a list have one key, at the second name.
    """
    agents = root.get("agents")
    if agents is None or is_absent(agents):
        return ()
    known: dict[str, Node] = {}
    for key, agent in agents_in(agents):
        if key in known:
            second = _name_of(agent) or _name_of(known[key]) or agent
            message = f"two agents are known as '{clipped(key)}': by their names, or by one's place in the list."
            raise ambiguous(message, second.at, "Give each agent a name of its own.")
        known[key] = agent
    return tuple(known)


def agents_in(node: Node) -> Iterator[tuple[str, Node]]:
    """Go over the agents: in a map under their keys, or in a list, where the `name` is the key, else the index.

    A name without text is none.

    Raises:
        DefinitionError: `definition.shape`, a scalar stands there.
    """
    match node:
        case Mapping():
            for entry in node:
                yield entry.key, entry.value
        case Sequence():
            for index, item in enumerate(node.items):
                name = _name_of(item)
                yield name.text if name else str(index), item
        case Scalar():
            raise wrong_shape(node, "a map or a list")


def _name_of(agent: Node) -> Scalar | None:
    name = agent.get("name") if isinstance(agent, Mapping) else None
    return name if isinstance(name, Scalar) and name.text and name.kind is not ScalarKind.NULL else None


def _walk(place: Place, steps: list[str]) -> Iterator[Place]:
    node, agent = place
    for done, step in enumerate(steps, start=1):
        if is_absent(node):
            return
        if step in {"[]", "<name>"}:
            rest = steps[done:]
            for inner in _each(Place(node, agent), step):
                yield from _walk(inner, rest)
            return
        found = as_mapping(node).get(step)
        if found is None:
            return
        node = found
    yield Place(node, agent)


def _each(place: Place, step: str) -> Iterator[Place]:
    if step == "[]":
        return (Place(item, place.agent) for item in as_sequence(place.node).items)
    return (Place(agent, key) for key, agent in agents_in(place.node))
