"""The tools of one definition: by name, and by the files that it names (docs/protocol.md 4)."""

from collections.abc import Iterable

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Claim
from sekuire_gate.model.source import Located
from sekuire_gate.model.variables import default_of, is_dynamic
from sekuire_gate.parse import places
from sekuire_gate.parse.limits import TOO_MANY, ClaimBudget
from sekuire_gate.parse.places import find
from sekuire_gate.parse.shape import as_name, as_sequence, is_absent, wrong_shape
from sekuire_gate.parse.tool_item import ToolItem, read_tool
from sekuire_gate.parse.tools import ToolsFile, ToolsFiles
from sekuire_gate.parse.tree import Mapping, Scalar, Sequence


class ToolClaims:
    """The tools of one definition: by name, and by the files that it names."""

    def __init__(self, definition: str, tools_files: ToolsFiles, budget: ClaimBudget) -> None:
        """Start without claims.

        Args:
            definition: its path from the root.
            tools_files: those that were read already.
            budget: counts each claim that is made here.
        """
        self.names: list[Claim[str]] = []
        self.approvals: list[Claim[str]] = []
        self.dynamic: list[Claim[str]] = []  # paths that are known at run time only
        self.hosts: list[Claim[str]] = []  # that tools may reach
        self.paths: list[Claim[str]] = []  # that they may read or write
        self._definition = definition
        self._tools_files = tools_files
        self._budget = budget

    def gather(self, root: Mapping) -> None:
        """Take the claims of every place where tools stand.

        Raises:
            DefinitionError: a list, a path or a tools file cannot be read without doubt, or there are too many claims.
        """
        for place in find(root, places.TOOL_LISTS):
            if not is_absent(place.node):
                self._listed(as_sequence(place.node), place.agent)
        for place in find(root, places.TOOLS_PATHS):
            if isinstance(place.node, Sequence):
                self._listed(place.node, place.agent)
            else:
                self._by_path(as_name(place.node), place.agent)
        for place in find(root, places.TOOLS):
            match place.node:
                case Sequence():
                    self._listed(place.node, place.agent)
                case Mapping():
                    raise wrong_shape(place.node, "a list of tools, or the path of a tools file")
                case Scalar() if not is_absent(place.node):
                    self._by_path(as_name(place.node), place.agent)

    def _listed(self, sequence: Sequence, agent: str | None) -> None:
        """Take tools by name; one that is a map says as much of itself as in a tools file."""
        for item in sequence.items:
            if isinstance(item, Mapping):
                self._take(read_tool(item, as_name), agent)
            else:
                name = as_name(item)
                self._add(self.names, [Located(name.text, name.at)], agent)

    def _by_path(self, written: Scalar, agent: str | None) -> None:
        if not is_dynamic(written.text):
            self._of_file(self._tools_files.named(written, self._definition), written, agent)
            return
        self._add(self.dynamic, [Located(written.text, written.at)], agent)
        default = default_of(written.text)
        if default is None:
            return
        try:
            tools = self._tools_files.named(written, self._definition, default)
        except DefinitionError as error:
            if error.kind == TOO_MANY:
                raise
            # What the environment names instead is not known either: the path itself stays undetermined.
            return
        self._of_file(tools, written, agent)

    def _of_file(self, tools: ToolsFile, written: Scalar, agent: str | None) -> None:
        self._budget.refuse_more(tools.claims, written.at)  # there, and not inside a file that others name as well
        for item in tools.items:
            self._take(item, agent)

    def _take(self, item: ToolItem, agent: str | None) -> None:
        self._add(self.names, item.names, agent)
        self._add(self.approvals, item.approvals, agent)
        self._add(self.hosts, item.hosts, agent)
        self._add(self.paths, item.paths, agent)

    def _add(self, claims: list[Claim[str]], found: Iterable[Located[str]], agent: str | None) -> None:
        claims += self._budget.counted(Claim(one.value, one.at, agent) for one in found)
