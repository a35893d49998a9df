"""Tools files in all their shapes (docs/protocol.md 4, "Tools files").

An array of `{name, …}`, the same below `tools` of an object, and items as OpenAI writes them
(`{"type": "function", "function": {"name": …}}`). A walk over the tree and no pydantic: each name needs its
place, which the tree has, and only a handful of keys are looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.source import Located
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.limits import MAX_CLAIMS_BY_FILE
from sekuire_gate.parse.refusals import clipped
from sekuire_gate.parse.relative import beside, normal
from sekuire_gate.parse.shape import as_boolean, as_mapping, as_sequence, dotted, is_absent, wrong_shape
from sekuire_gate.parse.tree import Mapping, Node, Scalar, ScalarKind, Sequence

# A scheme or a drive letter, a separator that other systems have, a folder: no file's path to every reader.
_NO_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|.*[\\\x00]|(?:.*/)?\.{0,2}\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ToolsFile:
    """What a tools file says, each thing with its place in that file."""

    path: str  # relative to the root
    names: tuple[Located[str], ...]
    approvals: tuple[Located[str], ...]  # names of tools that are called only after approval, at the `true`


class ToolsFiles:
    """The tools files of one run: a file that many agents name is read once, usable or not."""

    def __init__(self, files: Files) -> None:
        """Keep the door to the files; nothing is read yet."""
        self._files = files
        self._known: dict[str, ToolsFile | Problem] = {}
        self._claims_left = MAX_CLAIMS_BY_FILE

    def named(self, written: Scalar, definition: str, text: str | None = None) -> ToolsFile:
        """Read the tools file that a definition names.

        Args:
            written: the value that names it, and where a problem stands.
            definition: the definition's path from the root.
            text: the path itself where it is not the value as written.

        Raises:
            DefinitionError: at the value: `definition.tools_file`, whatever is wrong with the path or the file;
                `definition.too_many`, the definitions of this run claim too many tools by their files.
        """
        text = written.text if text is None else text
        if _NO_PATH.match(text):
            raise _unusable(written, text, _no_path(text).problem)
        path = beside(definition, text)
        if path not in self._known:
            self._known[path] = self._read(path)
        found = self._known[path]
        if isinstance(found, Problem):
            raise _unusable(written, text, found)
        self._claims_left -= len(found.names)
        if self._claims_left < 0:
            raise DefinitionError(
                f"the definitions claim over {MAX_CLAIMS_BY_FILE:,} tools together, by the tools files that they name.",
                kind="definition.too_many",
                at=written.at,
                fix="Let fewer agents name long tools files, or check the definitions in several runs.",
            )
        return found

    def _read(self, path: str) -> ToolsFile | Problem:
        try:
            return parse_tools_file(self._files.read(path), normal(path))
        except DefinitionError as error:
            return error.problem


def parse_tools_file(data: bytes, path: str) -> ToolsFile:
    """Read the bytes of a tools file; a tool with `enabled: false` counts, for no SDK looks at it.

    Raises:
        DefinitionError: not JSON, JSON that two readers see differently, an item without a name, another
            shape; at its place in the tools file.
    """
    items = [as_mapping(item) for item in _items(read_json(data, path).root).items]
    named = [(item, tuple(_names(item))) for item in items]
    return ToolsFile(
        path,
        tuple(name for _, names in named for name in names),
        tuple(approval for item, names in named for approval in _approvals(item, names)),
    )


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


def _names(item: Mapping) -> Iterator[Located[str]]:
    """Both names of an item that has two: who reads one of them must not be judged by the other."""
    function = item.get("function")
    named = False
    for holder in (item, function):
        name = holder.get("name") if isinstance(holder, Mapping) else None
        if name is None:
            continue
        named = True
        if not isinstance(name, Scalar) or name.kind is not ScalarKind.TEXT or not name.text:
            raise wrong_shape(name, "a string with something in it")
        yield Located(name.text, name.at)
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
        kind="definition.tools_file",
        at=written.at,
        fix=problem.fix,
    )
