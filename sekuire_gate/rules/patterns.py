"""How a text of the policy with `*` matches a name (docs/protocol.md 3.1).

`*` matches any run of characters, `/` and `:` included, over the whole name; everything else is itself.
Nothing here backtracks: patterns are the policy's choice, names an attacker's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.pattern_index import ByBeginning, ByEnds, ByPart, Texts


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


class Patterns:
    """The entries of a list, made ready to be asked for many names."""

    __slots__ = ("_by_ends", "_exact", "_telling", "_texts")

    def __init__(self, forms: Iterable[tuple[str, Entry]], literal: Iterable[tuple[str, Entry]] = ()) -> None:
        """Keep each form of an entry's text; the first entry of a text is the one that is named.

        Args:
            forms: texts in which a star stands for any run of characters.
            literal: texts in which it is itself.
        """
        forms = tuple(forms)
        self._exact: dict[str, Entry] = {}
        for text, entry in chain((form for form in forms if "*" not in form[0]), literal):
            self._exact.setdefault(text, entry)
        wild = tuple((pattern_of(text), entry) for text, entry in forms if "*" in text)
        self._telling = _Telling(wild)
        self._by_ends = ByEnds([(pattern.head, pattern.tail or "", entry) for pattern, entry in wild])
        self._texts = Texts(tuple(self._exact))

    def covering(self, name: str) -> Entry | None:
        """Return an entry that matches the name; a `*` in the name is text."""
        if found := self._exact.get(name):
            return found
        return next((entry for pattern, entry in self._telling.likely(name) if pattern.matches(name)), None)

    def touching(self, name: str) -> Entry | None:
        """Return an entry that matches the name, or could match a name that its `*` stands for."""
        if "*" not in name:
            return self.covering(name)
        asked = pattern_of(name)
        for text in filter(asked.matches, self._like(asked)):
            return self._exact[text]
        # Of two that hold stars the ends decide (`Pattern.overlaps`).
        return next(self._by_ends.alike(asked.head, asked.tail or ""), None)

    def _like(self, asked: Pattern) -> Iterable[str]:
        """Return the exact texts that a pattern may match: few, where they can be told from the rest."""
        head, tail = asked.head, asked.tail or ""
        middle = max(asked.middle, key=len, default="")
        if not self._texts.contain(head, *asked.middle, tail):
            return ()
        if len(middle) > max(len(head), len(tail)):
            return self._texts.containing(middle)
        return self._texts.beginning_with(head) if len(head) >= len(tail) else self._texts.ending_with(tail)


_Wild = tuple[Pattern, Entry]


class _Telling:
    """Patterns by that part of each which the fewest others have."""

    __slots__ = ("_by_head", "_by_middle", "_by_tail")

    def __init__(self, wild: Iterable[_Wild]) -> None:
        wild = tuple(wild)
        shared = Counter(part for pattern, _ in wild for part in _parts(pattern))
        parts: dict[int, list[tuple[str, _Wild]]] = {_HEAD: [], _MIDDLE: [], _TAIL: []}
        for one in wild:
            where, text = min(_parts(one[0]), key=lambda part: (shared[part], -len(part[1])), default=(_HEAD, ""))
            parts[where].append((text[::-1] if where == _TAIL else text, one))
        self._by_head = ByBeginning(parts[_HEAD])
        self._by_middle = ByPart(parts[_MIDDLE])
        self._by_tail = ByBeginning(parts[_TAIL])

    def likely(self, name: str) -> Iterable[_Wild]:
        """Go over the patterns whose telling part the name has too."""
        return chain(self._by_head.begun_by(name), self._by_tail.begun_by(name[::-1]), self._by_middle.inside(name))


_HEAD, _MIDDLE, _TAIL = range(3)


def _parts(pattern: Pattern) -> list[tuple[int, str]]:
    parts = ((_HEAD, pattern.head), (_TAIL, pattern.tail or ""), *((_MIDDLE, part) for part in pattern.middle))
    return [part for part in parts if part[1]]


def exact(entries: Iterable[Entry]) -> Patterns:
    """Prepare a list for matching as written."""
    return Patterns((entry.text, entry) for entry in entries)
