"""The SekuireID and its two inner hashes, computed (docs/protocol.md 4.1).

Never another id than the official one: what two programs could compute differently is not computed, with a reason.
"""

from collections.abc import Iterator
from functools import cache
from json import JSONDecodeError
from typing import NamedTuple

from sekuire_gate import canonical
from sekuire_gate.canonical import blake3_hex
from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Identity
from sekuire_gate.model.variables import is_dynamic
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import EntryKind
from sekuire_gate.parse.places import IDENTITY_MODEL, IDENTITY_PROMPTS, IDENTITY_TOOLS, find
from sekuire_gate.parse.refusals import clipped
from sekuire_gate.parse.relative import beside, normal
from sekuire_gate.parse.shape import as_name, as_prompt, is_absent
from sekuire_gate.parse.tree import Mapping, Node, Scalar, Sequence

MAX_PROMPT_PATH = 1_024  # characters

# Unicode's White_Space. `str.strip()` would take U+001C to U+001F too, which the official trimming leaves.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def prompt_hash(prompt: str) -> str:
    """Return the hash of a system prompt, white space at both ends trimmed."""
    return blake3_hex(prompt.strip(WHITE_SPACE).encode("utf-8"))


def tools_hash(text: str) -> str:
    """Return the hash of a tools file's canonical bytes; it may be JSON of any shape.

    Raises:
        JSONDecodeError: not JSON by RFC 8259.
        ValueError: JSON that two programs read or write differently.
    """
    document = canonical.read(text)
    if document.doubts:
        doubt = document.doubts[0]
        line, _ = canonical.line_and_column(text, doubt.start)
        raise ValueError(f"{doubt.kind.value}, line {line}")
    return blake3_hex(canonical.canonical_bytes(document.root))


def sekuire_id(model: str, prompt: str, tools: str) -> str:
    """Return the SekuireID.

    Args:
        model: exactly as written.
        prompt: the hash of the system prompt.
        tools: the hash of the tools file.
    """
    return blake3_hex(f"model:{model}|prompt:{prompt}|tools:{tools}".encode())


def compute_identity(files: Files, definition: str, root: Mapping) -> Identity:
    """Compute what can be computed without doubt; each part that cannot has its reason.

    Args:
        files: the door to the prompt and the tools file.
        definition: the definition's path from the root.
        root: the definition.

    Raises:
        DefinitionError: `definition.shape` or `definition.type`, in one of the places that identity is read from.
    """
    model = _model(root)
    prompt = _hashed_prompt(files, definition, root)
    tools = _hashed_tools(files, definition, root)
    whole = None
    if model.value is not None and prompt.value is not None and tools.value is not None:
        whole = sekuire_id(model.value, prompt.value, tools.value)
    reasons = tuple(part.reason for part in (model, prompt, tools) if part.value is None)
    return Identity(model.value, prompt.value, tools.value, whole, reasons)


def check_prompt(files: Files, definition: str, written: Scalar) -> None:
    """Refuse a prompt that leads out of the root or to no regular file; a missing one is no problem of the verdict.

    Nor is one that is the text itself.

    Raises:
        DefinitionError: `definition.outside_root`, `definition.symlink`, `definition.not_regular`; at the value.
    """
    if not written.text or is_dynamic(written.text) or _is_prompt_itself(files, definition, written):
        return
    path = beside(definition, written.text)
    try:
        if files.kind(path) not in {None, EntryKind.FILE}:
            files.read(path)  # says what is wrong
    except DefinitionError as error:
        message = f"the system prompt can't be used: {error.message}"
        raise DefinitionError(message, kind=error.kind, at=written.at, fix=error.fix) from error


def _is_prompt_itself(files: Files, definition: str, written: Scalar) -> bool:
    """Whether people wrote the prompt where its path is expected: several lines, a long one, or words of no file."""
    text = written.text
    if written.at.pointer.endswith("/system_prompt_path"):
        return False
    if len(text) > MAX_PROMPT_PATH or "\n" in text or "\r" in text:
        return True
    if not any(map(str.isspace, text)):
        return False
    try:
        return files.kind(beside(definition, text)) is None
    except DefinitionError as error:
        return error.kind == "definition.outside_root"


class _Part(NamedTuple):
    """One part of the identity, or why it is not there."""

    value: str | None
    reason: str = ""


def _model(root: Mapping) -> _Part:
    for place in find(root, IDENTITY_MODEL):
        model = as_name(place.node).text
        if is_dynamic(model):
            return _Part(None, f"'identity.model' is '{clipped(model)}', which is known at run time only.")
        return _Part(model)
    return _Part(None, "'identity.model' is missing.")


def _hashed_prompt(files: Files, definition: str, root: Mapping) -> _Part:
    written = [as_prompt(node) for node in _named(root, IDENTITY_PROMPTS)]
    if any(_is_prompt_itself(files, definition, prompt) for prompt in written):
        return _Part(None, "the system prompt is text in the definition; expected the path of its file.")
    data = _named_file(files, definition, written, "system prompt", IDENTITY_PROMPTS)
    return data if isinstance(data, _Part) else _prompt_part(data)


@cache  # many definitions may name one long file; its bytes are kept by `Files` anyway
def _prompt_part(data: bytes) -> _Part:
    try:
        return _Part(prompt_hash(data.decode("utf-8")))
    except UnicodeDecodeError:
        return _Part(None, "the system prompt is not UTF-8.")


def _hashed_tools(files: Files, definition: str, root: Mapping) -> _Part:
    written = [as_name(node) for node in _named(root, IDENTITY_TOOLS) if not isinstance(node, Sequence)]
    data = _named_file(files, definition, written, "tools file", IDENTITY_TOOLS)
    return data if isinstance(data, _Part) else _tools_part(data)


@cache  # as above
def _tools_part(data: bytes) -> _Part:
    try:
        return _Part(tools_hash(canonical.decode(data)))
    except UnicodeDecodeError:
        return _Part(None, "the tools file is not UTF-8 without a byte order mark.")
    except JSONDecodeError as error:
        return _Part(None, f"the tools file is not JSON: {error.msg}, line {error.lineno}.")
    except ValueError as error:
        return _Part(None, f"the tools file can be read in two ways: {error}.")


def _named(root: Mapping, places: tuple[str, ...]) -> Iterator[Node]:
    return (place.node for place in find(root, places) if not is_absent(place.node))


def _named_file(
    files: Files, definition: str, written: list[Scalar], what: str, places: tuple[str, ...]
) -> bytes | _Part:
    if not written:
        return _Part(None, f"'{places[0]}' is missing.")
    if any(is_dynamic(path.text) for path in written):
        return _Part(None, f"the {what}'s path is known at run time only.")
    try:
        paths = {normal(beside(definition, path.text)) for path in written}
        if len(paths) > 1:
            return _Part(None, f"the definition names two paths of the {what}.")
        return files.read(beside(definition, written[0].text))
    except DefinitionError as error:
        return _Part(None, f"the {what} can't be read: {error.message}")
