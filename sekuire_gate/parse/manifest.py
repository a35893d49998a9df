"""A definition file becomes a manifest: which lines make which claim (docs/protocol.md 4).

Claims are in order of place: those of the definition by line and column, then those of its tools files,
by path, line and column.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from sekuire_gate.canonical import blake3_hex
from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Claim, Manifest, in_order_of_place
from sekuire_gate.model.variables import default_of, is_dynamic
from sekuire_gate.parse import places
from sekuire_gate.parse.compliance import read_compliance
from sekuire_gate.parse.document import open_definition
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.identity import check_prompt, compute_identity
from sekuire_gate.parse.limits import MAX_TOOL_CLAIMS
from sekuire_gate.parse.places import agents_of, find
from sekuire_gate.parse.shape import as_name, as_sequence, is_absent, names_in, wrong_shape
from sekuire_gate.parse.tools import ToolsFile, ToolsFiles
from sekuire_gate.parse.tree import Mapping, Scalar, Sequence

T = TypeVar("T")


def read_manifest(files: Files, tools_files: ToolsFiles, path: str) -> Manifest:
    """Read one definition and the tools files that it names.

    Args:
        files: the door to all files.
        tools_files: those that were read already.
        path: the definition, relative to the root.

    Raises:
        DefinitionError: the definition, a tools file or a prompt cannot be read without doubt.
    """
    definition = open_definition(files, path)
    root = definition.root
    for prompt in find(root, places.PROMPTS):
        check_prompt(files, path, as_name(prompt.node))
    tools = ToolClaims(path, tools_files)
    tools.gather(root)
    compliance = read_compliance(find(root, places.COMPLIANCE))
    return Manifest(
        path=path,
        blake3=blake3_hex(definition.data),
        text=definition.text,
        providers=_in_order(path, _names(root, places.PROVIDERS)),
        models=_in_order(path, _names(root, places.MODELS)),
        tools=_in_order(path, tools.names),
        dynamic_tools_files=_in_order(path, tools.dynamic),
        capabilities=_in_order(path, _capabilities(root)),
        approvals=_in_order(path, (*compliance.approvals, *tools.approvals)),
        frameworks=_in_order(path, compliance.frameworks),
        audits=_in_order(path, compliance.audits),
        agents=agents_of(root),
        sekuire_id=next(_names(root, places.SEKUIRE_ID), None),
        computed=compute_identity(files, path, root),
    )


class ToolClaims:
    """The tools of one definition: by name, and by the files that it names."""

    def __init__(self, definition: str, tools_files: ToolsFiles) -> None:
        """Start without claims.

        Args:
            definition: its path from the root.
            tools_files: those that were read already.
        """
        self.names: list[Claim[str]] = []
        self.approvals: list[Claim[str]] = []
        self.dynamic: list[Claim[str]] = []  # paths that are known at run time only
        self._definition = definition
        self._tools_files = tools_files

    def gather(self, root: Mapping) -> None:
        """Take the claims of every place where tools stand.

        Raises:
            DefinitionError: a list, a path or a tools file cannot be read without doubt, or there are too many claims.
        """
        for place in find(root, places.TOOL_LISTS):
            if not is_absent(place.node):
                self.names += _listed(as_sequence(place.node), place.agent)
        for place in find(root, places.TOOLS_PATHS):
            if isinstance(place.node, Sequence):
                self.names += _listed(place.node, place.agent)
            else:
                self._by_path(as_name(place.node), place.agent)
        for place in find(root, places.TOOLS):
            match place.node:
                case Sequence():
                    self.names += _listed(place.node, place.agent)
                case Mapping():
                    raise wrong_shape(place.node, "a list of tools, or the path of a tools file")
                case Scalar() if not is_absent(place.node):
                    self._by_path(as_name(place.node), place.agent)

    def _by_path(self, written: Scalar, agent: str | None) -> None:
        if not is_dynamic(written.text):
            self._of_file(self._tools_files.named(written, self._definition), written, agent)
            return
        self.dynamic.append(Claim(written.text, written.at, agent))
        default = default_of(written.text)
        if default is None:
            return
        try:
            tools = self._tools_files.named(written, self._definition, default)
        except DefinitionError:
            # What the environment names instead is not known either: the path itself stays undetermined.
            return
        self._of_file(tools, written, agent)

    def _of_file(self, tools: ToolsFile, written: Scalar, agent: str | None) -> None:
        if len(self.names) + len(tools.names) > MAX_TOOL_CLAIMS:
            raise DefinitionError(
                f"the definition claims over {MAX_TOOL_CLAIMS:,} tools.",
                kind="definition.too_many",
                at=written.at,
                fix="Let fewer agents name the tools file, or split the definition.",
            )
        self.names += (Claim(name.value, name.at, agent) for name in tools.names)
        self.approvals += (Claim(name.value, name.at, agent) for name in tools.approvals)


def _capabilities(root: Mapping) -> Iterator[Claim[str]]:
    for place in find(root, places.CAPABILITIES):
        match place.node:
            case Sequence():
                yield from _listed(place.node, place.agent)
            case Mapping():
                for nested in find(root, places.CAPABILITY_LISTS):
                    if not is_absent(nested.node):
                        yield from _listed(as_sequence(nested.node), nested.agent)
            case Scalar() if not is_absent(place.node):
                raise wrong_shape(place.node, "a list or a map")


def _listed(sequence: Sequence, agent: str | None) -> Iterator[Claim[str]]:
    return (Claim(name.text, name.at, agent) for name in names_in(sequence))


def _names(root: Mapping, where: tuple[str, ...]) -> Iterator[Claim[str]]:
    for place in find(root, where):
        name = as_name(place.node)
        yield Claim(name.text, name.at, place.agent)


def _in_order(path: str, claims: Iterable[Claim[T]]) -> tuple[Claim[T], ...]:
    """Sort by place; what one agent claims twice at one place counts once."""
    return in_order_of_place(path, dict.fromkeys(claims))
