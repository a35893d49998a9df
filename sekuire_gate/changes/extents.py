"""How much of what an entry stands for a list of names holds: the arithmetic behind `policy diff`.

A pattern stands for any number of names. A star in it is asked about as text: no entry has that character in what it
spells out, so that only an entry's star can take it, and an entry that takes it takes everything it may stand for. So
the pattern as text is a name like any other among those it stands for: one that no other entry speaks of.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple, Protocol

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.names import binding_forms, fold, loose, loose_forms
from sekuire_gate.rules.patterns import Patterns, exact


class Extent(IntEnum):
    """How much of what an entry stands for."""

    NONE = 0
    SOME = 1  # perhaps: patterns overlap, and which names are in both is not enumerated
    NEARLY = 2  # all, but names in which a star stands for a prefix and a denied name: `read_*` for `read_x/rm`
    ALL = 3


class Asked(NamedTuple):
    """An entry whose names are asked about: of hosts and paths it may stand for more in a deny-list."""

    text: str
    is_denial: bool = False  # it stands in a deny-list


class Allowed(Protocol):
    """An allow-list."""

    def covered(self, asked: Asked) -> Extent:
        """Return how much the list holds of what an entry stands for."""

    def spells(self, form: str) -> bool:
        """Whether the list may hold a name that is of this form to a deny-list."""


class Denied(Protocol):
    """A deny-list."""

    def left(self, asked: Asked) -> Extent:
        """Return how much the list leaves of what an entry stands for."""

    def spares(self, asked: Asked) -> bool:
        """Whether the list leaves, of what an entry stands for, the names that no other entry speaks of."""

    def uncovered(self, text: str) -> Iterator[str]:
        """Yield the forms in which another deny-list's entry blocks other spellings, and which this list leaves."""


class AllowedNames:
    """An allow-list of names: exact, apart from stars."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Prepare the list."""
        entries = tuple(entries)
        self._patterns = exact(entries)
        self._folded = Patterns((fold(entry.text), entry) for entry in entries)

    def covered(self, asked: Asked) -> Extent:
        """Return how much the list holds of what an entry stands for."""
        if self._patterns.covering(asked.text):
            return Extent.ALL
        return Extent.SOME if self._patterns.touching(asked.text) else Extent.NONE

    def spells(self, form: str) -> bool:
        """Whether the list may hold a name that is of this form to a deny-list."""
        return any(self._folded.touching(spelling) for spelling in (form, f"*/{form}"))


class DeniedNames:
    """A deny-list of names: matched loosely, and behind any prefix (docs/protocol.md 3.1)."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Prepare the list."""
        entries = tuple(entries)
        self._loose = loose(entries)
        self._behind = Patterns((f"*/{form}", entry) for entry in entries for form in binding_forms(entry.text))

    def left(self, asked: Asked) -> Extent:
        """Return how much the list leaves of what an entry stands for."""
        text = asked.text
        if self._covers(text):
            return Extent.NONE
        if any(self._loose.touching(form) for form in loose_forms(text)):
            return Extent.SOME
        return Extent.NEARLY if "*" in text and self._behind.touching(fold(text)) else Extent.ALL

    def spares(self, asked: Asked) -> bool:
        """Whether the list leaves, of what an entry stands for, the names that no other entry speaks of."""
        return not any(self._loose.covering(form) for form in loose_forms(asked.text))

    def uncovered(self, text: str) -> Iterator[str]:
        """Yield the forms in which another deny-list's entry blocks other spellings, and which this list leaves."""
        return (form for form in binding_forms(text) if not self._covers(form))

    def _covers(self, text: str) -> bool:
        return any(self._loose.covering(form) for form in _certain_forms(text))


def _certain_forms(text: str) -> Iterator[str]:
    """Yield the loose forms that every name a pattern stands for has.

    Only so many prefixes are dropped, and a star may stand for more of them; the last part counts behind any number.
    """
    whole = fold(text)
    for form in loose_forms(text):
        if "*" not in whole.removesuffix(form) or not {"*", "/"} & set(form):
            yield form
