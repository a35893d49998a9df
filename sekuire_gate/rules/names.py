"""How a name is matched by a pattern of the policy (docs/protocol.md 3.1).

`*` matches any run of characters, `/` and `:` included, over the whole name; everything else is itself.
Nothing here backtracks: patterns are the policy's choice, names an attacker's.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sekuire_gate.model.policy import Entry

MAX_NAME_LENGTH = 200  # characters
MAX_PREFIXES = 8  # that are dropped one by one; the last part counts behind any number of them

# docs/protocol.md 4, "Names"; the second for claims that may hold `*`.
_PLAIN = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9._:/@+-]{0,199}")
_PLAIN_PATTERN = re.compile(r"[A-Za-z0-9@_*][A-Za-z0-9._:/@+*-]{0,199}")
_ALIKE = str.maketrans("_. ", "---")


def is_plain(name: str) -> bool:
    """Whether a name can only be read in one way: ASCII, short, without `*`."""
    return _PLAIN.fullmatch(name) is not None


def is_plain_pattern(name: str) -> bool:
    """Whether a name that may hold `*` is plain apart from that."""
    return _PLAIN_PATTERN.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A name that may hold stars, taken apart once."""

    head: str  # before the first star; the whole name where there is none
    middle: tuple[str, ...]  # between stars
    tail: str | None  # after the last star; None where there is none
    length: int  # of the shortest name it matches

    def matches(self, name: str) -> bool:
        """Whether the whole name is matched; a star in the name is text, so that all it stands for is covered."""
        if self.tail is None:
            return name == self.head
        if len(name) < self.length or not name.startswith(self.head) or not name.endswith(self.tail):
            return False
        start, end = len(self.head), len(name) - len(self.tail)
        # The leftmost place is always right: it leaves the most room for what follows.
        for part in self.middle:
            found = name.find(part, start, end)
            if found < 0:
                return False
            start = found + len(part)
        return True

    def overlaps(self, other: "Pattern") -> bool:
        """Whether some name is matched by both."""
        if self.tail is None:
            return other.matches(self.head)
        if other.tail is None:
            return self.matches(other.head)
        # What stands between the outer stars fits one after the other: only the two ends can exclude each other.
        return (self.head.startswith(other.head) or other.head.startswith(self.head)) and (
            self.tail.endswith(other.tail) or other.tail.endswith(self.tail)
        )


def pattern_of(text: str) -> Pattern:
    """Take a pattern apart."""
    head, *rest = text.split("*")
    *middle, tail = rest or (None,)
    parts = tuple(part for part in middle if part)
    return Pattern(head, parts, tail, len(head) + sum(map(len, parts)) + len(tail or ""))


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern matches the whole name, exactly and case-sensitively."""
    return pattern_of(pattern).matches(name)


def fold(name: str) -> str:
    """Return the name as loose matching sees it: case-folded; `-`, `_`, `.` and space alike."""
    return name.casefold().translate(_ALIKE)


def loose_forms(name: str) -> tuple[str, ...]:
    """Return the folded name: whole, and without each of its prefixes.

    Prefixes are stacked in practice (`litellm/openrouter/anthropic/claude-3`). `models/` is dropped like any other:
    it is no provider, but what follows is the same model.
    """
    whole = fold(name)
    parts = whole.split("/", MAX_PREFIXES)
    forms = ("/".join(parts[index:]) for index in range(len(parts)))
    return tuple(dict.fromkeys(form for form in (*forms, whole.rpartition("/")[2]) if form))


class Patterns:
    """The entries of a list, made ready to be asked for many names."""

    __slots__ = ("_exact", "_head_lengths", "_heads", "_joined", "_texts", "_texts_reversed", "_wild")

    def __init__(self, forms: Iterable[tuple[str, Entry]]) -> None:
        """Keep each form of an entry's text; the first entry of a text is the one that is named."""
        self._exact: dict[str, Entry] = {}
        self._wild: dict[str, list[tuple[Pattern, Entry]]] = {}  # by head, so that few are tried for a name
        for text, entry in forms:
            if "*" in text:
                pattern = pattern_of(text)
                self._wild.setdefault(pattern.head, []).append((pattern, entry))
            else:
                self._exact.setdefault(text, entry)
        self._heads = sorted(self._wild)
        self._head_lengths = sorted({len(head) for head in self._wild})
        # For names with `*`: whatever begins, or ends, alike stands side by side.
        self._texts = sorted(self._exact)
        self._texts_reversed = sorted(text[::-1] for text in self._exact)
        self._joined = "\0".join(self._texts)

    def covering(self, name: str) -> Entry | None:
        """Return an entry that matches the name; a `*` in the name is text."""
        if found := self._exact.get(name):
            return found
        for pattern, entry in self._with_head_of(name):
            if pattern.matches(name):
                return entry
        return None

    def touching(self, name: str) -> Entry | None:
        """Return an entry that matches the name, or could match a name that its `*` stands for."""
        if "*" not in name:
            return self.covering(name)
        asked = pattern_of(name)
        for text in filter(asked.matches, self._like(asked)):
            return self._exact[text]
        longer = (known for head in starting_with(asked.head, self._heads) for known in self._wild[head])
        known = chain(self._with_head_of(asked.head), longer)
        return next((entry for pattern, entry in known if pattern.overlaps(asked)), None)

    def _with_head_of(self, name: str) -> Iterator[tuple[Pattern, Entry]]:
        """Go over the patterns that begin like the name."""
        for length in self._head_lengths:
            yield from self._wild.get(name[:length], ())

    def _like(self, asked: Pattern) -> Iterable[str]:
        """Return the exact texts that a pattern may match: few, where they can be told from the rest."""
        tail = asked.tail or ""
        if not all(part in self._joined for part in (asked.head, *asked.middle, tail)):
            return ()
        if len(asked.head) >= len(tail):
            return starting_with(asked.head, self._texts)
        return (text[::-1] for text in starting_with(tail[::-1], self._texts_reversed))


def starting_with(head: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield those of the sorted texts that begin with a head."""
    for index in range(bisect_left(texts, head), len(texts)):
        if not texts[index].startswith(head):
            return
        yield texts[index]


def exact(entries: Iterable[Entry]) -> Patterns:
    """Prepare a list for matching as written."""
    return Patterns((entry.text, entry) for entry in entries)


def denied_forms(text: str) -> Iterator[str]:
    """Yield the forms in which an entry of a deny-list speaks of names.

    `openai/*` speaks of that prefix and nothing else: without it the entry would block every name there is. So does
    `huggingface/*/*`, which would block every name with a prefix.
    """
    return (form for form in loose_forms(text) if form.strip("*/") or not text.strip("*/"))


def loose(entries: Iterable[Entry]) -> Patterns:
    """Prepare a deny-list for loose matching."""
    return Patterns((form, entry) for entry in entries for form in denied_forms(entry.text))
