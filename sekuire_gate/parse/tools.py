"""Tools files in all their shapes (docs/protocol.md 4, "Tools files").

An array of `{name, …}`, the same below `tools` of an object, and items as OpenAI writes them
(`{"type": "function", "function": {"name": …}}`). A walk over the tree and no pydantic: each name needs its
place, which the tree has, and only a handful of keys are looked at.
"""

import re
from dataclasses import dataclass

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.problem import Problem
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.limits import MAX_CLAIMS, MAX_CLAIMS_IN_ALL, TOO_MANY
from sekuire_gate.parse.places import OF_DEFINITIONS
from sekuire_gate.parse.refusals import clipped
from sekuire_gate.parse.relative import beside, normal
from sekuire_gate.parse.shape import as_mapping, as_sequence, wrong_shape
from sekuire_gate.parse.tool_item import ToolItem, read_tool
from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence

# A scheme or a drive letter, a separator that other systems have, a folder: no file's path to every reader.
_NO_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|.*[\\\x00]|(?:.*/)?\.{0,2}\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ToolsFile:
    """What a tools file says, each thing with its place in that file."""

    path: str  # relative to the root
    items: tuple[ToolItem, ...]
    claims: int  # how many it brings to each agent that names it


class ToolsFiles:
    """The tools files of one run: a file that many agents name is read once, usable or not."""

    def __init__(self, files: Files) -> None:
        """Keep the door to the files; nothing is read yet."""
        self._files = files
        self._known: dict[str, ToolsFile | Problem] = {}
        self._claims_left = MAX_CLAIMS_IN_ALL

    def named(self, written: Scalar, definition: str, text: str | None = None) -> ToolsFile:
        """Read the tools file that a definition names.

        Args:
            written: the value that names it, and where a problem stands.
            definition: the definition's path from the root.
            text: the path itself where it is not the value as written.

        Raises:
            DefinitionError: at the value: `definition.tools_file`, whatever is wrong with the path or the file;
                `definition.too_many`, it makes too many claims, by itself or with those that were named before.
        """
        text = written.text if text is None else text
        if _NO_PATH.match(text):
            raise _unusable(written, text, _no_path(text).problem)
        path = beside(definition, text)
        if path not in self._known:
            self._known[path] = self._read(path)
        found = self._known[path]
        if isinstance(found, ToolsFile) and found.claims > self._claims_left:
            found = self._known[path] = _one_too_many()  # from here on: what was left does not grow
        if isinstance(found, Problem):
            raise _unusable(written, text, found)
        self._claims_left -= found.claims
        return found

    def _read(self, path: str) -> ToolsFile | Problem:
        try:
            found = parse_tools_file(self._files.read(path), normal(path))
        except DefinitionError as error:
            return error.problem
        return found if found.claims <= MAX_CLAIMS else _too_long()


def is_tools_file(root: Node) -> bool:
    """Whether JSON has the shape of a tools file, not of a definition, which says more than a list `tools`."""
    if isinstance(root, Mapping):
        says_more = any(entry.key in OF_DEFINITIONS for entry in root)
        return isinstance(root.get("tools"), Sequence) and not says_more
    return isinstance(root, Sequence)


def parse_tools_file(data: bytes, path: str) -> ToolsFile:
    """Read the bytes of a tools file; a tool with `enabled: false` counts, for no SDK looks at it.

    Raises:
        DefinitionError: not JSON, JSON that two readers see differently, an item without a name, another
            shape; at its place in the tools file.
    """
    items = tuple(read_tool(as_mapping(item), _as_name) for item in _items(read_json(data, path).root).items)
    claims = sum(len(item.names) + len(item.approvals) + len(item.hosts) + len(item.paths) for item in items)
    return ToolsFile(path, items, claims)


def _items(root: Node) -> Sequence:
    match root:
        case Sequence():
            return root
        case Mapping():
            tools = root.get("tools")
            if tools is None:
                raise DefinitionError(
                    "the object has no 'tools'; expected an array of tools, or an object with one under 'tools'.",
                    kind="definition.shape",
                    at=root.at,
                    fix="Put the tools into an array.",
                )
            return as_sequence(tools)
        case Scalar():
            raise wrong_shape(root, "an array of tools, or an object with one under 'tools'")


def _as_name(node: Node) -> Scalar:
    if not isinstance(node, Scalar) or node.kind is not ScalarKind.TEXT or not node.text:
        raise wrong_shape(node, "a string with something in it")
    return node


def _too_long() -> Problem:
    return DefinitionError(
        f"it makes over {MAX_CLAIMS:,} claims, more than a definition may.",
        kind=TOO_MANY,
        fix="Keep fewer tools in one tools file.",
    ).problem


def _one_too_many() -> Problem:
    return DefinitionError(
        f"the tools files make over {MAX_CLAIMS_IN_ALL:,} claims together, counted for each that names one.",
        kind=TOO_MANY,
        fix="Let fewer agents name long tools files, or check the definitions in several runs.",
    ).problem


def _no_path(text: str) -> DefinitionError:
    return DefinitionError(
        f"'{clipped(text)}' is no relative path; expected a file below the root, with '/' between folders.",
        kind="definition.tools_file",
        fix="Name a JSON file relative to the definition's folder.",
    )


def _unusable(written: Scalar, text: str, problem: Problem) -> DefinitionError:
    inside = f"{problem.at}: " if problem.at is not None and problem.at.path != written.at.path else ""
    return DefinitionError(
        f"tools file '{clipped(text)}' can't be used: {inside}{problem.message}",
        kind=TOO_MANY if problem.kind == TOO_MANY else "definition.tools_file",
        at=written.at,
        fix=problem.fix,
    )
