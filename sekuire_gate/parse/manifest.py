"""A definition file becomes a manifest: which lines make which claim (docs/protocol.md 4).

Claims are in order of place: those of the definition by line and column, then those of its tools files,
by path, line and column.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from sekuire_gate.canonical import blake3_hex
from sekuire_gate.model.manifest import Claim, Manifest, Rate, in_order_of_place
from sekuire_gate.parse import places
from sekuire_gate.parse.compliance import read_compliance
from sekuire_gate.parse.document import open_definition
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.identity import check_prompt, compute_identity
from sekuire_gate.parse.limits import ClaimBudget
from sekuire_gate.parse.places import agents_of, find
from sekuire_gate.parse.shape import (
    as_name,
    as_prompt,
    as_sequence,
    as_text,
    as_whole_number,
    is_absent,
    names_in,
    texts_in,
    wrong_shape,
)
from sekuire_gate.parse.tool_claims import ToolClaims
from sekuire_gate.parse.tools import ToolsFiles
from sekuire_gate.parse.tree import Mapping, Scalar, Sequence
from sekuire_gate.parse.unknown import unknown_claims

T = TypeVar("T")


def read_manifest(files: Files, tools_files: ToolsFiles, path: str, budget: ClaimBudget | None = None) -> Manifest:
    """Read one definition and the tools files that it names.

    Args:
        files: the door to all files.
        tools_files: those that were read already.
        path: the definition, relative to the root.
        budget: counts the claims; without one the definition is read alone.

    Raises:
        DefinitionError: the definition, a tools file or a prompt cannot be read without doubt, or it claims too much.
    """
    budget = budget or ClaimBudget()
    definition = open_definition(files, path)
    root = definition.root
    agents = agents_of(root)
    for prompt in find(root, places.PROMPTS):
        check_prompt(files, path, as_prompt(prompt.node))
    tools = ToolClaims(path, tools_files, budget)
    tools.gather(root)
    compliance = read_compliance(find(root, places.COMPLIANCE), budget)
    counted = budget.counted
    return Manifest(
        path=path,
        blake3=blake3_hex(definition.data),
        text=definition.text,
        providers=_in_order(path, counted(_names(root, places.PROVIDERS))),
        models=_in_order(path, counted(_names(root, places.MODELS))),
        tools=_in_order(path, tools.names),
        dynamic_tools_files=_in_order(path, tools.dynamic),
        capabilities=_in_order(path, counted(_capabilities(root))),
        approvals=_in_order(path, (*compliance.approvals, *tools.approvals)),
        hosts=_in_order(path, (*counted(_hosts(root)), *tools.hosts)),
        paths=_in_order(path, (*counted(_listed_texts(root, places.PATHS)), *tools.paths)),
        rates=_in_order(path, counted(_rates(root))),
        frameworks=_in_order(path, compliance.frameworks),
        audits=_in_order(path, compliance.audits),
        agents=agents,
        sekuire_id=next(counted(_declared(root, places.SEKUIRE_ID)), None),
        prompt_hash=next(counted(_declared(root, places.PROMPT_HASH)), None),
        tools_hash=next(counted(_declared(root, places.TOOLS_HASH)), None),
        identity_paths=_in_order(path, counted(_identity_paths(root))),
        computed=compute_identity(files, path, root),
        unknown=_in_order(path, counted(unknown_claims(root))),
    )


def _capabilities(root: Mapping) -> Iterator[Claim[str]]:
    for place in find(root, places.CAPABILITIES):
        match place.node:
            case Sequence():
                yield from _listed_names(place.node, place.agent)
            case Mapping():
                for nested in find(root, places.CAPABILITY_LISTS):
                    if not is_absent(nested.node):
                        yield from _listed_names(as_sequence(nested.node), nested.agent)
            case Scalar() if not is_absent(place.node):
                raise wrong_shape(place.node, "a list or a map")


def _names(root: Mapping, where: tuple[str, ...]) -> Iterator[Claim[str]]:
    for place in find(root, where):
        name = as_name(place.node)
        yield Claim(name.text, name.at, place.agent)


def _listed_names(sequence: Sequence, agent: str | None) -> Iterator[Claim[str]]:
    return (Claim(name.text, name.at, agent) for name in names_in(sequence))


def _hosts(root: Mapping) -> Iterator[Claim[str]]:
    yield from _listed_texts(root, places.HOSTS)
    yield from _names(root, places.BASE_URLS)


def _listed_texts(root: Mapping, where: tuple[str, ...]) -> Iterator[Claim[str]]:
    for place in find(root, where):
        if not is_absent(place.node):
            yield from (Claim(text.text, text.at, place.agent) for text in texts_in(as_sequence(place.node)))


def _rates(root: Mapping) -> Iterator[Claim[Rate]]:
    for where in places.RATES:
        for place in find(root, (where,)):
            rate = Rate(where.removeprefix("rate_limits."), as_whole_number(place.node))
            yield Claim(rate, place.node.at, place.agent)


def _identity_paths(root: Mapping) -> Iterator[Claim[str]]:
    """Go over prompt and tools file of `identity`; a list there names tools."""
    for place in find(root, places.IDENTITY_PATHS):
        if isinstance(place.node, Scalar) and not is_absent(place.node):
            yield Claim(place.node.text, place.node.at, place.agent)


def _declared(root: Mapping, where: tuple[str, ...]) -> Iterator[Claim[str]]:
    """Go over a declared id or hash: text in any spelling. Null is how programs write one that is not there."""
    for place in find(root, where):
        if not is_absent(place.node):
            written = as_text(place.node)
            yield Claim(written.text, written.at, place.agent)


def _in_order(path: str, claims: Iterable[Claim[T]]) -> tuple[Claim[T], ...]:
    """Sort by place; what one agent claims twice at one place counts once."""
    return in_order_of_place(path, dict.fromkeys(claims))
