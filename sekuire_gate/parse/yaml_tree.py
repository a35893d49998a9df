"""YAML becomes nodes with places; what two readers would read differently is refused (docs/protocol.md 4).

The events are those of libyaml's parser. Its composer is not used: it keeps duplicate keys, shares what aliases
stand for, and ends the process on a deeply nested file. There is no pure-Python fallback, because PyYAML's two
parsers differ.
"""

import re
from collections.abc import Iterator
from typing import Protocol

from yaml import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from sekuire_gate.canonical import MAX_DEPTH
from sekuire_gate.errors import DefinitionError, GateError
from sekuire_gate.model.source import Location
from sekuire_gate.parse.aliases import Anchors
from sekuire_gate.parse.limits import MAX_NODES, Budget, too_deep
from sekuire_gate.parse.lines import Lines
from sekuire_gate.parse.refusals import ambiguous, duplicate_key, refuse_key, yaml_lines
from sekuire_gate.parse.scalars import plain_kind
from sekuire_gate.parse.tree import Document, Entry, Mapping, Node, Scalar, ScalarKind, Sequence, child_pointer
from sekuire_gate.parse.yaml_source import (
    directive,
    refuse_after_name,
    refuse_between,
    refuse_flow_scalar,
    refuse_header,
    refuse_merge,
    refuse_next_dash,
    refuse_root,
    refuse_scalar,
    refuse_stranded_anchor,
    skip_blanks,
    syntax_error,
    tag,
)

_MAX_EVENTS_AHEAD = 10_000
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")


def read_yaml(data: bytes, path: str) -> Document:
    """Read one YAML file.

    A range is the value as written: without anchor, quotes included, of a block scalar the header alone. What an
    alias stands for has the pointers of the place where it is used, and the range of the alias, its inner values too.

    Args:
        data: at most `MAX_DEFINITION_BYTES`.
        path: relative to the root; the places name it.

    Raises:
        DefinitionError: `definition.encoding`, `.syntax`, `.duplicate_key`, `.ambiguous`, `.too_deep` or
            `.too_large`, with line and column.
        GateError: `internal.error`, PyYAML is installed without libyaml.
    """
    lines = yaml_lines(data, path)
    builder = _Builder(lines)
    try:
        try:
            return Document(builder.document(), lines.source)
        except DefinitionError as error:
            if error.kind == "definition.ambiguous":
                builder.finish()  # what is no YAML at all has a better answer
            raise
    except YAMLError as error:
        index, problem = _problem_of(error)
        raise syntax_error(lines, index, problem) from error


def _problem_of(error: YAMLError) -> tuple[int, str]:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        words = ", ".join(part for part in (error.problem, error.context) if part)
        return error.problem_mark.index, words
    return 0, "a character that YAML does not have"


class _Events(Protocol):
    """What is asked of libyaml's parser."""

    def get_event(self) -> Event | None:
        """Return the next event, or None past the last."""


def _events(text: str) -> _Events:
    try:
        from yaml._yaml import CParser  # noqa: PLC0415 - a PyYAML that was built without libyaml does not have it
    except ImportError as error:
        raise GateError(
            "PyYAML is installed without libyaml (its module 'yaml._yaml'); YAML is read by no other parser.",
            kind="internal.error",
            fix="Install PyYAML from a wheel, or build it with libyaml.",
        ) from error
    return CParser(text)


class _Builder:
    """Builds nodes while pulling events; recursion ends at `MAX_DEPTH`."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        # js-yaml ends a last line that has no end; libyaml would drop the line break of a block scalar there.
        self._parser = _events(lines.text if lines.text.endswith("\n") else f"{lines.text}\n")
        self._budget = Budget(MAX_NODES)
        self._anchors = Anchors(self._budget)
        self._done = 0  # everything before this index was looked at
        self._value_end = 0  # where the last value ended
        self._in_flow = False  # whether what is looked at next stands inside brackets

    def document(self) -> Node:
        """Read the one document of the stream."""
        self._pull()
        opening = self._pull()
        if isinstance(opening, StreamEndEvent):
            self._look_until(_start(opening))
            return Scalar("", ScalarKind.NULL, self._lines.at(0, 0))
        self._look_until(_start(opening))
        if self._lines.text.startswith("%", _start(opening)):
            raise directive(self._lines, _start(opening))
        self._done = _end(opening)
        root = self._node(self._pull(), "", depth=0, in_flow=False)
        if isinstance(root, Scalar):
            refuse_root(self._lines, root.at)
        closing = self._pull()
        self._look_until(_start(closing))
        self._done = _end(closing)
        self._refuse_second(self._pull())
        return root

    def finish(self) -> None:
        """Parse on to the end, or as far as it is cheap, building nothing."""
        depth = 0
        for _ in range(_MAX_EVENTS_AHEAD):
            event = self._parser.get_event()
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if event is None or depth > MAX_DEPTH:
                return

    def _refuse_second(self, event: Event) -> None:
        self._look_until(_start(event))
        if isinstance(event, DocumentStartEvent):
            at = self._lines.at(_start(event), _end(event))
            raise ambiguous("a second document begins in the file.", at, "Keep one document.")

    def _node(self, event: Event, pointer: str, *, depth: int, in_flow: bool) -> Node:
        self._look_until(_start(event))
        if isinstance(event, AliasEvent):
            return self._alias(event, pointer, depth)
        assert isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent))
        start = self._after_properties(event, in_flow=in_flow)
        node: Node
        if isinstance(event, ScalarEvent):
            node = self._scalar(event, start, pointer, in_flow=in_flow)
        else:
            node = self._collection(event, start, pointer, depth=depth + 1)
        self._budget.spend(node.at)
        if event.anchor:
            self._anchors.end(event.anchor, node)
        return node

    def _after_properties(self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent, *, in_flow: bool) -> int:
        start = _start(event)
        text = self._lines.text
        if event.tag is not None or text.startswith("!", start):
            raise tag(self._lines, start)
        if not event.anchor:
            return start
        self._done = start + 1 + len(event.anchor)
        refuse_after_name(self._lines, start, self._done)
        self._anchors.begin(event.anchor, self._lines.at(start, self._done))
        if isinstance(event, ScalarEvent) and self._done == _end(event):
            return self._done
        value = skip_blanks(text, self._done)
        refuse_stranded_anchor(self._lines, start, value, in_flow=in_flow)
        return value

    def _scalar(self, event: ScalarEvent, start: int, pointer: str, *, in_flow: bool) -> Scalar:
        self._look_until(start)
        self._done = end = _end(event)
        if event.style in {"|", ">"}:
            header = _BLOCK_HEADER.match(self._lines.text, start)
            end = header.end() if header else start
            refuse_header(self._lines, start, end)
        self._refuse_spelling(event, start, end, in_flow=in_flow)
        kind = ScalarKind.TEXT if event.style else plain_kind(event.value)
        self._value_end = end
        return Scalar(event.value, kind, self._lines.at(start, end, pointer))

    def _collection(
        self, event: SequenceStartEvent | MappingStartEvent, start: int, pointer: str, *, depth: int
    ) -> Sequence | Mapping:
        if depth > MAX_DEPTH:
            raise too_deep(self._lines.at(start, start + 1, pointer))
        self._look_until(start)
        bracketed = bool(event.flow_style) and self._lines.text.startswith(("[", "{"), start)
        self._done = start + bracketed
        self._value_end = start
        around, self._in_flow = self._in_flow, bool(event.flow_style)
        if isinstance(event, SequenceStartEvent):
            items = tuple(self._items(pointer, depth=depth, in_flow=self._in_flow))
            self._in_flow = around
            return Sequence(items, self._lines.at(start, self._value_end, pointer))
        entries = tuple(self._entries(pointer, depth=depth, in_flow=self._in_flow))
        self._in_flow = around
        return Mapping(entries, self._lines.at(start, self._value_end, pointer))

    def _items(self, pointer: str, *, depth: int, in_flow: bool) -> Iterator[Node]:
        index = 0
        node: Node | None = None
        while not self._ended(event := self._pull()):
            node = self._node(event, child_pointer(pointer, index), depth=depth, in_flow=in_flow)
            yield node
            index += 1
        if isinstance(node, Scalar) and node.kind is ScalarKind.NULL and not node.text:
            refuse_next_dash(self._lines, node.at, self._done)

    def _entries(self, pointer: str, *, depth: int, in_flow: bool) -> Iterator[Entry]:
        seen: set[str] = set()
        while not self._ended(event := self._pull()):
            key, key_at = self._key(event, pointer, in_flow=in_flow)
            if key in seen:
                raise duplicate_key(key, key_at)
            seen.add(key)
            self._budget.spend(key_at)
            value = self._node(self._pull(), key_at.pointer, depth=depth, in_flow=in_flow)
            yield Entry(key, key_at, value)

    def _ended(self, event: Event) -> bool:
        """Whether a list or map ends here; a closing bracket is part of it."""
        if not isinstance(event, CollectionEndEvent):
            return False
        self._look_until(_start(event))
        self._done = _end(event)
        if _start(event) < _end(event):
            self._value_end = _end(event)
        return True

    def _key(self, event: Event, pointer: str, *, in_flow: bool) -> tuple[str, Location]:
        start, end = _start(event), _end(event)
        self._look_until(start)
        if not isinstance(event, ScalarEvent) or event.anchor:
            at = self._lines.at(start, max(start + 1, end))
            raise ambiguous("a key is a list, a map, an alias, or has an anchor.", at, "Write the key as text.")
        at = self._lines.at(start, end, child_pointer(pointer, event.value))
        if event.tag is not None:
            raise tag(self._lines, start)
        if not event.style and not event.value:
            raise ambiguous("a key is empty.", at, "Give the value a key.")
        if not at.on_one_line:
            raise ambiguous("a key spans lines.", at, "Write the key on one line.")
        refuse_merge(event.value, at)
        refuse_key(event.value, at)
        self._refuse_spelling(event, start, end, in_flow=in_flow)
        self._done = self._value_end = end
        return event.value, at

    def _refuse_spelling(self, event: ScalarEvent, start: int, end: int, *, in_flow: bool) -> None:
        refuse_scalar(self._lines, start, end, event.style or "")
        if in_flow and not event.style:
            refuse_flow_scalar(self._lines, start, end)

    def _alias(self, event: AliasEvent, pointer: str, depth: int) -> Node:
        self._done = self._value_end = _end(event)
        refuse_after_name(self._lines, _start(event), _end(event))
        at = self._lines.at(_start(event), _end(event), pointer)
        return self._anchors.resolve(event.anchor or "", at, depth)

    def _look_until(self, index: int) -> None:
        refuse_between(self._lines, self._done, index, in_flow=self._in_flow)
        self._done = max(self._done, index)

    def _pull(self) -> Event:
        event = self._parser.get_event()
        assert event is not None
        return event


def _start(event: Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.index


def _end(event: Event) -> int:
    assert event.end_mark is not None
    return event.end_mark.index
